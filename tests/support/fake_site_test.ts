/** The verbs: what each changes, what each leaves alone, and what an account sees afterwards. */
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { FakeConfluence, SiteError } from "./fake/mod.ts";
import { ask } from "./fake/testing.ts";

function setup() {
  let now = Date.parse("2026-03-01T10:00:00Z");
  const fake = new FakeConfluence({ clock: { now: () => now } });
  fake.site.addSpace({ key: "A", homepage: true });
  fake.site.addSpace({ key: "B" });
  const home = fake.site.space("A").homepageId!;
  return { fake, site: fake.site, home, tick: (ms = 60_000) => now += ms };
}

Deno.test("Site.editPage() makes the next version, at the site's time, and keeps the old one", async () => {
  const { fake, site, home, tick } = setup();
  const page = site.addPage({ spaceKey: "A", title: "One", body: "<p>1</p>", parentId: home });
  tick();
  site.editPage(page.id, { body: "<p>2</p>", message: "why", minorEdit: true });
  const now = (await ask(fake, `/wiki/api/v2/pages/${page.id}?body-format=storage`)).json;
  assertEquals(now.version.number, 2);
  assertEquals(now.version.createdAt, "2026-03-01T10:01:00.000Z");
  assertEquals([now.version.message, now.version.minorEdit], ["why", true]);
  assertEquals(now.createdAt, "2026-03-01T10:00:00.000Z");
  assertEquals(now.body.storage.value, "<p>2</p>");
  const old = (await ask(fake, `/wiki/api/v2/pages/${page.id}?version=1&body-format=storage`)).json;
  assertEquals(old.body.storage.value, "<p>1</p>");
  assertEquals(old.version.number, 1);
});

Deno.test("Site.renamePage() changes the title as a version and frees the old title", () => {
  const { site } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Old" });
  site.renamePage(page.id, "New");
  assertEquals([page.title, page.version.number, page.versions[0]!.title], ["New", 2, "Old"]);
  assert(!site.isTitleTaken("A", "old"));
  assert(site.isTitleTaken("A", "new"));
});

Deno.test("Site.movePage() moves the subtree, within and between spaces, without a version unless asked", () => {
  const { site, home } = setup();
  const root = site.addPage({ spaceKey: "A", title: "Root", parentId: home });
  const child = site.addPage({ spaceKey: "A", title: "Child", parentId: root.id });
  const other = site.addPage({ spaceKey: "A", title: "Other" });
  site.movePage(root.id, { parentId: other.id });
  assertEquals([root.parentId, root.version.number], [other.id, 1]);
  site.movePage(root.id, { spaceKey: "B" });
  const b = site.space("B").id;
  assertEquals([root.spaceId, root.parentId, child.spaceId, child.parentId], [b, null, b, root.id]);
  assertEquals(site.visiblePages(b).map(({ id }) => id), [root.id, child.id]);
  assertEquals(site.visiblePages(site.space("A").id).map(({ id }) => id), [home, other.id]);
  site.movePage(root.id, { spaceKey: "A", parentId: home, bumpVersion: true });
  assertEquals([root.version.number, child.version.number], [2, 1]);
  assertThrows(() => site.movePage(root.id, { parentId: child.id }), SiteError, "is below it");
});

Deno.test("Site.trashPage() takes the place in the tree and frees the title; children move up", () => {
  const { site, home } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page", parentId: home });
  const child = site.addPage({ spaceKey: "A", title: "Child", parentId: page.id });
  site.trashPage(page.id);
  assertEquals([page.status, page.parentId, page.position], ["trashed", null, null]);
  assertEquals([child.parentId, child.status], [home, "current"]);
  const again = site.addPage({ spaceKey: "A", title: "Page" });
  assertThrows(() => site.restorePage(page.id), SiteError, "already exists with the same TITLE");
  site.renamePage(again.id, "Else");
  site.restorePage(page.id);
  assertEquals([page.status, page.parentId, page.version.number], ["current", null, 2]);
});

Deno.test("Site.trashPage() may leave children archived without a parent", () => {
  const { site, home } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page", parentId: home });
  const child = site.addPage({ spaceKey: "A", title: "Child", parentId: page.id });
  const below = site.addPage({ spaceKey: "A", title: "Below", parentId: child.id });
  site.trashPage(page.id, { children: "archive" });
  assertEquals([child.status, child.parentId], ["archived", null]);
  assertEquals([below.status, below.parentId], ["archived", child.id]);
});

Deno.test("Site.archivePage() keeps parent and title; Site.restorePage() brings it back as a version", () => {
  const { site, home } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page", parentId: home });
  site.archivePage(page.id);
  assertEquals([page.status, page.parentId, page.version.number], ["archived", home, 1]);
  assertThrows(() => site.addPage({ spaceKey: "A", title: "PAGE" }), SiteError, "same TITLE");
  site.addPage({ spaceKey: "B", title: "Page" });
  site.restorePage(page.id);
  assertEquals([page.status, page.parentId, page.version.number], ["current", home, 2]);
});

Deno.test("Site.purgePage() leaves nothing of a page, its attachments and comments", async () => {
  const { fake, site, home } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page", parentId: home });
  const attachment = site.attach(page.id, { filename: "a.txt" });
  const comment = site.addFooterComment(page.id);
  site.purgePage(page.id);
  for (const path of [`pages/${page.id}`, `attachments/${attachment.id}`, `footer-comments/${comment.id}`]) {
    assertEquals((await ask(fake, `/wiki/api/v2/${path}`)).status, 404, path);
  }
  assertEquals(site.visibleAttachments(), []);
});

Deno.test("Site.hidePage() hides a page and all below it with a 404 that names it; Site.unhidePage() shows it", async () => {
  const { fake, site, home } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page", parentId: home });
  const child = site.addPage({ spaceKey: "A", title: "Child", parentId: page.id });
  const attachment = site.attach(child.id, { filename: "a.txt" });
  site.hidePage(page.id);
  assertEquals(site.visiblePages().map(({ id }) => id), [home]);
  assertEquals(site.visibleAttachments(), []);
  const told = await ask(fake, `/wiki/api/v2/pages/${child.id}`);
  assertEquals([told.status, told.json.errors[0].title], [404, `Cannot find a page with id [${child.id}]`]);
  assertEquals((await ask(fake, `/wiki/api/v2/attachments/${attachment.id}`)).status, 404);
  site.unhidePage(page.id);
  assertEquals(site.visiblePages().length, 3);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${child.id}`)).status, 200);
});

Deno.test("Site.hidePage() can show a page to some accounts only", async () => {
  const { fake, site } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page" });
  const bob = { ...site.accounts[0]!, email: "bob@example.com", token: "bob", accountId: "557058:bob" };
  site.accounts.push(bob);
  site.hidePage(page.id, [bob.accountId]);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${page.id}`)).status, 404);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${page.id}`, { as: "bob@example.com:bob" })).status, 200);
  assertEquals(site.visiblePages(page.spaceId, ["current"], bob).length, 2);
});

Deno.test("Site.hideSpace() and Site.removeSpace() make the space and its listings 404", async () => {
  const { fake, site } = setup();
  const { id } = site.space("A");
  const page = site.addPage({ spaceKey: "A", title: "Page" });
  site.hideSpace("A");
  for (const path of [`spaces/${id}`, `spaces/${id}/pages`, `pages/${page.id}`]) {
    assertEquals((await ask(fake, `/wiki/api/v2/${path}`)).status, 404, path);
  }
  assertEquals((await ask(fake, "/wiki/api/v2/spaces")).json.results.map((one: { key: string }) => one.key), [
    "B",
  ]);
  site.unhideSpace("A");
  assertEquals((await ask(fake, `/wiki/api/v2/spaces/${id}/pages`)).json.results.length, 2);
  site.removeSpace("A");
  assertEquals((await ask(fake, `/wiki/api/v2/spaces/${id}`)).status, 404);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${page.id}`)).status, 404);
});

Deno.test("things that go for good take their restrictions and the home page's place with them", () => {
  const { site, home } = setup();
  const page = site.addPage({ spaceKey: "B", title: "Page" });
  site.hidePage(page.id);
  site.hideSpace("B");
  assertEquals(site.state.restricted, 2);
  site.purgePage(page.id);
  site.removeSpace("B");
  assertEquals(site.state.restricted, 0);
  site.purgePage(home);
  assertEquals(site.space("A").homepageId, null);
});

Deno.test("verbs refuse what Confluence refuses", () => {
  const { site, home } = setup();
  const other = site.addPage({ spaceKey: "B", title: "Other" });
  const trashed = site.trashPage(site.addPage({ spaceKey: "A", title: "Trashed" }).id);
  const post = site.addBlogPost({ spaceKey: "A", title: "Post" });
  const refused: readonly [change: () => unknown, message: string][] = [
    [() => site.addPage({ spaceKey: "A", title: "x", parentId: other.id }), "it is in another space"],
    [() => site.addPage({ spaceKey: "A", title: "x", parentId: trashed.id }), "it is trashed"],
    [() => site.addPage({ spaceKey: "A", title: "x", parentId: post.id }), "a blog post"],
    [() => site.addPage({ spaceKey: "A", title: "x", parentId: "1" }), "no id 1"],
    [() => site.addPage({ spaceKey: "A", title: "x", id: home }), `id ${home} is taken`],
    [() => site.addPage({ spaceKey: "NOPE", title: "x" }), "no id or key NOPE"],
    [() => site.addSpace({ key: "a" }), "key a is taken"],
    [() => site.trashPage(trashed.id), "it is in the trash"],
    [() => site.archivePage(trashed.id), "it is trashed"],
    [() => site.movePage(trashed.id, { parentId: home }), "it is trashed"],
    [() => site.restorePage(home), "it is current"],
    [() => site.editPage("1"), "no id 1"],
    [() => site.attachVersion("att1"), "no id att1"],
  ];
  for (const [change, message] of refused) assertThrows(change, SiteError, message);
  site.attach(home, { filename: "a" });
  assertThrows(() => site.attach(home, { filename: "a" }), SiteError, "same file name");
  site.addPage({ spaceKey: "B", title: "Taken" });
  const taken = site.addPage({ spaceKey: "A", title: "taken" });
  assertThrows(() => site.movePage(taken.id, { spaceKey: "B" }), SiteError, "same TITLE");
});

Deno.test("Site.attachVersion() keeps the id, changes the file id, and leaves the page's version alone", () => {
  const { site } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page" });
  const attachment = site.attach(page.id, { filename: "a.txt", bytes: new Uint8Array(3), comment: "c" });
  const { fileId } = attachment.version;
  assertNotEquals(fileId, attachment.id);
  site.attachVersion(attachment.id, { bytes: new Uint8Array(5) });
  assertEquals([attachment.version.number, attachment.fileSize, attachment.version.comment], [2, 5, "c"]);
  assertNotEquals(attachment.version.fileId, fileId);
  assertEquals(page.version.number, 1);
});

Deno.test("Site.deleteAttachment() trashes, and attachments share the fate of their page", () => {
  const { site } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page" });
  const one = site.attach(page.id, { filename: "1" });
  const two = site.attach(page.id, { filename: "2" });
  site.deleteAttachment(one.id);
  assertEquals(site.visibleAttachments().map(({ id }) => id), [two.id]);
  site.archivePage(page.id);
  assertEquals(site.visibleAttachments(), []);
  assertEquals(site.visibleAttachments(page.spaceId, ["archived"]).map(({ id }) => id), [two.id]);
  site.restorePage(page.id);
  site.restoreAttachment(one.id);
  assertEquals(site.visibleAttachments().length, 2);
  site.purgeAttachment(two.id);
  assertEquals(site.visibleAttachments().map(({ id }) => id), [one.id]);
});

Deno.test("labels and comments leave the version of a page alone", () => {
  const { site } = setup();
  const page = site.addPage({ spaceKey: "A", title: "Page" });
  site.addLabel(page.id, "x");
  site.addLabel(page.id, "x");
  site.addFooterComment(page.id);
  assertEquals([page.labels, page.version.number], [["x"], 1]);
  site.removeLabel(page.id, "x");
  assertEquals(page.labels, []);
});

Deno.test("FakeConfluence makes the same site from the same seed, and another from another", () => {
  const build = (seed: number) => {
    const fake = new FakeConfluence({ seed, clock: { now: () => 0 } });
    fake.site.addSpace({ key: "A" });
    fake.site.fill({ spaceKey: "A", pages: 20, attachments: 5, bodyBytes: 500 });
    return JSON.stringify([fake.site.visiblePages(), fake.site.visibleAttachments()]);
  };
  assertEquals(build(7), build(7));
  assertNotEquals(build(7), build(8));
});

Deno.test("Site.fill() makes bodies of the asked length that differ by page and version", () => {
  const { site } = setup();
  const { pageIds } = site.fill({ spaceKey: "B", pages: 3, bodyBytes: 8192 });
  const bodies = site.visiblePages(site.space("B").id).map(({ storage }) => storage);
  assertEquals(bodies.map(({ length }) => length), [8192, 8192, 8192]);
  assertEquals(new Set(bodies).size, 3);
  site.editPage(pageIds[0]!);
  const edited = site.visiblePages(site.space("B").id)[0]!.storage;
  assertEquals(edited.length, 8192);
  assertNotEquals(edited, bodies[0]);
});

Deno.test("Site.addPage() takes ids beyond 2^53 and lists them by their number", async () => {
  const { fake, site } = setup();
  const ids = ["9007199254740993", "9007199254740992", "123"];
  for (const id of ids) site.addPage({ spaceKey: "B", title: id, id });
  const listed = await ask(fake, `/wiki/api/v2/spaces/${site.space("B").id}/pages?sort=id`);
  assertEquals(listed.json.results.map((row: { id: string }) => row.id), ["123", ids[1], ids[0]]);
});
