/**
 * The text in parts of at most `max` characters, cut behind a sentence where one ends in the second half of a part,
 * else between words, else anywhere but inside a character.
 *
 * @param text A single line.
 * @param max Characters of a part.
 * @param room Characters of the first part, where less is left.
 */
export function cutText(text: string, max: number, room: number = max): string[] {
  const parts: string[] = [];
  let start = 0;
  let limit = room;
  while (text.length - start > limit) {
    const length = cutLength(text.slice(start, start + limit + 1), limit, parts.length === 0 && room < max);
    const part = text.slice(start, start + length).trim();
    if (part !== "") parts.push(part);
    start += length;
    limit = max;
  }
  const rest = text.slice(start).trim();
  if (rest !== "") parts.push(rest);
  return parts;
}

/** Where to cut a window of `limit` characters and one more. With `maybeNone` no cut at all is better than a bad one. */
function cutLength(window: string, limit: number, maybeNone: boolean): number {
  const half = limit / 2;
  let sentence = 0;
  for (const match of window.matchAll(/[.!?…]["'”’)\]]*\s|[。！？]/g)) {
    sentence = match.index + match[0].length;
  }
  if (sentence > half && sentence <= limit) return sentence;
  const space = window.lastIndexOf(" ");
  if (space > 0) return space;
  if (maybeNone) return 0;
  const unit = window.charCodeAt(limit - 1);
  return unit >= 0xd800 && unit <= 0xdbff && limit > 1 ? limit - 1 : limit;
}
