/** Saving and reading attachments. @module */
import { sql } from "drizzle-orm";
import type { Attachment } from "../model/mod.ts";
import type { Database, Statement } from "./database.ts";
import { inParts, readAmong, readById } from "./in_parts.ts";
import type { Readable } from "./readable.ts";
import { attachments } from "./schema.ts";
import { Upsert } from "./upsert.ts";

/** What the index holds of an attachment's newest version, as far as comparing needs. */
export interface KnownAttachment {
  readonly id: string;
  readonly version: number;
  readonly pageId: string;
  readonly spaceId: string;
  readonly filename: string;
  readonly status: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  readonly deletionReason: string | null;
}

/** An attachment together with what the API's row does not say. */
export interface AttachmentToSave {
  readonly attachment: Attachment;
  readonly spaceId: string;
  /** The version the index holds as current, when it is another one. */
  readonly replaces: number | null;
}

const KNOWN =
  `id, version, page_id AS pageId, space_id AS spaceId, filename, status, updated_at AS updatedAt, deleted_at AS deletedAt,
  deletion_reason AS deletionReason`;

/** The newest version of each of `ids` that the index holds, deleted ones included. */
export async function knownAttachments(
  database: Readable,
  ids: readonly string[],
): Promise<Map<string, KnownAttachment>> {
  const rows = await readAmong(ids, (json) =>
    database.all<KnownAttachment>(
      `SELECT ${KNOWN} FROM attachments WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))`,
      [json],
    ));
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Attachments of a space that the index holds and a listing has not seen, ordered by id.
 *
 * @param listed What the listing saw; without it, what the listing in progress has saved.
 */
export function unlistedAttachments(
  database: Readable,
  spaceId: string,
  listed?: ReadonlySet<string>,
): Promise<KnownAttachment[]> {
  const unseen = listed === undefined
    ? "AND id NOT IN (SELECT id FROM listed_ids WHERE space_id = ?1 AND kind = 'attachment')"
    : "";
  return readById(
    (after, most) =>
      database.all<KnownAttachment>(
        `SELECT ${KNOWN} FROM attachments
         WHERE space_id = ?1 AND is_current = 1 AND deleted_at IS NULL ${unseen} AND id > ?2 ORDER BY id LIMIT ?3`,
        [spaceId, after, most],
      ),
    ({ id }) => listed?.has(id) !== true,
  );
}

/**
 * Attachments of a space whose page the index does not hold, ordered by id: the search is not always right about what is where. Those of
 * pages in quarantine wait for their page.
 */
export function homelessAttachments(database: Readable, spaceId: string): Promise<KnownAttachment[]> {
  return readById((after, most) =>
    database.all<KnownAttachment>(
      `SELECT ${KNOWN} FROM attachments WHERE space_id = ? AND is_current = 1 AND deleted_at IS NULL
         AND page_id NOT IN (SELECT id FROM pages WHERE is_current = 1 AND deleted_at IS NULL)
         AND page_id NOT IN (SELECT id FROM failures WHERE kind = 'page')
         AND id > ? ORDER BY id LIMIT ?`,
      [spaceId, after, most],
    )
  );
}

/** Attachments of pages that are there, or were deleted together with their page. */
export function attachmentsOfPages(
  database: Readable,
  pageIds: readonly string[],
): Promise<KnownAttachment[]> {
  return readAmong(pageIds, (json) =>
    database.all<KnownAttachment>(
      `SELECT ${KNOWN} FROM attachments WHERE is_current = 1 AND page_id IN (SELECT value FROM json_each(?)) AND (
         deleted_at IS NULL OR
         deleted_at = (SELECT p.deleted_at FROM pages p WHERE p.id = attachments.page_id AND p.is_current = 1))
       ORDER BY id`,
      [json],
    ));
}

/** Upserts attachments by (id, version), each as the current one. */
export function saveAttachments(
  database: Database,
  rows: readonly AttachmentToSave[],
  stamp: { readonly runId: string; readonly fetchedAt: string },
): Statement[] {
  if (rows.length === 0) return [];
  const statements: Statement[] = [];
  const replaced = rows.filter((row) =>
    row.replaces !== null && row.replaces !== row.attachment.version.number
  );
  if (replaced.length > 0) {
    statements.push({
      sql:
        "UPDATE attachments SET is_current = 0 WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))",
      args: [JSON.stringify(replaced.map((row) => row.attachment.id))],
    });
  }
  statements.push(...UPSERT.statements(database.orm, rows.map((row) => toRow(row, stamp))));
  return statements;
}

/** Marks the current rows of `ids` as deleted. */
export function tombstoneAttachments(
  ids: readonly string[],
  tombstone: { readonly deletedAt: string; readonly reason: string; readonly runId: string },
): Statement[] {
  return inParts(ids, (json) => ({
    sql: `UPDATE attachments SET deleted_at = ?, deletion_reason = ?, run_id = ?
      WHERE is_current = 1 AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
    args: [tombstone.deletedAt, tombstone.reason, tombstone.runId, json],
  }));
}

/** Lets the attachments of moved pages follow them into another space. */
export function moveAttachments(pageIds: readonly string[], spaceId: string): Statement[] {
  if (pageIds.length === 0) return [];
  return [{
    sql: `UPDATE attachments SET space_id = ? WHERE is_current = 1 AND space_id <> ?1
      AND page_id IN (SELECT value FROM json_each(?2))`,
    args: [spaceId, JSON.stringify(pageIds)],
  }];
}

/**
 * Brings back the attachments that were deleted together with pages that are seen again: those with the very time of their page. It must
 * come before the pages are written.
 */
export function restoreAttachmentsOf(pageIds: readonly string[], runId: string): Statement[] {
  if (pageIds.length === 0) return [];
  return [{
    sql: `UPDATE attachments SET deleted_at = NULL, deletion_reason = NULL, run_id = ?1
      WHERE is_current = 1 AND page_id IN (SELECT value FROM json_each(?2))
        AND deleted_at = (SELECT p.deleted_at FROM pages p WHERE p.id = attachments.page_id AND p.is_current = 1)`,
    args: [runId, JSON.stringify(pageIds)],
  }];
}

const UPSERT = new Upsert(attachments, [attachments.id, attachments.version], {
  isCurrent: sql`excluded.is_current`,
  status: sql`excluded.status`,
  pageId: sql`excluded.page_id`,
  spaceId: sql`excluded.space_id`,
  filename: sql`excluded.filename`,
  mediaType: sql`excluded.media_type`,
  fileSize: sql`excluded.file_size`,
  fileId: sql`excluded.file_id`,
  downloadUrl: sql`excluded.download_url`,
  comment: sql`excluded.comment`,
  createdAt: sql`coalesce(excluded.created_at, created_at)`,
  updatedAt: sql`excluded.updated_at`,
  versionAuthorId: sql`excluded.version_author_id`,
  deletedAt: sql`NULL`,
  deletionReason: sql`NULL`,
  runId: sql`excluded.run_id`,
  fetchedAt: sql`excluded.fetched_at`,
});

function toRow(
  { attachment, spaceId }: AttachmentToSave,
  stamp: { readonly runId: string; readonly fetchedAt: string },
) {
  return {
    id: attachment.id,
    version: attachment.version.number,
    isCurrent: true,
    status: attachment.status,
    pageId: attachment.containerId,
    spaceId,
    filename: attachment.filename,
    mediaType: attachment.mediaType,
    fileSize: attachment.fileSize,
    fileId: attachment.fileId,
    downloadUrl: attachment.downloadUrl,
    comment: attachment.comment,
    createdAt: attachment.createdAt,
    updatedAt: attachment.version.createdAt,
    versionAuthorId: attachment.version.authorId,
    runId: stamp.runId,
    fetchedAt: stamp.fetchedAt,
  };
}
