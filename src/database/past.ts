/** What earlier runs tell about the next one. @module */
import type { Readable } from "./readable.ts";

/** What an earlier run took. */
export interface PastRun {
  readonly requests: number;
  readonly durationMs: number;
  readonly bytes: number;
  /** Pages listed. */
  readonly pages: number;
  /** Attachments listed. */
  readonly attachments: number;
  /** Pages that came with their bodies. */
  readonly bodies: number;
}

/** The newest runs that came to an end of their own, at most `limit`. */
export function pastRuns(database: Readable, limit: number): Promise<PastRun[]> {
  return database.all<PastRun>(
    `SELECT metrics ->> 'requests' AS requests, metrics ->> 'duration_ms' AS durationMs,
       metrics ->> 'bytes_received' AS bytes, metrics ->> 'pages' AS pages, metrics ->> 'attachments' AS attachments,
       (SELECT coalesce(sum(CASE WHEN mode IN ('first', 'full') THEN listed ELSE added + updated END), 0)
        FROM run_spaces s WHERE s.run_id = r.id) AS bodies
     FROM runs r WHERE status IN ('complete', 'incomplete') AND metrics IS NOT NULL
     ORDER BY started_at DESC, id DESC LIMIT ?`,
    [limit],
  );
}

/** What reading the changes of a space brought on average. */
export interface Habit {
  /** Pages listed. */
  readonly listed: number;
  /** Pages added or updated. */
  readonly changed: number;
}

/** What the newest `limit` runs brought for each space whose changes they read. */
export async function deltaHabits(database: Readable, limit: number): Promise<Map<string, Habit>> {
  const rows = await database.all<Habit & { readonly spaceId: string }>(
    `SELECT space_id AS spaceId, avg(listed) AS listed, avg(added + updated) AS changed
     FROM run_spaces WHERE mode = 'delta' AND run_id IN (SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT ?)
     GROUP BY space_id`,
    [limit],
  );
  return new Map(rows.map((row) => [row.spaceId, row]));
}

/** How many attachments of each space are current and not deleted. */
export async function attachmentCounts(database: Readable): Promise<Map<string, number>> {
  const rows = await database.all<{ spaceId: string; n: number }>(
    `SELECT space_id AS spaceId, count(*) AS n FROM attachments WHERE is_current = 1 AND deleted_at IS NULL
     GROUP BY space_id`,
  );
  return new Map(rows.map((row) => [row.spaceId, row.n]));
}
