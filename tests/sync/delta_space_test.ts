import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

test("readDelta with --max-pages keeps the mark while hits are left, and gets on from run to run", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    const [before] = await column("SELECT mark FROM sync_state");
    for (const id of ids) {
      pass(30 * MINUTE);
      site.editPage(id, { body: "<p>new</p>" });
    }
    // Its version time is the newest of all: it must not carry the mark past the pages that were left out.
    pass(30 * MINUTE);
    site.attach(ids[0]!, { filename: "late.png" });

    const first = await ingest({ maxPages: 2 });
    assertEquals([first.metrics.updated, first.status, first.discrepancies], [2, "complete", []]);
    assertStringIncludes(first.spaces[0]!.notes.join(), "--max-pages 2");
    assertEquals(await column("SELECT mark FROM sync_state"), [before]);
    assertEquals((await ingest({ maxPages: 2 })).metrics.updated, 2);
    assertEquals(await column("SELECT mark FROM sync_state"), [before]);
    assertEquals((await ingest({ maxPages: 2 })).metrics.updated, 1);
    assertEquals(await column("SELECT DISTINCT version FROM current_pages"), [2]);
    const [after] = await column("SELECT mark FROM sync_state");
    assert(String(after) > String(before));
  }));

test("readDelta with --max-pages that may not search gets on from run to run as well", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 8);
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids.slice(4)) site.editPage(id, { body: "<p>new</p>" });
    fake.faults.add({ kind: "status", status: 403, times: Infinity, match: { path: "/content/search" } });
    for (const updated of [3, 1]) {
      pass(DAY);
      const run = await ingest({ maxPages: 3 });
      assertEquals([run.metrics.updated, run.discrepancies], [updated, []]);
    }
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE version = 2"), [4]);
  }));

test("readDelta takes a nameless broken row for any page that did not come, and keeps it in quarantine", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, { body: "<p>new</p>" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [id!],
      match: { endpoint: "GET /wiki/api/v2/pages" },
      change: ({ id: _, ...row }) => row,
    });
    const run = await ingest();
    assertEquals([run.status, run.metrics.failed, run.discrepancies], ["incomplete", 1, []]);
    assertEquals(await rows("SELECT kind, id, reason, attempts FROM failures"), [
      { kind: "page", id, reason: "invalid", attempts: 1 },
    ]);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", id!), [2]);
    assertEquals(await rows("SELECT * FROM failures"), []);
  }));

test("readDelta that may not search counts a page that is due from quarantine once", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    fake.faults.poisonPages.add(id!);
    await ingest(DOCS);
    pass(DAY);
    fake.faults.add({ kind: "status", status: 403, times: Infinity, match: { path: "/content/search" } });
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.metrics.pages, run.metrics.failed, run.discrepancies], [3, 1, []]);
    fake.faults.clear();
    pass(DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await rows("SELECT * FROM failures"), []);
  }));
