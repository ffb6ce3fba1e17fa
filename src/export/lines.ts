/**
 * One JSON object per page or tombstone: the lines of the NDJSON artifacts. Field names are a public contract.
 *
 * @module
 */
import {
  attachmentsToExport,
  type Database,
  type ExportedAttachment,
  type ExportedPage,
  type ExportedTombstone,
  pagesToExport,
  type Place,
  tombstonesToExport,
} from "../database/mod.ts";

/** Rows read at once: bodies may be large. */
const ROWS = 50;
const START: Place = { spaceKey: "", id: "" };

/** The lines of `confluence.ndjson`, ordered by space key and id. */
export async function* pageLines(database: Database, runId: string | null): AsyncGenerator<string> {
  for (let after = START;;) {
    const pages = await pagesToExport(database, runId, after, ROWS);
    if (pages.length === 0) return;
    const attachments = await attachmentsToExport(database, pages.map((page) => page.id));
    for (const page of pages) yield JSON.stringify(toRecord(page, attachments.get(page.id) ?? []));
    after = pages[pages.length - 1]!;
  }
}

/** The lines of `deleted.ndjson`, ordered by space key and id. */
export async function* tombstoneLines(database: Database, runId: string | null): AsyncGenerator<string> {
  for (let after = START;;) {
    const tombstones = await tombstonesToExport(database, runId, after, 500);
    if (tombstones.length === 0) return;
    for (const tombstone of tombstones) yield JSON.stringify(toTombstone(tombstone));
    after = tombstones[tombstones.length - 1]!;
  }
}

function toRecord(page: ExportedPage, attachments: readonly ExportedAttachment[]): Record<string, unknown> {
  return {
    id: page.id,
    title: page.title,
    space_key: page.spaceKey,
    space_id: page.spaceId,
    created_at: page.createdAt,
    updated_at: page.updatedAt,
    version: page.version,
    body_html: page.body,
    url: page.url,
    attachments: attachments.map((attachment) => ({
      id: attachment.id,
      filename: attachment.filename,
      media_type: attachment.mediaType,
      file_size: attachment.fileSize,
      download_url: attachment.downloadUrl,
    })),
    metadata: {
      status: page.status,
      parent_id: page.parentId,
      parent_type: page.parentType,
      position: page.position,
      labels: page.labels === null ? null : JSON.parse(page.labels),
      body_format: page.bodyFormat,
      author_id: page.authorId,
      owner_id: page.ownerId,
      version_author_id: page.versionAuthorId,
      version_message: page.versionMessage,
      minor_edit: page.minorEdit === 1,
      subtype: page.subtype,
      run_id: page.runId,
    },
  };
}

function toTombstone(tombstone: ExportedTombstone): Record<string, unknown> {
  return {
    id: tombstone.id,
    version: tombstone.version,
    title: tombstone.title,
    space_key: tombstone.spaceKey,
    reason: tombstone.reason,
    deleted_at: tombstone.deletedAt,
  };
}
