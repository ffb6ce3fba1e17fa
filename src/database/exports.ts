/**
 * The lines of artifacts, in a fixed order and a few at a time. SQLite itself writes the JSON: one column is read in a
 * quarter of the time of twenty. Field names are a public contract.
 *
 * @module
 */
import { fittingRows } from "./fitting_rows.ts";
import type { Readable } from "./readable.ts";

/** How far an export has come: the last row's place in the order by space key and id. */
export interface Place {
  readonly spaceKey: string;
  readonly id: string;
}

/** One JSON object as text, without a newline. */
export interface ExportedLine extends Place {
  readonly line: string;
}

// ORDER BY within the aggregate would say the same, but the parser of libSQL's server does not know it.
const ATTACHMENTS = `SELECT json_group_array(json_object(
    'id', id,
    'filename', filename,
    'media_type', media_type,
    'file_size', file_size,
    'download_url', download_url))
  FROM (SELECT * FROM attachments a WHERE a.page_id = p.id AND a.is_current = 1 AND a.deleted_at IS NULL ORDER BY a.id)`;
const PAGE = page("body");
/** Its body comes beside it: a server makes no text as long as that of a very long page with all its escapes. */
const LONG_PAGE = page("NULL");

const TOMBSTONE = `json_object(
  'id', id,
  'version', version,
  'title', title,
  'space_key', space_key,
  'reason', deletion_reason,
  'deleted_at', deleted_at)`;
const AFTER = "(space_key, id) > (?2, ?3) ORDER BY space_key, id LIMIT ?4";

/** The pages that a run wrote, as far as no later run has written or buried them, or the whole current state where `runId` is null. */
export function pagesToExport(
  database: Readable,
  runId: string | null,
  after: Place,
  limit: number,
): Promise<ExportedLine[]> {
  const where = `FROM pages p WHERE is_current = 1 AND deleted_at IS NULL AND ${by(runId)} AND ${AFTER}`;
  const args = (most: number) => [runId, after.spaceKey, after.id, most];
  return fittingRows(
    database,
    limit,
    (most) =>
      database.all<ExportedLine>(`SELECT space_key AS spaceKey, id, ${PAGE} AS line ${where}`, args(most)),
    async () => {
      const rows = await database.all<ExportedLine & { readonly body: string | null }>(
        `SELECT space_key AS spaceKey, id, ${LONG_PAGE} AS line, body ${where}`,
        args(1),
      );
      return rows.map(({ body, line, ...place }) => ({
        ...place,
        line: JSON.stringify({ ...JSON.parse(line), body_html: body }),
      }));
    },
  );
}

/** The tombstones that a run set, or all of them where `runId` is null. */
export function tombstonesToExport(
  database: Readable,
  runId: string | null,
  after: Place,
  limit: number,
): Promise<ExportedLine[]> {
  return database.all<ExportedLine>(
    `SELECT space_key AS spaceKey, id, ${TOMBSTONE} AS line
     FROM pages WHERE is_current = 1 AND deleted_at IS NOT NULL AND ${by(runId)} AND ${AFTER}`,
    [runId, after.spaceKey, after.id, limit],
  );
}

/** Of a run its rows are found by an index, however many others there are. */
function by(runId: string | null): string {
  return runId === null ? "?1 IS NULL" : "run_id = ?1";
}

function page(body: string): string {
  return `json_object(
    'id', id,
    'title', title,
    'space_key', space_key,
    'space_id', space_id,
    'created_at', created_at,
    'updated_at', updated_at,
    'version', version,
    'body_html', ${body},
    'url', url,
    'attachments', json((${ATTACHMENTS})),
    'metadata', json_object(
      'status', status,
      'parent_id', parent_id,
      'parent_type', parent_type,
      'position', position,
      'labels', json(labels),
      'body_format', body_format,
      'author_id', author_id,
      'owner_id', owner_id,
      'version_author_id', version_author_id,
      'version_message', version_message,
      'minor_edit', json(iif(minor_edit, 'true', 'false')),
      'subtype', subtype,
      'run_id', run_id))`;
}
