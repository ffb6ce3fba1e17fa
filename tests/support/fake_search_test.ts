/** The two search routes: api.md section 14, points 2, 4, 5 and 15. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence, type FakeOptions } from "./fake/mod.ts";
import { ask, idsOf, walk } from "./fake/testing.ts";

const START = Date.parse("2026-03-01T10:00:00Z");

function filled(pages = 60, search: NonNullable<FakeOptions["settings"]>["search"] = {}, seed = 1) {
  let now = START;
  const fake = new FakeConfluence({ seed, clock: { now: () => now }, settings: { search } });
  fake.site.addSpace({ key: "A" });
  const { pageIds } = fake.site.fill({ spaceKey: "A", pages, bodyBytes: 300, attachments: 10 });
  return { fake, site: fake.site, pageIds, tick: (ms: number) => now += ms };
}

function search(cql: string, more = ""): string {
  return `/wiki/rest/api/content/search?cql=${encodeURIComponent(cql)}${more}`;
}

const PAGES = "type = page order by created";

Deno.test("content/search gives v1 links: next without /wiki, base and context, and the caller's parameters", async () => {
  const { fake } = filled();
  const told = await ask(fake, search(PAGES, "&limit=25&expand=version&expand=space,history"));
  const { base, context, self, next } = told.json._links;
  assertEquals([base, context], ["https://fake.atlassian.net/wiki", "/wiki"]);
  assert(self.startsWith("https://fake.atlassian.net/wiki/rest/api/content/search?cql="));
  assertMatch(next, /^\/rest\/api\/content\/search\?next=true&cursor=_f_/);
  const query = new URL(next, base).searchParams;
  assertEquals([query.get("cql"), query.get("limit"), query.get("start")], [PAGES, "25", "25"]);
  assertEquals(query.getAll("expand"), ["version", "space,history"]);
  assertEquals(told.json.totalSize, undefined);
});

Deno.test("content/search walks every row once, on the site and through the gateway", async () => {
  const { fake, pageIds } = filled();
  for (const gateway of [false, true]) {
    const told = await walk(fake, search(PAGES, "&limit=25"), { gateway });
    assertEquals(told.map(({ json }) => json.size), [25, 25, 10]);
    assertEquals(idsOf(told), pageIds);
    assertEquals(told[2]!.json._links.next, undefined);
  }
});

Deno.test("search accepts start, echoes it and ignores it: the cursor alone decides", async () => {
  const { fake, pageIds } = filled();
  const told = await ask(fake, search(PAGES, "&limit=5&start=20"));
  assertEquals([told.json.start, idsOf([told])], [20, pageIds.slice(0, 5)]);
  const { next } = told.json._links;
  assertEquals(idsOf([await ask(fake, `/wiki${next.replace("start=5", "start=55")}`)]), pageIds.slice(5, 10));
});

Deno.test("search cursors are search-after tokens that survive changes of the index", async () => {
  const { fake, pageIds, site } = filled();
  const first = await ask(fake, search(PAGES, "&limit=10"));
  const cursor = new URL(first.json._links.next, "http://x").searchParams.get("cursor")!;
  const [, offset, sort] = /^_f_(.*)_sa_(.*)$/.exec(cursor)!;
  assertEquals(atob(offset!), "10");
  assertEquals(JSON.parse(atob(sort!)).at(-1), `\t${pageIds[9]}`);
  site.trashPage(pageIds[0]!);
  site.trashPage(pageIds[9]!);
  assertEquals(idsOf([await ask(fake, `/wiki${first.json._links.next}`)]), pageIds.slice(10, 20));
});

Deno.test("search answers a bad cursor with the search service's error", async () => {
  const { fake } = filled(1);
  for (const cursor of ["nonsense", "_f_!!_sa_e30=", "_f_MTA=_sa_bm8="]) {
    const told = await ask(fake, search(PAGES, `&cursor=${encodeURIComponent(cursor)}`));
    assertEquals(told.status, 400);
    assertStringIncludes(told.json.message, "XP-Search Aggregator API");
  }
});

Deno.test("search checks its numbers as the live site does", async () => {
  const { fake } = filled(1);
  const cases: readonly [path: string, status: number, text: string][] = [
    ["content/search", 400, "cql query parameter is required"],
    ["search?cql=", 400, "cql query parameter is required"],
    [
      "content/search?cql=type=page&limit=-1",
      400,
      "java.lang.IllegalArgumentException: limit cannot be less than zero",
    ],
    ["search?cql=type=page&limit=-1&start=-1", 400, "start cannot be less than zero"],
    ["content/search?cql=type=page&limit=abc", 400, 'For input string: \\"abc\\"'],
    ["search?cql=type=page&limit=abc", 404, ""],
    [`search?cql=${encodeURIComponent('siteSearch ~ ""')}`, 500, "NullPointerException"],
  ];
  for (const [path, status, text] of cases) {
    const told = await ask(fake, `/wiki/rest/api/${path}`);
    assertEquals(told.status, status, path);
    assertStringIncludes(told.text, text);
  }
});

Deno.test("search caps limit by what is expanded", async () => {
  const { fake } = filled(300);
  const size = async (expand: string) =>
    (await ask(fake, search(PAGES, `&limit=400${expand === "" ? "" : `&expand=${expand}`}`))).json.size;
  assertEquals(await size(""), 250);
  assertEquals(await size("version,history"), 250);
  assertEquals(await size("version,body.storage"), 50);
  assertEquals(await size("body.export_view"), 25);
  fake.site.settings.search.capExpanded = 200;
  assertEquals(await size("version"), 200);
  assertEquals((await ask(fake, search(PAGES, "&limit=400"))).json.limit, 250);
});

Deno.test("content/search expands what is asked for and lists the rest as expandable", async () => {
  const { fake, site, pageIds } = filled(3);
  site.editPage(pageIds[1]!, { message: "m", body: "<p>b</p>" });
  site.addLabel(pageIds[1]!, "x");
  const plain = (await ask(fake, search(`id = ${pageIds[1]}`))).json.results[0];
  assertEquals([plain.version, plain.space, plain.body], [undefined, undefined, undefined]);
  assertEquals(plain._expandable.version, "");
  const expand = "&expand=version,history,space,container,extensions,metadata.labels,ancestors,body.storage";
  const bare = (await ask(fake, search(`id = ${pageIds[1]}`, "&expand=metadata"))).json.results[0];
  assertEquals(bare.metadata, { _expandable: { labels: "", properties: "" } });
  const row = (await ask(fake, search(`id = ${pageIds[1]}`, expand))).json.results[0];
  assertEquals([row.version.number, row.version.message, row.version.minorEdit], [2, "m", false]);
  assertEquals(row.version.by.accountId, "557058:ana");
  assertEquals(row.history.createdDate, new Date(site.page(pageIds[1]!).createdAt).toISOString());
  assertEquals([row.space.key, typeof row.space.id], ["A", "number"]);
  assertEquals(row.metadata.labels.results[0].name, "x");
  assertEquals(row.ancestors.map(({ id }: { id: string }) => id), [pageIds[0]]);
  assertEquals(row.body.storage.value, "<p>b</p>");
  assertEquals(row._expandable.version, undefined);
});

Deno.test("content/search gives attachments with version, history, container and extensions", async () => {
  const { fake, site, pageIds } = filled(3);
  const made = site.attach(pageIds[2]!, {
    filename: "é.png",
    mediaType: "image/png",
    size: 77,
    comment: "c",
  });
  const expand = "&expand=version,history,container,extensions";
  const row = (await ask(fake, search(`id = ${made.id}`, expand))).json.results[0];
  assertEquals([row.id, row.type, row.title, row.status], [made.id, "attachment", "é.png", "current"]);
  assertEquals([row.container.id, row.container.type], [pageIds[2], "page"]);
  assertEquals(row.extensions, {
    mediaType: "image/png",
    fileSize: 77,
    comment: "c",
    mediaTypeDescription: "PNG Image",
    fileId: made.version.fileId,
    collectionName: `contentId-${pageIds[2]}`,
  });
  assertEquals(row._links.download, `/rest/api/content/${pageIds[2]}/child/attachment/${made.id}/download`);
});

Deno.test("/search wraps content, expands with the content prefix only, and has rows without content", async () => {
  const { fake, site } = filled(3);
  site.addPage({ spaceKey: "A", title: "A <b> & c" });
  const path = `/wiki/rest/api/search?cql=${encodeURIComponent("type in (page, space) order by created")}`;
  const told = await ask(fake, `${path}&expand=version,content.history`);
  const page = told.json.results.find(({ content }: { content?: { title: string } }) =>
    content?.title === "A <b> & c"
  );
  assertEquals(page.title, "@@@hl@@@A@@@endhl@@@ &lt;b&gt; &amp; c");
  assertEquals([page.content.version, page.content.history.latest, page.score], [undefined, true, 0]);
  const space = told.json.results.find(({ entityType }: { entityType: string }) => entityType === "space");
  assertEquals([space.content, space.space.key], [undefined, "A"]);
  assertEquals(typeof told.json.totalSize, "number");
});

Deno.test("/search drops excerpt from next, and its totalSize wanders", async () => {
  const { fake } = filled(250);
  const path = `/wiki/rest/api/search?cql=${encodeURIComponent(PAGES)}&limit=100`;
  const told = await walk(fake, `${path}&excerpt=none`);
  assertEquals(told.map(({ json }) => json.results[0].excerpt === ""), [true, false, false]);
  assert(!told[0]!.json._links.next.includes("excerpt"));
  assertEquals(new Set(told.map(({ json }) => json.totalSize)).size, 3);
});

Deno.test("the search index lags: what is new is invisible, what was deleted lingers, until the lag is over", async () => {
  const { fake, site, pageIds, tick } = filled(3, { lagMs: 60_000 });
  const page = site.addPage({ spaceKey: "A", title: "New" });
  site.purgePage(pageIds[0]!);
  site.archivePage(pageIds[1]!);
  const find = async () => idsOf([await ask(fake, search(PAGES))]);
  assertEquals(await find(), pageIds);
  tick(59_999);
  assertEquals(await find(), pageIds);
  tick(1);
  assertEquals(await find(), [pageIds[2], page.id]);
  site.editPage(page.id, { title: "Newer" });
  site.settings.search.lagMs = 0;
  assertEquals(idsOf([await ask(fake, search("title = Newer"))]), [page.id]);
});

Deno.test("the search index may give old fields, or those of the database, for rows that changed", async () => {
  const { fake, site, pageIds } = filled(2, { lagMs: 60_000 });
  site.editPage(pageIds[0]!, { title: "Now" });
  site.trashPage(pageIds[1]!);
  const rows = async () =>
    (await ask(fake, search(PAGES, "&expand=version"))).json.results
      .map(({ title, status, version }: { title: string; status: string; version: { number: number } }) =>
        `${title} ${status} ${version.number}`
      );
  assertEquals(await rows(), ["Now current 2", "Filler 000002 trashed 1"]);
  site.settings.search.hydrate = "index";
  assertEquals(await rows(), ["Filler 000001 current 1", "Filler 000002 current 1"]);
});

Deno.test("a row that is gone may fail the whole page of an expanded search", async () => {
  const { fake, site, pageIds } = filled(3, { lagMs: 60_000, failOnLingering: true });
  site.trashPage(pageIds[1]!);
  assertEquals((await ask(fake, search(PAGES))).status, 200);
  const told = await ask(fake, search(PAGES, "&expand=version"));
  assertEquals(told.status, 404);
  assertStringIncludes(told.json.message, `ContentId{id=${pageIds[1]}}`);
});

Deno.test("search never finds archived pages, trash or drafts, nor spaces that are archived, unless asked", async () => {
  const { fake, site, pageIds } = filled(4);
  site.archivePage(pageIds[3]!);
  site.trashPage(pageIds[2]!);
  site.addPage({ spaceKey: "A", title: "draft", status: "draft" });
  assertEquals(idsOf([await ask(fake, search(PAGES))]), pageIds.slice(0, 2));
  site.archiveSpace("A");
  assertEquals(idsOf([await ask(fake, search(PAGES))]), []);
  const all = `/wiki/rest/api/search?includeArchivedSpaces=true&cql=${encodeURIComponent(PAGES)}`;
  assertEquals((await ask(fake, all)).json.results.length, 2);
});

Deno.test("search filters by permission after the cut, with the rights of this moment", async () => {
  const { fake, site, pageIds } = filled(12, { lagMs: 60_000 });
  for (const id of pageIds.slice(4, 8)) site.hidePage(id);
  const told = await walk(fake, search(PAGES, "&limit=4"));
  assertEquals(told.map(({ json }) => json.size), [4, 0, 4]);
});

Deno.test("search hides attachments and comments with their page", async () => {
  const { fake, site, pageIds } = filled(3);
  site.addFooterComment(pageIds[2]!);
  const count = async () => (await ask(fake, search(`container = ${pageIds[2]}`))).json.size;
  assertEquals(await count(), 4);
  site.hidePage(pageIds[2]!);
  assertEquals(await count(), 0);
});

Deno.test("search cuts pages short at random when the site is set so, and loses no row", async () => {
  const { fake, pageIds } = filled(100, { shortPages: 0.7 });
  const told = await walk(fake, search(PAGES, "&limit=20"));
  assertEquals(idsOf(told), pageIds);
  assert(told.slice(0, -1).some(({ json }) => json.size < 20), "no page was short");
});

Deno.test("search swaps neighbours without ORDER BY when the site is set so, and never with it", async () => {
  const { fake, pageIds } = filled(100, { swapNeighbours: true });
  const unordered = idsOf(await walk(fake, search("type = page", "&limit=7")));
  assertNotEquals(unordered, pageIds);
  assertNotEquals(new Set(unordered).size, 100, "rows at the edges of pages should repeat or be missed");
  assertEquals(idsOf(await walk(fake, search(PAGES, "&limit=7"))), pageIds);
});

Deno.test("search repeats and adds rows when the site is set so", async () => {
  const { fake, pageIds, site } = filled(20, { duplicateRows: 1, strayRows: 1 });
  const ids = idsOf([await ask(fake, search(`id in (${pageIds.slice(0, 5)})`))]);
  assertEquals(ids.length, 7);
  assertEquals(new Set(ids).size, 6);
  assert(ids.some((id) => !pageIds.slice(0, 5).includes(id)));
  site.settings.search.duplicateRows = 0;
  assertEquals(idsOf([await ask(fake, search(`id in (${pageIds.slice(0, 5)})`))]).length, 6);
});

Deno.test("search finds a moved page in its new space, with everything that hangs on it", async () => {
  const { fake, site, pageIds } = filled(3);
  site.addSpace({ key: "B" });
  const attachment = site.attach(pageIds[2]!, { filename: "a" });
  const comment = site.addFooterComment(pageIds[2]!);
  site.movePage(pageIds[2]!, { spaceKey: "B" });
  const found = idsOf([await ask(fake, search("space = B"))]);
  assert([pageIds[2]!, attachment.id, comment.id].every((id) => found.includes(id)), found.join());
  site.trashPage(pageIds[2]!);
  assertEquals(idsOf([await ask(fake, search("space = B"))]), []);
  site.restorePage(pageIds[2]!);
  assertEquals(idsOf([await ask(fake, search("space = B"))]).toSorted(), found.toSorted());
});
