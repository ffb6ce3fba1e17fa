/** What fresh eyes broke: pages and attachments lost without a word, or runs called complete that were not. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { openSite } from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const LISTING = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
const BY_IDS = { endpoint: "GET /wiki/api/v2/pages" };

test("regression: attachments made while their page was out of scope come with its new space", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM" });
    await ingest({ reconcile: true });
    const file = site.attach(page!, { filename: "new.png" });
    pass(DAY);
    site.editPage(page!, {});
    pass(DAY);
    assertEquals((await ingest({ selection: { keys: ["TEAM"] } })).status, "complete");
    pass(DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
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

test("regression: no run is complete while labels or comments rest in quarantine", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 5);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [comment.id],
      times: Infinity,
      change: ({ version: _, ...row }) => row,
    });
    await ingest({ ...DOCS, kinds: { comments: true } });
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "later" });
    for (let n = 0; n < 3; n++) {
      const { status } = await ingest({ deletions: "on_demand" });
      assertEquals([status, await column("SELECT kind FROM failures")], ["incomplete", ["comment"]]);
      pass(20 * MINUTE);
    }
  }));

/** On a site that is open to everybody, a page that only this account sees was edited, and later one that all see. */
async function secretEdit(bench: Bench) {
  const { site, ingest, pass } = bench;
  const { account, wish } = openSite(bench);
  const [secret, open] = addPages(site, "PUB", 6) as [string, string];
  site.hidePage(secret, [account.accountId]);
  await ingest(wish);
  pass(DAY);
  site.editPage(secret, {});
  pass(30 * MINUTE);
  site.editPage(open, {});
  pass(MINUTE);
  return { account, wish, secret, open };
}

test("regression: a token that becomes nobody's during a delta moves no mark past a page that it hides", () =>
  withBench(async (bench) => {
    const { fake, ingest, pass, column } = bench;
    const { account, wish, secret } = await secretEdit(bench);
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === BY_IDS.endpoint) account.revoked = true;
    });
    const during = await ingest(wish);
    stop();
    account.revoked = false;
    pass(30 * MINUTE);
    await ingest(wish);
    assertEquals([during.status, await column("SELECT version FROM current_pages WHERE id = ?", secret)], [
      "incomplete",
      [2],
    ]);
  }));

test("regression: a token that ends before the changes are asked for hides none from the run with its successor", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish, secret, open } = await secretEdit(bench);
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === "GET /wiki/rest/api/content/search") account.revoked = true;
    });
    const versions = () =>
      column("SELECT version FROM current_pages WHERE id IN (?, ?) ORDER BY id", secret, open);
    const unproven = () => column("SELECT unproven_since IS NOT NULL FROM sync_state");
    assertEquals([(await ingest(wish)).status, await versions(), await unproven()], ["complete", [1, 2], [
      1,
    ]]);
    stop();
    Object.assign(account, { revoked: false, token: "its-successor" });
    pass(30 * MINUTE);
    assertEquals([(await ingest(wish)).status, await versions(), await unproven()], ["complete", [2, 2], [
      0,
    ]]);
    pass(30 * MINUTE);
    site.editPage(open, {});
    pass(MINUTE);
    await ingest(wish);
    assertEquals([await versions(), await unproven()], [[2, 3], [1]]);
    // The same token once more: it was somebody's all along.
    pass(30 * MINUTE);
    await ingest(wish);
    assertEquals([await versions(), await unproven()], [[2, 3], [0]]);
  }));

test("regression: a page in quarantine that moves to a tracked space is not forgotten", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [bad] = addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 5);
    fake.faults.poisonPages.add(bad!);
    await ingest(BOTH);
    pass(8 * DAY);
    for (const spaceKey of ["DOCS", "TEAM"]) site.addPage({ spaceKey, title: "later" });
    await ingest({ selection: { keys: ["TEAM"] } });
    pass(MINUTE);
    site.movePage(bad!, { spaceKey: "TEAM" });
    await ingest(DOCS);
    fake.faults.clear();
    pass(DAY);
    await ingest(BOTH);
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", bad!), [bad]);
  }));

test("regression: a listing by nobody, broken off and resumed, is compared once more by the next run", () =>
  withBench(async (bench) => {
    await bench.ingest(await halfReadByNobody(bench));
    assertEquals(await bench.column("SELECT count(*) FROM current_pages"), [20]);
  }));

test("regression: an outdated answer is outdated in the next run too", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(page!, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    fake.faults.add({ kind: "bad-rows", ids: [page!], match: BY_IDS, times: 2, change: outdated });
    await ingest(DOCS);
    pass(5 * MINUTE);
    const again = await ingest(DOCS);
    pass(DAY);
    await ingest(DOCS);
    assertEquals([again.status, await column("SELECT version FROM current_pages WHERE id = ?", page!)], [
      "incomplete",
      [2],
    ]);
  }));

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

/** The row as it was before its first edit. */
function outdated(row: Record<string, unknown>) {
  return { ...row, version: { ...(row.version as object), number: 1, createdAt: row.createdAt } };
}

test("regression: a capped run does not take the place of the comparing one", () =>
  withBench(async (bench) => {
    const wish = await halfReadByNobody(bench);
    await bench.ingest({ ...wish, maxPages: 1000 });
    bench.pass(DAY);
    await bench.ingest(wish);
    assertEquals(await bench.column("SELECT count(*) FROM current_pages"), [20]);
  }));

test("regression: a token that becomes nobody's while blog posts are fetched moves no mark", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const account = site.accounts[0]!;
    site.settings.anonymousAccess = true;
    site.addSpace({ key: "PUB", isPublic: true });
    const [secret, open] = Array.from(
      { length: 6 },
      (_, n) => site.addBlogPost({ spaceKey: "PUB", title: `Post ${n}` }).id,
    );
    addPages(site, "PUB", 3);
    site.hidePage(secret!, [account.accountId]);
    const wish = { selection: { keys: ["PUB"] }, kinds: { blogposts: true } };
    await ingest(wish);
    pass(DAY);
    site.editPage(secret!, {});
    pass(30 * MINUTE);
    site.editPage(open!, {});
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/api/v2/blogposts")) account.revoked = true;
    });
    const during = await ingest(wish);
    stop();
    account.revoked = false;
    pass(30 * MINUTE);
    await ingest(wish);
    const held = await column("SELECT version FROM current_blog_posts WHERE id = ?", secret!);
    assertEquals([during.status, held], ["incomplete", [2]]);
  }));

test("regression: a page that cannot be read and has left the index keeps no space incomplete", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    site.addSpace({ key: "OTHER" });
    const [bad] = addPages(site, "DOCS", 5);
    fake.faults.poisonPages.add(bad!);
    await ingest(DOCS);
    pass(DAY);
    site.movePage(bad!, { spaceKey: "OTHER" });
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.discrepancies], ["complete", []]);
    assertEquals(await column("SELECT id FROM failures"), []);
  }));

test("regression: a page that cannot be read and has moved is the other space's trouble", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [bad] = addPages(site, "DOCS", 5);
    const [other] = addPages(site, "TEAM", 5);
    fake.faults.poisonPages.add(bad!);
    await ingest(BOTH);
    pass(DAY);
    site.movePage(bad!, { spaceKey: "TEAM" });
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals(run.discrepancies, []);
    assertEquals(
      await column("SELECT f.space_id = p.space_id FROM failures f JOIN pages p ON p.id = ?", other!),
      [1],
    );
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
  }));

test("regression: an outdated listing settles nothing that was shown newer", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(page!, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    fake.faults.add({ kind: "bad-rows", ids: [page!], match: BY_IDS, times: 1, change: outdated });
    await ingest(DOCS);
    fake.faults.clear();
    fake.faults.add({ kind: "bad-rows", ids: [page!], match: LISTING, times: 1, change: outdated });
    pass(30 * MINUTE);
    const again = await ingest({ ...DOCS, reconcile: true });
    fake.faults.clear();
    pass(DAY);
    await ingest(DOCS);
    const held = await column("SELECT version FROM current_pages WHERE id = ?", page!);
    assertEquals([again.status, again.discrepancies, held], ["incomplete", [], [2]]);
  }));

test("regression: a page that leaves quarantine in another space brings what belongs to it", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [bad] = addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 5);
    fake.faults.poisonPages.add(bad!);
    await ingest(BOTH);
    const file = site.attach(bad!, { filename: "a.png" });
    site.addLabel(bad!, "lab");
    pass(30 * MINUTE);
    await ingest();
    pass(DAY);
    for (const spaceKey of ["DOCS", "TEAM"]) site.addPage({ spaceKey, title: "newer" });
    pass(30 * MINUTE);
    await ingest();
    pass(30 * MINUTE);
    site.movePage(bad!, { spaceKey: "TEAM" });
    fake.faults.clear();
    pass(MINUTE);
    const run = await ingest({ ...DOCS, reconcile: true });
    pass(30 * MINUTE);
    await ingest();
    assertEquals(run.discrepancies, []);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
    assertEquals(await column("SELECT labels FROM current_pages WHERE id = ?", bad!), ['["lab"]']);
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

test("regression: an attachment in quarantine is not forgotten by a token that became nobody's", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const account = site.accounts[0]!;
    site.settings.anonymousAccess = true;
    site.addSpace({ key: "PUB", isPublic: true });
    const [secret, open] = addPages(site, "PUB", 6);
    site.hidePage(secret!, [account.accountId]);
    const file = site.attach(secret!, { filename: "a.png" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [file.id],
      times: Infinity,
      change: ({ id }) => ({ id, type: "attachment" }),
    });
    const wish = { selection: { keys: ["PUB"] } };
    await ingest(wish);
    pass(DAY);
    site.editPage(open!, {});
    pass(MINUTE);
    await ingest(wish);
    fake.faults.clear();
    pass(DAY);
    site.editPage(open!, {});
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.includes("/attachments/")) account.revoked = true;
    });
    await ingest(wish);
    stop();
    account.revoked = false;
    pass(DAY);
    assertEquals((await ingest(wish)).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
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

test("regression: a listing that only compares is proved as well", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const account = site.accounts[0]!;
    site.settings.anonymousAccess = true;
    site.addSpace({ key: "PUB", isPublic: true });
    addPages(site, "PUB", 6);
    const wish = { selection: { keys: ["PUB"] } };
    await ingest(wish);
    const { id: secret } = site.addPage({ spaceKey: "PUB", title: "Secret" });
    site.hidePage(secret, [account.accountId]);
    site.archiveSpace("PUB");
    pass(DAY);
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/pages")) account.revoked = true;
    });
    assertEquals((await ingest(wish)).status, "incomplete");
    stop();
    account.revoked = false;
    await ingest(wish);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [7]);
  }));
