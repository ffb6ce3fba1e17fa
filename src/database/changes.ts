/** The change feed as people read it: events with the names of what they are about. @module */
import type { ChangeEvent, EventKind } from "./events.ts";
import type { Readable } from "./readable.ts";
import type { Run } from "./runs.ts";

/** One change of the feed. */
export interface Change {
  /** Its place in the feed; numbers only rise. */
  readonly id: number;
  readonly runId: string;
  /** When the run saw it. */
  readonly at: string;
  readonly kind: EventKind;
  readonly subject: ChangeEvent["subject"];
  readonly subjectId: string;
  /** The version after the change; null where it has none. */
  readonly version: number | null;
  /** The title or file name at that version, else the newest one; null where the index has none. */
  readonly title: string | null;
  readonly spaceId: string;
  readonly spaceKey: string;
  /** As the event has it; the place of a moved page as JSON. */
  readonly oldValue: string | null;
  readonly newValue: string | null;
  /** Titles of the pages it was moved from and to, where the index knows them. */
  readonly oldParent: string | null;
  readonly newParent: string | null;
}

/** Which changes are wanted. */
export interface ChangeFilter {
  readonly runIds: readonly string[];
  readonly subject: ChangeEvent["subject"] | null;
  /** Of this space, or moved out of it. */
  readonly spaceId: string | null;
}

/** Whether a change has places. A tombstone `moved` has none, and an attachment's is a page id. */
const HAS_PLACES = "e.kind = 'moved' AND e.subject IN ('page', 'blogpost') AND e.new_value LIKE '{%'";

/** The part of the feed that some runs may have written: from the first id to the last; null where they wrote none. */
export async function changeRange(
  database: Readable,
  runIds: readonly string[],
): Promise<{ readonly first: number; readonly last: number } | null> {
  const row = await database.first<{ first: number | null; last: number | null }>(
    "SELECT min(id) AS first, max(id) AS last FROM events WHERE run_id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(runIds)],
  );
  return row === undefined || row.first === null || row.last === null
    ? null
    : { first: row.first, last: row.last };
}

/** Changes after `afterId` and up to `lastId`, in order, at most `limit`. */
export function changesAfter(
  database: Readable,
  filter: ChangeFilter,
  afterId: number,
  lastId: number,
  limit: number,
): Promise<Change[]> {
  // The + keeps SQLite on the feed's own order: the runs of a range lie side by side in it, so nothing has to be sorted.
  return database.all<Change>(
    `SELECT e.id, e.run_id AS runId, e.created_at AS at, e.kind, e.subject, e.subject_id AS subjectId, e.version,
       CASE e.subject
         WHEN 'page' THEN coalesce(
           (SELECT title FROM pages WHERE id = e.subject_id AND version = e.version),
           (SELECT title FROM pages WHERE id = e.subject_id AND is_current = 1))
         WHEN 'blogpost' THEN coalesce(
           (SELECT title FROM blog_posts WHERE id = e.subject_id AND version = e.version),
           (SELECT title FROM blog_posts WHERE id = e.subject_id AND is_current = 1))
         ELSE coalesce(
           (SELECT filename FROM attachments WHERE id = e.subject_id AND version = e.version),
           (SELECT filename FROM attachments WHERE id = e.subject_id AND is_current = 1))
       END AS title,
       e.space_id AS spaceId, coalesce(s.key, e.space_id) AS spaceKey, e.old_value AS oldValue, e.new_value AS newValue,
       ${titleOf(parentOf("e.old_value"))} AS oldParent,
       ${titleOf(parentOf("e.new_value"))} AS newParent
     FROM events e LEFT JOIN spaces s ON s.id = e.space_id
     WHERE e.id > ?1 AND e.id <= ?2 AND +e.run_id IN (SELECT value FROM json_each(?3)) AND (?4 IS NULL OR e.subject = ?4)
       AND (?5 IS NULL OR e.space_id = ?5 OR CASE WHEN ${HAS_PLACES} THEN e.old_value ->> 'space_id' = ?5 ELSE 0 END)
     ORDER BY e.id LIMIT ?6`,
    [afterId, lastId, JSON.stringify(filter.runIds), filter.subject, filter.spaceId, limit],
  );
}

function titleOf(id: string): string {
  return `coalesce((SELECT title FROM pages WHERE is_current = 1 AND id = ${id}), (SELECT title FROM containers WHERE id = ${id}))`;
}

function parentOf(value: string): string {
  return `CASE WHEN ${HAS_PLACES} THEN ${value} ->> 'parent_id' END`;
}

/** Ids of the runs that started after `after` and not after `until`, in the order of their start. */
export async function runsBetween(
  database: Readable,
  after: Pick<Run, "id" | "startedAt">,
  until: Pick<Run, "id" | "startedAt">,
): Promise<string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM runs WHERE (started_at, id) > (?, ?) AND (started_at, id) <= (?, ?) ORDER BY started_at, id`,
    [after.startedAt, after.id, until.startedAt, until.id],
  );
  return rows.map(({ id }) => id);
}

/** Keys of every space of the index, by id. */
export async function spaceKeys(database: Readable): Promise<Map<string, string>> {
  const rows = await database.all<{ id: string; key: string }>("SELECT id, key FROM spaces ORDER BY key, id");
  return new Map(rows.map(({ id, key }) => [id, key]));
}
