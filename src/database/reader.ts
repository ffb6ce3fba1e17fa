/**
 * Reading the index in other people's SQL, over connections on which the database itself refuses to write. A door of its
 * own beside `mod.ts`: whoever only reads loads neither the native addon nor drizzle, and needs no right to write.
 *
 * A file is opened with SQLite's own read-only flag, by the SQLite that comes with Deno: libSQL's client has no such flag,
 * and even in its read transactions ATTACH makes files. Do not open a file here while this same process has it open
 * through libSQL: two copies of SQLite in one process drop each other's locks.
 *
 * A server is asked in a read transaction that is always rolled back, after its own EXPLAIN has shown no write: some
 * servers let a read transaction write.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Client, ResultSet, Transaction } from "@libsql/client/web";
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";

/** A value as SQLite has it. A whole number is a `bigint` only where a `number` would not hold it exactly. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** What a statement answers. */
export interface Answer {
  readonly columns: readonly string[];
  /** One after the other; from a file, each is read when it is asked for. To be gone through once. */
  readonly rows: Iterable<readonly SqlValue[]>;
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
  stream(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<Answer>;
  /** The same with all rows at once. */
  query(
    sql: string,
    params?: Readonly<Record<string, SqlValue>>,
  ): Promise<{ columns: readonly string[]; rows: (readonly SqlValue[])[] }>;
  /** Closes the connection. Safe to call twice. */
  close(): void;
}

/** Options of {@linkcode openReader}. */
export interface ReaderOptions {
  /** Token of a libSQL server; a file needs none. */
  readonly token?: string | undefined;
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
  return url.startsWith("file:") || url === ":memory:"
    ? await openFile(url, options.busyTimeoutMs ?? 5_000)
    : await openServer(url, options.token);
}

async function openFile(url: string, timeout: number): Promise<Reader> {
  const path = url === ":memory:" ? url : filePath(url);
  const action = `Cannot open the index ${path}`;
  if (path !== ":memory:") await requireFile(path, action);
  let database: DatabaseSync | undefined;
  try {
    // Without attached databases neither ATTACH nor VACUUM INTO can make a file.
    database = new DatabaseSync(path, { readOnly: path !== ":memory:", timeout, limits: { attach: 0 } });
    database.prepare("SELECT count(*) FROM sqlite_schema").all();
    return new FileReader(database);
  } catch (error) {
    database?.close();
    throw explainFileError(error, action);
  }
}

/** As libSQL's client reads `file:` URLs. */
function filePath(url: string): string {
  return decodeURIComponent(
    url.slice("file:".length).replace(/^\/\/(localhost)?(?=\/)/, "").replace(/[?#].*$/s, ""),
  );
}

async function requireFile(path: string, action: string): Promise<void> {
  const found = await Deno.stat(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (found?.isFile === true) return;
  throw new ConfluenceIndexError(
    "database",
    `${action}: ${found === undefined ? "there is no such file" : "it is not a file"}`,
    { hint: "Make it first with confluence-index ingest --space KEY, or name another one with --db." },
  );
}

class FileReader implements Reader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  stream(sql: string, params: Readonly<Record<string, SqlValue>> = {}): Promise<Answer> {
    return Promise.resolve().then(() => {
      try {
        const statement = this.#database.prepare(sql);
        this.#refuseSecond(sql.slice(statement.sourceSQL.length));
        statement.setReturnArrays(true);
        statement.setReadBigInts(true);
        const columns = statement.columns().map(({ name }) => name);
        return { columns, rows: FileReader.#rows(statement, params, sql) };
      } catch (error) {
        throw explainFileError(error, ACTION, sql);
      }
    });
  }

  /** SQLite compiles one statement and leaves the rest of the text; what is left must be blank or comments. */
  #refuseSecond(rest: string): void {
    if (rest.trim() === "") return;
    try {
      this.#database.prepare(rest);
    } catch (error) {
      if (isEmptyStatement(error)) return;
    }
    throw new ConfluenceIndexError("usage", `${ACTION}: there is more than one`, {
      hint: "Run them one by one.",
    });
  }

  static *#rows(
    statement: StatementSync,
    params: Readonly<Record<string, SqlValue>>,
    sql: string,
  ): Generator<readonly SqlValue[]> {
    try {
      for (const row of statement.iterate(params as Record<string, SQLInputValue>)) {
        yield (row as unknown as SqlValue[]).map(narrow);
      }
    } catch (error) {
      throw explainFileError(error, ACTION, sql);
    }
  }

  async query(sql: string, params?: Readonly<Record<string, SqlValue>>) {
    const { columns, rows } = await this.stream(sql, params);
    return { columns, rows: [...rows] };
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

const ACTION = "Cannot run the statement";

function narrow(value: SqlValue): SqlValue {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Primary result codes, https://sqlite.org/rescode.html, that are about the file or the disk and not about the statement. */
const FILE_CODES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB",
};
const READS_ONLY = "query only reads. What changes the index is ingest.";

function explainFileError(error: unknown, action: string, sql = ""): Error {
  if (error instanceof ConfluenceIndexError || error instanceof Deno.errors.NotCapable) return error;
  if (!(error instanceof Error) || !("code" in error)) return error as Error;
  const code = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
  const name = code === undefined ? undefined : FILE_CODES[code];
  if (action !== ACTION && (name !== undefined || /unable to open/.test(error.message))) {
    return explainDatabaseError(new Error(`${name ?? "SQLITE_CANTOPEN"}`, { cause: error }), action);
  }
  // A PRAGMA that would change the file shows as "disk I/O error" or "locked", with nothing wrong.
  if (name !== undefined && !/^\s*pragma\b/i.test(sql)) {
    return explainDatabaseError(new Error(name, { cause: error }), action);
  }
  return refusal(action, error);
}

function refusal(action: string, error: Error): ConfluenceIndexError {
  if (isEmptyStatement(error)) {
    return new ConfluenceIndexError("usage", `${action}: there is none`, {
      hint: "Write one SELECT.",
      cause: error,
    });
  }
  const writes = /readonly database|too many attached|disk I\/O|is locked/.test(error.message);
  const finding = writes ? `it would write (SQLite says: ${error.message})` : error.message;
  return new ConfluenceIndexError("usage", `${action}: ${finding}`, {
    hint: writes ? READS_ONLY : "See confluence-index query --schema for tables and columns.",
    cause: error,
  });
}

/** SQLite's way to say that there was nothing to run. */
function isEmptyStatement(error: unknown): boolean {
  return error instanceof Error && error.message === "not an error";
}

async function openServer(url: string, token: string | undefined): Promise<Reader> {
  // The client for servers alone: the other one loads the native addon.
  const { createClient } = await import("@libsql/client/web");
  const client = createClient({
    url,
    intMode: "bigint",
    ...(token === undefined ? {} : { authToken: token }),
  });
  try {
    await client.execute("SELECT 1");
  } catch (error) {
    client.close();
    throw explainDatabaseError(error, `Cannot open the index ${url}`);
  }
  return new ServerReader(client);
}

class ServerReader implements Reader {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async query(sql: string, params: Readonly<Record<string, SqlValue>> = {}) {
    let transaction: Transaction | undefined;
    try {
      transaction = await this.#client.transaction("read");
      await refuseWrite(transaction, sql, params);
      const { columns, rows } = await transaction.execute({ sql, args: params as Record<string, string> });
      return { columns, rows: rows.map((row) => columns.map((_, i) => narrow(toValue(row[i])))) };
    } catch (error) {
      throw explainServerError(error);
    } finally {
      transaction?.close();
    }
  }

  stream(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<Answer> {
    return this.query(sql, params);
  }

  close(): void {
    if (!this.#client.closed) this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** Asks the server for the program it made of the statement: one that opens a write transaction has `Transaction` with P2. */
async function refuseWrite(
  transaction: Transaction,
  sql: string,
  params: Readonly<Record<string, SqlValue>>,
): Promise<void> {
  let program: ResultSet;
  try {
    program = await transaction.execute({ sql: `EXPLAIN ${sql}`, args: params as Record<string, string> });
  } catch {
    // It cannot be explained: it is wrong, which running it says better, or it is an EXPLAIN itself.
    return;
  }
  if (program.rows.some((row) => row["opcode"] === "Transaction" && Number(row["p2"]) !== 0)) {
    throw new ConfluenceIndexError("usage", `${ACTION}: it would write`, { hint: READS_ONLY });
  }
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value ?? null) as SqlValue;
}

/** The codes of errors that are about the statement. */
const STATEMENT_ERROR = /^(SQL_|SQLITE_(ERROR|UNKNOWN|READONLY|AUTH|MISMATCH|RANGE|TOOBIG))/;

function explainServerError(error: unknown): Error {
  if (error instanceof ConfluenceIndexError || !(error instanceof Error)) return error as Error;
  const code = "code" in error ? String(error.code) : "";
  if (!STATEMENT_ERROR.test(code)) return explainDatabaseError(error, "Cannot read the index");
  if (code === "SQL_MANY_STATEMENTS") {
    return new ConfluenceIndexError("usage", `${ACTION}: there is more than one`, {
      hint: "Run them one by one.",
    });
  }
  if (code === "SQL_NO_STATEMENT") return refusal(ACTION, new Error("not an error", { cause: error }));
  const message = error.message.replace(/^(SQL\w+: )+/, "").replace(/^SQLite error: /, "");
  return refusal(ACTION, new Error(message, { cause: error }));
}
