/** What fresh eyes broke, sixth time. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { killed } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

/** What a user asks of a first run; each is said to be remembered for the space. */
const WISHES = {
  kinds: { blogposts: true },
  includeArchived: true,
  deletions: "every_sync",
  bodyFormat: "atlas_doc_format",
} as const;

/** A site with an archived page and a post in TEAM, which only these wishes bring. */
function fillBoth(site: Parameters<Parameters<typeof withBench>[0]>[0]["site"]) {
  addPages(site, "DOCS", 3);
  addPages(site, "TEAM", 3);
  const old = site.addPage({ spaceKey: "TEAM", title: "old", status: "archived" }).id;
  const post = site.addBlogPost({ spaceKey: "TEAM", title: "post" }).id;
  return [old, post].sort();
}

const LISTING = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
const HELD =
  `SELECT id FROM (SELECT id, space_key FROM current_pages UNION ALL SELECT id, space_key FROM current_blog_posts)
  WHERE space_key = 'TEAM' AND id IN (?, ?) ORDER BY id`;
const CHOICES =
  "SELECT scope, deletions, body_format FROM sync_state s JOIN spaces USING (id) WHERE key = 'TEAM'"
    .replace("USING (id)", "ON spaces.id = s.space_id");
const REMEMBERED = [{ scope: "current,archived", deletions: "every_sync", body_format: "atlas_doc_format" }];

test("regression: a first run whose listing fails for one of two spaces remembers what was asked for", () =>
  withBench(async ({ site, fake, ingest, pass, column, rows }) => {
    const wanted = fillBoth(site);
    const stop = fake.faults.add({
      kind: "status",
      status: 503,
      times: Infinity,
      match: { path: `/spaces/${site.space("TEAM").id}/pages` },
    });
    const first = await ingest({ ...BOTH, ...WISHES });
    stop();
    pass(DAY);
    const next = await ingest();
    assertEquals([first.status, next.status], ["incomplete", "complete"]);
    assertEquals([await column(HELD, ...wanted), await rows(CHOICES)], [wanted, REMEMBERED]);
  }));

test("regression: a first run that is killed at its listing remembers what was asked for", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column, rows } = bench;
    const wanted = fillBoth(site);
    const first = await killed(
      bench,
      { ...BOTH, ...WISHES },
      ({ path }) => path.endsWith(`/spaces/${site.space("TEAM").id}/pages`),
    );
    pass(DAY);
    const next = await ingest();
    assertEquals([first.status, next.status], ["interrupted", "complete"]);
    assertEquals([await column(HELD, ...wanted), await rows(CHOICES)], [wanted, REMEMBERED]);
  }));

test("regression: a capped first run remembers what was asked for", () =>
  withBench(async ({ site, ingest, pass, column, rows }) => {
    const wanted = fillBoth(site);
    await ingest({ ...BOTH, ...WISHES, maxPages: 2 });
    pass(DAY);
    const next = await ingest();
    assertEquals(next.status, "complete");
    assertEquals([await column(HELD, ...wanted), await rows(CHOICES)], [wanted, REMEMBERED]);
  }));

test("regression: blog posts of a first run with --since do not stand still for ever", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [, post] = [fillBoth(site), site.addBlogPost({ spaceKey: "DOCS", title: "of DOCS" }).id];
    await ingest({ ...DOCS, kinds: { blogposts: true }, since: "2020-01-01T00:00:00.000Z" });
    const ends: string[] = [];
    for (let week = 0; week < 3; week++) {
      pass(8 * DAY);
      site.editPage(post, {});
      pass(DAY);
      ends.push((await ingest()).status);
    }
    assertEquals(ends, ["complete", "complete", "complete"]);
    assertEquals(await rows("SELECT version FROM current_blog_posts WHERE id = ?", post), [{ version: 4 }]);
  }));

test("regression: a run that is to bring blog posts into an old space, and is killed, is not forgotten by the next", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    addPages(site, "DOCS", 3);
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "post" }).id;
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    const dead = await killed(
      bench,
      { ...DOCS, kinds: { blogposts: true } },
      ({ path }) => path.endsWith("/blogposts"),
    );
    pass(DAY);
    assertEquals([dead.status, (await ingest()).status], ["interrupted", "complete"]);
    assertEquals(await column("SELECT id FROM current_blog_posts"), [post]);
  }));

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

test("regression: a page in quarantine that has moved out of the index, where deletions are looked for on demand", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 4);
    assertEquals((await ingest({ ...DOCS, deletions: "on_demand" })).status, "complete");
    pass(DAY);
    site.editPage(page!, {});
    fake.faults.poisonPages.add(page!);
    assertEquals((await ingest(DOCS)).status, "incomplete");
    fake.faults.poisonPages.clear();
    site.movePage(page!, { spaceKey: "TEAM" });
    const ends: string[] = [];
    for (let night = 0; night < 10; night++) {
      pass(DAY);
      ends.push((await ingest(DOCS)).status);
    }
    assertEquals([ends.at(-1), await rows("SELECT id, reason FROM failures")], ["complete", []]);
  }));

test("regression: the addresses of pages follow their space to another key", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 1);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.renameSpaceKey("DOCS", "DOX");
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await column("SELECT url FROM current_pages WHERE url LIKE '%/DOCS/%'"), []);
  }));

test("regression: a listing that fails for good keeps no change from being read that the search shows", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 4);
    assertEquals((await ingest(DOCS)).status, "complete");
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
    });
    for (let night = 0; night < 14; night++) {
      pass(DAY);
      if (night === 9) site.editPage(page!, {});
      await ingest(DOCS);
    }
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", page!), [{ version: 2 }]);
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

test("regression: a wish for another scope does not go on with the link of the old one, even where it is killed at once", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, column } = bench;
    const archived = site.addPage({ spaceKey: "DOCS", title: "old", status: "archived" }).id;
    addPages(site, "DOCS", 6);
    fake.faults.add({ kind: "short-page", rows: 2, times: Infinity, match: LISTING });
    let answers = 0;
    await killed(bench, DOCS, ({ endpoint }) => endpoint === LISTING.endpoint && ++answers === 3);
    const wish = { ...DOCS, includeArchived: true, full: true };
    await killed(bench, wish, ({ endpoint }) => endpoint === LISTING.endpoint);
    const end = await ingest(DOCS);
    assertEquals([end.status, await column("SELECT id FROM current_pages WHERE id = ?", archived)], [
      "complete",
      [archived],
    ]);
  }));

test("regression: a listing that breaks off leaves sums that add up, and what changed is read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const pages = addPages(site, "DOCS", 6);
    await ingest(DOCS);
    pass(8 * DAY);
    for (const id of pages) site.editPage(id, {});
    pass(30 * MINUTE);
    fake.faults.add({ kind: "short-page", rows: 2, times: Infinity, match: LISTING });
    fake.faults.add({ kind: "status", status: 503, times: Infinity, after: 1, match: LISTING });
    const run = await ingest(DOCS);
    assertEquals([run.status, run.discrepancies, run.spaces[0]!.status], ["incomplete", [], "incomplete"]);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE version = 2"), [6]);
  }));
