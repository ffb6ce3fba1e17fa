/** What fresh eyes broke: pages and attachments lost without a word, or runs called complete that were not. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

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

test("regression: a token that becomes nobody's during a delta moves no mark past a page that it hides", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const account = site.accounts[0]!;
    site.settings.anonymousAccess = true;
    site.addSpace({ key: "PUB", isPublic: true });
    const [secret, open] = addPages(site, "PUB", 6);
    site.hidePage(secret!, [account.accountId]);
    const wish = { selection: { keys: ["PUB"] } };
    await ingest(wish);
    pass(DAY);
    site.editPage(secret!, {});
    pass(30 * MINUTE);
    site.editPage(open!, {});
    pass(MINUTE);
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === BY_IDS.endpoint) account.revoked = true;
    });
    const during = await ingest(wish);
    stop();
    account.revoked = false;
    pass(30 * MINUTE);
    await ingest(wish);
    assertEquals([during.status, await column("SELECT version FROM current_pages WHERE id = ?", secret!)], [
      "incomplete",
      [2],
    ]);
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
  withBench(async ({ site, fake, ingest, pass, column }) => {
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
      match: (r) => answers > 1 && r.path.endsWith("user/current"),
    });
    const wish = { selection: { keys: ["PUB"] }, deletions: "on_demand" } as const;
    await ingest(wish); // fails at the final proof, or is killed before it
    fake.faults.clear();
    account.revoked = false;
    pass(DAY);
    await ingest(wish);
    await ingest(wish);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [20]);
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
    fake.faults.add({
      kind: "bad-rows",
      ids: [page!],
      match: BY_IDS,
      times: 2,
      change: (row) => ({
        ...row,
        version: { ...(row.version as object), number: 1, createdAt: row.createdAt },
      }),
    });
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
