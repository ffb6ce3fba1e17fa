import { assertEquals, assertThrows } from "@std/assert";
import { FakeConfluence, SiteError } from "./fake/mod.ts";
import { ask, idsOf } from "./fake/testing.ts";

const EXPAND =
  "version,history,container,ancestors,extensions,extensions.resolution,extensions.inlineProperties,body.storage";
const search = (fake: FakeConfluence, expand = EXPAND) =>
  ask(fake, `/wiki/rest/api/content/search?cql=type%20%3D%20comment%20order%20by%20created&expand=${expand}`);

function pageOf(fake: FakeConfluence): string {
  fake.site.addSpace({ key: "DOCS" });
  return fake.site.addPage({ spaceKey: "DOCS", title: "Page" }).id;
}

Deno.test("a comment in search results tells place, resolution, selection and what it replies to, where asked for", async () => {
  const fake = new FakeConfluence();
  const page = pageOf(fake);
  const root = fake.site.addInlineComment(page, { body: "<p>one</p>", selection: "words" });
  const reply = fake.site.addInlineComment(page, { body: "<p>two</p>", parentCommentId: root.id });
  const deep = fake.site.addInlineComment(page, { body: "<p>three</p>", parentCommentId: reply.id });
  fake.site.index.flush();
  const rows = (await search(fake)).json.results;
  assertEquals(rows.map((row: { id: string }) => row.id), [root.id, reply.id, deep.id]);
  assertEquals(rows[0].extensions.inlineProperties.originalSelection, "words");
  assertEquals(rows[0].extensions.resolution, { status: "open" });
  assertEquals(rows[0].container.id, page);
  assertEquals(rows[0].ancestors, []);
  assertEquals(rows[2].ancestors.map((row: { id: string }) => row.id), [root.id, reply.id]);
  assertEquals(rows[1].body.storage.value, "<p>two</p>");
  const plain = (await search(fake, "extensions")).json.results[0];
  assertEquals([plain.extensions.location, plain.extensions.resolution], ["inline", undefined]);
});

Deno.test("comments are edited, resolved and deleted", async () => {
  const fake = new FakeConfluence();
  const page = pageOf(fake);
  const { id } = fake.site.addInlineComment(page, { body: "<p>one</p>" });
  fake.site.editComment(id, "<p>two</p>");
  fake.site.resolveComment(id, "resolved");
  const row = (await ask(fake, `/wiki/api/v2/inline-comments/${id}?body-format=storage`)).json;
  assertEquals([row.version.number, row.resolutionStatus, row.body.storage.value], [
    2,
    "resolved",
    "<p>two</p>",
  ]);
  fake.site.index.flush();
  assertEquals((await search(fake)).json.results[0].version.number, 2);
  fake.site.deleteComment(id);
  fake.site.index.flush();
  assertEquals(idsOf([await search(fake)]), []);
  assertEquals((await ask(fake, `/wiki/api/v2/inline-comments/${id}`)).status, 404);
  assertThrows(() => fake.site.editComment(id, ""), SiteError);
});

Deno.test("labels of a space's content are personal and team ones unless a prefix is named", async () => {
  const fake = new FakeConfluence();
  const page = pageOf(fake);
  for (const label of ["global-one", "my:own", "team:ours"]) fake.site.addLabel(page, label);
  const space = fake.site.state.contents.get(page)!.spaceId;
  const names = async (query: string) =>
    (await ask(fake, `/wiki/api/v2/spaces/${space}/content/labels${query}`)).json.results.map((
      row: { name: string },
    ) => row.name).sort();
  assertEquals(await names(""), ["ours", "own"]);
  assertEquals(await names("?prefix=my"), ["own"]);
});

Deno.test("a search row tells at most 200 labels, and says so by its limit", async () => {
  const fake = new FakeConfluence();
  const page = pageOf(fake);
  for (let n = 0; n < 205; n++) fake.site.addLabel(page, `label-${n}`);
  fake.site.index.flush();
  const path = "/wiki/rest/api/content/search?cql=type%20%3D%20page&expand=metadata.labels";
  const { labels } = (await ask(fake, path)).json.results[0].metadata;
  assertEquals([labels.results.length, labels.limit], [200, 200]);
});
