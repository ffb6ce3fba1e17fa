/**
 * Escaping of text. As little as possible, so that people can read the source, but never less than what CommonMark and
 * GitHub need to read the same text back.
 *
 * Source: https://spec.commonmark.org/0.31.2/ and https://github.github.com/gfm/
 *
 * @module
 */

/** Where a text stands. */
export interface TextPlace {
  /** At the start of a line. */
  readonly lineStart: boolean;
  /** Something follows in the same line. */
  readonly followed: boolean;
  /** What follows begins with `[`. */
  readonly beforeBracket: boolean;
  /** Inside the text of a link or of a picture, where brackets have to balance. */
  readonly inLink: boolean;
  /** Inside a table cell, where bars part cells. */
  readonly inCell: boolean;
}

const SPECIAL = /[\\`*_[\]<&~!|]/;
const SPECIALS = /_+|[\\`*[\]<&~!|]/g;

/** The text as Markdown that reads back as the same text. */
export function escapeText(text: string, place: TextPlace): string {
  const escaped = SPECIAL.test(text)
    ? text.replace(SPECIALS, (found, index: number) => {
      if (found.startsWith("_")) {
        return insideWord(text, index, found.length) ? found : "\\_".repeat(found.length);
      }
      return needsEscape(found, text, index, place) ? `\\${found}` : found;
    })
    : text;
  return place.lineStart ? escapeLineStart(escaped) : escaped;
}

function needsEscape(char: string, text: string, index: number, place: TextPlace): boolean {
  const atEnd = index === text.length - 1;
  const next = text[index + 1] ?? "";
  switch (char) {
    case "\\":
      return atEnd || /[!-/:-@[-`{-~]/.test(next);
    case "`":
      return true;
    case "*":
      return !(text[index - 1] === " " && next === " ");
    case "[":
      return place.inLink || (place.lineStart && index === 0) || text[index - 1] === "!";
    case "]":
      return place.inLink || (atEnd ? place.followed : next === "(" || next === "[" || next === ":");
    case "<":
      return atEnd ? place.followed : /[A-Za-z/!?]/.test(next);
    case "&":
      return /^&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});/.test(
        text.slice(index, index + 34),
      );
    case "~":
      return next === "~" || !(text[index - 1] === " " || (index === 0 && place.lineStart)) || atEnd;
    case "!":
      return atEnd ? place.beforeBracket : false;
    case "|":
      return place.inCell || (place.lineStart && index === 0);
    default:
      return false;
  }
}

/** Whether the run of underscores at `index` stands between letters or digits, where it marks nothing. */
function insideWord(text: string, index: number, length: number): boolean {
  return isWordBefore(text, index) && isWordAt(text, index + length);
}

function isWordBefore(text: string, end: number): boolean {
  return end > 0 && /[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, end - 2), end));
}

function isWordAt(text: string, start: number): boolean {
  return start < text.length && /^[\p{L}\p{N}]/u.test(text.slice(start, start + 2));
}

/** Escapes what would begin a heading, list, quote, fence, table or rule. */
function escapeLineStart(text: string): string {
  switch (text.charCodeAt(0)) {
    case 0x23: // #
      return /^#{1,6}(?:\s|$)/.test(text) ? `\\${text}` : text;
    case 0x3e: // >
      return `\\${text}`;
    case 0x2b: // +
      return /^\+(?:\s|$)/.test(text) ? `\\${text}` : text;
    case 0x2d: // -
      return /^-(?:[\s|:-]|$)/.test(text) ? `\\${text}` : text;
    case 0x3a: // :
      return /^:-/.test(text) ? `\\${text}` : text;
    case 0x3d: // =
      return `\\${text}`;
    default:
      return text.replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
  }
}

/** The address as a link destination. */
export function destination(url: string, inCell: boolean): string {
  // deno-lint-ignore no-control-regex -- control characters end a destination
  const encoded = url.replace(/[\u0000-\u0020\u007f<>\\`"]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }).replace(/&(?=#?[A-Za-z0-9]{1,32};)/g, "&amp;");
  const piped = inCell ? encoded.replace(/\|/g, "%7C") : encoded;
  return /[()]/.test(piped) && !balanced(piped) ? piped.replace(/[()]/g, "\\$&") : piped;
}

/** Markdown counts brackets up to a depth of 32. */
function balanced(url: string): boolean {
  let depth = 0;
  for (const char of url) {
    if (char === "(" && ++depth > 30) return false;
    if (char === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/** Code in backticks, more of them than any run inside. */
export function codeSpan(value: string, inCell: boolean): string {
  let longest = 0;
  if (value.includes("`")) {
    for (const run of value.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  }
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$/.test(value) || (/^ .* $/s.test(value) && value.trim() !== "") ? " " : "";
  const code = inCell ? value.replace(/\|/g, "\\|") : value;
  return `${fence}${pad}${code}${pad}${fence}`;
}
