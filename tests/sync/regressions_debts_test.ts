/** What belongs to a page that arrives is read even when the run that brought the page did not live to; and searches that take long. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { age, arrive, ATTACHMENTS_OF, blinded, BY_IDS, killed, openSite } from "./bad_luck.ts";
import { addPages, DAY, DOCS, MINUTE, TEAM, WITH_COMMENTS, withBench } from "./setup.ts";

test("regression: a run killed between an arrived page and its attachments owes them", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    arrive(bench, late!);
    const first = await killed(bench, DOCS, ({ endpoint }) => endpoint === ATTACHMENTS_OF.endpoint);
    assertEquals(first.status, "interrupted");
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(30 * MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a run killed between an arrived page and its comments owes them", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const comment = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    arrive(bench, late!);
    const first = await killed(bench, DOCS, ({ query }) => query.get("cql")?.includes("type = comment"));
    assertEquals(first.status, "interrupted");
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(30 * MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: attachments of an arrived page that could not be had are owed", () =>
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

test("regression: a run with --since owes the past of a page that it takes in", () =>
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

test("regression: a token that ends between an arrived page and its attachments leaves them owed", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late] = addPages(site, "PUB", 6);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    age(bench, "PUB");
    await ingest(wish);
    pass(DAY);
    arrive(bench, late!, [account.accountId]);
    const blind = await blinded(bench, wish, ({ endpoint }) => endpoint === ATTACHMENTS_OF.endpoint);
    const next = await ingest(wish);
    assertEquals([blind.status, next.status, await column("SELECT id FROM current_attachments")], [
      "incomplete",
      "complete",
      [file.id],
    ]);
  }));

test("regression: comments of a page that arrived while the token ended are owed", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late] = addPages(site, "PUB", 6);
    const comment = site.addFooterComment(late!, { body: "<p>old</p>" });
    site.hidePage(late!, []);
    age(bench, "PUB");
    await ingest({ ...wish, ...WITH_COMMENTS });
    pass(DAY);
    arrive(bench, late!, [account.accountId]);
    const blind = await blinded(bench, wish, ({ query }) => query.get("cql")?.includes("type = comment"));
    const next = await ingest(wish);
    assertEquals([blind.status, next.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: a reconciliation killed after the pages is made up for", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 5);
    const file = site.attach(late!, { filename: "old.png" });
    site.addLabel(late!, "red");
    site.hidePage(late!, []);
    age(bench, "DOCS");
    await ingest(DOCS);
    pass(DAY);
    site.unhidePage(late!);
    await killed(bench, { ...DOCS, reconcile: true }, ({ query }) => query.has("cql"));
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

test("regression: a full capped run owes the comments of what it brings", () =>
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

test("regression: a slow delta lets no change slide out of its window", () =>
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

test("regression: a slow delta looks as far back for comments", () =>
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

test("regression: the run after a reconciliation of nobody's reads the space again", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const { account, wish } = openSite(bench);
    const [late, other] = addPages(site, "PUB", 6);
    const file = site.attach(late!, { filename: "old.png" });
    site.hidePage(late!, []);
    site.hidePage(other!, []);
    age(bench, "PUB");
    await ingest(wish);
    pass(DAY);
    site.hidePage(late!, [account.accountId]);
    const blind = await blinded(bench, { ...wish, reconcile: true }, ({ query }) => query.has("cql"));
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

test("regression: a search that has to wait looks as far back", () =>
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

test("regression: an incomplete reconciliation that was forced is made up for", () =>
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

test("regression: a run killed between a page that came for the sake of a file and its other files owes them", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
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
    await killed(bench, DOCS, ({ endpoint }) => endpoint === ATTACHMENTS_OF.endpoint);
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

test("regression: a blog post that comes into sight brings its comments", () =>
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

test("regression: a page that moved and was archived is judged by the scope of its new space", () =>
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

test("regression: a page in quarantine that was archived in another space is found", () =>
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

test("regression: a page in quarantine is not forgotten when the token ends after the listing was proved", () =>
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

test("regression: a capped listing is incomplete where attachments came without an id", () =>
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

test("regression: archived pages of a run with them that was cut short go with the next comparison", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 20);
    for (const id of ids.slice(0, 3)) site.archivePage(id);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    await ingest({ full: true, includeArchived: true, maxPages: 5 });
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE status = 'archived'"), [3]);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT scope FROM sync_state"), ["current"]);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE status = 'archived'"), [0]);
  }));
