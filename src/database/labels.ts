/** The labels of pages: as a listing finds them, and as the index holds them. @module */
import type { Space } from "../model/mod.ts";
import type { Statement } from "./database.ts";
import type { Shown } from "./failures.ts";
import type { Readable } from "./readable.ts";

/** A page's labels as `pages.labels` has them. */
export interface LabelRow {
  readonly pageId: string;
  /** A JSON list, in order. */
  readonly labels: string;
}

/** Labels as the search shows them, with the version of their page. */
export interface SearchedLabels extends LabelRow {
  /** Null where the search does not say. */
  readonly version: number | null;
  /** When that version was made, ISO 8601 UTC. */
  readonly updatedAt: string | null;
}

/** The labels of a page's newest version in the index, and those that were found. */
export interface HeldLabels {
  readonly pageId: string;
  readonly version: number;
  readonly spaceId: string;
  /** Null where they were never read. */
  readonly held: string | null;
  readonly found: string;
}

/** Remembers labels that the listing in progress has seen; the index itself stays as it is. */
export function saveListedLabels(spaceId: string, rows: readonly SearchedLabels[]): Statement[] {
  if (rows.length === 0) return [];
  return [{
    sql: `INSERT INTO listed_labels (space_id, page_id, labels, version, updated_at)
      SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
      ON CONFLICT (space_id, page_id) DO UPDATE SET labels = excluded.labels, version = excluded.version, updated_at = excluded.updated_at`,
    args: [
      spaceId,
      JSON.stringify(
        rows.map(({ pageId, labels, version, updatedAt }) => [pageId, labels, version, updatedAt]),
      ),
    ],
  }];
}

/**
 * Pages that the search for labels has shown, and the index lacks, or holds in an older version or in another space; those in quarantine left
 * out. A few at a time, by id.
 *
 * @param after The last id that was given; empty at first.
 */
export async function passedBy(
  database: Readable,
  spaceId: string,
  after: string,
): Promise<Map<string, Shown>> {
  const rows = await database.all<{ id: string; version: number | null; at: string | null }>(
    `SELECT l.page_id AS id, l.version, l.updated_at AS at
     FROM listed_labels l LEFT JOIN pages p ON p.id = l.page_id AND p.is_current = 1
     WHERE l.space_id = ?1 AND l.page_id > ?2 AND (p.id IS NULL OR p.deleted_at IS NOT NULL OR p.space_id <> l.space_id
         OR l.version > p.version AND l.updated_at > p.updated_at
         OR l.version = p.version AND julianday(l.updated_at) - julianday(p.updated_at) >= 1.0 / 1440)
       AND NOT EXISTS (SELECT 1 FROM failures f WHERE f.kind = 'page' AND f.id = l.page_id)
     ORDER BY l.page_id LIMIT 250`,
    [spaceId, after],
  );
  return new Map(rows.map(({ id, version, at }) => [id, { version: version ?? 0, at }]));
}

/** What the listing in progress has seen of pages. */
export async function listedLabels(
  database: Readable,
  spaceId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await database.all<LabelRow>(
    `SELECT page_id AS pageId, labels FROM listed_labels
     WHERE space_id = ?1 AND page_id IN (SELECT value FROM json_each(?2))`,
    [spaceId, JSON.stringify(ids)],
  );
  return new Map(rows.map((row) => [row.pageId, row.labels]));
}

const HELD = "p.id AS pageId, p.version, p.space_id AS spaceId, p.labels AS held";

/** Pages whose labels the index holds otherwise than the listing in progress has seen them, a few at a time, by id. */
export function relabelled(database: Readable, spaceId: string, after: string): Promise<HeldLabels[]> {
  return database.all<HeldLabels>(
    `SELECT ${HELD}, l.labels AS found FROM listed_labels l JOIN pages p ON p.id = l.page_id
     WHERE l.space_id = ?1 AND p.space_id = ?1 AND l.page_id > ?2 AND p.is_current = 1 AND p.deleted_at IS NULL AND p.labels IS NOT l.labels
     ORDER BY l.page_id LIMIT 250`,
    [spaceId, after],
  );
}

/** Of pages whose labels were found, those that the index holds otherwise. */
export function labelsThatDiffer(database: Readable, rows: readonly LabelRow[]): Promise<HeldLabels[]> {
  return database.all<HeldLabels>(
    `SELECT ${HELD}, found.labels AS found
     FROM (SELECT value ->> 0 AS page_id, value ->> 1 AS labels FROM json_each(?)) found JOIN pages p ON p.id = found.page_id
     WHERE p.is_current = 1 AND p.deleted_at IS NULL AND p.labels IS NOT found.labels ORDER BY p.id`,
    [toJson(rows)],
  );
}

/** Ids of the space's pages whose labels the listing in progress has not seen, a few at a time. */
export async function unlabelledPages(
  database: Readable,
  { id, key }: Pick<Space, "id" | "key">,
  options: {
    /** The last id that was given; empty at first. */
    readonly after: string;
    /** Whether pages count only where the listing of pages has shown them. */
    readonly listedOnly: boolean;
  },
): Promise<string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM pages WHERE space_key = ?2 AND space_id = ?1 AND is_current = 1 AND deleted_at IS NULL AND id > ?3
       AND id NOT IN (SELECT page_id FROM listed_labels WHERE space_id = ?1)
       AND (NOT ?4 OR id IN (SELECT id FROM listed_ids WHERE space_id = ?1 AND kind = 'page'))
     ORDER BY id LIMIT 500`,
    [id, key, options.after, options.listedOnly ? 1 : 0],
  );
  return rows.map((row) => row.id);
}

/**
 * Of pages, those that a run has brought in, or back, although they are older than it.
 *
 * @param before When they were made at the latest, ISO 8601 UTC.
 */
export async function arrivalsAmong(
  database: Readable,
  runId: string,
  ids: readonly string[],
  before: string,
): Promise<string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT DISTINCT p.id FROM json_each(?2) ids JOIN pages p ON p.id = ids.value AND p.is_current = 1
     JOIN events e ON e.subject = 'page' AND e.subject_id = p.id
     WHERE e.run_id = ?1 AND e.kind IN ('added', 'restored') AND p.status = 'current' AND p.created_at < ?3`,
    [runId, JSON.stringify(ids), before],
  );
  return rows.map(({ id }) => id);
}

/** Writes labels of pages' newest versions. The run that does it has changed the page, unless it was only found to have none. */
export function saveLabels(rows: readonly LabelRow[], runId: string): Statement[] {
  if (rows.length === 0) return [];
  return [{
    sql: `UPDATE pages SET labels = found.labels,
        run_id = iif(pages.labels IS NULL AND found.labels = '[]', run_id, ?)
      FROM (SELECT value ->> 0 AS page_id, value ->> 1 AS labels FROM json_each(?)) found
      WHERE pages.id = found.page_id AND pages.is_current = 1`,
    args: [runId, toJson(rows)],
  }];
}

function toJson(rows: readonly LabelRow[]): string {
  return JSON.stringify(rows.map(({ pageId, labels }) => [pageId, labels]));
}
