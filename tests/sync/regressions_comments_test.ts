/** Ways in which comments were lost, or called missing. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { age, arrive } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, TEAM, WITH_COMMENTS, withBench } from "./setup.ts";

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

test("regression: the comments of a page that moves, edited, to the one space that reads them come with it", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [page] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    age(bench, "TEAM");
    await ingest({ selection: { keys: ["TEAM"] }, ...WITH_COMMENTS });
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM", bumpVersion: true });
    pass(30 * MINUTE);
    const run = await ingest(BOTH);
    assertEquals([run.status, await column("SELECT id FROM current_comments")], ["complete", [comment.id]]);
  }));

test("regression: a page that a reconciliation finds in the one space that reads comments has that space compared", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    await ingest({ selection: { keys: ["TEAM"] }, ...WITH_COMMENTS });
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM", bumpVersion: false });
    pass(30 * MINUTE);
    await ingest({ ...DOCS, reconcile: true });
    pass(DAY);
    const run = await ingest({ selection: { keys: ["TEAM"] }, deletions: "on_demand" });
    assertEquals([run.spaces[0]!.mode, run.status], ["reconcile", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: comments changed before a --full run of an archived space come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 3);
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(60 * MINUTE);
    site.editPage(other!, {});
    site.archiveSpace("DOCS");
    pass(MINUTE);
    const archived = await ingest({ ...DOCS, full: true, deletions: "on_demand" });
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest({ ...DOCS, deletions: "on_demand" });
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: a space that gets another key before its comments are searched for", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" }).id;
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ query }) => {
      if (!query.get("cql")?.includes("type = comment")) return;
      stop();
      site.renameSpaceKey("DOCS", "PAPERS");
    });
    const first = await ingest({ ...DOCS, kinds: { comments: true } });
    pass(30 * MINUTE);
    const next = await ingest();
    assertEquals([first.status, next.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment]);
  }));

test("regression: the comments of a blog post that moves to the one space that reads comments", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Post" }).id;
    const comment = site.addFooterComment(post, { body: "<p>x</p>" }).id;
    addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    age(bench, "DOCS");
    age(bench, "TEAM");
    await ingest({ ...DOCS, kinds: { blogposts: true } });
    await ingest({ ...TEAM, kinds: { blogposts: true, comments: true } });
    pass(DAY);
    site.movePage(post, { spaceKey: "TEAM", bumpVersion: true });
    pass(MINUTE);
    const one = await ingest(BOTH);
    pass(30 * MINUTE);
    const two = await ingest(BOTH);
    assertEquals([one.status, two.status], ["complete", "complete"]);
    assertEquals(await column("SELECT space_key FROM current_blog_posts WHERE id = ?", post), ["TEAM"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment]);
  }));

test("regression: a comment whose row cannot be read when the search first shows it", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    const wish = { ...DOCS, kinds: { comments: true } };
    assertEquals((await ingest(wish)).status, "complete");
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" }).id;
    pass(30 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    pass(MINUTE);
    fake.faults.add({
      kind: "bad-rows",
      ids: [comment],
      match: ({ query }) => query.has("cql"),
      change: (row) => ({ ...row, version: { number: "?" } }),
    });
    const one = await ingest();
    pass(DAY);
    const two = await ingest();
    assertEquals([one.status, two.status, fake.faults.pending], ["complete", "complete", 0]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment]);
  }));

test("regression: a comment that changes while the space is given another key", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 3);
    const wish = { ...DOCS, kinds: { comments: true } };
    assertEquals((await ingest(wish)).status, "complete");
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" }).id;
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ query }) => {
      if (!query.get("cql")?.includes("type = comment")) return;
      stop();
      site.renameSpaceKey("DOCS", "PAPERS");
    });
    const one = await ingest();
    pass(DAY);
    const two = await ingest();
    assertEquals([one.status, two.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment]);
  }));

test("regression: one comment that spoils the search for comments keeps no page from being read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 5);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ query }) => query.get("cql")?.includes("type = comment") === true,
    });
    const nights = [(await ingest({ ...DOCS, kinds: { comments: true } })).status];
    pass(DAY);
    const young = site.addPage({ spaceKey: "DOCS", title: "young" }).id;
    for (let night = 0; night < 15; night++) {
      pass(DAY);
      nights.push((await ingest()).status);
    }
    assertEquals(new Set(nights), new Set(["incomplete"]));
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", young), [young]);
  }));

test("regression: one comment that spoils the search for comments stops no mark", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 5);
    const wish = { ...DOCS, kinds: { comments: true } };
    assertEquals((await ingest(wish)).status, "complete");
    pass(DAY);
    site.addFooterComment(page!, { body: "<p>bad</p>" });
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ query }) => query.get("cql")?.includes("type = comment") === true,
    });
    const marks = new Set<unknown>();
    const modes: string[] = [];
    for (let night = 0; night < 12; night++) {
      site.addPage({ spaceKey: "DOCS", title: `night ${night}` });
      pass(DAY);
      const run = await ingest();
      modes.push(`${run.spaces[0]!.mode} ${run.spaces[0]!.status}`);
      marks.add((await column("SELECT mark FROM sync_state"))[0]);
    }
    assertEquals(marks.size > 1, true);
  }));

test("regression: a page that comes out of the archive brings its comments, where archived pages are in scope too", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(id!, {}).id;
    site.archivePage(id!);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    pass(DAY);
    await ingest({ ...DOCS, ...WITH_COMMENTS, includeArchived: true });
    pass(DAY);
    site.restorePage(id!);
    pass(60 * MINUTE);
    const { status, spaces: [docs] } = await ingest();
    assertEquals([status, docs!.mode], ["complete", "delta"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment]);
  }));
