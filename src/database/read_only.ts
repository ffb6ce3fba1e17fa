/**
 * An index opened for this program's own reading: nothing can be written through it, and no native addon is loaded. Other people's
 * SQL goes through `reader.ts`.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Client, InValue, Transaction } from "@libsql/client/web";
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";
import { filePath, openReadOnly } from "./file_reader.ts";
import { MIGRATIONS, refuseNewer } from "./migrations.ts";
import type { Readable } from "./readable.ts";
import { linkServer, type ServerLink, type ServerOptions } from "./server.ts";

/** An open index that cannot be written. Made by {@linkcode openIndex}. */
export interface ReadOnlyIndex extends Readable, AsyncDisposable {
  /**
   * Reads the state of one moment, in however many questions. A file is held as it is; of a server, whose transactions end by themselves,
   * all is read again where something has changed meanwhile.
   *
   * @param read May be called more than once.
   * @throws {ConfluenceIndexError} `database`, when a server changes time and again.
   */
  atOneMoment<T>(read: () => Promise<T>): Promise<T>;
}

/** Options of {@linkcode openIndex}. */
export interface IndexOptions extends ServerOptions {
  /** How long to wait for another program, in milliseconds. @default {5000} */
  readonly busyTimeoutMs?: number;
  /** Takes an index that is not there yet for an empty one. @default {false} */
  readonly mayBeMissing?: boolean;
}

/**
 * Opens an index to read it.
 *
 * @param url `file:path`, or the URL of a libSQL server.
 * @param options Token, time-out, and what to do where there is none.
 * @throws {ConfluenceIndexError} `database`, when it is not there, no index, or made by another version of this program.
 */
export async function openIndex(url: string, options: IndexOptions = {}): Promise<ReadOnlyIndex> {
  const { mayBeMissing = false, busyTimeoutMs = 5_000 } = options;
  if (mayBeMissing && (url === ":memory:" || await isMissingFile(url))) return new EmptyIndex();
  if (url === ":memory:") {
    throw new ConfluenceIndexError("database", "Cannot open the index :memory:: it is empty each time", {
      hint: "Name a file or a server with --db.",
    });
  }
  const index = url.startsWith("file:")
    ? new FileIndex(await openReadOnly(url, busyTimeoutMs))
    : await openServerIndex(url, options);
  try {
    if (await isIndex(index)) return index;
    if (!mayBeMissing) {
      throw new ConfluenceIndexError(
        "database",
        `Cannot read the index ${url}: it holds no tables of this program`,
        {
          hint: "Make it first with confluence-index ingest --space KEY, or name another one with --db.",
        },
      );
    }
    await index[Symbol.asyncDispose]();
    return new EmptyIndex();
  } catch (error) {
    await index[Symbol.asyncDispose]();
    throw error;
  }
}

async function isMissingFile(url: string): Promise<boolean> {
  if (!url.startsWith("file:")) return false;
  try {
    await Deno.stat(filePath(url));
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** Whether these are the tables of this very program. */
async function isIndex(index: Readable): Promise<boolean> {
  const [table] = await index.all(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
  );
  if (table === undefined) return false;
  const applied = await index.all<{ tag: string }>("SELECT tag FROM schema_migrations ORDER BY tag");
  refuseNewer(applied.map(({ tag }) => tag));
  if (applied.length === MIGRATIONS.length) return true;
  throw new ConfluenceIndexError("database", "Cannot read the index: it was made by an older program", {
    hint: "Run ingest once with this version: it brings the index up to date.",
  });
}

class FileIndex implements ReadOnlyIndex {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all<T>(sql: string, args: readonly InValue[] = []): Promise<T[]> {
    return Promise.resolve().then(() => {
      try {
        return this.#database.prepare(sql).all(...args as SQLInputValue[]) as T[];
      } catch (error) {
        throw explainDatabaseError(error, READING);
      }
    });
  }

  async first<T>(sql: string, args?: readonly InValue[]): Promise<T | undefined> {
    return (await this.all<T>(sql, args))[0];
  }

  async atOneMoment<T>(read: () => Promise<T>): Promise<T> {
    this.#database.exec("BEGIN");
    try {
      return await read();
    } finally {
      this.#database.exec("ROLLBACK");
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }
}

const READING = "Cannot read the index";
/** How often a server that changes is read again. */
const ATTEMPTS = 3;

async function openServerIndex(url: string, options: ServerOptions): Promise<ReadOnlyIndex> {
  // The client for servers alone: the other one loads the native addon.
  const { createClient } = await import("@libsql/client/web");
  try {
    const link = linkServer(url, options);
    return new ServerIndex(createClient(link.config), link);
  } catch (error) {
    throw explainDatabaseError(error, `Cannot open the index ${url}`);
  }
}

class ServerIndex implements ReadOnlyIndex {
  readonly #client: Client;
  readonly #link: ServerLink;

  constructor(client: Client, link: ServerLink) {
    this.#client = client;
    this.#link = link;
  }

  /** Some servers let a read transaction write; none keeps what is rolled back. */
  async all<T>(sql: string, args: readonly InValue[] = []): Promise<T[]> {
    let transaction: Transaction | undefined;
    try {
      transaction = await this.#client.transaction("read");
      const { columns, rows } = await transaction.execute({ sql, args: [...args] });
      return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])) as T);
    } catch (error) {
      throw explainDatabaseError(error, READING);
    } finally {
      transaction?.close();
    }
  }

  async first<T>(sql: string, args?: readonly InValue[]): Promise<T | undefined> {
    return (await this.all<T>(sql, args))[0];
  }

  async atOneMoment<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await this.#state();
      const result = await read();
      if (await this.#state() === before) return result;
    }
    throw new ConfluenceIndexError(
      "database",
      "Cannot read the state of one moment: an ingest goes on changing it",
      {
        hint: "Read through a copy of your own, with --replica FILE, or when the ingest has ended.",
      },
    );
  }

  /** What changes whenever pages, or the keys of spaces, do. */
  async #state(): Promise<string> {
    const row = await this.first(
      `SELECT (SELECT max(id) FROM events) AS events,
         (SELECT json_group_array(key) FROM (SELECT key FROM spaces ORDER BY id)) AS keys`,
    );
    return JSON.stringify(row);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#client.closed) this.#client.close();
    await this.#link.idle();
  }
}

/** An index before its first ingest: whatever is asked for, there is none. */
class EmptyIndex implements ReadOnlyIndex {
  all<T>(): Promise<T[]> {
    return Promise.resolve([]);
  }

  first(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  atOneMoment<T>(read: () => Promise<T>): Promise<T> {
    return read();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
