import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Database,
  endRun,
  openDatabase,
  saveAttachments,
  saveFailures,
  saveMeta,
  savePages,
  saveSpaces,
  saveSyncState,
  startRun,
  tombstonePages,
} from "../../src/database/mod.ts";
import { readStatus } from "../../src/query/mod.ts";
import { attachment, page, space } from "../support/samples.ts";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const STAMP = { runId: "run-1", fetchedAt: "2026-03-01T00:00:00.000Z" };
const LIMITS = { now: NOW, runs: 5, failures: 20 };

const STATE = {
  spaceId: "10",
  mark: "2026-03-10T11:00:00.000Z",
  bodyFormat: "storage",
  scope: "current",
  kinds: { labels: null },
  deletions: "weekly_reconciliation",
  reconciledAt: "2026-03-04T00:00:00.001Z",
  resumeLink: null,
  resumeSince: null,
  syncedAt: "2026-03-10T11:00:01.000Z",
  unprovenSince: null,
  unprovenBy: null,
} as const;

async function withIndex(work: (database: Database) => Promise<void>): Promise<void> {
  await using database = await openDatabase(":memory:");
  await work(database);
}

function run(id: string, startedAt: string, status: "running" | "complete" = "running") {
  return {
    id,
    command: "ingest",
    startedAt,
    completedAt: null,
    status,
    args: "{}",
    metrics: null,
    toolVersion: "0.0.0",
  };
}

Deno.test("readStatus() of an empty index is empty", () =>
  withIndex(async (database) => {
    assertEquals(await readStatus(database, LIMITS), {
      site: null,
      writer: null,
      spaces: [],
      runs: [],
      failures: { total: 0, byReason: new Map(), next: [] },
    });
  }));

Deno.test("readStatus() counts what is there and not what is deleted, and tells ages", () =>
  withIndex(async (database) => {
    await database.commit([
      ...saveMeta("site", "https://example.atlassian.net/wiki"),
      ...saveSpaces(database, [space({ id: "10", key: "DOCS", name: "Documents" })], STAMP),
      ...savePages(
        database,
        ["1", "2", "3"].map((id) => ({
          page: page({ id, spaceId: "10" }),
          spaceKey: "DOCS",
          replaces: null,
        })),
        STAMP,
      ),
      ...saveAttachments(
        database,
        [{ attachment: attachment({ id: "att1", containerId: "1" }), spaceId: "10", replaces: null }],
        STAMP,
      ),
      ...tombstonePages(["3"], {
        deletedAt: STAMP.fetchedAt,
        reason: "trashed",
        status: "trashed",
        runId: "run-1",
      }),
      ...saveSyncState(STATE),
      ...saveFailures(
        [{ kind: "page", id: "2", spaceId: "10", reason: "body", message: "Cannot read page 2: 500" }],
        "run-1",
        STAMP.fetchedAt,
      ),
    ]);
    const status = await readStatus(database, LIMITS);
    assertEquals(status.site, "https://example.atlassian.net/wiki");
    assertEquals(status.spaces, [{
      id: "10",
      key: "DOCS",
      name: "Documents",
      pages: 2,
      attachments: 1,
      failures: 1,
      mark: STATE.mark,
      markAgeMs: 3_600_000,
      bodyFormat: "storage",
      scope: "current",
      kinds: "labels",
      deletions: "weekly_reconciliation",
      reconciledAt: STATE.reconciledAt,
      reconciledAgeMs: 6.5 * 86_400_000 - 1,
      reconciliationDue: false,
      syncedAt: STATE.syncedAt,
      unfinished: false,
      unfinishedSince: null,
    }]);
    assertEquals(status.failures.total, 1);
    assertEquals(status.failures.byReason, new Map([["body", 1]]));
    const [failure] = status.failures.next;
    assertEquals(failure?.spaceKey, "DOCS");
    assertEquals(failure?.title, page({ id: "2" }).title);
    assertEquals(failure?.url, page({ id: "2" }).url);
    assertEquals(failure?.attempts, 1);
  }));

Deno.test("readStatus() knows when a reconciliation is due, and when a first ingest is unfinished", () =>
  withIndex(async (database) => {
    const due = async (changes: Partial<Parameters<typeof saveSyncState>[0]>) => {
      await database.commit(saveSyncState({ ...STATE, ...changes }));
      const [found] = (await readStatus(database, LIMITS)).spaces;
      return [found?.reconciliationDue, found?.unfinished, found?.markAgeMs];
    };
    await database.commit(saveSpaces(database, [space({ id: "10", key: "DOCS" })], STAMP));
    assertEquals(await due({}), [false, false, 3_600_000]);
    assertEquals(await due({ reconciledAt: "2026-03-04T00:00:00.000Z" }), [true, false, 3_600_000]);
    assertEquals(await due({ reconciledAt: null }), [true, false, 3_600_000]);
    assertEquals(await due({ deletions: "every_sync" }), [true, false, 3_600_000]);
    assertEquals(await due({ deletions: "on_demand", reconciledAt: null }), [false, false, 3_600_000]);
    assertEquals(
      await due({ mark: null, reconciledAt: null, resumeLink: "/wiki/next", resumeSince: STAMP.fetchedAt }),
      [false, true, null],
    );
  }));

Deno.test("readStatus() tells the newest runs first, with their numbers, and which were killed", () =>
  withIndex(async (database) => {
    const metrics = { spaces: 2, added: 3, updated: 1, deleted: 0, failed: 4, requests: 9, extra: true };
    await database.commit([
      ...startRun(run("run-1", "2026-03-01T00:00:00.000Z")),
      ...endRun({
        id: "run-1",
        completedAt: "2026-03-01T00:00:02.500Z",
        status: "incomplete",
        metrics: JSON.stringify(metrics),
      }),
      ...startRun(run("run-2", "2026-03-02T00:00:00.000Z")),
    ]);
    const [killed, ended] = (await readStatus(database, LIMITS)).runs;
    assertEquals([killed?.id, killed?.status, killed?.durationMs, killed?.requests], [
      "run-2",
      "killed",
      null,
      null,
    ]);
    assertEquals(ended, {
      id: "run-1",
      command: "ingest",
      status: "incomplete",
      startedAt: "2026-03-01T00:00:00.000Z",
      completedAt: "2026-03-01T00:00:02.500Z",
      durationMs: 2500,
      spaces: 2,
      added: 3,
      updated: 1,
      deleted: 0,
      failed: 4,
      requests: 9,
    });
    assertEquals((await readStatus(database, { ...LIMITS, runs: 1 })).runs.length, 1);
  }));

Deno.test("readStatus() tells who writes, and whether that is still to be believed", () =>
  withIndex(async (database) => {
    const hold = (expiresAt: string) =>
      database.commit([{
        sql:
          "INSERT OR REPLACE INTO leases VALUES ('ingest', 'run-2', 'run-2', '2026-03-10T11:50:00.000Z', ?)",
        args: [expiresAt],
      }]);
    await database.commit(startRun(run("run-2", "2026-03-10T11:50:00.000Z")));
    await hold("2026-03-10T12:00:30.000Z");
    const held = await readStatus(database, LIMITS);
    assertEquals(held.writer, {
      runId: "run-2",
      since: "2026-03-10T11:50:00.000Z",
      expiresAt: "2026-03-10T12:00:30.000Z",
      stale: false,
    });
    assertEquals(held.runs[0]?.status, "running");
    await hold("2026-03-10T12:00:00.000Z");
    const stale = await readStatus(database, LIMITS);
    assertEquals(stale.writer?.stale, true);
    assertEquals(stale.runs[0]?.status, "killed");
  }));

Deno.test("readStatus() puts failures that are tried next first, at most so many, and counts all", () =>
  withIndex(async (database) => {
    const failure = (id: string, reason: string) => ({
      kind: "attachment" as const,
      id,
      spaceId: null,
      reason,
      message: `Cannot read ${id}`,
    });
    await database.commit(saveFailures([failure("att9", "invalid")], "run-1", "2026-03-02T00:00:00.000Z"));
    await database.commit(
      saveFailures(
        [failure("att1", "invalid"), failure("att2", "unreadable")],
        "run-1",
        "2026-03-01T00:00:00.000Z",
      ),
    );
    const { failures } = await readStatus(database, { ...LIMITS, failures: 2 });
    assertEquals(failures.total, 3);
    assertEquals([...failures.byReason], [["invalid", 2], ["unreadable", 1]]);
    assertEquals(failures.next.map(({ id, title }) => [id, title]), [["att1", null], ["att2", null]]);
  }));

Deno.test("readStatus() counts from indexes and reads no column of a page", () =>
  withIndex(async (database) => {
    const statements: string[] = [];
    const spy = {
      all: <T>(sql: string, args: readonly (string | number | null)[] = []): Promise<T[]> => {
        statements.push(sql);
        return database.all<T>(sql, args);
      },
      first: async <T>(sql: string, args: readonly (string | number | null)[] = []): Promise<T | undefined> =>
        (await spy.all<T>(sql, args))[0],
    };
    await readStatus(spy as Database, LIMITS);
    const counting = statements.filter((sql) => sql.includes("count(*)") && sql.includes("FROM pages"));
    assertEquals(counting.length, 1);
    const roots = await database.all<{ rootpage: number }>(
      "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name IN ('pages', 'attachments')",
    );
    const program = await database.all<{ opcode: string; p1: number; p2: number }>(`EXPLAIN ${counting[0]}`);
    const cursors = program.filter(({ opcode, p2 }) =>
      opcode === "OpenRead" && roots.some(({ rootpage }) => rootpage === p2)
    ).map(({ p1 }) => p1);
    const reads = program.filter(({ opcode, p1 }) => opcode === "Column" && cursors.includes(p1));
    assertEquals(reads, []);
    const plan = await database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${counting[0]}`);
    const used = plan.map(({ detail }) => detail).join("; ");
    assertStringIncludes(used, "USING INDEX pages_space");
    assertStringIncludes(used, "USING INDEX attachments_space");
  }));
