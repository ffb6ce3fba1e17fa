import { assert, assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

test("finishSpace lets a page be that another space has brought home since the second look", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 2);
    await ingest(BOTH);
    pass(DAY);
    site.trashPage(id!);
    const team = site.space("TEAM").id;
    const judged = Promise.withResolvers<void>();
    const home = Promise.withResolvers<void>();
    let proofs = 0;
    fake.faults.onRequest(async ({ endpoint, path, query }) => {
      // TEAM is listed after DOCS has judged the page, and DOCS ends after TEAM has taken it in.
      if (path.includes(`/spaces/${team}/pages`)) await judged.promise;
      if (query.get("cql")?.includes('"TEAM"')) home.resolve();
      if (endpoint.endsWith("user/current") && ++proofs === 2) {
        site.restorePage(id!);
        site.movePage(id!, { spaceKey: "TEAM" });
        judged.resolve();
        await home.promise;
      }
    });
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.deleted, run.metrics.updated, run.discrepancies], [
      "complete",
      0,
      1,
      [],
    ]);
    assertEquals(await rows("SELECT version, space_key, deleted_at FROM current_pages WHERE id = ?", id!), [
      { version: 2, space_key: "TEAM", deleted_at: null },
    ]);
    assertEquals(await rows("SELECT kind FROM events WHERE kind = 'trashed'"), []);
  }));

test("finishSpace moves the mark to the newest version it holds, never past the start of the reading", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    const mark = "SELECT mark FROM sync_state";
    await ingest(DOCS);
    assertEquals(await column(mark), [new Date(site.clock.now()).toISOString()]);
    pass(5 * DAY);
    const start = site.clock.now();
    // Published while the listing is under way: whether it was passed already cannot be told.
    const off = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint !== "GET /wiki/rest/api/content/search") return;
      pass(20 * MINUTE);
      site.attach(ids[0]!, { filename: "late.png" });
    });
    await ingest({ reconcile: true });
    off();
    const [after] = await column(mark);
    assert(Date.parse(String(after)) <= start + 1000, String(after));
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [1]);
  }));

test("finishSpace keeps times of versions from the future out of the mark", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 2);
    site.editPage(id!, { at: site.clock.now() + 30 * DAY });
    await ingest(DOCS);
    pass(DAY);
    const changed = site.addPage({ spaceKey: "DOCS", title: "New" }).id;
    pass(60 * MINUTE);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.added, 1);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE id = ?", changed), [1]);
  }));

test("finishSpace buries an attachment once, also when its page is on its way from one space to another", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [id] = addPages(site, "TEAM", 3);
    addPages(site, "DOCS", 3);
    const file = site.attach(id!, { filename: "a.png" });
    await ingest(BOTH);
    pass(DAY);
    site.movePage(id!, { spaceKey: "DOCS" });
    site.deleteAttachment(file.id);
    for (const spacesAtOnce of [2, 1]) {
      assertEquals((await ingest({ reconcile: true, spacesAtOnce })).status, "complete");
    }
    assertEquals(await rows("SELECT kind FROM events WHERE subject_id = ? ORDER BY id", file.id), [
      { kind: "added" },
      { kind: "trashed" },
    ]);
    assertEquals(await rows("SELECT * FROM current_attachments"), []);
  }));
