import { ConfluenceIndexError } from "../errors.ts";

/** Whether a text can be an id: letters, digits, `_` and `-`. */
export function isPathId(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

/**
 * Checks an id before it becomes part of a URL.
 *
 * @param what Such as `page`.
 * @param id The id.
 * @returns The id.
 * @throws {ConfluenceIndexError} `usage` for anything but letters, digits, `_` and `-`.
 */
export function pathId(what: string, id: string): string {
  if (isPathId(id)) return id;
  throw new ConfluenceIndexError("usage", `Cannot ask for a ${what}: ${JSON.stringify(id)} is not an id`);
}
