/** The tree and what hangs beside it: api.md section 14, points 11 and 14. */
import { assertEquals } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { ask, idsOf, walk } from "./fake/testing.ts";

function site() {
  const fake = new FakeConfluence();
  fake.site.addSpace({ key: "A" });
  const chain: string[] = [];
  for (let depth = 0; depth < 13; depth++) {
    const parentId = chain.at(-1) ?? null;
    chain.push(fake.site.addPage({ spaceKey: "A", title: `Level ${depth}`, parentId }).id);
  }
  const root = chain[0]!;
  const folder = fake.site.addFolder({ spaceKey: "A", title: "Folder", parentId: root });
  const under = fake.site.addPage({ spaceKey: "A", title: "Under", parentId: folder.id });
  return { fake, chain, root, folder, under };
}

Deno.test("descendants are cut off at depth 2 by default and at 10 at most, without a word", async () => {
  const { fake, root, chain } = site();
  const path = `/wiki/api/v2/pages/${root}/descendants`;
  const depths = async (query: string) => {
    const rows = (await walk(fake, `${path}?limit=5${query}`)).flatMap(({ json }) => json.results);
    return [rows.length, Math.max(...rows.map(({ depth }: { depth: number }) => depth))];
  };
  assertEquals(await depths(""), [4, 2]);
  assertEquals(await depths("&depth=10"), [12, 10]);
  assertEquals((await ask(fake, `${path}?depth=11`)).status, 400);
  const deep = `/wiki/api/v2/pages/${chain[10]}/descendants`;
  assertEquals(idsOf([await ask(fake, deep)]), chain.slice(11));
});

Deno.test("children leaves out folders and what is under them; direct-children has all kinds", async () => {
  const { fake, root, chain, folder, under } = site();
  assertEquals(idsOf([await ask(fake, `/wiki/api/v2/pages/${root}/children`)]), [chain[1]]);
  const direct = await ask(fake, `/wiki/api/v2/pages/${root}/direct-children`);
  const kinds = direct.json.results.map(({ id, type }: { id: string; type: string }) => `${type} ${id}`);
  assertEquals(kinds, [`page ${chain[1]}`, `folder ${folder.id}`]);
  assertEquals(idsOf([await ask(fake, `/wiki/api/v2/folders/${folder.id}/direct-children`)]), [under.id]);
});

Deno.test("direct-children end after one page when a child has no position, unless sorted by id", async () => {
  const { fake, root } = site();
  for (let n = 0; n < 4; n++) {
    fake.site.addPage({ spaceKey: "A", title: `No place ${n}`, parentId: root, position: null });
  }
  const path = `/wiki/api/v2/pages/${root}/direct-children?limit=2`;
  const rows = async (query: string) =>
    (await walk(fake, path + query)).map(({ json }) => json.results.length);
  assertEquals(await rows(""), [2, 0]);
  assertEquals(await rows("&sort=id"), [2, 2, 2]);
});

Deno.test("child listings leave out what is archived, trashed or hidden", async () => {
  const { fake, root, chain, folder } = site();
  const gone = fake.site.addPage({ spaceKey: "A", title: "Gone", parentId: root });
  const hidden = fake.site.addPage({ spaceKey: "A", title: "Hidden", parentId: root });
  fake.site.archivePage(gone.id);
  fake.site.hidePage(hidden.id);
  const path = `/wiki/api/v2/pages/${root}/direct-children`;
  assertEquals(idsOf([await ask(fake, path)]), [chain[1], folder.id]);
});

Deno.test("ancestors come root first and have no cursor: more is asked from the top", async () => {
  const { fake, chain } = site();
  const last = chain.at(-1)!;
  const told = await ask(fake, `/wiki/api/v2/pages/${last}/ancestors?limit=5`);
  assertEquals(idsOf([told]), chain.slice(7, 12));
  assertEquals(told.json._links.next, undefined);
  assertEquals(idsOf([await ask(fake, `/wiki/api/v2/pages/${chain[7]}/ancestors`)]), chain.slice(0, 7));
});

Deno.test("folders, whiteboards, databases and embeds have routes of their own and are 404 on others", async () => {
  const { fake, root } = site();
  const made = {
    folders: fake.site.addFolder({ spaceKey: "A", title: "f", parentId: root }),
    whiteboards: fake.site.addWhiteboard({ spaceKey: "A", title: "w", parentId: root }),
    databases: fake.site.addDatabase({ spaceKey: "A", title: "d", parentId: root }),
    embeds: fake.site.addEmbed({
      spaceKey: "A",
      title: "e",
      parentId: root,
      embedUrl: "https://example.com/x",
    }),
  };
  for (const [kind, { id }] of Object.entries(made)) {
    const told = await ask(fake, `/wiki/api/v2/${kind}/${id}`);
    assertEquals([told.status, told.json.type, told.json.parentId], [200, kind.slice(0, -1), root]);
    const asPage = await ask(fake, `/wiki/api/v2/pages/${id}`);
    assertEquals([asPage.status, asPage.json.errors[0].title], [404, `Cannot find a page with id [${id}]`]);
    const page = fake.site.addPage({ spaceKey: "A", title: `under ${kind}`, parentId: id });
    assertEquals((await ask(fake, `/wiki/api/v2/pages/${page.id}`)).json.parentType, kind.slice(0, -1));
  }
  const folder = await ask(fake, `/wiki/api/v2/folders/${root}`);
  assertEquals(folder.json.errors[0].title, `Content with id: [${root}] not found`);
});

Deno.test("version lists are newest first, capped at 50 with bodies, and each version has its neighbours", async () => {
  const { fake } = site();
  const page = fake.site.addPage({ spaceKey: "A", title: "Often", version: 60, body: "<p>b</p>" });
  const path = `/wiki/api/v2/pages/${page.id}/versions`;
  const plain = await ask(fake, `${path}?limit=250`);
  assertEquals([plain.json.results.length, plain.json.results[0].number], [60, 60]);
  const told = await walk(fake, `${path}?limit=250&body-format=storage`);
  assertEquals(told.map(({ json }) => json.results.length), [50, 10]);
  assertEquals(told[0]!.json.results[0].page.body.storage.value, "<p>b</p>");
  const one = (await ask(fake, `${path}/2`)).json;
  assertEquals([one.number, one.prevVersion, one.nextVersion], [2, 1, 3]);
  assertEquals((await ask(fake, `${path}/99`)).status, 404);
});

Deno.test("comment lists hold roots only; replies hang on their comment", async () => {
  const { fake, root } = site();
  const comment = fake.site.addFooterComment(root, { body: "<p>one</p>" });
  const reply = fake.site.addFooterComment(root, { body: "<p>two</p>", parentCommentId: comment.id });
  const inline = fake.site.addInlineComment(root, { selection: "text", resolution: "resolved" });
  const list = (path: string) => ask(fake, `/wiki/api/v2/${path}`);
  assertEquals(idsOf([await list(`pages/${root}/footer-comments`)]), [comment.id]);
  assertEquals(idsOf([await list(`footer-comments/${comment.id}/children`)]), [reply.id]);
  assertEquals(idsOf([await list("footer-comments")]), [comment.id, reply.id]);
  assertEquals(idsOf([await list(`pages/${root}/inline-comments`)]), [inline.id]);
  assertEquals(idsOf([await list(`pages/${root}/inline-comments?resolution-status=open`)]), []);
  const one = (await list(`footer-comments/${reply.id}?body-format=storage`)).json;
  assertEquals([one.parentCommentId, one.pageId, one.body.storage.value], [comment.id, root, "<p>two</p>"]);
});

Deno.test("label routes go from things to labels and back", async () => {
  const { fake, root } = site();
  fake.site.addLabel(root, "red");
  fake.site.addLabel(root, "my:own");
  const labels = (await ask(fake, `/wiki/api/v2/pages/${root}/labels?sort=name`)).json.results;
  assertEquals(labels.map(({ name, prefix }: { name: string; prefix: string }) => `${prefix}:${name}`), [
    "my:own",
    "global:red",
  ]);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${root}/labels?prefix=my`)).json.results.length, 1);
  const red = labels[1].id;
  assertEquals(idsOf([await ask(fake, `/wiki/api/v2/labels/${red}/pages`)]), [root]);
  assertEquals((await ask(fake, "/wiki/api/v2/labels/1/pages")).status, 404);
});

Deno.test("blog posts are current or trashed, have no place in the tree, and their own lists", async () => {
  const { fake } = site();
  const post = fake.site.addBlogPost({ spaceKey: "A", title: "Post", createdAt: "2026-02-03T00:00:00Z" });
  const space = fake.site.space("A").id;
  const told = await ask(fake, `/wiki/api/v2/spaces/${space}/blogposts`);
  assertEquals(idsOf([told]), [post.id]);
  assertEquals("parentId" in told.json.results[0], false);
  assertEquals(told.json.results[0]._links.webui, `/spaces/A/blog/2026/02/03/${post.id}/Post`);
  assertEquals((await ask(fake, `/wiki/api/v2/blogposts?status=archived`)).status, 400);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${post.id}`)).status, 404);
  fake.site.trashPage(post.id);
  assertEquals(idsOf([await ask(fake, "/wiki/api/v2/blogposts")]), []);
  assertEquals(idsOf([await ask(fake, "/wiki/api/v2/blogposts?status=trashed")]), [post.id]);
});

Deno.test("v1 content and space are gone with 410, or deprecated with headers when the site is set so", async () => {
  const { fake, root } = site();
  const paths = [`content/${root}`, "content", "space", "space/A"];
  for (const path of paths) {
    const told = await ask(fake, `/wiki/rest/api/${path}`);
    assertEquals([told.status, told.json.message.includes("This deprecated endpoint has been removed.")], [
      410,
      true,
    ]);
  }
  fake.site.settings.v1Content = "deprecated";
  for (const path of paths) {
    const told = await ask(fake, `/wiki/rest/api/${path}`);
    assertEquals([told.status, told.headers.get("deprecation")], [200, "Wed, 1 Mar 2023 00:00:00 GMT"], path);
    assertEquals(told.headers.get("link")?.includes('rel="deprecation"'), true);
  }
  const list = await walk(fake, "/wiki/rest/api/content?limit=5");
  assertEquals(list.map(({ json }) => json.size), [5, 5, 4]);
  assertEquals((await ask(fake, "/wiki/rest/api/content?start=100001")).status, 400);
});

Deno.test("v1 child lists still answer", async () => {
  const { fake, root, chain, folder } = site();
  const attachment = fake.site.attach(root, { filename: "a" });
  const children = async (type: string) =>
    idsOf([await ask(fake, `/wiki/rest/api/content/${root}/child/${type}`)]);
  assertEquals(await children("page"), [chain[1]]);
  assertEquals(await children("folder"), [folder.id]);
  assertEquals(await children("attachment"), [attachment.id]);
});
