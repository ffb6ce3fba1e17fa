/** What runs leave open: spaces to be compared, since what belongs to their pages was not all read. @module */
import type { Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** Owed by a page that moved, and by nobody who would settle it in the same run. */
export const BY_MOVES = "moves";
/** Owed by a space that got another key, came back from the archive, or was out of sight: the search follows it piece by piece. */
export const BY_SPACES = "spaces";

/** One comparison that is owed. */
export interface OwedComparison {
  /** The space to be compared. */
  readonly spaceId: string;
  /** The id of the space whose reading owes it, {@linkcode BY_MOVES}, or {@linkcode BY_SPACES}. */
  readonly owedBy: string;
  readonly runId: string;
}

/** All that is owed. */
export function owedComparisons(database: Readable): Promise<OwedComparison[]> {
  return database.all<OwedComparison>(
    "SELECT space_id AS spaceId, owed_by AS owedBy, run_id AS runId FROM owed_comparisons ORDER BY space_id, owed_by, run_id",
  );
}

/** Has the next run compare spaces, unless this one lives to settle it. */
export function oweComparisons(spaceIds: readonly string[], owedBy: string, runId: string): Statement[] {
  if (spaceIds.length === 0) return [];
  return [{
    sql: "INSERT OR IGNORE INTO owed_comparisons SELECT value, ?, ? FROM json_each(?)",
    args: [owedBy, runId, JSON.stringify(spaceIds)],
  }];
}

/** Takes back what the reading of a space owed in a run. */
export function settleComparisons(owedBy: string, runId: string): Statement[] {
  return [{ sql: "DELETE FROM owed_comparisons WHERE owed_by = ? AND run_id = ?", args: [owedBy, runId] }];
}

/** Forgets what a comparison has done away with. */
export function clearComparisons(owed: readonly OwedComparison[]): Statement[] {
  return owed.map(({ spaceId, owedBy, runId }) => ({
    sql: "DELETE FROM owed_comparisons WHERE space_id = ? AND owed_by = ? AND run_id = ?",
    args: [spaceId, owedBy, runId],
  }));
}
