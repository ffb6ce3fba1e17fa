/**
 * What an index holds, by name: its tables, views and columns.
 *
 * @module
 */
import type { Reader } from "./reader.ts";

/** A column of a table or view. */
export interface CatalogColumn {
  readonly table: string;
  readonly isView: boolean;
  readonly column: string;
  /** `text`, `integer`, …; empty where it was declared without. */
  readonly type: string;
  readonly isKey: boolean;
}

// Left out: SQLite's own tables, and those that full-text search keeps its data in.
const COLUMNS = `SELECT t.name, t.type, c.name, c.type, c.pk
  FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
  WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY t.type = 'view' DESC, t.name, c.cid`;

/**
 * Every column there is: views first, then tables, by name; columns in their order.
 *
 * @param reader The index.
 */
export async function readCatalog(reader: Reader): Promise<CatalogColumn[]> {
  const { rows } = await reader.query(COLUMNS);
  return rows.map(([table, kind, column, type, key]) => ({
    table: String(table),
    isView: kind === "view",
    column: String(column),
    type: String(type).toLowerCase(),
    isKey: Number(key) > 0,
  }));
}
