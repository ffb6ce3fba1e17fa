/** Ways in which the brake held for the wrong reason, or was forgotten. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

test("regression: after the brake held blog posts the next run does not call an index complete that lacks a young one", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    const lost = Array.from(
      { length: 15 },
      (_, i) => site.addBlogPost({ spaceKey: "DOCS", title: `Post ${i}` }).id,
    );
    const wish = { ...DOCS, kinds: { blogposts: true }, deletions: "on_demand" } as const;
    assertEquals((await ingest(wish)).status, "complete");
    pass(DAY);
    const young = site.addBlogPost({ spaceKey: "DOCS", title: "young" }).id;
    pass(30 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "younger" });
    pass(MINUTE);
    for (const id of [...lost, young]) site.hidePage(id, []);
    const one = await ingest({ ...DOCS, reconcile: true });
    for (const id of [...lost, young]) site.unhidePage(id);
    const ends: string[] = [];
    for (let night = 0; night < 10; night++) {
      pass(DAY);
      ends.push((await ingest(DOCS)).status);
    }
    assertEquals([one.status, ends.at(-1)], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_blog_posts WHERE id = ?", young), [young]);
  }));

test("regression: after the brake held blog posts, or comments, the next run still says so, as it does for pages", () =>
  withBench(async ({ site, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 3);
    const posts = Array.from(
      { length: 15 },
      (_, i) => site.addBlogPost({ spaceKey: "DOCS", title: `Post ${i}` }).id,
    );
    const comments = Array.from({ length: 15 }, () => site.addFooterComment(page!, { body: "x" }).id);
    await ingest({ ...DOCS, kinds: { blogposts: true, comments: true } });
    const ends: string[] = [];
    for (
      const remove of [() => posts.slice(3).map((id) => site.trashPage(id)), () => {
        for (const id of posts.slice(3)) site.restorePage(id);
        for (const id of comments.slice(3)) site.deleteComment(id);
      }]
    ) {
      pass(DAY);
      remove();
      pass(MINUTE);
      ends.push((await ingest({ ...DOCS, reconcile: true })).status);
      pass(DAY);
      ends.push((await ingest(DOCS)).status);
    }
    assertEquals(ends, ["incomplete", "incomplete", "incomplete", "incomplete"]);
  }));

test("regression: files of a page that was archived just before the first run hold no brake for ever", () =>
  withBench(async ({ site, ingest, pass }) => {
    site.settings.search.lagMs = 9 * MINUTE;
    const [old, other] = addPages(site, "DOCS", 12);
    for (let i = 0; i < 15; i++) site.attach(old!, { filename: `a${i}.txt` });
    for (let i = 0; i < 10; i++) site.attach(other!, { filename: `b${i}.txt` });
    pass(DAY);
    site.archivePage(old!);
    pass(5 * MINUTE);
    const ends: string[] = [];
    for (let night = 0; night < 4; night++) {
      ends.push((await ingest(DOCS)).status);
      pass(DAY);
    }
    assertEquals(ends.at(-1), "complete");
  }));

test("regression: pages with files that are dragged to another space hold no brake in the one they left", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const parent = site.addPage({ spaceKey: "DOCS", title: "tree" }).id;
    for (let leaf = 0; leaf < 6; leaf++) {
      const { id } = site.addPage({ spaceKey: "DOCS", title: `leaf ${leaf}`, parentId: parent });
      for (let file = 0; file < 2; file++) site.attach(id, { filename: `${file}.txt` });
    }
    const [dead] = addPages(site, "DOCS", 10);
    addPages(site, "TEAM", 10);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(3 * DAY);
    assertEquals((await ingest(TEAM)).status, "complete");
    pass(DAY);
    site.movePage(parent, { spaceKey: "TEAM" });
    site.trashPage(dead!);
    pass(4 * DAY);
    const run = await ingest(DOCS);
    assertEquals([run.status, run.spaces[0]!.mode], ["complete", "reconcile"]);
    assertEquals(
      await rows(
        `SELECT p.space_key, count(DISTINCT p.id) AS pages, count(a.id) AS files FROM current_pages p
         JOIN current_attachments a ON a.page_id = p.id AND a.space_id = p.space_id WHERE title LIKE 'leaf %' GROUP BY 1`,
      ),
      [{ space_key: "TEAM", pages: 6, files: 12 }],
    );
    assertEquals(await rows("SELECT deletion_reason FROM pages WHERE id = ?", dead!), [{
      deletion_reason: "trashed",
    }]);
  }));

test("regression: the comments of a page that was archived hold no brake for ever", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [old, other] = addPages(site, "DOCS", 5);
    for (const id of [old!, other!]) {
      for (let i = 0; i < 12; i++) site.addFooterComment(id, { body: `<p>${i}</p>` });
    }
    const wishes = { ...DOCS, kinds: { comments: true }, includeArchived: true };
    assertEquals((await ingest(wishes)).status, "complete");
    pass(DAY);
    site.archivePage(old!);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_comments"), [24]);
  }));

test("regression: a blog post that moves to a space whose posts are not read has left the index", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [post] = Array.from(
      { length: 6 },
      (_, n) => site.addBlogPost({ spaceKey: "DOCS", title: `Post ${n}` }).id,
    );
    addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    await ingest({ ...DOCS, kinds: { blogposts: true } });
    await ingest({ selection: { keys: ["TEAM"] } });
    pass(DAY);
    site.movePage(post!, { spaceKey: "TEAM" });
    assertEquals((await ingest({ reconcile: true })).discrepancies, []);
    assertEquals(await column("SELECT deletion_reason FROM blog_posts WHERE id = ?", post!), ["moved"]);
  }));
