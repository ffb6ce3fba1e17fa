import { unicodeWidth } from "@std/cli/unicode-width";

// Nearly all text is plain ASCII, where counting columns is reading the length.
const ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns a printable text takes on a terminal. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : unicodeWidth(text);
}

/**
 * Cuts a printable text to a width, between characters as people see them.
 *
 * @param text One line.
 * @param columns The columns there are, 1 or more.
 * @returns The text, or its beginning and `…`.
 */
export function cutToWidth(text: string, columns: number): string {
  // No character is wider than two columns, and none narrower than one matters here.
  if (text.length <= columns && ASCII.test(text)) return text;
  if (columns < 1) return "";
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = width + textWidth(segment);
    if (next > columns - 1) return restFits(text, kept, width, columns) ? text : `${kept}…`;
    kept += segment;
    width = next;
  }
  return text;
}

/** Whether what is left still fits into the column kept for the mark. */
function restFits(text: string, kept: string, width: number, columns: number): boolean {
  const rest = text.slice(kept.length);
  return rest.length <= 32 && width + textWidth(rest) <= columns;
}
