/** Folders, whiteboards, databases and embeds: what pages hang under besides pages. @module */
import type { Container } from "../model/mod.ts";
import type { Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** What something hangs under, as far as that something tells. */
export interface ContainerRef {
  readonly id: string;
  readonly type: string;
}

/** A container that could not be read. */
export interface UnreadContainer extends ContainerRef {
  readonly spaceId: string;
  /** Why, one sentence for people. */
  readonly note: string;
}

/**
 * Containers that pages of the space hang under, or containers of the space do, and that are still to be read.
 *
 * @param unless Those that this run has read are not; without it, those that any run has read.
 */
export function containersToRead(
  database: Readable,
  spaceId: string,
  unless: string | null,
): Promise<ContainerRef[]> {
  return database.all<ContainerRef>(
    `SELECT DISTINCT t.parent_id AS id, t.parent_type AS type FROM (
       SELECT parent_id, parent_type FROM pages WHERE space_id = ?1 AND is_current = 1 AND deleted_at IS NULL
       UNION ALL SELECT parent_id, parent_type FROM containers WHERE space_id = ?1) t
     WHERE t.parent_id IS NOT NULL AND t.parent_type <> 'page'
       AND NOT EXISTS (SELECT 1 FROM containers c WHERE c.id = t.parent_id AND (?2 IS NULL OR c.run_id = ?2))
     ORDER BY id`,
    [spaceId, unless],
  );
}

/** Of some ids, those that the index has a row for. */
export async function heldContainers(database: Readable, ids: readonly string[]): Promise<Set<string>> {
  const rows = await database.all<{ id: string }>(
    "SELECT id FROM containers WHERE id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ids)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Writes containers as they are now. */
export function saveContainers(
  rows: readonly Container[],
  stamp: { readonly spaceId: string; readonly runId: string; readonly fetchedAt: string },
): Statement[] {
  if (rows.length === 0) return [];
  return [{
    sql: `INSERT INTO containers (${COLUMNS.join(", ")}, run_id, fetched_at)
      SELECT ${COLUMNS.map((_, i) => `value ->> ${i}`).join(", ")}, ?, ? FROM json_each(?) WHERE true
      ON CONFLICT (id) DO UPDATE SET ${
      COLUMNS.map((name) => `${name} = excluded.${name}`).join(", ")
    }, note = NULL,
        run_id = excluded.run_id, fetched_at = excluded.fetched_at`,
    args: [stamp.runId, stamp.fetchedAt, JSON.stringify(rows.map((row) => valuesOf(row, stamp.spaceId)))],
  }];
}

const COLUMNS = [
  "id",
  "type",
  "status",
  "title",
  "space_id",
  "parent_id",
  "parent_type",
  "position",
  "author_id",
  "created_at",
  "updated_at",
  "url",
];

function valuesOf(row: Container, spaceId: string): readonly (string | number | null)[] {
  return [
    row.id,
    row.type,
    row.status,
    row.title,
    row.spaceId ?? spaceId,
    row.parentId,
    row.parentType,
    row.position,
    row.authorId,
    row.createdAt,
    row.updatedAt,
    row.url,
  ];
}

/** Notes why containers could not be read; what was known of them stays. */
export function saveUnreadContainers(
  rows: readonly UnreadContainer[],
  stamp: { readonly runId: string; readonly fetchedAt: string },
): Statement[] {
  if (rows.length === 0) return [];
  return [{
    sql: `INSERT INTO containers (id, type, space_id, note, run_id, fetched_at)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?, ? FROM json_each(?) WHERE true
      ON CONFLICT (id) DO UPDATE SET note = excluded.note, run_id = excluded.run_id, fetched_at = excluded.fetched_at`,
    args: [
      stamp.runId,
      stamp.fetchedAt,
      JSON.stringify(rows.map(({ id, type, spaceId, note }) => [id, type, spaceId, note])),
    ],
  }];
}

/** Where a container stands among the pages. */
export interface ContainerPlace {
  readonly id: string;
  readonly title: string;
  readonly spaceKey: string;
  readonly parentId: string | null;
}

/** Every container whose title is known, by id. */
export function containerPlaces(database: Readable): Promise<ContainerPlace[]> {
  return database.all<ContainerPlace>(
    `SELECT c.id, c.title, s.key AS spaceKey, c.parent_id AS parentId
     FROM containers c JOIN spaces s ON s.id = c.space_id WHERE c.title IS NOT NULL ORDER BY c.id`,
  );
}
