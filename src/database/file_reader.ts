/**
 * Reading a file with SQLite's own read-only flag, by the SQLite that comes with Deno. libSQL's client has no such flag, and
 * even in its read transactions ATTACH makes files; this one needs neither `ffi` nor the right to write.
 *
 * Do not open a file here while this same process has it open through libSQL: two copies of SQLite in one process drop
 * each other's locks.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";
import type { Answer, Reader, SqlParams, SqlRow } from "./reader.ts";
import { narrow, noStatement, refusedStatement, secondStatement, wrongStatement } from "./statement_error.ts";

/** Opens a file that exists; see {@linkcode openReader}. */
export async function openFileReader(url: string, timeout: number): Promise<Reader> {
  return new FileReader(await openReadOnly(url, timeout));
}

/**
 * Opens a file that exists, so that SQLite refuses to write to it.
 *
 * @param url `file:path`.
 * @param timeout How long to wait for another program, in milliseconds.
 * @throws {ConfluenceIndexError} `database`, when it is not there or not a database; nothing is made.
 */
export async function openReadOnly(url: string, timeout: number): Promise<DatabaseSync> {
  const path = filePath(url);
  const action = `Cannot open the index ${path}`;
  await requireFile(path, action);
  let database: DatabaseSync | undefined;
  try {
    // Without attached databases neither ATTACH nor VACUUM INTO can make a file.
    database = new DatabaseSync(path, { readOnly: true, timeout, limits: { attach: 0 } });
    database.prepare("SELECT count(*) FROM sqlite_schema").all();
    return database;
  } catch (error) {
    database?.close();
    throw explainOpening(error, action);
  }
}

/** As libSQL's client reads `file:` URLs. */
export function filePath(url: string): string {
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

  stream(sql: string, params: SqlParams = {}): Promise<Answer> {
    return Promise.resolve().then(() => {
      try {
        if (isBlank(sql)) throw noStatement();
        const statement = this.#prepare(sql);
        const columns = statement.columns().map(({ name }) => name);
        if (columns.length === 0) return this.#answerNothing(sql, statement, params as Bindings);
        refuseSecond(sql, statement);
        return { columns, rows: this.#explained(sql, this.#rows(statement, params as Bindings)) };
      } catch (error) {
        throw explainRunning(error, sql);
      }
    });
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    return statement;
  }

  /** Nearly all statements without columns write, and running them ends in SQLite's refusal. */
  #answerNothing(sql: string, statement: StatementSync, params: Bindings): Answer {
    statement.run(params);
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    refuseSecond(sql, statement);
    return { columns: [], rows: [] };
  }

  /**
   * The rows, a few at once, many one by one. `iterate` of Deno 2.9 takes an error in the middle for the end, so the end has to
   * be proved: skipping as many rows as came must find nothing more, neither rows nor the error.
   */
  *#rows(statement: StatementSync, params: Bindings): Generator<SqlRow> {
    const inner = statement.sourceSQL.replace(/;\s*$/, "");
    const part = (limits: string): StatementSync => this.#prepare(`SELECT * FROM (${inner}\n) ${limits}`);
    let few: StatementSync;
    try {
      few = part(`LIMIT ${FEW}`);
    } catch {
      // Not a SELECT: EXPLAIN and PRAGMA answer little, all else is about to be refused.
      yield* allOf(statement, params);
      return;
    }
    // In one transaction, so that all of this sees the same state.
    this.#database.exec("BEGIN");
    try {
      const rows = allOf(few, params);
      if (rows.length < FEW) {
        yield* rows;
        return;
      }
      let count = 0;
      for (const row of statement.iterate(params)) {
        count++;
        yield row as unknown as SqlRow;
      }
      if (allOf(part(`LIMIT 1 OFFSET ${count}`), params).length > 0) {
        throw new Error(`The statement ended after ${count} rows although there are more`);
      }
    } finally {
      this.#database.exec("ROLLBACK");
    }
  }

  *#explained(sql: string, rows: Iterable<SqlRow>): Generator<SqlRow> {
    try {
      for (const row of rows) yield row.map(narrow);
    } catch (error) {
      throw explainRunning(error, sql);
    }
  }

  async query(sql: string, params?: SqlParams) {
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

/** As many rows as may be held at once, whatever they hold. */
const FEW = 100;

type Bindings = Record<string, SQLInputValue>;

function allOf(statement: StatementSync, params: Bindings): SqlRow[] {
  return statement.all(params) as unknown as SqlRow[];
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

function codeOf(error: Error): string | undefined {
  return "errcode" in error && typeof error.errcode === "number"
    ? FILE_CODES[error.errcode & 0xff]
    : undefined;
}

function explainOpening(error: unknown, action: string): Error {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return error as Error;
  return explainDatabaseError(new Error(codeOf(error) ?? error.message, { cause: error }), action);
}

function explainRunning(error: unknown, sql: string): Error {
  if (error instanceof ConfluenceIndexError || !(error instanceof Error) || !("code" in error)) {
    return error as Error;
  }
  const code = codeOf(error);
  // A PRAGMA that would change the file shows as "disk I/O error" or "locked", with nothing wrong.
  const pragma = /^\s*pragma\b/i.test(sql);
  if (code !== undefined && !pragma) {
    return explainDatabaseError(new Error(code, { cause: error }), "Cannot read the index");
  }
  const writes = code !== undefined || /readonly database|too many attached/.test(error.message);
  return writes ? refusedStatement(sql, error) : wrongStatement(error);
}

/** SQLite compiles one statement and leaves the rest of the text unread. */
function refuseSecond(sql: string, first: StatementSync): void {
  if (isBlank(sql.slice(first.sourceSQL.length))) return;
  throw secondStatement();
}

/** Whether there is nothing to run. Asking Deno 2.9 for the source of such a statement ends the process, so it is not compiled. */
function isBlank(sql: string): boolean {
  // SQLite stops reading at a NUL. Inside of strings this takes too much, but then a word before it stays.
  const read = sql.split("\0", 1)[0]!;
  return read.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\s;]+/g, "") === "";
}
