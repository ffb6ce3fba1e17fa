/**
 * How wide a text is on a terminal. (std's `unicodeWidth` cannot be used: its table is missing from the npm package.)
 *
 * @module
 */

// Nearly all text is plain ASCII, where counting columns is reading the length.
const ASCII = /^[\x20-\x7e]*$/;
// The blocks and scripts whose characters take two columns (East Asian Wide and Fullwidth).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
// Marks sit on the character before them; format characters are not seen.
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Columns a printable text takes.
 *
 * @param text One line without control characters.
 */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/**
 * Cuts a printable text to a width, between characters as people see them.
 *
 * @param text One line without control characters.
 * @param columns The columns there are.
 * @returns The text, or its beginning and `…`.
 */
export function cutToWidth(text: string, columns: number): string {
  if (columns < 1) return "";
  if (text.length <= columns && ASCII.test(text)) return text;
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns) return `${text.slice(0, end)}…`;
    if (width <= columns - 1) end = index + segment.length;
  }
  return text;
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return NO_WIDTH.test(grapheme) ? 0 : 1;
}
