/** Versions of one page, to be compared. @module */
import type { Readable } from "./readable.ts";

/** A version of a page as the index holds it. */
export interface StoredVersion {
  readonly id: string;
  readonly version: number;
  readonly isCurrent: boolean;
  readonly title: string;
  readonly spaceKey: string;
  readonly url: string;
  /** When this version was made. */
  readonly updatedAt: string;
  readonly authorId: string | null;
  readonly message: string;
  readonly bodyFormat: "storage" | "atlas_doc_format" | null;
  readonly bodyText: string | null;
  readonly body: string | null;
}

/** The numbers of all versions of a page that the index holds, in order; none for a page it does not know. */
export async function heldVersions(index: Readable, pageId: string): Promise<number[]> {
  const rows = await index.all<{ version: number }>(
    "SELECT version FROM pages WHERE id = ? ORDER BY version",
    [pageId],
  );
  return rows.map(({ version }) => version);
}

/** One version; undefined where the index does not hold it. */
export async function storedVersion(
  index: Readable,
  pageId: string,
  version: number,
): Promise<StoredVersion | undefined> {
  const row = await index.first<Omit<StoredVersion, "isCurrent"> & { isCurrent: number }>(
    `SELECT id, version, is_current AS isCurrent, title, space_key AS spaceKey, url, updated_at AS updatedAt,
       version_author_id AS authorId, version_message AS message, body_format AS bodyFormat, body_text AS bodyText, body
     FROM pages WHERE id = ? AND version = ?`,
    [pageId, version],
  );
  return row === undefined ? undefined : { ...row, isCurrent: row.isCurrent === 1 };
}
