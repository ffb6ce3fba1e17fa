import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { type ConfluenceClient, ConfluenceResponseError, type Listing } from "../../src/confluence/mod.ts";
import type { FakeConfluence } from "../support/fake/mod.ts";
import { addDocs, asked, type Setup, setup } from "./setup.ts";

const LISTINGS: [string, (client: ConfluenceClient, spaceId: string) => Listing<{ id: string }>][] = [
  ["v2", (client, spaceId) => client.getPages(spaceId, undefined, { limit: 4 })],
  ["v1", (client) => client.searchCql('type = page and title ~ "Page" order by created', { limit: 4 })],
];

function prepared(
  options: Parameters<typeof setup>[0] = {},
): Setup & { spaceId: string; expected: string[] } {
  const all = setup(options);
  const { spaceId, pageIds } = addDocs(all.fake, 20);
  all.fake.site.index.flush();
  return { ...all, spaceId, expected: pageIds };
}

function pagesOnly(rows: readonly { id: string }[], expected: readonly string[]): string[] {
  return rows.map((row) => row.id).filter((id) => expected.includes(id)).sort();
}

const onlyLists = (fake: FakeConfluence) =>
  fake.counters.log.filter((entry) => /pages|search/.test(entry.url));

for (const [api, list] of LISTINGS) {
  Deno.test(`paginate() goes on after short and empty answers with a next link, ${api}`, async () => {
    const { fake, client, all, spaceId, expected } = prepared();
    fake.faults.add({ kind: "short-page", rows: 0, times: 2 });
    fake.faults.add({ kind: "short-page", rows: 1, after: 2, times: 2 });
    const rows = await all(list(client, spaceId));
    assertEquals(pagesOnly(rows, expected), [...expected].sort());
    assertEquals(fake.faults.fired["short-page"], 4);
  });

  Deno.test(`paginate() refuses a next link to another origin and sends it nothing, ${api}`, async () => {
    for (const gateway of [false, true]) {
      for (
        const origin of [
          "https://attacker.example",
          "https://fake.atlassian.net.attacker.example",
          "https://fake.atlassian.net@attacker.example",
          "http://fake.atlassian.net",
          "//attacker.example",
          "https://fake.atlassian.net:8443",
        ]
      ) {
        const { fake, client, run, spaceId } = prepared({ gateway });
        fake.faults.add({ kind: "foreign-next", origin });
        const error = await assertRejects(
          () => run(Array.fromAsync(list(client, spaceId))),
          ConfluenceResponseError,
          "the next link leads to another place",
        );
        assertEquals(
          [error.reason, error.path, error.mayShrink],
          ["foreign_link", "_links.next", false],
          origin,
        );
        assertEquals(fake.counters.foreign, [], origin);
        assertEquals(fake.counters.total, 1);
      }
    }
  });

  Deno.test(`paginate() calls a repeated cursor an error instead of looping, ${api}`, async () => {
    const { fake, client, run, spaceId } = prepared();
    fake.faults.add({ kind: "repeat-next", after: 1 });
    const rows: string[] = [];
    const error = await assertRejects(
      () =>
        run((async () => {
          for await (const row of list(client, spaceId)) rows.push(row.id);
        })()),
      ConfluenceResponseError,
      "was followed before",
    );
    assertEquals(error.reason, "repeated_link");
    assertEquals(rows.length, 4, "what came before is handed out");
    assertEquals(fake.counters.total, 2);
  });

  Deno.test(`paginate() calls a cursor that comes again later an error too, ${api}`, async () => {
    const { fake, client, run, spaceId } = prepared();
    const links: string[] = [];
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      change: (body) => {
        const links_ = (body as { _links: { next?: string } })._links;
        links.push(links_.next ?? "");
        return links.length < 4 ? body : { ...body as object, _links: { ...links_, next: links[0] } };
      },
    });
    const error = await assertRejects(
      () => run(Array.fromAsync(list(client, spaceId))),
      ConfluenceResponseError,
    );
    assertEquals(error.reason, "repeated_link");
    assertEquals(fake.counters.total, 4);
  });

  Deno.test(`paginate() stops at links and envelopes that cannot be used, ${api}`, async () => {
    for (const value of [42, "", true, {}, ["/wiki/x"]]) {
      const { fake, client, run, spaceId } = prepared();
      fake.faults.add({ kind: "odd-next", value });
      const error = await assertRejects(
        () => run(Array.fromAsync(list(client, spaceId))),
        ConfluenceResponseError,
      );
      assertEquals([error.reason, error.path], ["shape", "_links.next"], JSON.stringify(value));
    }
    for (
      const body of [null, [], "text", 1, {}, { results: null }, { results: {} }, { results: [], _links: [] }]
    ) {
      const { fake, client, run, spaceId } = prepared();
      fake.faults.add({ kind: "transform", change: () => body });
      const error = await assertRejects(
        () => run(Array.fromAsync(list(client, spaceId))),
        ConfluenceResponseError,
      );
      assertEquals(error.reason, "shape", JSON.stringify(body));
      assertEquals(fake.counters.total, 1, "a wrong shape is not asked for again");
    }
  });

  Deno.test(`paginate() asks again for just the answer that failed, in the middle of a listing, ${api}`, async () => {
    const { fake, client, all, spaceId, expected } = prepared();
    fake.faults.add({ kind: "status", status: 503, after: 2 });
    fake.faults.add({ kind: "truncate", after: 3 });
    fake.faults.add({ kind: "reset", after: 4 });
    const rows = await all(list(client, spaceId));
    assertEquals(pagesOnly(rows, expected), [...expected].sort());
    assertEquals(rows.length, new Set(rows.map((row) => row.id)).size, "no row twice");
    const urls = onlyLists(fake).map((entry) => entry.url);
    assertEquals(client.stats.retries, 3);
    assertEquals(urls.length, new Set(urls).size + 3, "only the failed requests were repeated");
  });
}

Deno.test("paginate() knows the place it was resumed at, and a cursor among other parameters", async () => {
  const { fake, client, all, run, spaceId } = prepared();
  const [batch] = await run(Array.fromAsync(client.getPages(spaceId, undefined, { limit: 8 }).batches()));
  fake.counters.reset();
  fake.faults.add({ kind: "repeat-next" });
  const resumed = client.getPages(spaceId, undefined, { from: batch!.next! });
  const error = await assertRejects(() => all(resumed), ConfluenceResponseError, "was followed before");
  assertEquals([error.reason, fake.counters.total], ["repeated_link", 1]);
  let first = "";
  let start = 0;
  fake.faults.add({
    kind: "transform",
    times: Infinity,
    change: (body) => {
      first ||= (body as { _links: { next: string } })._links.next.replace(/&start=\d+/, "");
      return withNext(body, `${first}&start=${start += 25}`);
    },
  });
  const search = client.searchCql("type = page order by created", { limit: 4 });
  assertEquals((await assertRejects(() => all(search), ConfluenceResponseError)).reason, "repeated_link");
});

Deno.test("paginate() follows the Link header where the body has no next link", async () => {
  for (const gateway of [false, true]) {
    const { fake, client, all, spaceId, expected } = prepared({ gateway });
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      change: (body) => ({ ...body as object, _links: { base: "https://fake.atlassian.net/wiki" } }),
    });
    const rows = await all(client.getPages(spaceId, undefined, { limit: 4 }));
    assertEquals(pagesOnly(rows, expected), [...expected].sort());
    assert(client.stats.requests > 4);
  }
});

Deno.test("paginate() takes only rel=next from the Link header, not rel=base or rel=deprecation", async () => {
  const headers = {
    link:
      '<https://developer.atlassian.com/x>; rel="deprecation", <https://fake.atlassian.net/wiki>; rel="base"',
  };
  let requests = 0;
  const fetch = () => {
    requests++;
    return Promise.resolve(Response.json({ results: [] }, { headers }));
  };
  const { client, all } = setup({ client: { fetch } });
  assertEquals(await all(client.getPages("1")), []);
  assertEquals(requests, 1);
});

Deno.test("paginate() refuses a foreign Link header too", async () => {
  const headers = { link: '<https://attacker.example/wiki/api/v2/spaces/1/pages?cursor=a>; rel="next"' };
  const urls: string[] = [];
  const fetch = (url: string | URL | Request) => {
    urls.push(String(url));
    return Promise.resolve(Response.json({ results: [] }, { headers }));
  };
  const { client, all } = setup({ client: { fetch } });
  await assertRejects(() => all(client.getPages("1")), ConfluenceResponseError, "leads to another place");
  assertEquals(urls.length, 1);
});

Deno.test("paginate() ends at null as at an absent next link", async () => {
  const { fake, client, all, spaceId } = prepared();
  fake.faults.add({ kind: "transform", times: Infinity, change: (body) => withNext(body, null) });
  // The header of a real answer would still say next; a proxy may have dropped it.
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await fake.fetch(input, init);
    response.headers.delete("link");
    return response;
  };
  const bare = setup({ client: { fetch } });
  assertEquals((await bare.all(bare.client.getPages(spaceId, undefined, { limit: 4 }))).length, 4);
  assert((await all(client.getPages(spaceId, undefined, { limit: 4 }))).length > 4);
});

Deno.test("paginate() accepts absolute next links of the site, on the site and through the gateway", async () => {
  for (const gateway of [false, true]) {
    const { fake, client, all, spaceId, expected } = prepared({ gateway });
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      change: (body) => {
        const next = (body as { _links: { next?: string } })._links.next;
        return next === undefined ? body : withNext(body, `https://fake.atlassian.net${next}`);
      },
    });
    const rows = await all(client.getPages(spaceId, undefined, { limit: 4 }));
    assertEquals(pagesOnly(rows, expected), [...expected].sort());
    const origins = new Set(fake.counters.log.map((entry) => new URL(entry.url).origin));
    assertEquals([...origins], [gateway ? "https://api.atlassian.com" : "https://fake.atlassian.net"]);
  }
});

Deno.test("paginate() percent-encodes cursors and queries as they came", async () => {
  const { fake, client, all } = prepared();
  fake.site.addPage({ spaceKey: "DOCS", title: 'Awkward & "odd" +100% \\ ünï' });
  fake.site.index.flush();
  const cql = 'title = "Awkward & \\"odd\\" +100% \\\\ ünï"';
  assertEquals((await all(client.searchCql(cql))).length, 1);
  assertStringIncludes(asked(fake).at(-1)!, "cql=title%20%3D%20%22Awkward%20%26");
});

Deno.test("paginate() sees rows once when the listing is walked while pages come and go", async () => {
  const { fake, client, all, spaceId, expected } = prepared();
  let request = 0;
  fake.faults.onRequest(() => {
    request++;
    if (request === 2) fake.site.trashPage(expected[0]!);
    if (request === 3) fake.site.addPage({ spaceKey: "DOCS", title: "Late" });
  });
  const ids = (await all(client.getPages(spaceId, undefined, { limit: 4 }))).map((page) => page.id);
  assertEquals(ids.length, new Set(ids).size);
  for (const id of expected.slice(1)) assert(ids.includes(id), id);
});

Deno.test("getPages() ends early without further requests when its consumer has enough", async () => {
  const { fake, client, run, spaceId } = prepared();
  await run((async () => {
    for await (const _page of client.getPages(spaceId, undefined, { limit: 4 })) break;
  })());
  assertEquals(fake.counters.total, 1);
  assertEquals(client.stats.inFlight, 0);
});

function withNext(body: unknown, next: unknown): unknown {
  const envelope = body as { _links: object };
  return { ...envelope, _links: { ...envelope._links, next } };
}
