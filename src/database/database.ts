/**
 * The open index: one connection, its pragmas, atomic commits. What to read and write lives in the file named for it.
 *
 * @module
 */
import { type Client, createClient, type InStatement, type InValue, type Row } from "@libsql/client";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { ConfluenceIndexError } from "../errors.ts";
import { OvertakenError } from "./compared.ts";
import { explainDatabaseError } from "./database_error.ts";
import { migrate, refuseForeign } from "./migrations.ts";
import type { Readable } from "./readable.ts";
import { refuseReplica } from "./replica_note.ts";
import { linkServer, type ServerOptions } from "./server.ts";
import { whileBusy } from "./while_busy.ts";
import { wellFormed, wellFormedArgs } from "./well_formed.ts";

/** One SQL statement with its arguments. */
export type Statement = InStatement;

/** Options of {@linkcode openDatabase}. */
export interface DatabaseOptions extends ServerOptions {
  /** How long to wait for another writer, in milliseconds. @default {5000} */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens (and where needed makes) an index and brings it to this program's schema.
 *
 * @param url `file:path`, `:memory:`, `http(s)://…` or `libsql://…`.
 * @param options Token and time-out.
 * @throws {ConfluenceIndexError} `database` or `locked` with what to do; the file is left as it was.
 *
 * @example Usage
 * ```ts
 * import { openDatabase } from "@confluence-index/confluence-index";
 * import { assertEquals } from "@std/assert";
 *
 * await using database = await openDatabase(":memory:");
 * assertEquals(await database.all("SELECT count(*) AS n FROM current_pages"), [{ n: 0 }]);
 * ```
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const action = `Cannot open the index ${withoutSecrets(url)}`;
  let client: Client | undefined;
  try {
    if (isFile(url)) {
      await refuseReplica(pathOf(url), action);
      await makeFile(pathOf(url));
    }
    client = createClient(
      isLocal(url)
        // One connection, so that the pragmas below hold for every statement.
        ? { url, timeout: options.busyTimeoutMs ?? 5_000, concurrency: 1 }
        : linkServer(url, options).config,
    );
    if (isLocal(url)) {
      // migrate() refuses it too; but the pragmas change the file before.
      await refuseForeign(client);
      await setPragmas(client);
    }
    const patiently: Patience = isLocal(url) ? (work) => work() : (work) => whileBusy(options, work);
    const opened = client;
    await patiently(() => migrate(opened));
    return new Database(client, withoutSecrets(url), isFile(url), patiently);
  } catch (error) {
    client?.close();
    throw explainDatabaseError(error, action);
  }
}

/**
 * WAL lets people query while an ingest writes; NORMAL is safe with it against a crash of the program. The log is folded into the
 * file at 4000 pages (16 MB) instead of 1000: each time waits for the disk twice.
 */
const PRAGMAS = [
  "journal_mode = WAL",
  "synchronous = NORMAL",
  "wal_autocheckpoint = 4000",
  "foreign_keys = ON",
  "temp_store = MEMORY",
];

async function setPragmas(client: Client): Promise<void> {
  for (const pragma of PRAGMAS) await client.execute(`PRAGMA ${pragma}`);
}

/** Does a transaction, again where that can help. */
type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/** An open index. Made by {@linkcode openDatabase}. */
export class Database implements Readable, AsyncDisposable {
  readonly #client: Client;
  /** Where it is, without secrets. */
  readonly url: string;
  /** Builds statements from the schema; they are run through {@linkcode Database.commit}. */
  readonly orm: LibSQLDatabase;
  readonly #isFile: boolean;
  readonly #patiently: Patience;
  #guard: (() => Statement) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @ignore Use {@linkcode openDatabase}. */
  constructor(client: Client, url: string, isFile: boolean, patiently: Patience) {
    this.#client = client;
    this.#patiently = patiently;
    this.url = url;
    this.#isFile = isFile;
    this.orm = drizzle(client);
  }

  /**
   * All rows of a query, as plain objects by column name.
   *
   * @throws {ConfluenceIndexError} `database` or `locked`.
   */
  async all<T = Record<string, unknown>>(sql: string, args: readonly InValue[] = []): Promise<T[]> {
    try {
      const result = await this.#patiently(() =>
        this.#client.execute({ sql, args: wellFormedArgs([...args]) })
      );
      return result.rows.map((row) => toObject(row, result.columns) as T);
    } catch (error) {
      throw explainDatabaseError(error, `Cannot read the index ${this.url}`);
    }
  }

  /** The first row of a query, or undefined. */
  async first<T = Record<string, unknown>>(
    sql: string,
    args: readonly InValue[] = [],
  ): Promise<T | undefined> {
    return (await this.all<T>(sql, args))[0];
  }

  /**
   * Runs statements as one transaction, in one round trip: all of them or none.
   *
   * @returns How many rows each statement changed.
   * @throws {ConfluenceIndexError} `database` or `locked`; nothing was changed.
   */
  async commit(statements: readonly Statement[]): Promise<number[]> {
    const guard = this.#guard;
    if (guard === undefined && statements.length === 0) return [];
    const wanted = statements.map(wellFormed);
    try {
      const results = await this.#patiently(() =>
        this.#client.batch(guard === undefined ? wanted : [guard(), ...wanted], "write")
      );
      return results.slice(results.length - wanted.length).map((result) => result.rowsAffected);
    } catch (error) {
      if (this.#guard !== undefined && /NOT NULL constraint failed: leases\.owner/.test(String(error))) {
        throw new ConfluenceIndexError("locked", "Cannot write to the index: another run has taken it over", {
          hint: "This run was silent for too long. Nothing was lost; run it again when the other has ended.",
          cause: error,
        });
      }
      if (/NOT NULL constraint failed: leases\.run_id/.test(String(error))) {
        throw new OvertakenError(
          "incomplete",
          "Cannot write to the index: another run wrote the same rows just now",
          {
            hint: "Nothing was lost. Run it again.",
            cause: error,
          },
        );
      }
      const explained = explainDatabaseError(error, `Cannot write to the index ${this.url}`);
      // The driver leaves a connection that could not begin a transaction unable to commit any later one.
      if (this.#isFile && explained instanceof ConfluenceIndexError && explained.code === "locked") {
        await this.#reconnect();
      }
      throw explained;
    }
  }

  async #reconnect(): Promise<void> {
    this.#client.reconnect();
    await setPragmas(this.#client);
  }

  /**
   * Makes every later commit start with a statement that must succeed (the lease).
   *
   * @param guard Makes the statement, or undefined to commit unguarded again.
   */
  guardWith(guard: (() => Statement) | undefined): void {
    this.#guard = guard;
  }

  /** Runs `work` alone: comparing with the tables and committing must not interleave with another space's. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /**
   * Writes the file anew without its free space; needs as much again on the disk meanwhile. A server minds its own file.
   *
   * @returns By how many bytes the file shrank.
   * @throws {ConfluenceIndexError} `database` or `locked`; the file is as it was.
   */
  async compact(): Promise<number> {
    if (!this.#isFile) return 0;
    const size = async () =>
      (await this.first<{ n: number }>(
        "SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size",
      ))!.n;
    const before = await size();
    try {
      await this.#client.execute("VACUUM");
    } catch (error) {
      throw explainDatabaseError(error, `Cannot compact the index ${this.url}`);
    }
    return before - await size();
  }

  /** Closes the connection. Safe to call twice. */
  close(): void {
    if (!this.#client.closed) this.#client.close();
  }

  /** Waits for work under way, folds the write-ahead log into the file, so that the one file can be carried, and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    if (this.#isFile && !this.#client.closed) {
      // A reader may hold it back; the next run folds it in.
      await this.#client.execute("PRAGMA wal_checkpoint(TRUNCATE)").catch(() => {});
    }
    this.close();
  }
}

/** Column names and values of one row, without the driver's index properties. */
function toObject(row: Row, columns: readonly string[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) object[columns[i]!] = row[i];
  return object;
}

/** Whether the URL names a file of this machine. */
export function isFile(url: string): boolean {
  return url.startsWith("file:") && !url.includes(":memory:");
}

function isLocal(url: string): boolean {
  return url.startsWith("file:") || url === ":memory:";
}

/** The path of a `file:` URL, relative ones included. */
export function pathOf(url: string): string {
  const path = url.replace(/^file:(\/\/(?=\/))?/, "").replace(/[?#].*$/, "");
  return decodeURIComponent(path);
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//").replace(/[?].*$/, "");
}

/** Makes the folder and the file, private to the user: pages may be confidential. SQLite gives -wal and -shm the same mode. */
async function makeFile(path: string): Promise<void> {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  try {
    if (folder !== "") await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseLinks(path);
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    file.close();
  } catch (error) {
    if (error instanceof ConfluenceIndexError || error instanceof Deno.errors.NotCapable) throw error;
    const finding = error instanceof Deno.errors.PermissionDenied
      ? "you may not write there"
      : error instanceof Deno.errors.IsADirectory
      ? "it is a folder"
      : (error instanceof Error ? error.message : String(error));
    throw new ConfluenceIndexError("database", `Cannot open the index ${path}: ${finding}`, {
      hint: "Point --db (or CONFLUENCE_INDEX_DB) at a file you may write.",
      cause: error,
    });
  }
}

/** SQLite follows links: one that somebody planted here would have it write, and give away pages, elsewhere. */
async function refuseLinks(path: string): Promise<void> {
  for (const file of ["", "-wal", "-shm", "-journal"].map((suffix) => path + suffix)) {
    const found = await Deno.lstat(file).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (found?.isSymlink !== true) continue;
    throw new ConfluenceIndexError("database", `Cannot open the index ${path}: ${file} is a link`, {
      hint: "Name the file that it leads to with --db, or take the link away if it is not yours.",
    });
  }
}
