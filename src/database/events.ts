/** The change feed: one row per change that a run saw. @module */
import type { Subject } from "../model/mod.ts";
import type { Statement } from "./database.ts";
import { inParts } from "./in_parts.ts";
import type { Readable } from "./readable.ts";

/** What can happen to a page, a blog post or an attachment. */
export type EventKind =
  | "added"
  | "updated"
  | "renamed"
  | "moved"
  | "archived"
  | "trashed"
  | "gone"
  | "restored"
  | "labeled";

/** One change: what, to whom, from which value to which. */
export interface ChangeEvent {
  readonly kind: EventKind;
  readonly subject: Subject | "comment" | "attachment";
  readonly subjectId: string;
  /** The version after the change; null where it has none. */
  readonly version: number | null;
  readonly spaceId: string;
  /** Title for renames, space and parent for moves, version number for updates. */
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

/** Records changes of one run, in order. */
export function saveEvents(events: readonly ChangeEvent[], runId: string, createdAt: string): Statement[] {
  const rows = events.map((e) => [
    e.kind,
    e.subject,
    e.subjectId,
    e.version,
    e.spaceId,
    e.oldValue,
    e.newValue,
  ]);
  return inParts(rows, (json) => ({
    sql:
      `INSERT INTO events (run_id, kind, subject, subject_id, version, space_id, old_value, new_value, created_at)
      SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, ?2
      FROM json_each(?3) ORDER BY key`,
    args: [runId, createdAt, json],
  }));
}

/** The number of the newest event; 0 where there is none. */
export async function newestEvent(database: Readable): Promise<number> {
  const row = await database.first<{ id: number | null }>("SELECT max(id) AS id FROM events");
  return row?.id ?? 0;
}

/** Ids of the spaces whose pages and blog posts other runs have changed, brought or taken away since an event. */
export async function spacesChangedByOthers(
  database: Readable,
  runId: string,
  since: number,
): Promise<Set<string>> {
  const rows = await database.all<{ spaceId: string }>(
    `SELECT space_id AS spaceId FROM events WHERE id > ?1 AND run_id <> ?2 AND subject IN ('page', 'blogpost')
     UNION SELECT old_value ->> 'space_id' FROM events
     WHERE id > ?1 AND run_id <> ?2 AND subject IN ('page', 'blogpost') AND kind = 'moved' AND json_valid(old_value)`,
    [since, runId],
  );
  return new Set(rows.map(({ spaceId }) => spaceId));
}
