/**
 * Long lists in parts: they go to SQLite as JSON texts, and a server takes no text, and gives no answer, above some megabytes.
 *
 * @module
 */
import { chunk } from "@std/collections/chunk";
import type { Statement } from "./database.ts";

/** Rows in one part. */
export const PART = 1_000;

/**
 * One statement for each part of a list, in order; none for an empty list.
 *
 * @param statement Makes it from the part as JSON.
 */
export function inParts<T>(list: readonly T[], statement: (json: string) => Statement): Statement[] {
  return chunk(list, PART).map((part) => statement(JSON.stringify(part)));
}

/**
 * Reads what belongs to the things of a list.
 *
 * @param read Reads it for a part, given as JSON.
 */
export async function readAmong<T, Row>(
  list: readonly T[],
  read: (json: string) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of chunk(list, PART)) rows.push(...await read(JSON.stringify(part)));
  return rows;
}

/**
 * Reads all rows of a query that are ordered by id.
 *
 * @param read Reads at most so many rows whose ids come after one.
 * @param keep Which of them are wanted.
 */
export async function readById<Row extends { readonly id: string }>(
  read: (after: string, most: number) => Promise<Row[]>,
  keep: (row: Row) => boolean = () => true,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after = "";
  for (;;) {
    const part = await read(after, PART);
    rows.push(...part.filter(keep));
    if (part.length < PART) return rows;
    after = part[part.length - 1]!.id;
  }
}
