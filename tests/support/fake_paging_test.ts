/** v2 lists: api.md section 14, points 1 to 4 and 6. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { ask, idsOf, walk } from "./fake/testing.ts";

function filled(pages = 23, options: ConstructorParameters<typeof FakeConfluence>[0] = {}) {
  const fake = new FakeConfluence(options);
  const space = fake.site.addSpace({ key: "A" });
  const { pageIds } = fake.site.fill({ spaceKey: "A", pages, bodyBytes: 100, fanOut: 5 });
  return { fake, site: fake.site, space, pageIds, path: `/wiki/api/v2/spaces/${space.id}/pages` };
}

Deno.test("FakeConfluence serves one state on the site and on the gateway, with the site's base in both", async () => {
  const { fake, path, pageIds } = filled();
  const site = await ask(fake, `${path}?limit=5`);
  const gateway = await ask(fake, `${path}?limit=5`, { gateway: true });
  assertEquals(gateway.json, site.json);
  assertEquals(gateway.json._links.base, "https://fake.atlassian.net/wiki");
  assertEquals(idsOf([site]), pageIds.slice(0, 5));
  assertEquals(fake.counters.byEndpoint, { "GET /wiki/api/v2/spaces/{id}/pages": 2 });
});

Deno.test("FakeConfluence refuses the gateway of another cloud id", async () => {
  const { fake } = filled();
  const told = await ask(fake, `${fake.hosts.gateway}/ex/confluence/another/wiki/api/v2/spaces`);
  assertEquals(told.status, 404);
});

Deno.test("FakeConfluence tells the cloud id without credentials", async () => {
  const { fake } = filled();
  assertEquals((await ask(fake, "/_edge/tenant_info", { as: null })).json, { cloudId: fake.site.cloudId });
});

Deno.test("v2 lists give next with /wiki in body and Link header, and none on the last page", async () => {
  const { fake, path } = filled();
  const [first, ...rest] = await walk(fake, `${path}?limit=10&depth=all`);
  const { next, base } = first!.json._links;
  assertMatch(next, /^\/wiki\/api\/v2\/spaces\/\d+\/pages\?/);
  assertEquals(first!.headers.get("link"), `<${next}>; rel="next", <${base}>; rel="base"`);
  const query = new URL(next, base).searchParams;
  assertEquals([...query.keys()], ["cursor", "depth", "limit"], "the cursor need not come last");
  assertEquals([query.get("limit"), query.get("depth")], ["10", "all"]);
  const last = rest.at(-1)!;
  assertEquals([rest.length, last.json._links.next], [2, undefined]);
  assertEquals(last.headers.get("link"), `<${base}>; rel="base"`);
});

Deno.test("v2 lists need no extra request when the last page is full", async () => {
  const { fake, path } = filled(20);
  assertEquals((await walk(fake, `${path}?limit=10`)).length, 2);
});

for (
  const sort of [
    "id",
    "-id",
    "title",
    "-title",
    "created-date",
    "-created-date",
    "modified-date",
    "-modified-date",
  ]
) {
  Deno.test(`v2 lists walk every row once in order, sort=${sort}`, async () => {
    const { fake, path, pageIds, site } = filled();
    site.editPage(pageIds[3]!);
    const ids = idsOf(await walk(fake, `${path}?limit=4&sort=${sort}`));
    const by = (id: string) => {
      const page = site.page(id);
      if (sort.endsWith("title")) return page.title;
      if (sort.endsWith("created-date")) return page.createdAt;
      if (sort.endsWith("modified-date")) return page.version.createdAt;
      return Number(id);
    };
    const expected = pageIds.toSorted((a, b) =>
      by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : Number(a) - Number(b)
    );
    assertEquals(ids, sort.startsWith("-") ? expected.toReversed() : expected);
  });
}

Deno.test("v2 cursors are keysets: sort=id neither skips nor repeats when rows come and go mid-walk", async () => {
  const { fake, path, pageIds, site } = filled();
  fake.faults.onRequest(({ number }) => {
    if (number === 2) site.trashPage(pageIds[1]!);
    if (number === 3) site.addPage({ spaceKey: "A", title: "new" });
  });
  const ids = idsOf(await walk(fake, `${path}?limit=8&sort=id`));
  assertEquals(ids.slice(0, 23), pageIds);
  assertEquals(ids.length, 24);
});

Deno.test("v2 cursors are keysets: a row that is edited mid-walk moves in sort=-modified-date", async () => {
  const { fake, path, pageIds, site } = filled();
  fake.faults.onRequest(({ number }) => {
    if (number === 2) site.editPage(pageIds[0]!);
  });
  const ids = idsOf(await walk(fake, `${path}?limit=8&sort=-modified-date`));
  assert(!ids.includes(pageIds[0]!), "the edited row jumped ahead of the walk");
});

Deno.test("v2 cursors are base64 JSON and bound to the sort; others are a 400 that says so", async () => {
  const { fake, path } = filled();
  const { next } = (await ask(fake, `${path}?limit=2&sort=id`)).json._links;
  const cursor = new URL(next, "http://x").searchParams.get("cursor")!;
  assertEquals(JSON.parse(atob(cursor)).contentOrder, "id");
  for (const bad of ["nonsense", btoa("{}"), btoa("[1"), encodeURIComponent(next)]) {
    const told = await ask(fake, `${path}?limit=2&sort=id&cursor=${bad}`);
    assertEquals([told.status, told.json.errors[0].code], [400, "INVALID_REQUEST_PARAMETER"], bad);
    assertEquals(
      told.json.errors[0].title,
      "Provided value for 'cursor' is not the correct type. Expected type is Cursor.",
    );
  }
  assertEquals((await ask(fake, `${path}?sort=title&cursor=${encodeURIComponent(cursor)}`)).status, 400);
});

Deno.test("v2 lists refuse limit=251, or serve 250 rows when the site is set so", async () => {
  const { fake, path } = filled(260);
  assertEquals((await ask(fake, `${path}?limit=251`)).status, 400);
  assertEquals((await ask(fake, `${path}?limit=0`)).status, 400);
  assertEquals((await ask(fake, `${path}?limit=x`)).status, 400);
  fake.site.settings.limitAboveMax = "clamp";
  assertEquals((await ask(fake, `${path}?limit=251`)).json.results.length, 250);
  assertEquals((await ask(fake, path)).json.results.length, 25);
});

Deno.test("v2 lists cut first and filter by permission then: short and empty pages keep their next", async () => {
  const { fake, path, pageIds, site } = filled(12, {});
  for (const id of pageIds.slice(4, 8)) site.hidePage(id);
  const told = await walk(fake, `${path}?limit=4`);
  assertEquals(told.map(({ json }) => json.results.length), [4, 0, 4]);
  site.settings.permissionFilter = "before-cut";
  assertEquals((await walk(fake, `${path}?limit=4`)).map(({ json }) => json.results.length), [4, 4]);
});

Deno.test("the short-page fault cuts a page, even to nothing, and loses no row", async () => {
  const { fake, path, pageIds } = filled();
  fake.faults.add({ kind: "short-page", rows: 0, times: 2 });
  fake.faults.add({ kind: "short-page", rows: 3, after: 2 });
  const told = await walk(fake, `${path}?limit=10`);
  assertEquals(told.map(({ json }) => json.results.length), [0, 0, 3, 10, 10]);
  assertEquals(idsOf(told), pageIds);
  const cursors = told.map(({ json }) => json._links.next).filter((next) => next !== undefined);
  assertEquals(new Set(cursors).size, cursors.length);
});

Deno.test("page lists hold current and archived by default, and what status asks for else", async () => {
  const { fake, path, pageIds, site, space } = filled(4);
  site.archivePage(pageIds[3]!);
  site.trashPage(pageIds[2]!);
  const [a, b, c, d] = pageIds;
  assertEquals(idsOf([await ask(fake, path)]), [a, b, d]);
  assertEquals(idsOf([await ask(fake, `${path}?status=current`)]), [a, b]);
  assertEquals(idsOf([await ask(fake, `${path}?status=trashed,archived`)]), [c, d]);
  assertEquals(idsOf([await ask(fake, `${path}?status=trashed&status=archived`)]), [c, d]);
  assertEquals((await ask(fake, `${path}?status=draft`)).status, 400);
  assertEquals(idsOf([await ask(fake, `/wiki/api/v2/pages?space-id=${space.id}&status=trashed`)]), [c]);
});

Deno.test("page lists can be limited to the top of a space, and to live docs", async () => {
  const { fake, path, pageIds, site } = filled(8);
  assertEquals(idsOf([await ask(fake, `${path}?depth=root`)]), [pageIds[0]]);
  const live = site.addPage({ spaceKey: "A", title: "Live", subtype: "live" });
  assertEquals(idsOf([await ask(fake, "/wiki/api/v2/pages?subtype=live")]), [live.id]);
  assertEquals(idsOf([await ask(fake, "/wiki/api/v2/pages?subtype=page")]), pageIds);
});

Deno.test("trashed pages are 200 by id with null place in the tree; drafts are 404 unless asked for", async () => {
  const { fake, pageIds, site } = filled(4);
  site.trashPage(pageIds[3]!);
  const told = await ask(fake, `/wiki/api/v2/pages/${pageIds[3]}`);
  const { status, parentId, parentType, position } = told.json;
  assertEquals([told.status, status, parentId, parentType, position], [200, "trashed", null, null, null]);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${pageIds[3]}?status=current`)).status, 404);
  const draft = site.addPage({ spaceKey: "A", title: "d", status: "draft" });
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${draft.id}`)).status, 404);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${draft.id}?get-draft=true`)).json.status, "draft");
});

Deno.test("GET /pages?id= gives the known ones among 250 ids, whatever their order, and refuses 251", async () => {
  const { fake, pageIds, site } = filled(5);
  site.hidePage(pageIds[4]!);
  const path = `/wiki/api/v2/pages?id=${
    [pageIds[4], pageIds[2], "1", pageIds[0]].join(",")
  }&body-format=storage`;
  const told = await ask(fake, path);
  assertEquals(idsOf([told]), [pageIds[0]!, pageIds[2]!]);
  assertEquals(told.json.results[0].body.storage.value.length, 100);
  const many = Array.from({ length: 251 }, (_, n) => n + 1).join(",");
  assertEquals((await ask(fake, `/wiki/api/v2/pages?id=${many}`)).status, 400);
  assertEquals(
    (await ask(fake, "/wiki/api/v2/pages?id=abc")).json.errors[0].title,
    "Provided value {abc} for 'id' is not the correct type. Expected type is long.",
  );
});

Deno.test("GET /spaces finds keys in any case, and title= is exact in any case", async () => {
  const { fake, path } = filled(3);
  fake.site.addSpace({ key: "~7120abc", type: "personal" });
  const spaces = await ask(fake, "/wiki/api/v2/spaces?keys=a,~7120ABC");
  assertEquals(spaces.json.results.map((one: { key: string }) => one.key), ["A", "~7120abc"]);
  assertEquals((await ask(fake, `${path}?title=filler%20000002`)).json.results.length, 1);
  assertEquals((await ask(fake, `${path}?title=Filler`)).json.results.length, 0);
});

Deno.test("GET of a missing page, space and folder names what is missing", async () => {
  const { fake } = filled(1);
  for (
    const [path, title] of [
      ["pages/999", "Cannot find a page with id [999]"],
      ["folders/999", "Content with id: [999] not found"],
      ["spaces/999/pages", "Cannot find a space with id [999]"],
    ]
  ) {
    const told = await ask(fake, `/wiki/api/v2/${path}`);
    assertEquals([told.status, told.json.errors[0].title], [404, title]);
  }
});

Deno.test("page rows carry their links, and home pages the link of the overview", async () => {
  const fake = new FakeConfluence();
  const space = fake.site.addSpace({ key: "A", homepage: true });
  const page = fake.site.addPage({ spaceKey: "A", title: "Title & Wörds", id: "40108040" });
  const rows = (await ask(fake, `/wiki/api/v2/spaces/${space.id}/pages`)).json.results;
  const linksOf = (id: string) => rows.find((row: { id: string }) => row.id === id)._links;
  assertEquals(linksOf(page.id), {
    webui: "/spaces/A/pages/40108040/Title+%26+W%C3%B6rds",
    editui: "/pages/resumedraft.action?draftId=40108040",
    edituiv2: "/spaces/A/pages/edit-v2/40108040",
    tinyui: "/x/CABkAg",
  });
  assertEquals(linksOf(space.homepageId!).webui, "/spaces/A/overview");
});

Deno.test("every answer has the headers of a real one, with the site's time", async () => {
  const now = Date.parse("2026-05-06T07:08:09.500Z");
  const { fake, path } = filled(1, { clock: { now: () => now } });
  for (const one of [path, "/wiki/api/v2/pages/1"]) {
    const { headers } = await ask(fake, one);
    assertEquals(headers.get("content-type"), "application/json");
    assertEquals(headers.get("date"), "Wed, 06 May 2026 07:08:09 GMT");
    assertEquals(headers.get("x-confluence-request-time"), String(now));
    assertMatch(headers.get("atl-request-id")!, /^[0-9a-f-]{36}$/);
    assertEquals(headers.get("atl-traceid"), headers.get("atl-request-id")!.replaceAll("-", ""));
  }
});

Deno.test("unknown routes answer JSON, XML by Accept, or a page below v1 content; wrong methods 405", async () => {
  const { fake } = filled(1);
  const told = await ask(fake, "/wiki/rest/api/nothing");
  assertEquals([told.status, told.json["status-code"]], [404, 404]);
  const xml = await ask(fake, "/wiki/rest/api/nothing", { headers: { accept: "application/xml" } });
  assertEquals(xml.headers.get("content-type"), "application/xml");
  const html = await ask(fake, "/wiki/rest/api/content/1/nothing/at/all");
  assertMatch(html.headers.get("content-type")!, /^text\/html/);
  const put = await ask(fake, "/wiki/api/v2/spaces", { method: "PUT" });
  assertEquals([put.status, put.json.errors[0].code], [405, "METHOD_NOT_ALLOWED"]);
});
