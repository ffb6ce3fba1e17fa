/**
 * Upserts of many rows. drizzle writes the SQL once for each number of rows, from the schema; after that only the values
 * change: to write the text anew takes it longer than to run it takes SQLite.
 *
 * @module
 */
import type { InValue } from "@libsql/client";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Statement } from "./database.ts";

/** Rows in one statement: more of them gain nothing. */
const ROWS = 125;

/** An upsert into one table. */
export class Upsert<T extends SQLiteTable> {
  readonly #table: T;
  readonly #target: SQLiteColumn[];
  readonly #set: Readonly<Record<string, SQL>>;
  readonly #texts = new Map<number, string>();
  #names: readonly string[] | undefined;

  /**
   * @param table Where the rows go.
   * @param target The columns of its key.
   * @param set What becomes of the columns of a row that is there already.
   */
  constructor(table: T, target: SQLiteColumn[], set: Readonly<Record<string, SQL>>) {
    this.#table = table;
    this.#target = target;
    this.#set = set;
  }

  /**
   * The statements for rows, in order.
   *
   * @param rows Values by property of the schema, every row with the same ones; columns left out are null.
   */
  statements(orm: LibSQLDatabase, rows: readonly Readonly<Record<string, InValue>>[]): Statement[] {
    const [first] = rows;
    if (first === undefined) return [];
    const names = this.#names ??= Object.keys(getTableColumns(this.#table)).filter((name) => name in first);
    const statements: Statement[] = [];
    for (let start = 0; start < rows.length; start += ROWS) {
      const some = rows.slice(start, start + ROWS);
      const args = some.flatMap((row) => names.map((name) => row[name] ?? null));
      statements.push({ sql: this.#text(orm, some.length, names), args });
    }
    return statements;
  }

  #text(orm: LibSQLDatabase, count: number, names: readonly string[]): string {
    let text = this.#texts.get(count);
    if (text === undefined) {
      const row = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
      const insert = orm.insert(this.#table).values(Array(count).fill(row) as T["$inferInsert"][]);
      text = insert.onConflictDoUpdate({ target: this.#target, set: this.#set as never }).toSQL().sql;
      this.#texts.set(count, text);
    }
    return text;
  }
}
