/** The quarantine: what could not be read, retried with growing pauses. @module */
import type { Statement } from "./database.ts";
import { inParts, readAmong } from "./in_parts.ts";
import type { Readable } from "./readable.ts";

/** What went wrong with one page, attachment or space, or with the labels of a page. */
export interface Failure {
  /** `file`: the file of an attachment. `history`: earlier versions of a page. */
  readonly kind: "page" | "blogpost" | "comment" | "attachment" | "file" | "labels" | "history" | "space";
  readonly id: string;
  readonly spaceId: string | null;
  /** A word for programs: `body`, `invalid`, `forbidden`, `doubtful`, … */
  readonly reason: string;
  /** One sentence for people, without secrets. */
  readonly message: string;
  /** The version that was shown before it could not be read, where one was. */
  readonly shownVersion?: number | null;
  /** When that version was made, ISO 8601 UTC; null where it is not known. */
  readonly shownAt?: string | null;
}

/** A failure on record. */
export interface RecordedFailure extends Failure {
  readonly attempts: number;
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
  readonly nextTryAt: string;
  readonly runId: string;
}

const COLUMNS = `kind, id, space_id AS spaceId, reason, message, attempts, first_failed_at AS firstFailedAt,
  last_failed_at AS lastFailedAt, next_try_at AS nextTryAt, run_id AS runId, shown_version AS shownVersion,
  shown_at AS shownAt`;

/** Records failures: the first is tried again in the next run, later ones after 1 h, 2 h, 4 h … up to a week. */
export function saveFailures(failures: readonly Failure[], runId: string, now: string): Statement[] {
  return failures.map((failure) => ({
    sql:
      `INSERT INTO failures (kind, id, space_id, reason, message, attempts, first_failed_at, last_failed_at, next_try_at, run_id, shown_version,
        shown_at)
      VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, ?6, ?7, ?8, ?9)
      ON CONFLICT (kind, id) DO UPDATE SET space_id = excluded.space_id, reason = excluded.reason, message = excluded.message,
        attempts = attempts + 1, last_failed_at = excluded.last_failed_at, run_id = excluded.run_id,
        shown_version = iif(${
        isNewer("excluded.shown_version", "excluded.shown_at")
      }, excluded.shown_version, shown_version),
        shown_at = iif(${
        isNewer("excluded.shown_version", "excluded.shown_at")
      }, excluded.shown_at, shown_at),
        next_try_at = strftime('%Y-%m-%dT%H:%M:%fZ', excluded.last_failed_at, '+' || min(168, 1 << min(attempts - 1, 8)) || ' hours')`,
    args: [
      failure.kind,
      failure.id,
      failure.spaceId,
      failure.reason,
      failure.message,
      now,
      runId,
      failure.shownVersion ?? null,
      failure.shownAt ?? null,
    ],
  }));
}

/** Forgets failures of things that were read after all, or are gone. */
export function clearFailures(kind: Failure["kind"], ids: readonly string[]): Statement[] {
  return inParts(ids, (json) => ({
    sql: "DELETE FROM failures WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
    args: [kind, json],
  }));
}

/** A version that was shown of a page. */
export interface Shown {
  readonly version: number;
  /** When it was made, ISO 8601 UTC; null where that was not told. */
  readonly at: string | null;
}

/** Whether a version is newer than the one on record, by time where both have one: numbers may move down. */
function isNewer(version: string, at: string): string {
  return `coalesce(${at} > failures.shown_at, ${version} >= coalesce(failures.shown_version, 0), 0)`;
}

/** A page that was read after all. */
export interface ReadPage {
  readonly id: string;
  readonly version: number;
  /** When this version was made, ISO 8601 UTC. */
  readonly createdAt: string;
  /** When it was asked for, ISO 8601 UTC. */
  readonly askedAt: string;
}

/**
 * Forgets failures of pages that were read after all: unless a newer version was shown of them, or they failed since these were asked for.
 *
 * @param now What failed later than that was stamped by a clock that went wrong.
 */
export function clearReadFailures(
  kind: Failure["kind"],
  pages: readonly ReadPage[],
  now: { readonly at: string; readonly full: boolean },
): Statement[] {
  if (pages.length === 0) return [];
  return [{
    sql: `DELETE FROM failures WHERE kind = ?1 AND id IN (SELECT value ->> '$.id' FROM json_each(?2))
      AND EXISTS (SELECT 1 FROM json_each(?2) WHERE value ->> '$.id' = failures.id
        AND (?4 OR coalesce(shown_version, 0) <= value ->> '$.version' OR shown_at <= value ->> '$.createdAt')
        AND (last_failed_at <= value ->> '$.askedAt' OR last_failed_at > ?3))`,
    args: [kind, JSON.stringify(pages), now.at, now.full],
  }];
}

/** Forgets failures as they were read: one that was put on record again since, by this run or another, stays. */
export function clearStaleFailures(kind: Failure["kind"], failures: readonly RecordedFailure[]): Statement[] {
  return inParts(failures.map(({ id, runId }) => [id, runId]), (json) => ({
    sql: `DELETE FROM failures
      WHERE kind = ?1 AND (id, run_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))`,
    args: [kind, json],
  }));
}

/** Forgets failures of kinds that a space is not read for any more. */
export function forgetFailures(spaceId: string, kinds: readonly Failure["kind"][]): Statement[] {
  if (kinds.length === 0) return [];
  return [{
    sql: "DELETE FROM failures WHERE space_id = ? AND kind IN (SELECT value FROM json_each(?))",
    args: [spaceId, JSON.stringify(kinds)],
  }];
}

/** Remembers newer versions that were shown of what waits in quarantine. */
export function saveShownVersions(kind: Failure["kind"], shown: ReadonlyMap<string, Shown>): Statement[] {
  if (shown.size === 0) return [];
  return [{
    sql: `UPDATE failures SET shown_version = s.version, shown_at = s.at
      FROM (SELECT value ->> 0 AS id, value ->> 1 AS version, value ->> 2 AS at FROM json_each(?2)) s
      WHERE kind = ?1 AND failures.id = s.id AND ${isNewer("s.version", "s.at")}`,
    args: [kind, JSON.stringify([...shown].map(([id, { version, at }]) => [id, version, at]))],
  }];
}

/** Failures of a space, those due at `now` only when it is given. */
export function failuresOf(
  database: Readable,
  spaceId: string,
  kind: Failure["kind"],
  now?: string,
): Promise<RecordedFailure[]> {
  return database.all<RecordedFailure>(
    `SELECT ${COLUMNS} FROM failures WHERE space_id = ?1 AND kind = ?2 AND (?3 IS NULL OR next_try_at <= ?3) ORDER BY id`,
    [spaceId, kind, now ?? null],
  );
}

/** Failures of pages, wherever these are. */
export function failuresAmong(
  database: Readable,
  kind: Failure["kind"],
  ids: readonly string[],
): Promise<RecordedFailure[]> {
  return readAmong(ids, (json) =>
    database.all<RecordedFailure>(
      `SELECT ${COLUMNS} FROM failures WHERE kind = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
      [kind, json],
    ));
}

/** Every failure on record, by space and id. */
export function allFailures(database: Readable): Promise<RecordedFailure[]> {
  return database.all<RecordedFailure>(`SELECT ${COLUMNS} FROM failures ORDER BY space_id, kind, id`);
}
