/** Ways in which first readings, capped ones among them, forgot what was asked for or passed something by. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { killed, LISTING, SEARCH } from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

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

const HELD =
  `SELECT id FROM (SELECT id, space_key FROM current_pages UNION ALL SELECT id, space_key FROM current_blog_posts)
  WHERE space_key = 'TEAM' AND id IN (?, ?) ORDER BY id`;
const CHOICES =
  "SELECT scope, deletions, body_format FROM sync_state s JOIN spaces USING (id) WHERE key = 'TEAM'"
    .replace("USING (id)", "ON spaces.id = s.space_id");
const REMEMBERED = [{ scope: "current,archived", deletions: "every_sync", body_format: "atlas_doc_format" }];

/** A first listing that nobody read to its end, and then somebody again. */
async function halfReadByNobody({ site, fake, ingest, pass }: Bench) {
  const account = site.accounts[0]!;
  site.settings.anonymousAccess = true;
  site.addSpace({ key: "PUB", isPublic: true });
  const ids = addPages(site, "PUB", 20);
  for (const id of ids.slice(10)) site.hidePage(id, [account.accountId]);
  pass(DAY);
  site.editPage(ids[0]!, {});
  fake.faults.add({ kind: "short-page", rows: 5, times: Infinity, match: { path: "/pages" } });
  let answers = 0;
  fake.faults.onRequest(({ path }) => {
    if (path.endsWith("/pages") && ++answers === 2) account.revoked = true;
  });
  fake.faults.add({
    kind: "status",
    status: 503,
    times: Infinity,
    match: (request) => answers > 1 && request.path.endsWith("user/current"),
  });
  const wish = { selection: { keys: ["PUB"] }, deletions: "on_demand" } as const;
  await ingest(wish);
  fake.faults.clear();
  account.revoked = false;
  pass(DAY);
  await ingest(wish);
  return wish;
}

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

test("regression: a first run killed behind its listing, by an account that may not search and is to read comments", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [page] = addPages(site, "DOCS", 5);
    fake.faults.add({ kind: "status", status: 403, times: Infinity, match: ({ query }) => query.has("cql") });
    const dead = await killed(
      bench,
      { ...DOCS, kinds: { comments: true } },
      ({ path }) => path.endsWith("/attachments"),
    );
    pass(DAY);
    const young = site.addPage({ spaceKey: "DOCS", title: "young" }).id;
    site.editPage(page!, {});
    const nights: string[] = [];
    for (let night = 0; night < 15; night++) {
      pass(DAY);
      const run = await ingest();
      nights.push(run.status);
    }
    assertEquals([dead.status, nights.at(-1)], ["interrupted", "incomplete"]);
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", page!), [2]);
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", young), [young]);
  }));

test("regression: a first run killed behind its listing, in a space with a row that does not say what it is", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [page] = addPages(site, "DOCS", 5);
    const file = site.attach(page!, { filename: "a.txt" }).id;
    fake.faults.add({
      kind: "bad-rows",
      ids: [file],
      times: Infinity,
      match: ({ query }) => query.has("cql"),
      change: (row) => ({ ...row, id: null }),
    });
    const abort = new AbortController();
    const dead = await ingest({
      ...DOCS,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "batch" && event.pages > 0) abort.abort(new Error("killed"));
      },
    });
    pass(DAY);
    const young = site.addPage({ spaceKey: "DOCS", title: "young" }).id;
    const nights: string[] = [];
    for (let night = 0; night < 15; night++) {
      pass(DAY);
      nights.push((await ingest()).status);
    }
    assertEquals([dead.status, nights.at(-1)], ["interrupted", "incomplete"]);
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", young), [young]);
  }));

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

test("regression: a capped run that ends a first reading does not pass over blog posts and comments", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const kinds = { blogposts: true, comments: true };
    const homepage = site.space("DOCS").homepageId;
    if (homepage !== null) site.purgePage(homepage);
    // Everything is read, and there is nothing.
    assertEquals((await ingest({ ...DOCS, kinds })).status, "complete");
    pass(DAY);
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Hello" });
    pass(60 * MINUTE);
    const page = site.addPage({ spaceKey: "DOCS", title: "First page" });
    const comment = site.addFooterComment(page.id, { body: "<p>hm</p>" });
    pass(60 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "Second page" });
    pass(60 * MINUTE);
    assertEquals((await ingest({ ...DOCS, maxPages: 1000 })).status, "complete");
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT id FROM current_blog_posts"), [post.id]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: a wider scope is not taken for read before it was read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [old] = addPages(site, "DOCS", 5);
    site.archivePage(old!);
    await ingest(DOCS);
    pass(DAY);
    fake.faults.add({ kind: "bad-rows", ids: [old!], match: LISTING, change: () => ({ nonsense: true }) });
    const torn = await ingest({ ...DOCS, includeArchived: true, reconcile: true });
    assertEquals(torn.status, "incomplete");
    assertEquals(await column("SELECT scope FROM sync_state"), ["current"]);
  }));

test("regression: a listing by nobody, broken off and resumed, is compared once more by the next run", () =>
  withBench(async (bench) => {
    await bench.ingest(await halfReadByNobody(bench));
    assertEquals(await bench.column("SELECT count(*) FROM current_pages"), [20]);
  }));

test("regression: a capped run does not take the place of the comparing one", () =>
  withBench(async (bench) => {
    const wish = await halfReadByNobody(bench);
    await bench.ingest({ ...wish, maxPages: 1000 });
    bench.pass(DAY);
    await bench.ingest(wish);
    assertEquals(await bench.column("SELECT count(*) FROM current_pages"), [20]);
  }));

test("regression: the link of one scope is not followed in another", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 12);
    site.archivePage(ids[3]!);
    fake.faults.add({ kind: "short-page", rows: 5, times: Infinity, match: { path: "/pages" } });
    const abort = new AbortController();
    let lists = 0;
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/pages") && ++lists === 3) abort.abort(new Error("killed"));
    });
    await ingest({ ...DOCS, signal: abort.signal });
    stop();
    fake.faults.add({
      kind: "bad-rows",
      ids: [ids[3]!],
      times: 1,
      match: LISTING,
      change: () => ({ nonsense: true }),
    });
    const torn = await ingest({ ...DOCS, full: true, includeArchived: true });
    fake.faults.clear();
    pass(DAY);
    const last = await ingest({ ...DOCS, includeArchived: true });
    const held = await column("SELECT count(*) FROM current_pages");
    assertEquals([torn.status, last.status, held], ["incomplete", "complete", [12]]);
  }));

test("regression: a body format that was only begun does not stand beside the other", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 12);
    await ingest({ ...DOCS, deletions: "on_demand" });
    pass(DAY);
    fake.faults.add({
      kind: "bad-rows",
      ids: [ids[0]!],
      times: 1,
      match: LISTING,
      change: () => ({ nonsense: true }),
    });
    const torn = await ingest({ ...DOCS, full: true, bodyFormat: "atlas_doc_format" });
    fake.faults.clear();
    pass(DAY);
    const last = await ingest();
    assertEquals([torn.status, last.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT DISTINCT body_format FROM current_pages"), ["storage"]);
  }));

/** A first run that is killed at its third request for pages, five pages each, and days later. */
async function brokenOff(bench: Bench): Promise<string[]> {
  const { site, fake, pass } = bench;
  const ids = addPages(site, "DOCS", 20);
  fake.faults.add({ kind: "short-page", rows: 5, times: Infinity, match: LISTING });
  let asked = 0;
  await killed(bench, DOCS, ({ endpoint }) => endpoint === LISTING.endpoint && ++asked === 3);
  pass(3 * DAY);
  return ids;
}

test("regression: a first reading that goes on days later brings what changed meanwhile as well", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, rows } = bench;
    const [first] = await brokenOff(bench);
    site.editPage(first!, { body: "<p>new</p>" });
    const { id: young } = site.addPage({ spaceKey: "DOCS", title: "young", body: "<p>young</p>" });
    pass(DAY);
    const { status, spaces } = await ingest(DOCS);
    assertEquals([status, spaces.map(({ mode }) => mode)], ["complete", ["first"]]);
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id IN (?, ?)", first!, young), [
      { version: 2, body: "<p>new</p>" },
      { version: 1, body: "<p>young</p>" },
    ]);
    assertEquals((await ingest()).spaces.map(({ mode }) => mode), ["reconcile"]);
  }));

test("regression: a first reading that goes on, by an account that may not search, is not complete", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, rows } = bench;
    const [first] = await brokenOff(bench);
    site.editPage(first!, { body: "<p>new</p>" });
    fake.faults.add({ kind: "status", status: 403, times: Infinity, match: SEARCH });
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "incomplete");
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", first!), [{ version: 2 }]);
  }));
