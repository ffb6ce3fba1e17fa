/** What an eighth pair of fresh eyes broke, made small. */
import { assertEquals } from "@std/assert";
import { SAVED_QUESTIONS } from "../../src/database/saved_questions.ts";
import { prune } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

/** Five pages of DOCS, of which the first has three versions. */
async function withVersions(work: (bench: Bench, id: string) => Promise<void>): Promise<void> {
  await withBench(async (bench) => {
    const [id] = addPages(bench.site, "DOCS", 5);
    addPages(bench.site, "TEAM", 2);
    for (const text of ["a secret", "no secret"]) {
      bench.pass(DAY);
      bench.site.editPage(id!, { body: `<p>${text}</p>` });
    }
    bench.pass(DAY);
    await work(bench, id!);
  });
}

test("regression: a page that lost an earlier version while it was hidden comes back", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.hidePage(id);
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 1);
    site.removeVersion(id, 2);
    site.unhidePage(id);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 2, body: "<p>no secret</p>" },
    ]);
    pass(DAY);
    site.editPage(id, { body: "<p>next</p>" });
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 3, body: "<p>next</p>" },
    ]);
  }));

test("regression: a page that lost an earlier version follows to another space, and goes to the trash", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    assertEquals((await ingest(BOTH)).status, "complete");
    site.removeVersion(id, 1);
    site.movePage(id, { spaceKey: "TEAM" });
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT space_key FROM current_pages WHERE id = ?", id), [{ space_key: "TEAM" }]);
    site.removeVersion(id, 1);
    site.trashPage(id);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT deletion_reason FROM pages WHERE id = ? AND is_current = 1", id), [
      { deletion_reason: "trashed" },
    ]);
  }));

test("regression: an edit that waits in quarantine comes in though an earlier version is deleted", () =>
  withVersions(async ({ site, fake, ingest, pass, rows }, id) => {
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.editPage(id, { body: "<p>the newest text</p>" });
    pass(30 * MINUTE);
    fake.faults.poisonPages.add(id);
    assertEquals((await ingest()).status, "incomplete");
    fake.faults.poisonPages.delete(id);
    site.removeVersion(id, 1);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 3, body: "<p>the newest text</p>" },
    ]);
  }));

/** Whatever carries a text comes as the web page of a filter. */
function filter({ fake }: Bench, text: string, status: number): void {
  const { fetch } = fake;
  Object.defineProperty(fake, "fetch", {
    value: async (input: Request | URL | string, init?: RequestInit) => {
      const answer = await fetch(input, init);
      if (!(await answer.clone().text()).includes(text)) return answer;
      const headers = { "content-type": "text/html" };
      return new Response("<html><body>Blocked by a filter</body></html>", { status, headers });
    },
  });
}

for (const status of [403, 200]) {
  test(`regression: a page that a web filter blocks (${status}) keeps no other out`, () =>
    withBench(async (bench) => {
      const { site, ingest, pass, rows, column } = bench;
      filter(bench, "EICAR", status);
      const pages = addPages(site, "DOCS", 5);
      const { id } = site.addPage({ spaceKey: "DOCS", title: "scanners", body: "<p>EICAR</p>" });
      const first = await ingest(DOCS);
      assertEquals([first.status, await rows("SELECT id FROM failures")], ["incomplete", [{ id }]]);
      assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), [...pages].sort());
      pass(DAY);
      site.editPage(pages[0]!, { body: "<p>EICAR</p>" });
      site.editPage(pages[1]!, { body: "<p>new</p>" });
      pass(30 * MINUTE);
      assertEquals((await ingest()).status, "incomplete");
      assertEquals(await rows("SELECT body FROM current_pages WHERE id = ?", pages[1]!), [{
        body: "<p>new</p>",
      }]);
    }));
}

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

test("regression: a comparison that broke off is still owed after the changes that stood in for it", () =>
  withBench(async ({ fake, site, ingest, pass, column }) => {
    const early = site.addPage({ spaceKey: "DOCS", title: "Early" });
    const file = site.attach(early.id, { filename: "early.pdf" });
    const other = site.addPage({ spaceKey: "DOCS", title: "Other" });
    site.hidePage(early.id);
    site.hidePage(other.id);
    addPages(site, "DOCS", 6);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "Newest" });
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.unhidePage(early.id);
    site.unhidePage(other.id);
    site.editPage(other.id, { body: "<p>seen by the search</p>" });
    pass(60 * MINUTE);
    const match = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
    fake.faults.add({ kind: "short-page", rows: 3, times: Infinity, match });
    fake.faults.add({ kind: "status", status: 500, times: Infinity, after: 1, match });
    assertEquals((await ingest({ reconcile: true })).status, "incomplete");
    fake.faults.clear();
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a page that is given to another owner is so in the index after a reconciliation", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.page(id!).ownerId = "557058:new";
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals([run.status, run.metrics.updated], ["complete", 1]);
    assertEquals(await rows("SELECT owner_id, version FROM current_pages WHERE id = ?", id!), [
      { owner_id: "557058:new", version: 1 },
    ]);
    pass(DAY);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).metrics.updated, 0);
  }));

test("regression: a question about the past goes by time where earlier versions were deleted, and so does prune", () =>
  withBench(async ({ site, database, clock, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    for (let version = 2; version <= 10; version++) {
      pass(DAY);
      site.editPage(id!, { body: `<p>${version}</p>` });
    }
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    const before = new Date(clock.now()).toISOString();
    for (let i = 0; i < 7; i++) site.removeVersion(id!, 1);
    pass(DAY);
    site.editPage(id!, { body: "<p>new</p>" });
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    const { sql } = SAVED_QUESTIONS.find(({ name }) => name === "as-of")!;
    const asOf = (time: string) =>
      rows(`SELECT version FROM (${sql.replaceAll(":time", `'${time}'`)}) WHERE id = ?`, id!);
    assertEquals(
      [await asOf(before), await asOf(new Date(clock.now()).toISOString())],
      [[{ version: 10 }], [{ version: 4 }]],
    );
    const rules = { versionsReplacedBefore: null, keepVersions: 1, tombstonesBefore: null, runsBefore: null };
    await prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() });
    assertEquals(await column("SELECT version FROM pages WHERE id = ?", id!), [4]);
  }));
