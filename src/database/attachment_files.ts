/** Which files of attachments are kept. @module */
import type { Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** A current attachment whose file is not kept yet. */
export interface FileToFetch {
  readonly id: string;
  readonly version: number;
  readonly pageId: string;
  readonly mediaType: string | null;
  readonly fileSize: number | null;
  /** When it is tried again, where it failed before. */
  readonly nextTryAt: string | null;
}

/** A file that is kept. */
export interface KeptFile {
  readonly id: string;
  readonly version: number;
  readonly sha256: string;
  readonly bytes: number;
}

const CURRENT = "a.space_id = ? AND a.is_current = 1 AND a.deleted_at IS NULL AND a.id > ?";

/** The next files of a space to fetch, by attachment id. */
export function filesToFetch(
  database: Readable,
  spaceId: string,
  after: string,
  limit: number,
): Promise<FileToFetch[]> {
  return database.all<FileToFetch>(
    `SELECT a.id, a.version, a.page_id AS pageId, a.media_type AS mediaType, a.file_size AS fileSize, f.next_try_at AS nextTryAt
     FROM attachments a LEFT JOIN failures f ON f.kind = 'file' AND f.id = a.id
     WHERE ${CURRENT} AND a.sha256 IS NULL ORDER BY a.id LIMIT ?`,
    [spaceId, after, limit],
  );
}

/** The next files of a space that are kept, by attachment id. */
export function keptFiles(
  database: Readable,
  spaceId: string,
  after: string,
  limit: number,
): Promise<KeptFile[]> {
  return database.all<KeptFile>(
    `SELECT a.id, a.version, a.sha256, a.stored_bytes AS bytes FROM attachments a
     WHERE ${CURRENT} AND a.sha256 IS NOT NULL ORDER BY a.id LIMIT ?`,
    [spaceId, after, limit],
  );
}

/** Records that the file of a version is kept. */
export function saveFile(file: KeptFile, storedAt: string): Statement[] {
  return [{
    sql: "UPDATE attachments SET sha256 = ?, stored_bytes = ?, stored_at = ? WHERE id = ? AND version = ?",
    args: [file.sha256, file.bytes, storedAt, file.id, file.version],
  }];
}

/** Records that these files are not there any more. */
export function forgetFiles(files: readonly Pick<KeptFile, "id" | "sha256">[]): Statement[] {
  if (files.length === 0) return [];
  return [{
    sql: `UPDATE attachments SET sha256 = NULL, stored_bytes = NULL, stored_at = NULL
      WHERE sha256 IN (SELECT value FROM json_each(?))`,
    args: [JSON.stringify(files.map(({ sha256 }) => sha256))],
  }];
}

/**
 * What needs no download: a new version with the same content (a new comment, for example) has the file of the one before. And failures
 * are over of files that are there, or not wanted any more.
 */
export function adoptFiles(spaceId: string): Statement[] {
  const same = `SELECT {} FROM attachments o WHERE o.id = attachments.id AND o.version < attachments.version
    AND o.file_id = attachments.file_id AND o.sha256 IS NOT NULL ORDER BY o.version DESC LIMIT 1`;
  const columns = ["sha256", "stored_bytes", "stored_at"].map((name) =>
    `${name} = (${same.replace("{}", `o.${name}`)})`
  );
  return [{
    sql: `DELETE FROM failures WHERE kind = 'file' AND space_id = ?1 AND id NOT IN (
      SELECT id FROM attachments WHERE space_id = ?1 AND is_current = 1 AND deleted_at IS NULL AND sha256 IS NULL)`,
    args: [spaceId],
  }, {
    sql: `UPDATE attachments SET ${columns.join(", ")}
      WHERE space_id = ? AND is_current = 1 AND deleted_at IS NULL AND sha256 IS NULL AND version > 1
        AND EXISTS (${same.replace("{}", "1")})`,
    args: [spaceId],
  }];
}
