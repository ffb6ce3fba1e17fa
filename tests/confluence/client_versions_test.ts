import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfluenceIndexError } from "@confluence-index/confluence-index";
import { ConfluenceNotFoundError, type ConfluenceResponseError } from "../../src/confluence/mod.ts";
import { asked, setup } from "./setup.ts";

/** A page of 60 versions. */
function withHistory(options: Parameters<typeof setup>[0] = {}) {
  const all = setup(options);
  all.fake.site.addSpace({ key: "DOCS" });
  const history = Array.from({ length: 60 }, (_, i) => ({
    title: `Title ${i + 1}`,
    body: `<p>${i + 1}</p>`,
    message: i === 0 ? "first" : "",
    createdAt: Date.UTC(2025, 0, 1, 0, i),
  }));
  return { ...all, page: all.fake.site.addPage({ spaceKey: "DOCS", title: "Title 60", history }) };
}

for (const gateway of [false, true]) {
  Deno.test(`getPageVersions() lists all versions with bodies, the newest first, ${gateway ? "gateway" : "site"}`, async () => {
    const { client, all, fake, page } = withHistory({ gateway });
    const versions = await all(client.getPageVersions(page.id, "storage"));
    assertEquals(versions.map(({ version }) => version.number), Array.from({ length: 60 }, (_, i) => 60 - i));
    assertEquals(versions.at(-1), {
      pageId: page.id,
      title: "Title 1",
      version: {
        number: 1,
        createdAt: "2025-01-01T00:00:00.000Z",
        message: "first",
        minorEdit: false,
        authorId: page.authorId,
      },
      body: { format: "storage", value: "<p>1</p>" },
    });
    assertEquals(fake.counters.total, 2);
    const adf = await all(client.getPageVersions(page.id, "atlas_doc_format"));
    assertEquals(JSON.parse(adf[0]!.body!.value).type, "doc");
  });
}

Deno.test("getPageVersions() without a format brings no bodies, and 250 versions at once", async () => {
  const { client, all, fake, page } = withHistory();
  const versions = await all(client.getPageVersions(page.id, undefined, { limit: 250 }));
  assertEquals(versions.map(({ body }) => body), Array(60).fill(null));
  assertEquals(asked(fake), [`/wiki/api/v2/pages/${page.id}/versions?sort=-modified-date&limit=250`]);
});

Deno.test("getPageVersions() goes on at a link with another limit and format", async () => {
  const { client, run, all, page } = withHistory();
  const first = async () => {
    for await (const batch of client.getPageVersions(page.id, undefined, { limit: 7 }).batches()) {
      return batch;
    }
  };
  const batch = await run(first());
  const rest = await all(client.getPageVersions(page.id, "storage", { from: batch!.next!, limit: 20 }));
  assertEquals(rest.map(({ version }) => version.number), Array.from({ length: 53 }, (_, i) => 53 - i));
  assertEquals(rest.every(({ body }) => body !== null), true);
});

Deno.test("getPageVersions() refuses what cannot be, at once", () => {
  const { client, fake } = withHistory();
  for (
    const wrong of [
      () => client.getPageVersions("1/../2"),
      () => client.getPageVersions("1", "storage", { limit: 0 }),
      () => client.getPageVersions("1", "storage", { limit: 251 }),
      () => client.getPageVersions("1", "storage", { from: "/wiki/api/v2/pages/2/versions?cursor=x" }),
      () => client.getPageVersions("1", "storage", { from: "https://attacker.example/?cursor=x" }),
    ]
  ) {
    const error = assertThrows(wrong, ConfluenceIndexError);
    assertEquals(error.code, "usage");
  }
  assertEquals(fake.counters.total, 0);
});

Deno.test("getPageVersions() gives versions without the body that was asked for, or of another page, as invalid", async () => {
  const { client, all, fake, page } = withHistory();
  fake.faults.add({
    kind: "transform",
    change: (body) => {
      const answer = body as { results: { number: number; page: { id: string; body?: unknown } }[] };
      delete answer.results[0]!.page.body;
      answer.results[1]!.page.id = "999";
      return answer;
    },
  });
  const invalid: ConfluenceResponseError[] = [];
  const versions = await all(
    client.getPageVersions(page.id, "storage", { onInvalid: (error) => invalid.push(error) }),
  );
  assertEquals([versions.length, versions[0]!.version.number], [58, 58]);
  assertEquals(invalid.map(({ path }) => path), ["results[0].page.body.storage", "results[1].page.id"]);
});

Deno.test("getPageVersions() of a page that is gone says so", async () => {
  const { client, all } = withHistory();
  const error = await assertRejects(() => all(client.getPageVersions("4711")), ConfluenceNotFoundError);
  assertEquals(error.named, true);
});
