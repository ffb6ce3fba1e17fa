/**
 * Searching the current pages: words in, ranked pages with marked snippets out.
 *
 * @module
 */
import { joinWords, partWords } from "../content/words.ts";
import { HIT_END, HIT_START, type Readable, searchPages, spaceKeys, wordsLike } from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import type { Suggest } from "./ask.ts";
import { readTerms, type SearchTerm, toMatch } from "./search_terms.ts";

/** What to search, and where. */
export interface SearchOptions {
  /** Words, `start*` and `"phrases"`; all of them must be there. Any text will do. */
  readonly words: string;
  /** Keys, in any case. @default {every space} */
  readonly spaces?: readonly string[];
  /** All of them. @default {[]} */
  readonly labels?: readonly string[];
  /** ISO 8601 UTC. @default {null} */
  readonly updatedSince?: string | null;
  /** @default {false} */
  readonly inTitle?: boolean;
  /** @default {20} */
  readonly limit?: number;
}

/** A text and the places in it that were looked for, as pairs of start and end in UTF-16 units. */
export interface MarkedText {
  readonly text: string;
  readonly hits: readonly (readonly [number, number])[];
}

/** A page that was found. */
export interface PageHit {
  readonly id: string;
  readonly version: number;
  readonly title: MarkedText;
  readonly spaceKey: string;
  readonly url: string;
  readonly updatedAt: string;
  readonly labels: readonly string[];
  /** A part of the text; its beginning where only title or labels match. */
  readonly snippet: MarkedText;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
}

/** What was found. */
export interface SearchResult {
  /** The best first. */
  readonly hits: readonly PageHit[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

const SNIPPET_WORDS = 28;
/** A character counts as a word where scripts have no spaces. */
const SNIPPET_CHARACTERS = 56;

/**
 * Searches.
 *
 * @param index The index.
 * @param options What, and where.
 * @throws {ConfluenceIndexError} `usage`, when there is not one word.
 */
export async function search(index: Readable, options: SearchOptions): Promise<SearchResult> {
  const { inTitle = false, limit = 20, spaces = [] } = options;
  const terms = requireTerms(options.words);
  const parted = terms.some(({ text }) => partWords(text) !== text);
  const rows = await searchPages(index, {
    match: toMatch(terms, inTitle),
    spaces: spaces.length === 0 ? null : spaces,
    labels: options.labels ?? [],
    updatedSince: options.updatedSince ?? null,
    limit: limit + 1,
    snippetWords: parted ? SNIPPET_CHARACTERS : SNIPPET_WORDS,
  });
  const hits = rows.slice(0, limit).map((row): PageHit => ({
    ...row,
    title: readMarks(row.title),
    labels: row.labels === null ? [] : JSON.parse(row.labels),
    snippet: readMarks(row.snippet),
  }));
  return { hits, more: rows.length > limit };
}

/** Those of the keys, in any case, that no space of the index has; each with the one that was probably meant. */
export async function unknownSpaces(
  index: Readable,
  keys: readonly string[],
  suggest: Suggest,
): Promise<{ readonly key: string; readonly meant: string | undefined }[]> {
  if (keys.length === 0) return [];
  const known = [...(await spaceKeys(index)).values()];
  const folded = new Set(known.map((key) => key.toLowerCase()));
  const unknown = [...new Set(keys)].filter((key) => !folded.has(key.toLowerCase()));
  return await Promise.all(unknown.map(async (key) => ({ key, meant: await suggest(key, known) })));
}

/**
 * Words of the index that were probably meant, for a search that found nothing.
 *
 * @returns The words as they should be typed, or undefined where nothing is near.
 */
export async function suggestWords(
  index: Readable,
  words: string,
  suggest: Suggest,
): Promise<string | undefined> {
  let changed = false;
  const better: string[] = [];
  for (const { text, prefix } of readTerms(words)) {
    const folded = fold(text);
    const known = prefix || !/^[\p{L}\p{N}]{3,30}$/u.test(folded) ? [] : await wordsLike(index, folded);
    const meant = known.length === 0 || known.includes(folded) ? undefined : await suggest(folded, known);
    changed ||= meant !== undefined;
    better.push(meant ?? (/\s/.test(text) ? `"${text}"` : prefix ? `${text}*` : text));
  }
  return changed ? better.join(" ") : undefined;
}

function requireTerms(words: string): SearchTerm[] {
  const terms = readTerms(words);
  if (terms.length > 0) return terms;
  throw new ConfluenceIndexError("usage", "Cannot search: there is no word among what was given", {
    hint: "Give at least one word: confluence-index search backup restore",
  });
}

/** As the index folds words: lower case, no accents. */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function readMarks(marked: string): MarkedText {
  const hits: [number, number][] = [];
  let text = "";
  let start: number | undefined;
  // deno-lint-ignore no-control-regex -- the marks are control characters, which no text has
  for (const part of joinWords(marked).split(/([\u0001\u0002])/)) {
    if (part === HIT_START) start ??= text.length;
    else if (part === HIT_END) {
      if (start !== undefined) hits.push([start, text.length]);
      start = undefined;
    } else text += part;
  }
  return { text, hits };
}
