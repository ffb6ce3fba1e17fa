/** Earlier versions of pages: which are missing, and saving them. @module */
import type { PageVersion, Space } from "../model/mod.ts";
import type { Statement } from "./database.ts";
import type { PageText } from "./pages.ts";
import type { Readable } from "./readable.ts";

/** A page some of whose earlier versions were never asked for. */
export interface LackingPage {
  readonly id: string;
  readonly spaceKey: string;
  /** The version the index holds as current. */
  readonly version: number;
  /** The lowest number that was never asked for. */
  readonly lowest: number;
}

/** A version with what was made of its body. */
export interface VersionToSave {
  readonly version: PageVersion;
  readonly searchTitle: string | null;
  readonly text: PageText | null;
}

interface Row {
  readonly id: string;
  readonly spaceKey: string;
  readonly version: number;
  readonly first: number;
  readonly held: string;
  readonly checkedFrom: number | null;
  readonly checkedTo: number | null;
}

const WANTED = "BETWEEN max(1, p.version - ?3) AND p.version - 1";

/** Pages in the order of ids, as {@linkcode pagesLackingVersions} finds them. */
export interface LackingPages {
  readonly pages: readonly LackingPage[];
  /** The last id that was looked at; null at the end of the space. */
  readonly last: string | null;
}

/**
 * Current pages of a space that lack earlier versions.
 *
 * @param after The last id that was looked at; empty at first.
 * @param depth How many earlier versions are wanted.
 * @param limit How many pages to look at.
 */
export async function pagesLackingVersions(
  index: Readable,
  { id, key }: Pick<Space, "id" | "key">,
  after: string,
  depth: number,
  limit: number,
): Promise<LackingPages> {
  const rows = await index.all<Row>(
    `SELECT p.id, p.space_key AS spaceKey, p.version, max(1, p.version - ?3) AS first,
       (SELECT json_group_array(k.version) FROM pages k WHERE k.id = p.id AND k.version ${WANTED}) AS held,
       h.first_version AS checkedFrom, h.last_version AS checkedTo
     FROM pages p LEFT JOIN page_histories h ON h.page_id = p.id
     WHERE p.space_key = ?1 AND p.space_id = ?5 AND p.is_current = 1 AND p.deleted_at IS NULL AND p.id > ?2 AND p.version > 1
       AND NOT (coalesce(h.first_version <= max(1, p.version - ?3) AND h.last_version >= p.version - 1, 0))
       AND (SELECT count(*) FROM pages k WHERE k.id = p.id AND k.version ${WANTED}) < min(?3, p.version - 1)
     ORDER BY p.id LIMIT ?4`,
    [key, after, depth, limit, id],
  );
  const pages = rows.flatMap(({ id, spaceKey, version, ...row }) => {
    const lowest = lowestMissing(row, version);
    return lowest === null ? [] : [{ id, spaceKey, version, lowest }];
  });
  return { pages, last: rows.length < limit ? null : rows[rows.length - 1]!.id };
}

function lowestMissing(
  { first, held, checkedFrom, checkedTo }: Omit<Row, "id" | "spaceKey" | "version">,
  version: number,
): number | null {
  const known = new Set<number>(JSON.parse(held));
  for (let number = first; number < version; number++) {
    const checked = checkedFrom !== null && checkedTo !== null && checkedFrom <= number &&
      number <= checkedTo;
    if (!checked && !known.has(number)) return number;
  }
  return null;
}

// Where the page was then is not told: its space is that of the current version.
const INSERT = `INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, author_id,
    created_at, updated_at, version_message, version_author_id, minor_edit, url, run_id, fetched_at, body_format, converter_version,
    search_title, body_text, search_text, body)
  SELECT c.id, ?2, 0, 'historical', ?3, c.space_id, c.space_key, c.author_id,
    c.created_at, ?4, ?5, ?6, ?7, c.url, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
  FROM pages c WHERE c.id = ?1 AND c.is_current = 1 AND c.version > ?2
  ON CONFLICT (id, version) DO NOTHING`;

/** Saves earlier versions of pages of the index. One that is there already stays as it is. */
export function savePageVersions(
  rows: readonly VersionToSave[],
  stamp: { readonly runId: string; readonly fetchedAt: string },
): Statement[] {
  return rows.map(({ version: { pageId, title, version, body }, searchTitle, text }) => ({
    sql: INSERT,
    args: [
      pageId,
      version.number,
      title,
      version.createdAt,
      version.message,
      version.authorId,
      version.minorEdit,
      stamp.runId,
      stamp.fetchedAt,
      body?.format ?? null,
      text?.converterVersion ?? null,
      searchTitle,
      text?.bodyText ?? null,
      text?.searchText ?? null,
      body?.value ?? null,
    ],
  }));
}

/**
 * Remembers that all versions of a page from one number to another were asked for, as far as there are any. Of two ranges with a gap between
 * them the new one is kept: what the index holds of the other needs no remembering.
 */
export function saveHistoryRange(
  pageId: string,
  range: { readonly first: number; readonly last: number },
  stamp: { readonly runId: string; readonly fetchedAt: string },
): Statement {
  return {
    sql:
      `INSERT INTO page_histories (page_id, first_version, last_version, run_id, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (page_id) DO UPDATE SET
        first_version = iif(${TOUCH}, min(first_version, excluded.first_version), excluded.first_version),
        last_version = iif(${TOUCH}, max(last_version, excluded.last_version), excluded.last_version), run_id = excluded.run_id, fetched_at = excluded.fetched_at`,
    args: [pageId, range.first, range.last, stamp.runId, stamp.fetchedAt],
  };
}

const TOUCH = "first_version <= excluded.last_version + 1 AND last_version >= excluded.first_version - 1";

/** Forgets failures of the history of pages that are not there any more. */
export function clearStaleHistoryFailures(spaceId: string): Statement {
  return {
    sql: `DELETE FROM failures WHERE kind = 'history' AND space_id = ?
      AND id NOT IN (SELECT id FROM pages WHERE is_current = 1 AND deleted_at IS NULL)`,
    args: [spaceId],
  };
}
