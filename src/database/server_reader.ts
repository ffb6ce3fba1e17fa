/**
 * Reading a libSQL server in a read transaction that is always rolled back, after the server's own EXPLAIN has shown no
 * write: some servers let a read transaction write.
 *
 * @module
 */
import { type Client, createClient, type ResultSet } from "@libsql/client/web";
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";
import type { Answer, Reader, SqlParams, SqlValue } from "./reader.ts";
import { linkServer, type ServerLink, type ServerOptions } from "./server.ts";
import {
  narrow,
  noStatement,
  refusedStatement,
  secondStatement,
  writingStatement,
  wrongStatement,
} from "./statement_error.ts";

/** Connects; see {@linkcode openReader}. The client for servers alone: the other one loads the native addon. */
export async function openServerReader(url: string, options: ServerOptions): Promise<Reader> {
  let client: Client | undefined;
  try {
    const link = linkServer(url, options);
    client = createClient({ ...link.config, intMode: "bigint" });
    await client.execute("SELECT 1");
    return new ServerReader(client, link);
  } catch (error) {
    client?.close();
    throw explainDatabaseError(error, `Cannot open the index ${url}`);
  }
}

class ServerReader implements Reader {
  readonly #client: Client;
  readonly #link: ServerLink;

  constructor(client: Client, link: ServerLink) {
    this.#client = client;
    this.#link = link;
  }

  async query(sql: string, params: SqlParams = {}) {
    try {
      await this.#refuseWrite(sql, params);
      const { columns, rows } = await this.#run(sql, params);
      return { columns, rows: rows.map((row) => columns.map((_, i) => narrow(toValue(row[i])))) };
    } catch (error) {
      throw explainServerError(error, sql);
    }
  }

  /** Asks the server for the program it made of the statement: in one that writes, `Transaction` has a P2. */
  async #refuseWrite(sql: string, params: SqlParams): Promise<void> {
    let program: ResultSet;
    try {
      program = await this.#run(`EXPLAIN ${sql}`, params);
    } catch {
      // It cannot be explained: it is wrong, which running it says better, or it is an EXPLAIN itself.
      return;
    }
    if (program.rows.some((row) => row["opcode"] === "Transaction" && Number(row["p2"]) !== 0)) {
      throw writingStatement();
    }
  }

  /** Each in a transaction of its own, since an error closes it; never committed. */
  async #run(sql: string, params: SqlParams): Promise<ResultSet> {
    const transaction = await this.#client.transaction("read");
    try {
      return await transaction.execute({ sql, args: params as Record<string, string> });
    } finally {
      transaction.close();
    }
  }

  stream(sql: string, params?: SqlParams): Promise<Answer> {
    return this.query(sql, params);
  }

  close(): void {
    if (!this.#client.closed) this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#link.idle();
  }
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value ?? null) as SqlValue;
}

/** The codes of errors that are about the statement. */
const STATEMENT_ERROR = /^(SQL_|SQLITE_(ERROR|UNKNOWN|READONLY|AUTH|MISMATCH|RANGE|TOOBIG))/;

function explainServerError(error: unknown, sql: string): Error {
  if (error instanceof ConfluenceIndexError || !(error instanceof Error)) return error as Error;
  const code = "code" in error ? String(error.code) : "";
  if (!STATEMENT_ERROR.test(code)) return explainDatabaseError(error, "Cannot read the index");
  if (code === "SQL_MANY_STATEMENTS") return secondStatement();
  if (code === "SQL_NO_STATEMENT") return noStatement();
  const message = error.message.replace(/^(SQL\w+: )+/, "").replace(/^SQLite error: /, "");
  const said = new Error(message, { cause: error });
  return /READONLY/.test(code) || /^SQL string could not be parsed: unsupported/.test(message)
    ? refusedStatement(sql, said)
    : wrongStatement(said);
}
