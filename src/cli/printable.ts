/**
 * Text from elsewhere, made safe for a terminal: what would move the cursor, change colors, ring, or reorder what people
 * read is shown as an escape, never sent.
 *
 * @module
 */

// Controls (C0, DEL, C1), marks that reorder text, separators that break lines, the byte order mark, lone surrogates.
const UNSAFE =
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * One line that shows what it holds.
 *
 * @param text Any text.
 * @returns The text with unsafe characters as `\n`, `\x1b`, `\u202e`; all others, emoji included, as they are.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escape(character));
}

/** {@linkcode printable} for text of several lines: line feeds stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** The same for JSON text, where `\uXXXX` changes nothing for who parses it. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE, (character) => `\\u${hex(character, 4)}`);
}

function escape(character: string): string {
  return character.charCodeAt(0) < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
