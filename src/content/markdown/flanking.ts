/**
 * Whether `*`, `**` and `~~` are read as marks where they stand. CommonMark decides by the characters on both sides;
 * Korean, Japanese and Chinese often fail (`**"제목"**은`), and then a tag has to do.
 *
 * Source: https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
 *
 * @module
 */

/** Can the marks open between these characters, and close between those? Start and end of a line count as a space. */
export function canMark(before: string, first: string, last: string, after: string): boolean {
  return flanks(first, before) && flanks(last, after);
}

/** `inside` is next to the marks on the marked side, `outside` on the other. */
function flanks(inside: string, outside: string): boolean {
  if (isSpace(inside)) return false;
  if (!maybePunctuation(inside)) return true;
  return isSpace(outside) || surelyPunctuation(outside);
}

function isSpace(char: string): boolean {
  return char === "" || /\s/.test(char);
}

/** Newer parsers count symbols as punctuation, older ones only those of ASCII: both have to agree. */
function maybePunctuation(char: string): boolean {
  return /[\p{P}\p{S}]/u.test(char);
}

function surelyPunctuation(char: string): boolean {
  return /[\p{P}$+<=>^`|~]/u.test(char);
}

/** The first character of a text, whole where it takes two code units. */
export function firstCharacter(text: string): string {
  const point = text.codePointAt(0);
  return point === undefined ? "" : String.fromCodePoint(point);
}

/** The last character of a text, whole where it takes two code units. */
export function lastCharacter(text: string): string {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(-2) : text.slice(-1);
}
