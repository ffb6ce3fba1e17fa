/** What belongs to a page that arrives is read even when the run that brought the page did not live to; and searches that take long. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, type Bench, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const ATTACHMENTS_OF = { endpoint: "GET /wiki/api/v2/pages/{id}/attachments" };
const TEAM = { selection: { keys: ["TEAM"] } } as const;
const WITH_COMMENTS = { kinds: { comments: true } } as const;

/** Space PUB on a site that is open to everybody; the account, and a wish for that space. */
function openSite({ site }: Bench) {
  const account = site.accounts[0]!;
  site.settings.anonymousAccess = true;
  site.addSpace({ key: "PUB", isPublic: true });
  return { account, wish: { selection: { keys: ["PUB"] } } };
}

/** A day later a newer page, so that what was there before lies well behind the mark. */
function age({ site, pass }: Bench, spaceKey: string) {
  pass(DAY);
  site.addPage({ spaceKey, title: `newer than the rest of ${spaceKey}` });
}

/** A page with a past that the index does not hold, shown to this account now and edited. */
function arrive({ site, pass }: Bench, id: string, visibleTo: readonly string[] | null = null) {
  if (visibleTo === null) site.unhidePage(id);
  else site.hidePage(id, visibleTo);
  site.editPage(id, {});
  pass(MINUTE);
}

test("regression: killed between an arrived page and its attachments", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    arrive(bench, late!);
    const abort = new AbortController();
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === ATTACHMENTS_OF.endpoint) abort.abort(new Error("killed"));
    });
    const first = await ingest({ ...DOCS, signal: abort.signal });
    stop();
    assertEquals(first.status, "interrupted");
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(30 * MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: killed between an arrived page and its comments", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const comment = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    arrive(bench, late!);
    const abort = new AbortController();
    const stop = fake.faults.onRequest(({ query }) => {
      if (query.get("cql")?.includes("type = comment")) abort.abort(new Error("killed"));
    });
    const first = await ingest({ ...DOCS, signal: abort.signal });
    stop();
    assertEquals(first.status, "interrupted");
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(30 * MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: a server that fails for attachments once, when a page arrives", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    arrive(bench, late!);
    fake.faults.add({ kind: "rate-limit", retryAfter: 1, times: Infinity, match: ATTACHMENTS_OF });
    const first = await ingest(DOCS);
    fake.faults.clear();
    pass(30 * MINUTE);
    assertEquals([first.status, (await ingest(DOCS)).status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a run with --since takes a page in without its past", () =>
  withBench(async (bench) => {
    const { site, clock, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    arrive(bench, late!);
    const since = new Date(clock.now() - 60 * MINUTE).toISOString();
    assertEquals((await ingest({ ...DOCS, since })).status, "complete");
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a token that ends between an arrived page and its attachments", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late] = addPages(site, "PUB", 6);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "PUB");
    await ingest(wish);
    pass(DAY);
    arrive(bench, late!, [account.accountId]);
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === ATTACHMENTS_OF.endpoint) account.revoked = true;
    });
    const blind = await ingest(wish);
    stop();
    Object.assign(account, { revoked: false, token: "its-successor" });
    pass(30 * MINUTE);
    const next = await ingest(wish);
    assertEquals([blind.status, next.status, await column("SELECT id FROM current_attachments")], [
      "incomplete",
      "complete",
      [file.id],
    ]);
  }));

test("regression: nobody's arrival of a page leaves its comments out for good", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late] = addPages(site, "PUB", 6);
    const comment = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "PUB");
    await ingest({ ...wish, ...WITH_COMMENTS });
    pass(DAY);
    arrive(bench, late!, [account.accountId]);
    const stop = fake.faults.onRequest(({ query }) => {
      if (query.get("cql")?.includes("type = comment")) account.revoked = true;
    });
    const blind = await ingest(wish);
    stop();
    Object.assign(account, { revoked: false, token: "its-successor" });
    pass(30 * MINUTE);
    const next = await ingest(wish);
    assertEquals([blind.status, next.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: a reconciliation killed after the pages leaves what hangs on them out of later runs", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.addLabel(late!, "red");
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    site.unhidePage(late!);
    const abort = new AbortController();
    const stop = fake.faults.onRequest(({ query }) => {
      if (query.has("cql")) abort.abort(new Error("killed"));
    });
    await ingest({ ...DOCS, reconcile: true, signal: abort.signal });
    stop();
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([
      next.status,
      await column("SELECT id FROM current_attachments"),
      await column(
        "SELECT labels FROM current_pages WHERE id = ?",
        late!,
      ),
    ], ["complete", [file.id], ['["red"]']]);
  }));

test("regression: a full capped run leaves the comments of what it brings out for good", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const comment = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    site.unhidePage(late!);
    const first = await ingest({ ...DOCS, full: true, maxPages: 3 });
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([first.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

const BY_IDS = { endpoint: "GET /wiki/api/v2/pages" };

test("regression: a slow delta lets changes slide out of the window that its search looks at", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 1200);
    await ingest(DOCS);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "mark" });
    await ingest(DOCS);
    pass(5 * MINUTE);
    // A script changes all pages, then somebody one more.
    for (const id of ids) site.editPage(id, {});
    pass(60 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "one more" });
    pass(MINUTE);
    let once = false;
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint !== BY_IDS.endpoint || once) return;
      once = true;
      // The site is slow, or makes the run wait.
      pass(50 * MINUTE);
    });
    const slow = await ingest(DOCS);
    stop();
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([
      slow.status,
      next.status,
      await column("SELECT count(*) FROM current_pages WHERE version = 2"),
    ], [
      "complete",
      "complete",
      [1200],
    ]);
  }));

test("regression: comments are searched for in a window that has moved on", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 5);
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "mark" });
    await ingest(DOCS);
    pass(MINUTE);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(60 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === BY_IDS.endpoint) pass(20 * MINUTE);
    });
    const slow = await ingest(DOCS);
    stop();
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([slow.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: the run after a reconciliation of nobody's does not read the space again", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late, other] = addPages(site, "PUB", 6);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    site.hidePage(other!, []);
    age(bench, "PUB");
    await ingest(wish);
    pass(DAY);
    site.hidePage(late!, [account.accountId]);
    const stop = fake.faults.onRequest(({ query }) => {
      if (query.has("cql")) account.revoked = true;
    });
    const blind = await ingest({ ...wish, reconcile: true });
    stop();
    Object.assign(account, { revoked: false, token: "its-successor" });
    pass(30 * MINUTE);
    const next = await ingest(wish);
    assertEquals(blind.spaces[0]!.notes, [
      "the credentials became nobody's while the space was read: the next run reads it again",
    ]);
    assertEquals([blind.status, next.status, await column("SELECT id FROM current_attachments")], [
      "incomplete",
      "complete",
      [file.id],
    ]);
  }));

test("regression: a search that has to wait looks at a window that has moved on", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "mark" });
    await ingest(DOCS);
    pass(MINUTE);
    site.editPage(page!, {});
    pass(60 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    fake.faults.add({
      kind: "rate-limit",
      retryAfter: 9 * 60,
      times: 4,
      match: { path: "/content/search" },
    });
    const slow = await ingest(DOCS);
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([
      slow.status,
      next.status,
      await column("SELECT version FROM current_pages WHERE id = ?", page!),
    ], [
      "complete",
      "complete",
      [2],
    ]);
  }));

test("regression: an incomplete reconciliation that was forced is not made up for", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    site.unhidePage(late!);
    fake.faults.add({ kind: "status", status: 503, times: Infinity, match: { path: "/content/search" } });
    const torn = await ingest({ ...DOCS, reconcile: true });
    fake.faults.clear();
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([torn.status, next.status, await column("SELECT id FROM current_attachments")], [
      "incomplete",
      "complete",
      [file.id],
    ]);
  }));

test("regression: killed between a page that came for the sake of a file and its other files", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const old = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    // Unhidden, and only a file is new: the page is brought for the sake of the file.
    site.unhidePage(late!);
    const fresh = site.attach(late!, { filename: "new.png" });
    pass(MINUTE);
    const abort = new AbortController();
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === ATTACHMENTS_OF.endpoint) abort.abort(new Error("killed"));
    });
    await ingest({ ...DOCS, signal: abort.signal });
    stop();
    pass(MINUTE);
    const next = await ingest(DOCS);
    assertEquals([next.status, await column("SELECT id FROM current_attachments ORDER BY filename")], [
      "complete",
      [
        fresh.id,
        old.id,
      ],
    ]);
  }));

test("regression: a blog post that comes into sight and is edited comes without its comments", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    addPages(site, "DOCS", 3);
    const late = site.addBlogPost({ spaceKey: "DOCS", title: "Post" }).id;
    const comment = site.addFooterComment(late, { body: "<p>x</p>" });
    site.hidePage(late, []);
    age(bench, "DOCS");
    await ingest({ ...DOCS, kinds: { comments: true, blogposts: true } });
    pass(DAY);
    arrive(bench, late);
    const run = await ingest();
    assertEquals([run.status, await column("SELECT id FROM current_blog_posts")], ["complete", [late]]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: a page is called archived though the space it has moved to includes archived ones", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 3);
    await ingest(DOCS);
    await ingest({ ...TEAM, includeArchived: true });
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM" });
    site.archivePage(page!);
    const run = await ingest({ ...DOCS, reconcile: true });
    pass(30 * MINUTE);
    const next = await ingest();
    assertEquals([run.status, next.status, await column("SELECT deletion_reason FROM deleted_pages")], [
      "complete",
      "complete",
      [],
    ]);
  }));

test("regression: a page in quarantine that was archived in another space is forgotten", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [bad] = addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 3);
    fake.faults.poisonPages.add(bad!);
    await ingest(DOCS);
    fake.faults.clear();
    await ingest({ ...TEAM, includeArchived: true });
    pass(DAY);
    site.movePage(bad!, { spaceKey: "TEAM" });
    site.archivePage(bad!);
    const run = await ingest({ ...DOCS, reconcile: true });
    pass(30 * MINUTE);
    const next = await ingest();
    assertEquals([run.status, next.status, await column("SELECT id FROM current_pages WHERE id = ?", bad!)], [
      "complete",
      "complete",
      [bad],
    ]);
  }));

test("regression: a page in quarantine is forgotten when the token ends after the listing was proved", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    site.addSpace({ key: "SIDE", isPublic: true });
    const [bad] = addPages(site, "PUB", 5);
    addPages(site, "SIDE", 5);
    site.hidePage(bad!, [account.accountId]);
    fake.faults.poisonPages.add(bad!);
    const both = { selection: { keys: ["PUB", "SIDE"] } };
    age(bench, "SIDE");
    await ingest(both);
    pass(DAY);
    site.movePage(bad!, { spaceKey: "SIDE" });
    fake.faults.clear();
    pass(DAY);
    let proofs = 0;
    const stop = fake.faults.onRequest(({ endpoint }) => {
      // The second answers that it is somebody; from then on it is nobody's.
      if (endpoint.endsWith("user/current")) proofs++;
      else if (proofs >= 2) account.revoked = true;
    });
    const blind = await ingest({ ...wish, reconcile: true });
    stop();
    Object.assign(account, { revoked: false, token: "its-successor" });
    pass(30 * MINUTE);
    const next = await ingest(both);
    assertEquals(
      [blind.status, next.status, await column("SELECT id FROM current_pages WHERE id = ?", bad!)],
      [
        "incomplete",
        "complete",
        [bad],
      ],
    );
  }));

test("regression: a capped listing is called complete though attachments came without an id", () =>
  withBench(async ({ site, fake, ingest }) => {
    const [page] = addPages(site, "DOCS", 5);
    const file = site.attach(page!, { filename: "a.png" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [file.id],
      times: Infinity,
      change: () => ({ nonsense: true }),
    });
    assertEquals((await ingest({ ...DOCS, maxPages: 3 })).status, "incomplete");
  }));
