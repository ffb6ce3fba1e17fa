/** Reading rows for artifacts, in a fixed order and a few at a time. @module */
import type { Database } from "./database.ts";

/** A page as artifacts need it. */
export interface ExportedPage {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly title: string;
  readonly spaceId: string;
  readonly spaceKey: string;
  readonly parentId: string | null;
  readonly parentType: string | null;
  readonly position: number | null;
  readonly authorId: string | null;
  readonly ownerId: string | null;
  readonly subtype: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly versionMessage: string;
  readonly versionAuthorId: string | null;
  readonly minorEdit: number;
  readonly url: string;
  /** JSON list of names; null where labels were not ingested. */
  readonly labels: string | null;
  readonly runId: string;
  readonly bodyFormat: string | null;
  readonly body: string | null;
}

/** An attachment as artifacts need it. */
export interface ExportedAttachment {
  readonly id: string;
  readonly pageId: string;
  readonly filename: string;
  readonly mediaType: string | null;
  readonly fileSize: number | null;
  readonly downloadUrl: string;
}

/** A tombstone as artifacts need it. */
export interface ExportedTombstone {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly spaceKey: string;
  readonly reason: string;
  readonly deletedAt: string;
}

/** How far an export has come: the last row's place in the order by space key and id. */
export interface Place {
  readonly spaceKey: string;
  readonly id: string;
}

const COLUMNS =
  `id, version, status, title, space_id AS spaceId, space_key AS spaceKey, parent_id AS parentId,
  parent_type AS parentType, position, author_id AS authorId, owner_id AS ownerId, subtype, created_at AS createdAt,
  updated_at AS updatedAt, version_message AS versionMessage, version_author_id AS versionAuthorId, minor_edit AS minorEdit,
  url, labels, run_id AS runId, body_format AS bodyFormat, body`;
const AFTER = "(space_key, id) > (?2, ?3) ORDER BY space_key, id LIMIT ?4";

/** The pages that a run wrote (its newest version of each), or the whole current state where `runId` is null. */
export function pagesToExport(
  database: Database,
  runId: string | null,
  after: Place,
  limit: number,
): Promise<ExportedPage[]> {
  const from = runId === null
    ? `FROM pages WHERE ?1 IS NULL AND is_current = 1 AND deleted_at IS NULL AND ${AFTER}`
    : `FROM pages p WHERE run_id = ?1 AND deleted_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM pages n WHERE n.id = p.id AND n.version > p.version AND n.run_id = p.run_id) AND ${AFTER}`;
  return database.all<ExportedPage>(`SELECT ${COLUMNS} ${from}`, [runId, after.spaceKey, after.id, limit]);
}

/** The current attachments of pages, by page and id. */
export async function attachmentsToExport(
  database: Database,
  pageIds: readonly string[],
): Promise<Map<string, ExportedAttachment[]>> {
  const rows = await database.all<ExportedAttachment>(
    `SELECT id, page_id AS pageId, filename, media_type AS mediaType, file_size AS fileSize, download_url AS downloadUrl
     FROM attachments WHERE is_current = 1 AND deleted_at IS NULL AND page_id IN (SELECT value FROM json_each(?)) ORDER BY page_id, id`,
    [JSON.stringify(pageIds)],
  );
  return Map.groupBy(rows, (row) => row.pageId);
}

/** The tombstones that a run set, or all of them where `runId` is null. */
export function tombstonesToExport(
  database: Database,
  runId: string | null,
  after: Place,
  limit: number,
): Promise<ExportedTombstone[]> {
  return database.all<ExportedTombstone>(
    `SELECT id, version, title, space_key AS spaceKey, deletion_reason AS reason, deleted_at AS deletedAt
     FROM pages WHERE is_current = 1 AND deleted_at IS NOT NULL AND (?1 IS NULL OR run_id = ?1) AND ${AFTER}`,
    [runId, after.spaceKey, after.id, limit],
  );
}
