/**
 * Reading the index in other people's SQL, over connections on which the database itself refuses to write. A door of its
 * own beside `mod.ts`: whoever only reads loads neither the native addon nor drizzle, and needs no right to write.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { openFileReader } from "./file_reader.ts";
import type { ServerOptions } from "./server.ts";

export { backUp, type BackupOptions, type BackupResult } from "./backup.ts";
export { type CatalogColumn, readCatalog } from "./catalog.ts";
export { type ContainerPlace, containerPlaces } from "./containers.ts";
export { type Change, changeRange, changesAfter, runsBetween, spaceKeys } from "./changes.ts";
export { type Examination, examineDatabase, proveWritable } from "./examine.ts";
export { beyondBelief } from "./clock_error.ts";
export { currentLease, isStale, type Lease, runLeases } from "./leases.ts";
export {
  type AttachmentPlace,
  attachmentPlaces,
  type FilePlace,
  filePlaces,
  PAGE_FACTS,
  type PageFacts,
  pageFacts,
  type PagePlace,
  pagePlaces,
  pagesToConvert,
  type PageToConvert,
} from "./exported_pages.ts";
export { type ExportedLine, pagesToExport, type Place, tombstonesToExport } from "./exports.ts";
export { readMeta } from "./meta.ts";
export { SCHEMA_VERSION } from "./migrations.ts";
export {
  failureCounts,
  type FailureOverview,
  failureOverviews,
  type SpaceOverview,
  spaceOverviews,
} from "./overview.ts";
export { type IndexOptions, openIndex, type ReadOnlyIndex } from "./read_only.ts";
export { heldVersions, type StoredVersion, storedVersion } from "./page_versions.ts";
export type { Readable } from "./readable.ts";
export { countPrunable, type PruneCounts, type PruneRules, stayingFiles } from "./prune.ts";
export { findRun, latestRuns, type Run } from "./runs.ts";
export { SAVED_QUESTIONS, type SavedQuestion } from "./saved_questions.ts";
export { type Followed, followServer } from "./replica.ts";
export type { ServerOptions } from "./server.ts";
export { type FoundPage, HIT_END, HIT_START, type PageSearch, searchPages, wordsLike } from "./search.ts";
export { type DeletionMode, reconciliationDue } from "./sync_state.ts";

/** A value as SQLite has it. A whole number is a `bigint` only where a `number` would not hold it exactly. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** The values of a row, in the order of the columns. */
export type SqlRow = readonly SqlValue[];

/** The values of a statement by name, without the `:`. */
export type SqlParams = Readonly<Record<string, SqlValue>>;

/** What a statement answers. */
export interface Answer {
  readonly columns: readonly string[];
  /** One after the other; from a file, each is read when it is asked for. To be gone through once. */
  readonly rows: Iterable<SqlRow>;
}

/** A connection that only reads. Made by {@linkcode openReader}. */
export interface Reader extends AsyncDisposable {
  /**
   * Runs one statement.
   *
   * @param sql One statement, with values as `:name`.
   * @param params The values by name, without the colon.
   * @throws {ConfluenceIndexError} `usage` with what SQLite says, when the statement is wrong or would write;
   * `database` or `locked` otherwise. Going through the rows can throw the same.
   */
  stream(sql: string, params?: SqlParams): Promise<Answer>;
  /** The same with all rows at once. */
  query(
    sql: string,
    params?: SqlParams,
  ): Promise<{ columns: readonly string[]; rows: SqlRow[] }>;
  /** Closes the connection. Safe to call twice. */
  close(): void;
}

/** Options of {@linkcode openReader}. */
export interface ReaderOptions extends ServerOptions {
  /** How long to wait for another program, in milliseconds. @default {5000} */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens an index that exists, to read only.
 *
 * @param url `file:path`, or the URL of a libSQL server.
 * @param options Token and time-out.
 * @throws {ConfluenceIndexError} `database`, when it is not there or not a database; nothing is made.
 */
export async function openReader(url: string, options: ReaderOptions = {}): Promise<Reader> {
  if (url === ":memory:") {
    throw new ConfluenceIndexError("database", "Cannot open the index :memory:: it is empty each time", {
      hint: "Name a file or a server with --db.",
    });
  }
  if (url.startsWith("file:")) return await openFileReader(url, options.busyTimeoutMs ?? 5_000);
  const { openServerReader } = await import("./server_reader.ts");
  return await openServerReader(url, options);
}
