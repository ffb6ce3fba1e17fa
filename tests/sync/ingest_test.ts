import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import type { SyncEvent } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const LISTING = "GET /wiki/api/v2/spaces/{id}/pages";

test("ingest writes one event for each change, with what was and what is", () =>
  withBench(async ({ site, ingest, pass, rows, database }) => {
    const [edited, moved, trashed] = addPages(site, "DOCS", 4);
    const file = site.attach(edited!, { filename: "a.png" });
    await ingest(DOCS);
    await database.commit([{ sql: "DELETE FROM events", args: [] }]);
    pass(DAY);
    site.editPage(edited!, { title: "New name" });
    site.movePage(moved!, { parentId: edited! });
    site.trashPage(trashed!);
    site.attachVersion(file.id, { filename: "b.png" });
    const run = await ingest({ reconcile: true });
    const space = site.space("DOCS").id;
    const place = (parent: string | null, position: number) =>
      JSON.stringify({ space_id: space, parent_id: parent, parent_type: parent && "page", position });
    assertEquals(
      await rows(
        "SELECT kind, subject, subject_id, version, space_id, old_value, new_value FROM events WHERE run_id = ? ORDER BY id",
        run.runId,
      ),
      [
        ["moved", "page", moved, 1, place(null, 0), place(edited!, 0)],
        ["updated", "page", edited, 2, "1", "2"],
        ["renamed", "page", edited, 2, "DOCS 1", "New name"],
        ["updated", "attachment", file.id, 2, "1", "2"],
        ["renamed", "attachment", file.id, 2, "a.png", "b.png"],
        ["trashed", "page", trashed, 1, "DOCS 3", null],
      ].map(([kind, subject, subject_id, version, old_value, new_value]) => ({
        kind,
        subject,
        subject_id,
        version,
        space_id: space,
        old_value,
        new_value,
      })),
    );
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT count(*) AS n FROM events"), [{ n: 6 }]);
  }));

test("ingest stores the accounting of each space, and the run with its metrics", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const docs = addPages(site, "DOCS", 6);
    addPages(site, "TEAM", 2);
    await ingest(BOTH);
    pass(DAY);
    site.editPage(docs[0]!, {});
    site.purgePage(docs[1]!);
    site.movePage(docs[2]!, { spaceKey: "TEAM" });
    site.editPage(docs[3]!, {});
    fake.faults.poisonPages.add(docs[3]!);
    addPages(site, "TEAM", 0);
    site.addPage({ spaceKey: "TEAM", title: "New" });
    const run = await ingest({ reconcile: true, spacesAtOnce: 1, args: { reconcile: true } });
    assertEquals(run.discrepancies, []);
    const sql =
      `SELECT key, mode, r.status, listed, unchanged, added, updated, restored, skipped, failed, deleted, moved_in,
      moved_out, count_before, count_after FROM run_spaces r JOIN spaces s ON s.id = r.space_id WHERE run_id = ? ORDER BY key`;
    const common = { mode: "reconcile", status: "complete", restored: 0, skipped: 0 };
    assertEquals(
      await rows(sql, run.runId),
      [
        {
          key: "DOCS",
          ...common,
          listed: 5,
          unchanged: 2,
          added: 0,
          updated: 2,
          failed: 1,
          deleted: 1,
          moved_in: 0,
          moved_out: 1,
          count_before: 6,
          count_after: 4,
        },
        {
          key: "TEAM",
          ...common,
          listed: 4,
          unchanged: 3,
          added: 1,
          updated: 0,
          failed: 0,
          deleted: 0,
          moved_in: 1,
          moved_out: 0,
          count_before: 2,
          count_after: 4,
        },
      ].map((row) => ({ ...row })),
    );
    const [stored] = await rows("SELECT command, status, args, metrics FROM runs WHERE id = ?", run.runId);
    assertEquals([stored!["command"], stored!["status"], stored!["args"]], [
      "ingest",
      "incomplete",
      '{"reconcile":true}',
    ]);
    assertEquals(JSON.parse(String(stored!["metrics"])), JSON.parse(JSON.stringify(run.metrics)));
    assertEquals([run.metrics.pages, run.metrics.complete], [9, false]);
  }));

test("ingest interrupted keeps what it has, says so, and leaves marks and lease as they must be", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const ids = addPages(site, "DOCS", 10);
    addPages(site, "TEAM", 2);
    await ingest(BOTH);
    const marks = await column("SELECT mark FROM sync_state ORDER BY space_id");
    pass(DAY);
    for (const id of ids) site.editPage(id, {});
    fake.faults.add({ kind: "short-page", rows: 2, times: Infinity, match: { endpoint: LISTING } });
    const stop = new AbortController();
    let listed = 0;
    fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === LISTING && ++listed === 4) stop.abort();
    });
    const run = await ingest({ full: true, spacesAtOnce: 1, signal: stop.signal });
    assertEquals([run.status, run.metrics.complete], ["interrupted", false]);
    assertEquals(run.spaces.map(({ status }) => status), ["interrupted", "interrupted"]);
    const kept = Number((await column("SELECT count(*) FROM current_pages WHERE version = 2"))[0]);
    assert(kept >= 4 && kept < 10, String(kept));
    assertEquals(await column("SELECT mark FROM sync_state ORDER BY space_id"), marks);
    assertEquals(await rows("SELECT * FROM leases"), []);
    assertEquals(await column("SELECT status FROM runs WHERE id = ?", run.runId), ["interrupted"]);
    assertEquals((await ingest()).metrics.updated, 10 - kept);
  }));

test("ingest interrupted before it began writes nothing and throws the reason", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    addPages(site, "DOCS", 1);
    const stop = new AbortController();
    fake.faults.onRequest(() => stop.abort(new Error("Ctrl-C")));
    await assertRejects(() => ingest({ ...DOCS, signal: stop.signal }), Error, "Ctrl-C");
    assertEquals(await column("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM leases)"), [0]);
  }));

test("ingest closes the runs that a kill left open", () =>
  withBench(async ({ site, database, ingest, column }) => {
    addPages(site, "DOCS", 1);
    await database.commit([{
      sql:
        "INSERT INTO runs (id, command, started_at, status, args, tool_version) VALUES ('dead', 'ingest', '2026-01-01T00:00:00.000Z', 'running', '{}', '0')",
      args: [],
    }]);
    await ingest(DOCS);
    assertEquals(await column("SELECT status FROM runs ORDER BY id"), ["complete", "interrupted"].toSorted());
    assertEquals(await column("SELECT completed_at IS NOT NULL FROM runs WHERE id = 'dead'"), [1]);
  }));

test("ingest --fail-fast ends at the first page that fails, and the mark stays", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const [bad] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    fake.faults.poisonPages.add(bad!);
    const run = await ingest({ ...BOTH, failFast: true, spacesAtOnce: 1 });
    assertEquals(run.status, "incomplete");
    assertEquals(run.spaces.map(({ space, status }) => [space.key, status]), [["DOCS", "failed"], [
      "TEAM",
      "failed",
    ]]);
    assertEquals(await column("SELECT count(*) FROM sync_state WHERE mark IS NOT NULL"), [0]);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE space_key = 'TEAM'"), [0]);
  }));

test("ingest --since takes what is really newer, and leaves the mark", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [old, fresh] = addPages(site, "DOCS", 2);
    const oldFile = site.attach(old!, { filename: "old.png" });
    await ingest(DOCS);
    const marks = await column("SELECT mark FROM sync_state");
    pass(10 * DAY);
    site.editPage(old!, {});
    pass(30_000);
    const since = new Date(site.clock.now()).toISOString();
    pass(10_000);
    site.editPage(fresh!, {});
    const file = site.attach(fresh!, { filename: "new.png" });
    const run = await ingest({ since });
    assertEquals([run.spaces[0]!.mode, run.metrics.since, run.discrepancies], ["since", since, []]);
    // The search knows minutes only: it shows both.
    assertEquals(run.metrics.skipped_by_reason, { "older than --since": 1 });
    assertEquals(await column("SELECT version FROM current_pages ORDER BY id"), [1, 2]);
    assertEquals(
      await column("SELECT id FROM current_attachments ORDER BY id"),
      [oldFile.id, file.id].toSorted(),
    );
    assertEquals(await column("SELECT mark FROM sync_state"), marks);
    assertEquals((await ingest()).metrics.updated, 1);
  }));

test("ingest tells what it does, in order", () =>
  withBench(async ({ site, ingest, pass }) => {
    addPages(site, "DOCS", 2);
    await ingest(DOCS);
    pass(20 * MINUTE);
    const events: SyncEvent[] = [];
    const run = await ingest({ onEvent: (event) => events.push(event) });
    assertEquals(events.map(({ type }) => type), ["run_started", "space_started", "batch", "space_ended"]);
    assertEquals(events[0], { type: "run_started", runId: run.runId, spaces: 1 });
  }));

test("ingest with credentials that are nobody's writes nothing", () =>
  withBench(async ({ site, ingest, column }) => {
    site.addSpace({ key: "OPEN", isPublic: true });
    site.settings.anonymousAccess = true;
    site.accounts[0]!.revoked = true;
    const error = await assertRejects(() => ingest({ selection: { keys: ["OPEN"] } }), ConfluenceIndexError);
    assertEquals(error.code, "authentication");
    assertEquals(await column("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM spaces)"), [0]);
  }));
