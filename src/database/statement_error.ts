/**
 * What is said about a statement that cannot run; the same words for a file and for a server.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { SqlValue } from "./reader.ts";

const ACTION = "Cannot run the statement";

/** There is nothing but blanks and comments. */
export function noStatement(): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `${ACTION}: there is none`, { hint: "Write one SELECT." });
}

/** A second one follows the first. */
export function secondStatement(): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `${ACTION}: there is more than one`, {
    hint: "Run them one by one.",
  });
}

/** The database refuses it for what it would do. */
export function refusedStatement(sql: string, cause: Error): ConfluenceIndexError {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, " ");
  if (!/^[\s;]*attach\b/i.test(bare)) return writingStatement(cause);
  return new ConfluenceIndexError("usage", `${ACTION}: it would attach another database`, {
    hint: "The index is opened alone and read-only, and no other file can be attached. " +
      "Ask each index by itself, or attach a backup of it in SQLite's own shell.",
    cause,
  });
}

/** The database refuses it because it would write. */
export function writingStatement(cause?: Error): ConfluenceIndexError {
  const says = cause === undefined ? "" : ` (SQLite says: ${cause.message})`;
  return new ConfluenceIndexError("usage", `${ACTION}: it would write${says}`, {
    hint: "query only reads. What changes the index is ingest.",
    cause,
  });
}

/** SQLite does not understand it, or it failed on a value. */
export function wrongStatement(cause: Error): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `${ACTION}: ${cause.message}`, {
    hint: "See confluence-index query --schema for tables and columns.",
    cause,
  });
}

/** A number instead of a `bigint` where that holds the same. */
export function narrow(value: SqlValue): SqlValue {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
