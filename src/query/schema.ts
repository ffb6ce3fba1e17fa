import type { Answer, Reader, SqlValue } from "../database/reader.ts";
import { MEANINGS } from "./meanings.ts";

// Left out: SQLite's own tables, and those that full-text search keeps its data in.
const COLUMNS = `SELECT t.name, t.type, c.name, c.type, c.pk
  FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
  WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY t.type = 'view' DESC, t.name, c.cid`;

/**
 * What there is to ask for: each table and view with its meaning, then its columns with theirs.
 *
 * @param reader The index.
 * @returns Rows of table, column, type, meaning; the column is null in the row about the table itself.
 */
export async function describeIndex(reader: Reader): Promise<Answer> {
  const { rows } = await reader.query(COLUMNS);
  const described: SqlValue[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const [table, kind, column, type, key] = row.map(String) as [string, string, string, string, string];
    if (table !== last) {
      described.push([table, null, kind === "view" ? "view" : "table", MEANINGS[table]?.meaning ?? ""]);
    }
    last = table;
    const note = Number(key) > 0 ? "key: " : "";
    described.push([table, column, type.toLowerCase(), `${note}${meaningOf(table, column)}`]);
  }
  return { columns: ["table", "column", "type", "meaning"], rows: described };
}

/** Views repeat the columns of the table they look at. */
function meaningOf(table: string, column: string): string {
  const described = MEANINGS[table];
  return described?.columns?.[column] ?? MEANINGS[described?.like ?? ""]?.columns?.[column] ?? "";
}
