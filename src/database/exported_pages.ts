/**
 * Current pages for conversion to files of other formats: their places first, then a few bodies at a time.
 *
 * @module
 */
import type { Place } from "./exports.ts";
import { fittingRows } from "./fitting_rows.ts";
import type { Readable } from "./readable.ts";

/** Which page is where, without its body. */
export interface PagePlace {
  readonly id: string;
  readonly title: string;
  readonly spaceKey: string;
  readonly parentId: string | null;
  /** Absolute URL for people. */
  readonly url: string;
}

/** A current page with all that its file says. */
export interface PageToConvert extends PagePlace {
  readonly version: number;
  readonly status: string;
  /** A JSON list; null where labels were never read. */
  readonly labels: string | null;
  readonly authorId: string | null;
  readonly versionAuthorId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly bodyFormat: string | null;
  readonly body: string | null;
}

/** A current attachment, as a link to it needs it. */
export interface AttachmentPlace {
  readonly id: string;
  readonly pageId: string;
  readonly filename: string;
  readonly fileId: string | null;
  readonly downloadUrl: string;
}

const PLACE = `id, title, space_key AS spaceKey, parent_id AS parentId, url`;
const CURRENT = "is_current = 1 AND deleted_at IS NULL";
const AFTER = "(space_key, id) > (?1, ?2) ORDER BY space_key, id LIMIT ?3";

/** The next current pages behind a place, ordered by space key and id. */
export function pagePlaces(index: Readable, after: Place, limit: number): Promise<PagePlace[]> {
  return index.all<PagePlace>(`SELECT ${PLACE} FROM pages WHERE ${CURRENT} AND ${AFTER}`, [
    after.spaceKey,
    after.id,
    limit,
  ]);
}

/** The same pages with all they hold. */
export function pagesToConvert(index: Readable, after: Place, limit: number): Promise<PageToConvert[]> {
  return fittingRows(index, limit, (most) =>
    index.all<PageToConvert>(
      `SELECT ${PLACE}, version, status, labels, author_id AS authorId, version_author_id AS versionAuthorId,
       created_at AS createdAt, updated_at AS updatedAt, body_format AS bodyFormat, body
     FROM pages WHERE ${CURRENT} AND ${AFTER}`,
      [after.spaceKey, after.id, most],
    ));
}

/** The current attachments of some pages; of two with one name, the one with the greater id comes last. */
export function attachmentPlaces(index: Readable, pageIds: readonly string[]): Promise<AttachmentPlace[]> {
  return index.all<AttachmentPlace>(
    `SELECT id, page_id AS pageId, filename, file_id AS fileId, download_url AS downloadUrl
     FROM attachments
     WHERE ${CURRENT} AND page_id IN (SELECT value FROM json_each(?1))
     ORDER BY page_id, id`,
    [JSON.stringify(pageIds)],
  );
}

/** A current attachment of a current page, whose file is kept. */
export interface FilePlace {
  readonly id: string;
  readonly filename: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** The next of them, by id. */
export function filePlaces(index: Readable, after: string, limit: number): Promise<FilePlace[]> {
  return index.all<FilePlace>(
    `SELECT id, filename, sha256, stored_bytes AS bytes FROM attachments
     WHERE ${CURRENT} AND sha256 IS NOT NULL AND id > ?1
       AND page_id IN (SELECT id FROM pages WHERE ${CURRENT}) ORDER BY id LIMIT ?2`,
    [after, limit],
  );
}

/** Columns of {@linkcode pageFacts}, in their order. */
export const PAGE_FACTS = [
  "id",
  "version",
  "title",
  "space_key",
  "space_id",
  "status",
  "parent_id",
  "parent_type",
  "position",
  "labels",
  "author_id",
  "owner_id",
  "created_at",
  "updated_at",
  "version_author_id",
  "version_message",
  "minor_edit",
  "subtype",
  "attachments",
  "url",
] as const;

/** One page's metadata by column name. */
export interface PageFacts extends Place {
  readonly values: Readonly<Record<(typeof PAGE_FACTS)[number], string | number | null>>;
}

/** Metadata of the next current pages, without their bodies. */
export async function pageFacts(index: Readable, after: Place, limit: number): Promise<PageFacts[]> {
  const columns = PAGE_FACTS.map((name) =>
    name === "attachments"
      ? `(SELECT count(*) FROM attachments a WHERE a.page_id = p.id AND a.is_current = 1 AND a.deleted_at IS NULL) AS attachments`
      : name
  );
  const rows = await index.all<PageFacts["values"]>(
    `SELECT ${columns.join(", ")} FROM pages p WHERE ${CURRENT} AND ${AFTER}`,
    [after.spaceKey, after.id, limit],
  );
  return rows.map((values) => ({ spaceKey: String(values.space_key), id: String(values.id), values }));
}
