/**
 * Found pages, as people and as programs read them.
 *
 * @module
 */
import type { MarkedText, PageHit } from "../../query/mod.ts";
import { printable } from "../printable.ts";
import { cutToWidth, textWidth } from "../text_width.ts";

/**
 * The lines of one page: title and space, snippet, address.
 *
 * @param hit The page.
 * @param place The width there is, and whether hits are set off.
 */
export function hitLines(hit: PageHit, place: { readonly columns: number; readonly color: boolean }): string {
  const { columns, color } = place;
  const where = `  ${printable(hit.spaceKey)}, ${hit.updatedAt.slice(0, 10)}`;
  const indent = columns - 2;
  return [
    markedLine(hit.title, Math.max(20, columns - textWidth(where)), color) + faint(where, color),
    ...(hit.snippet.text.trim() === "" ? [] : [`  ${markedLine(hit.snippet, indent, color)}`]),
    // An address that is cut is of no use.
    `  ${faint(printable(hit.url), color)}`,
    "",
  ].join("\n");
}

/** One page for programs. Names are a public contract. */
export function hitJson(hit: PageHit): Record<string, unknown> {
  return {
    id: hit.id,
    version: hit.version,
    title: hit.title.text,
    space_key: hit.spaceKey,
    url: hit.url,
    updated_at: hit.updatedAt,
    labels: hit.labels,
    snippet: hit.snippet.text,
    score: hit.score,
    title_hits: hit.title.hits,
    snippet_hits: hit.snippet.hits,
  };
}

/** A marked text in one line that fits, hits in bold. */
function markedLine({ text, hits }: MarkedText, columns: number, color: boolean): string {
  let line = "";
  let room = columns;
  let done = 0;
  const add = (part: string, hit: boolean): void => {
    if (part === "" || room <= 0) return;
    const shown = printable(part.replace(/\s+/g, " "));
    const cut = cutToWidth(shown, room);
    line += hit && color ? `\x1b[1m${cut}\x1b[22m` : cut;
    room -= cut === shown ? textWidth(shown) : room;
  };
  for (const [start, end] of hits) {
    add(text.slice(done, start), false);
    add(text.slice(start, end), true);
    done = end;
  }
  add(text.slice(done), false);
  return line;
}

function faint(text: string, color: boolean): string {
  return color ? `\x1b[2m${text}\x1b[22m` : text;
}
