/** The change feed: one row per change that a run saw. @module */
import type { Subject } from "../model/mod.ts";
import type { Statement } from "./database.ts";

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
  readonly subject: Subject | "attachment";
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
  if (events.length === 0) return [];
  return [{
    sql:
      `INSERT INTO events (run_id, kind, subject, subject_id, version, space_id, old_value, new_value, created_at)
      SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, ?2
      FROM json_each(?3) ORDER BY key`,
    args: [
      runId,
      createdAt,
      JSON.stringify(
        events.map((e) => [e.kind, e.subject, e.subjectId, e.version, e.spaceId, e.oldValue, e.newValue]),
      ),
    ],
  }];
}
