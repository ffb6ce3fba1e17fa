import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";
import type { Bench } from "./setup.ts";
import { LISTING } from "./bad_luck.ts";

/** Lists in pages of two rows, and stops like Ctrl-C after so many of them. */
async function interruptedFirst({ fake, ingest }: Bench, pagesRead: number): Promise<void> {
  fake.faults.add({ kind: "short-page", rows: 2, times: Infinity, match: LISTING });
  const stop = new AbortController();
  let seen = 0;
  const off = fake.faults.onRequest(({ endpoint }) => {
    if (endpoint === LISTING.endpoint && ++seen > pagesRead) stop.abort();
  });
  const run = await ingest({ ...DOCS, signal: stop.signal });
  off();
  assertEquals(run.status, "interrupted");
}

test("listSpace resumes a first listing where it stopped, also after days", () =>
  withBench(async (bench) => {
    const { fake, site, ingest, pass, column } = bench;
    const ids = addPages(site, "DOCS", 12);
    await interruptedFirst(bench, 3);
    const read = await column("SELECT count(*) FROM current_pages");
    assert(Number(read[0]) >= 4 && Number(read[0]) < 12, String(read));
    pass(9 * DAY);
    // Changed behind the resume point.
    site.editPage(ids[0]!, { body: "<p>meanwhile</p>" });
    fake.counters.reset();
    const { status, metrics } = await ingest(DOCS);
    assertEquals([status, metrics.updated], ["complete", 1]);
    const listed = fake.counters.byEndpoint[LISTING.endpoint]!;
    assertEquals(listed, (12 - Number(read[0])) / 2);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [12]);
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", ids[0]!), [2]);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 0);
  }));

test("listSpace starts again where the server does not know the resume point any more", () =>
  withBench(async (bench) => {
    const { fake, site, ingest, column } = bench;
    addPages(site, "DOCS", 8);
    await interruptedFirst(bench, 2);
    fake.faults.add({ kind: "status", status: 400, match: ({ query }) => query.has("cursor") });
    const run = await ingest(DOCS);
    assertEquals([run.status, run.discrepancies], ["complete", []]);
    assertStringIncludes(run.spaces[0]!.notes.join(), "starts again");
    assertEquals(await column("SELECT count(*) FROM current_pages"), [8]);
  }));

test("listSpace does not resume with a link that was made for another scope", () =>
  withBench(async (bench) => {
    const { site, ingest, column } = bench;
    const ids = addPages(site, "DOCS", 8);
    site.archivePage(ids[0]!);
    await interruptedFirst(bench, 2);
    const run = await ingest({ ...DOCS, includeArchived: true, reconcile: true, deletions: "on_demand" });
    assertEquals(run.status, "complete");
    assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), ids);
    assertEquals(await column("SELECT scope FROM sync_state"), ["current,archived"]);
  }));

test("listSpace keeps mark and resume point where a row does not even say which page it is", () =>
  withBench(async ({ fake, site, ingest, pass, rows, column }) => {
    const ids = addPages(site, "DOCS", 4);
    const spoil = {
      kind: "bad-rows",
      ids: [ids[1]!],
      match: LISTING,
      change: ({ id: _, ...row }: Record<string, unknown>) => row,
    } as const;
    fake.faults.add(spoil);
    const first = await ingest(DOCS);
    assertEquals([first.status, first.spaces[0]!.status], ["incomplete", "incomplete"]);
    // The search has shown which one it was.
    assertEquals([first.metrics.pages, first.metrics.failed, first.discrepancies], [5, 1, []]);
    assertEquals(await rows("SELECT mark, resume_link FROM sync_state"), [{ mark: null, resume_link: null }]);
    assertEquals((await ingest(DOCS)).metrics.unchanged, 4);
    const [mark] = await column("SELECT mark FROM sync_state");
    assert(mark !== null);

    pass(3 * DAY);
    for (const id of [ids[0]!, ids[1]!]) {
      site.editPage(id, {});
      pass(30 * MINUTE);
    }
    site.editPage(ids[2]!, {});
    fake.faults.add(spoil);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT mark FROM sync_state"), [mark]);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT version FROM current_pages ORDER BY id"), [2, 2, 2, 1]);
  }));

test("readSpace lists archived spaces, which the search leaves out", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    const file = site.attach(id!, { filename: "a.png" });
    site.archiveSpace("DOCS");
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_pages"), [3]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
    pass(DAY);
    site.editPage(id!, { body: "<p>by an administrator</p>" });
    site.attachVersion(file.id);
    const delta = await ingest({ deletions: "on_demand" });
    assertEquals([delta.status, delta.metrics.updated], ["complete", 1]);
    assertStringIncludes(delta.spaces[0]!.notes.join(), "archived spaces are not searched");
    const reconciled = await ingest({ reconcile: true });
    assertEquals([reconciled.status, reconciled.metrics.attachments_updated], ["complete", 1]);
    // The mark stayed, so nothing that was attached meanwhile is passed by when the space comes back.
    pass(DAY);
    const late = site.attach(id!, { filename: "late.png" });
    await ingest({ deletions: "on_demand" });
    pass(DAY);
    site.unarchiveSpace("DOCS");
    await ingest({ deletions: "on_demand" });
    assertEquals(await column("SELECT id FROM current_attachments ORDER BY id"), [file.id, late.id]);
  }));
