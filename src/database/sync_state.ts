/** Where the sync of each space stands. @module */
import type { Kind, Subject } from "../model/mod.ts";
import { CLOCK_ERROR } from "./clock_error.ts";
import type { Statement } from "./database.ts";
import { readAmong, readById } from "./in_parts.ts";
import type { Readable } from "./readable.ts";

/** When a space's missing pages are looked for. */
export type DeletionMode = "weekly_reconciliation" | "every_sync" | "on_demand";

/** Every {@linkcode DeletionMode}. */
export const DELETION_MODES: readonly DeletionMode[] = ["weekly_reconciliation", "every_sync", "on_demand"];

/** A reconciliation older than this is due, in milliseconds. */
const WEEK = 7 * 24 * 60 * 60 * 1000;
/** A job that runs once a week, or each night, never begins exactly a week after what it did last. */
const SLACK = 12 * 60 * 60 * 1000;

/**
 * Whether missing pages are to be looked for now.
 *
 * @param state The space's state; undefined for a space never ingested.
 * @param deletions What was chosen for the space.
 * @param forced Whether the user wants it now.
 * @param time Milliseconds since 1970, UTC.
 */
export function reconciliationDue(
  state: Pick<SyncState, "reconciledAt"> | undefined,
  deletions: DeletionMode,
  forced: boolean,
  time: number,
): boolean {
  if (forced || deletions === "every_sync") return true;
  if (deletions === "on_demand") return false;
  const last = state?.reconciledAt ?? null;
  // A time to come was written by a clock that was wrong, or is read by one: then nobody knows when it was.
  const age = last === null ? Infinity : time - Date.parse(last);
  return age >= WEEK - SLACK || age < -CLOCK_ERROR;
}

/** What a space is read for besides pages and attachments: when each was last read as a whole, null where it was not yet. */
export type ReadKinds = Readonly<Partial<Record<Kind, string | null>>>;

/** The state of one space between runs. */
export interface SyncState {
  readonly spaceId: string;
  /** The newest version time committed and covered by a complete reading; null before the first one ended. */
  readonly mark: string | null;
  readonly bodyFormat: string;
  /** `current` or `current,archived`: the statuses in scope. */
  readonly scope: string;
  readonly kinds: ReadKinds;
  readonly deletions: DeletionMode;
  /** When the last complete reconciliation started. */
  readonly reconciledAt: string | null;
  /** The next link of a first listing that has not ended. */
  readonly resumeLink: string | null;
  /** When that listing started, by the server's clock. */
  readonly resumeSince: string | null;
  /** When a run last ended well for this space. */
  readonly syncedAt: string | null;
  /** The mark before it was moved by runs that nobody proved afterwards; null where it is proved. */
  readonly unprovenSince: string | null;
  /** The digest of the credentials that moved it. */
  readonly unprovenBy: string | null;
}

const COLUMNS =
  `space_id AS spaceId, mark, body_format AS bodyFormat, scope, kinds, deletions, reconciled_at AS reconciledAt,
  resume_link AS resumeLink, resume_since AS resumeSince, synced_at AS syncedAt, unproven_since AS unprovenSince,
  unproven_by AS unprovenBy`;

/** Every space's state. */
export async function syncStates(database: Readable): Promise<Map<string, SyncState>> {
  const rows = await readById((after, most) =>
    database.all<StateRow & { readonly id: string }>(
      `SELECT space_id AS id, ${COLUMNS} FROM sync_state WHERE space_id > ? ORDER BY space_id LIMIT ?`,
      [after, most],
    )
  );
  return new Map(rows.map(({ id, ...row }) => [id, toState(row)]));
}

/** The states of those of `spaceIds` that have one. */
export async function statesAmong(
  database: Readable,
  spaceIds: readonly string[],
): Promise<Map<string, SyncState>> {
  const rows = await readAmong(spaceIds, (json) =>
    database.all<StateRow>(
      `SELECT ${COLUMNS} FROM sync_state WHERE space_id IN (SELECT value FROM json_each(?)) ORDER BY space_id`,
      [json],
    ));
  return new Map(rows.map((row) => [row.spaceId, toState(row)]));
}

type StateRow = Omit<SyncState, "kinds"> & { readonly kinds: string };

function toState(row: StateRow): SyncState {
  return { ...row, kinds: JSON.parse(row.kinds) };
}

/** Saves a space's whole state. It belongs in the transaction of the rows that it covers. */
export function saveSyncState(state: SyncState): Statement[] {
  return [{
    sql:
      `INSERT INTO sync_state (space_id, mark, body_format, scope, kinds, deletions, reconciled_at, resume_link, resume_since, synced_at,
        unproven_since, unproven_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (space_id) DO UPDATE SET mark = excluded.mark, body_format = excluded.body_format, scope = excluded.scope, kinds = excluded.kinds,
        deletions = excluded.deletions, reconciled_at = excluded.reconciled_at, resume_link = excluded.resume_link,
        resume_since = excluded.resume_since, synced_at = excluded.synced_at, unproven_since = excluded.unproven_since,
        unproven_by = excluded.unproven_by`,
    args: [
      state.spaceId,
      state.mark,
      state.bodyFormat,
      state.scope,
      JSON.stringify(state.kinds),
      state.deletions,
      state.reconciledAt,
      state.resumeLink,
      state.resumeSince,
      state.syncedAt,
      state.unprovenSince,
      state.unprovenBy,
    ],
  }];
}

/** Remembers ids that the listing in progress has seen. */
export function saveListedIds(
  spaceId: string,
  kind: Subject | "comment" | "attachment",
  ids: readonly string[],
): Statement[] {
  if (ids.length === 0) return [];
  return [{
    sql: "INSERT OR IGNORE INTO listed_ids SELECT ?, ?, value FROM json_each(?)",
    args: [spaceId, kind, JSON.stringify(ids)],
  }];
}

/** Forgets what a listing has seen: before it starts and after it ended. The listing of pages ends last, and all others with it. */
export function clearListedIds(spaceId: string, subject: Subject = "page"): Statement[] {
  if (subject === "blogpost") {
    return [{ sql: "DELETE FROM listed_ids WHERE space_id = ? AND kind = 'blogpost'", args: [spaceId] }];
  }
  return ["listed_ids", "listed_labels"].map((table) => ({
    sql: `DELETE FROM ${table} WHERE space_id = ?`,
    args: [spaceId],
  }));
}
