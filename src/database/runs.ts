/** The runs on record: what was asked, when, and how it ended. @module */
import { beyondBelief } from "./clock_error.ts";
import type { Statement } from "./database.ts";
import { inParts } from "./in_parts.ts";
import { saveMeta } from "./meta.ts";
import type { Readable } from "./readable.ts";

/** How a run ended, or that it has not. */
export type RunStatus = "running" | "complete" | "incomplete" | "failed" | "interrupted";

/** One run on record. */
export interface Run {
  readonly id: string;
  readonly command: string;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly status: RunStatus;
  /** The arguments as JSON, without secrets. */
  readonly args: string;
  /** The metrics as JSON; null while it runs. */
  readonly metrics: string | null;
  readonly toolVersion: string;
}

/** The accounting of one space in one run; see the table `run_spaces`. */
export interface SpaceAccount {
  readonly spaceId: string;
  readonly mode: string;
  readonly status: string;
  readonly listed: number;
  readonly unchanged: number;
  readonly added: number;
  readonly updated: number;
  readonly restored: number;
  readonly skipped: number;
  readonly failed: number;
  readonly deleted: number;
  readonly movedIn: number;
  readonly movedOut: number;
  readonly countBefore: number;
  readonly countAfter: number;
  /** Reasons and numbers as JSON. */
  readonly detail: string | null;
}

const COLUMNS = `id, command, started_at AS startedAt, completed_at AS completedAt, status, args, metrics,
  tool_version AS toolVersion`;

/** Starts a run; runs that a kill left behind, which hold no lease any more, are closed as interrupted. */
export function startRun(run: Run): Statement[] {
  return [
    {
      sql: `UPDATE runs SET status = 'interrupted', completed_at = coalesce(completed_at, ?)
        WHERE status = 'running' AND id NOT IN (SELECT run_id FROM leases)`,
      args: [run.startedAt],
    },
    {
      sql: "INSERT INTO runs (id, command, started_at, status, args, tool_version) VALUES (?, ?, ?, ?, ?, ?)",
      args: [run.id, run.command, run.startedAt, run.status, run.args, run.toolVersion],
    },
  ];
}

/** Ends a run. */
export function endRun(run: Pick<Run, "id" | "completedAt" | "status" | "metrics">): Statement[] {
  return [{
    sql: "UPDATE runs SET completed_at = ?, status = ?, metrics = ? WHERE id = ?",
    args: [run.completedAt, run.status, run.metrics, run.id],
  }];
}

/** Stores the accounting of one space. */
export function saveAccount(runId: string, account: SpaceAccount): Statement[] {
  return [{
    sql:
      `INSERT OR REPLACE INTO run_spaces (run_id, space_id, mode, status, listed, unchanged, added, updated, restored, skipped,
        failed, deleted, moved_in, moved_out, count_before, count_after, detail)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    args: [
      runId,
      account.spaceId,
      account.mode,
      account.status,
      account.listed,
      account.unchanged,
      account.added,
      account.updated,
      account.restored,
      account.skipped,
      account.failed,
      account.deleted,
      account.movedIn,
      account.movedOut,
      account.countBefore,
      account.countAfter,
      account.detail,
    ],
  }];
}

/** One run, or undefined. */
export function findRun(database: Readable, id: string): Promise<Run | undefined> {
  return database.first<Run>(`SELECT ${COLUMNS} FROM runs WHERE id = ?`, [id]);
}

/** The newest runs first. */
export function latestRuns(database: Readable, limit: number): Promise<Run[]> {
  return database.all<Run>(`SELECT ${COLUMNS} FROM runs ORDER BY started_at DESC, id DESC LIMIT ?`, [limit]);
}

/** The accounting of every space in a run, by space key. */
export function accountsOf(
  database: Readable,
  runId: string,
): Promise<(SpaceAccount & { readonly spaceKey: string })[]> {
  return database.all(
    `SELECT a.space_id AS spaceId, coalesce(s.key, a.space_id) AS spaceKey, mode, a.status, listed, unchanged, added, updated, restored,
       skipped, failed, deleted, moved_in AS movedIn, moved_out AS movedOut, count_before AS countBefore,
       count_after AS countAfter, detail
     FROM run_spaces a LEFT JOIN spaces s ON s.id = a.space_id WHERE run_id = ? ORDER BY spaceKey, a.space_id`,
    [runId],
  );
}

/** A fact for each run whose artifacts are written, or by which run they are being written. */
const ARTIFACTS = "artifacts of ";
const WRITTEN = "written";
/** The folder that each run writes to. */
const FOLDER = "folder of ";
/**
 * A condition: whether a run that was to write artifacts has not come to it. Runs of the library are to write none.
 *
 * @param run What the query calls its row of `runs`.
 */
export function owesArtifacts(run: string): string {
  return `EXISTS (SELECT 1 FROM pages WHERE run_id = ${run}.id)
    AND EXISTS (SELECT 1 FROM meta WHERE key = '${FOLDER}' || ${run}.id)`;
}

/** Forgets of runs that are no more whether their artifacts were written. */
export function forgetArtifacts(runIds: readonly string[]): Statement[] {
  return inParts(runIds, (json) => ({
    sql: "DELETE FROM meta WHERE key IN (SELECT e.value || j.value FROM json_each(?) e, json_each(?) j)",
    args: [JSON.stringify([ARTIFACTS, FOLDER]), json],
  }));
}

/** How long a run's own job has to come back, in milliseconds. */
const PATIENCE = 2 * 24 * 60 * 60_000;

/** Remembers where a run is to write to. */
export function saveRunFolder(runId: string, folder: string): Statement[] {
  return saveMeta(`${FOLDER}${runId}`, folder);
}

/**
 * Runs that ended before a run began, brought or removed pages, and came to no artifacts: killed, stopped by an error, or out of disk.
 * Oldest first.
 *
 * @param runId The run.
 * @param folder The folder that the run writes to. Those that were to write to another have two days to come back for it.
 * @param time Now, milliseconds.
 */
export async function runsOwingArtifacts(
  database: Readable,
  runId: string,
  folder: string,
  time: number,
): Promise<string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM runs WHERE status <> 'running' AND id <> ?1
       AND (completed_at <= ?3 OR coalesce((SELECT value FROM meta WHERE key = '${FOLDER}' || runs.id), ?2) = ?2)
       AND (completed_at <= (SELECT started_at FROM runs WHERE id = ?1) OR completed_at > ?4)
       AND NOT EXISTS (SELECT 1 FROM meta WHERE key = '${ARTIFACTS}' || runs.id AND value = '${WRITTEN}')
       AND EXISTS (SELECT 1 FROM pages WHERE run_id = runs.id)
       AND NOT EXISTS (SELECT 1 FROM leases WHERE run_id = runs.id)
     ORDER BY started_at, id`,
    [
      runId,
      folder,
      new Date(time - PATIENCE).toISOString(),
      beyondBelief(new Date(time).toISOString()),
    ],
  );
  return rows.map((row) => row.id);
}

/**
 * Takes it upon a run to write what another owes. Where they are written by now, or a run that is alive is at it, nothing is changed.
 *
 * @param by The run that will write them.
 */
export function claimArtifacts(runId: string, by: string): Statement[] {
  return [{
    sql: `INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
      WHERE value <> ?3 AND value NOT IN (SELECT run_id FROM leases)`,
    args: [`${ARTIFACTS}${runId}`, by, WRITTEN],
  }];
}

/** Remembers that the artifacts of a run were written. */
export function saveArtifactsWritten(runId: string): Statement[] {
  return [
    ...saveMeta(`${ARTIFACTS}${runId}`, WRITTEN),
    // Nobody needs to know any more where they were to go.
    { sql: "DELETE FROM meta WHERE key = ?", args: [`${FOLDER}${runId}`] },
  ];
}
