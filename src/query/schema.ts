import { type Answer, readCatalog, type Reader, type SqlRow } from "../database/reader.ts";
import { MEANINGS } from "./meanings.ts";

/**
 * What there is to ask for: each table and view with its meaning, then its columns with theirs.
 *
 * @param reader The index.
 * @returns Rows of table, column, type, meaning; the column is null in the row about the table itself.
 */
export async function describeIndex(reader: Reader): Promise<Answer> {
  const rows: SqlRow[] = [];
  let last: string | undefined;
  for (const { table, isView, column, type, isKey } of await readCatalog(reader)) {
    if (table !== last) rows.push([table, null, isView ? "view" : "table", MEANINGS[table]?.meaning ?? ""]);
    last = table;
    rows.push([table, column, type, `${isKey ? "key: " : ""}${meaningOf(table, column)}`]);
  }
  return { columns: ["table", "column", "type", "meaning"], rows };
}

/** Views repeat the columns of the table they look at. */
function meaningOf(table: string, column: string): string {
  const described = MEANINGS[table];
  return described?.columns?.[column] ?? MEANINGS[described?.like ?? ""]?.columns?.[column] ?? "";
}
