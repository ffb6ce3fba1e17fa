/** What fresh eyes broke, third time: comments, labels and attachments. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { age, arrive, blinded, killed, openSite } from "./bad_luck.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const WITH_COMMENTS = { kinds: { comments: true } } as const;
const LISTING = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
const ATTACHMENTS_OF = { endpoint: "GET /wiki/api/v2/pages/{id}/attachments" };

test("regression: comments switched on while their space was archived come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    await ingest(DOCS);
    site.archiveSpace("DOCS");
    pass(DAY);
    const archived = await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: comments that nobody could read in an archived space come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(60 * MINUTE);
    site.editPage(page!, {});
    site.archiveSpace("DOCS");
    pass(8 * DAY);
    const archived = await ingest(DOCS);
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: the comments of an archived space are not missed", () =>
  withBench(async ({ site, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 3);
    for (let n = 0; n < 12; n++) site.addFooterComment(page!, { body: `<p>${n}</p>` });
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    site.archiveSpace("DOCS");
    pass(8 * DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
  }));

test("regression: a run with --max-pages that a page arrives in reads all comments", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [late, other] = addPages(site, "DOCS", 5);
    const old = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    const comment = site.addFooterComment(other!, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    arrive(bench, late!);
    const capped = await ingest({ ...DOCS, maxPages: 100 });
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([capped.status, next.status], ["complete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments ORDER BY id"), [old.id, comment.id].sort());
  }));

test("regression: a full run with --max-pages moves no mark past comments and blog posts that it left out", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    await ingest({ ...DOCS, kinds: { comments: true, blogposts: true } });
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Post" });
    pass(60 * MINUTE);
    site.editPage(page!, {});
    pass(MINUTE);
    const full = await ingest({ ...DOCS, full: true, maxPages: 100 });
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([full.status, next.status], ["complete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
    assertEquals(await column("SELECT id FROM current_blog_posts"), [post.id]);
  }));

test("regression: a comment in quarantine is kept by a token that became nobody's", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [secret, open] = addPages(site, "PUB", 6);
    site.hidePage(secret!, [account.accountId]);
    const comment = site.addFooterComment(secret!, { body: "<p>x</p>" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [comment.id],
      times: Infinity,
      change: ({ version: _, ...row }) => row,
    });
    age(bench, "PUB");
    const first = await ingest({ ...wish, ...WITH_COMMENTS });
    fake.faults.clear();
    pass(DAY);
    site.editPage(open!, {});
    pass(MINUTE);
    const blind = await blinded(bench, wish, ({ endpoint }) => endpoint.includes("-comments/{id}"));
    const next = await ingest(wish);
    assertEquals([first.status, blind.status, next.status], ["incomplete", "incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: the attachments of a page in quarantine are kept by a token that became nobody's", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late, open] = addPages(site, "PUB", 6);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "PUB");
    await ingest(wish);
    pass(DAY);
    arrive(bench, late!, [account.accountId]);
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: ATTACHMENTS_OF });
    const first = await ingest(wish);
    fake.faults.clear();
    pass(DAY);
    site.editPage(open!, {});
    pass(MINUTE);
    const blind = await blinded(bench, wish, ({ endpoint }) => endpoint === ATTACHMENTS_OF.endpoint);
    const next = await ingest(wish);
    assertEquals([first.status, blind.status, next.status], ["incomplete", "incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: labels in quarantine are kept by a listing of nobody's", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [id] = addPages(site, "PUB", 3);
    site.addLabel(id!, "red");
    site.archivePage(id!);
    site.hidePage(id!, [account.accountId]);
    age(bench, "PUB");
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: { path: "/labels" } });
    const first = await ingest({ ...wish, includeArchived: true, deletions: "on_demand" });
    fake.faults.clear();
    pass(DAY);
    const blind = await blinded(bench, { ...wish, reconcile: true }, ({ endpoint }) =>
      endpoint === LISTING.endpoint);
    const next = await ingest(wish);
    assertEquals([first.status, blind.status, next.status], ["incomplete", "incomplete", "complete"]);
    assertEquals(await column("SELECT labels FROM current_pages WHERE id = ?", id!), ['["red"]']);
  }));

test("regression: killed before labels in quarantine are read again", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [id] = addPages(site, "DOCS", 3);
    site.addLabel(id!, "red");
    site.archivePage(id!);
    age(bench, "DOCS");
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: { path: "/labels" } });
    const first = await ingest({ ...DOCS, includeArchived: true });
    fake.faults.clear();
    pass(DAY);
    const cut = await killed(bench, { ...DOCS, reconcile: true }, ({ endpoint }) =>
      endpoint.endsWith("/labels"));
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([first.status, cut.status, next.status], ["incomplete", "interrupted", "complete"]);
    assertEquals(await column("SELECT labels FROM current_pages WHERE id = ?", id!), ['["red"]']);
  }));

test("regression: attachments that come twice in an answer are counted once", () =>
  withBench(async ({ site, ingest }) => {
    site.settings.search.duplicateRows = 1;
    const [page] = addPages(site, "DOCS", 1);
    for (let n = 0; n < 40; n++) site.attach(page!, { filename: `${n}.png` });
    const run = await ingest(DOCS);
    const { listed, unchanged, added, updated, skipped, failed } = run.spaces[0]!.account.attachments;
    assertEquals(listed, 40);
    assertEquals(listed, unchanged + added + updated + skipped + failed);
  }));

test("regression: comments of an index without pages are missed", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Post" }).id;
    const comment = site.addFooterComment(post, { body: "<p>x</p>" });
    await ingest({ ...DOCS, kinds: { comments: true, blogposts: true } });
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
    pass(DAY);
    site.deleteComment(comment.id);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, await column("SELECT id FROM current_comments")], ["complete", []]);
  }));
