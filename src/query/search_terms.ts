/**
 * What people type, as an expression that the full-text index understands: whatever they type, it is one.
 *
 * @module
 */
import { partWords } from "../content/words.ts";

/** One word or phrase to look for. */
export interface SearchTerm {
  /** As typed, without quotes and star. */
  readonly text: string;
  /** Whether words that start so count. */
  readonly prefix: boolean;
}

/** Terms beyond are left out. */
const MAX_TERMS = 32;
/** Characters of a term; no word is longer. */
const MAX_LENGTH = 200;
const TERM = /"([^"]*)"?|(\S+)/g;
// deno-lint-ignore no-control-regex -- what SQLite or a terminal would take for a command is what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** Finds the words and "phrases" of what was typed; a word with `*` at its end is the start of a word. */
export function readTerms(typed: string): SearchTerm[] {
  const text = typed.toWellFormed().replace(CONTROLS, " ").normalize("NFC");
  const terms: SearchTerm[] = [];
  for (const [, phrase, word] of text.matchAll(TERM)) {
    const term = (phrase ?? word ?? "").slice(0, MAX_LENGTH).toWellFormed();
    // Signs and emoji alone are no words to the index.
    if (!/[\p{L}\p{N}]/u.test(term)) continue;
    const prefix = word !== undefined && word.endsWith("*");
    terms.push({ text: prefix ? term.replace(/\*+$/, "") : term, prefix });
    if (terms.length === MAX_TERMS) break;
  }
  return terms;
}

/**
 * The expression for FTS5 that finds pages with all of the terms.
 *
 * @param terms At least one.
 * @param inTitle Whether only titles count.
 */
export function toMatch(terms: readonly SearchTerm[], inTitle: boolean): string {
  const all = terms.map((term) => expressionOf(term, inTitle)).join(" AND ");
  return inTitle ? `title : (${all})` : all;
}

function expressionOf({ text, prefix }: SearchTerm, inTitle: boolean): string {
  const parted = partWords(text);
  const found = quote(parted) + (prefix ? " *" : "");
  // Labels are in the index as they are.
  return parted === text || inTitle ? found : `(${found} OR labels : ${quote(text)} *)`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
