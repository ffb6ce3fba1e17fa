/** Full-text search over the current pages. @module */
import type { Readable } from "./readable.ts";

/** Stands before a hit in marked text. No text of the index has it. */
export const HIT_START = "\u0001";
/** Stands after a hit in marked text. */
export const HIT_END = "\u0002";

/** What to search. */
export interface PageSearch {
  /** An expression of FTS5. */
  readonly match: string;
  /** Keys of spaces, in any case; null for all. */
  readonly spaces: readonly string[] | null;
  /** Labels that a page must have, all of them. */
  readonly labels: readonly string[];
  /** ISO 8601 UTC; null for any time. */
  readonly updatedSince: string | null;
  readonly limit: number;
  /** Words of a snippet, at most 64. */
  readonly snippetWords: number;
}

/** A page that was found. */
export interface FoundPage {
  readonly id: string;
  readonly version: number;
  readonly spaceKey: string;
  readonly url: string;
  readonly updatedAt: string;
  /** JSON list of names. */
  readonly labels: string | null;
  /** Title with its hits marked. */
  readonly title: string;
  /** A part of the text with its hits marked. */
  readonly snippet: string;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
}

// The order comes from FTS5 itself: it sorts what matches, and only the rows asked for get a snippet.
const SEARCH = `SELECT p.id, p.version, p.space_key AS spaceKey, p.url, p.updated_at AS updatedAt, p.labels,
    highlight(page_search, 0, char(1), char(2)) AS title, snippet(page_search, 1, char(1), char(2), '…', ?5) AS snippet,
    -page_search.rank AS score
  FROM page_search CROSS JOIN pages AS p ON p.id = CAST(page_search.rowid AS TEXT) AND p.is_current = 1
  WHERE page_search MATCH ?1 AND p.deleted_at IS NULL
    AND (?2 IS NULL OR p.space_key COLLATE NOCASE IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR p.updated_at >= ?3)
    AND NOT EXISTS (SELECT 1 FROM json_each(?4) AS wanted
      WHERE wanted.value NOT IN (SELECT value COLLATE NOCASE FROM json_each(coalesce(p.labels, '[]'))))
  ORDER BY page_search.rank LIMIT ?6`;

/** Pages that match, the best first. */
export function searchPages(index: Readable, search: PageSearch): Promise<FoundPage[]> {
  const { match, spaces, labels, updatedSince, limit, snippetWords } = search;
  return index.all<FoundPage>(SEARCH, [
    match,
    spaces === null ? null : JSON.stringify(spaces),
    updatedSince,
    JSON.stringify(labels),
    snippetWords,
    limit,
  ]);
}

/**
 * Words of the index that start like a word and are about as long, the most frequent first.
 *
 * @param word In lower case without accents.
 */
export async function wordsLike(index: Readable, word: string): Promise<string[]> {
  const [start = ""] = word;
  const rows = await index.all<{ term: string }>(
    `SELECT term FROM page_search_words WHERE term >= ?1 AND term < ?1 || char(65535)
       AND length(term) BETWEEN ?2 - 2 AND ?2 + 2 ORDER BY doc DESC LIMIT 2000`,
    [start, word.length],
  );
  return rows.map(({ term }) => term);
}
