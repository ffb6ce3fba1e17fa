/** Ways in which a token that ends, or becomes nobody's, made a run believe too much. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { BY_IDS, openSite } from "./bad_luck.ts";
import { addPages, type Bench, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

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

test("regression: a token that ends while changes since a time are read leaves the run incomplete", () =>
  withBench(async ({ site, fake, clock, ingest, pass }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, { body: "<p>new</p>" });
    const account = site.accounts[0]!;
    site.hidePage(id!, [account.accountId]);
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/content/search")) account.revoked = true;
    });
    const since = new Date(clock.now() - 60 * MINUTE).toISOString();
    assertEquals((await ingest({ since })).status, "incomplete");
    stop();
    account.revoked = false;
    assertEquals((await ingest({ since })).status, "complete");
  }, { fake: { settings: { anonymousAccess: true } } }));
