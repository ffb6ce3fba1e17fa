/** Longest list parameter in a URL, in characters: well below the 8 KB that proxies and servers commonly allow. */
const MAX_CHARACTERS = 6000;

/**
 * Cuts values into lists that fit one request.
 *
 * @param values In order; repeated ones are asked for once.
 * @param size Values in one list at most.
 * @returns The lists, in order; none for no values.
 */
export function* chunks(values: readonly string[], size: number): Generator<string[]> {
  let chunk: string[] = [];
  let characters = 0;
  for (const value of new Set(values)) {
    // The comma between two values travels percent-encoded.
    const length = encodeURIComponent(value).length + 3;
    if (chunk.length > 0 && (chunk.length >= size || characters + length > MAX_CHARACTERS)) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(value);
    characters += length;
  }
  if (chunk.length > 0) yield chunk;
}
