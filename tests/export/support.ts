/** A small index made row by row, and what an export left on disk. */
import { type Database, openDatabase } from "../../src/database/mod.ts";

/** A page to put into the index; what is left out gets a plain value. */
export interface PageRow {
  readonly id: string;
  readonly title?: string;
  readonly space?: string;
  readonly parent?: string | null;
  readonly parentType?: string;
  readonly version?: number;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly deleted?: boolean;
}

/** Puts pages in, in place of what the index held under their ids. */
export async function putPages(database: Database, pages: readonly PageRow[]): Promise<void> {
  const run = {
    sql:
      "INSERT OR IGNORE INTO runs (id, command, started_at, completed_at, status, args, tool_version) VALUES ('r1', 'ingest', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z', 'complete', '{}', '0.1.0')",
    args: [],
  };
  await database.commit([
    run,
    ...pages.flatMap((page) => [
      { sql: "DELETE FROM pages WHERE id = ?", args: [page.id] },
      {
        sql:
          `INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, parent_id, parent_type,
              created_at, updated_at, version_message, minor_edit, url, labels, run_id, fetched_at, body_format, body, deleted_at)
            VALUES (?, ?, 1, 'current', ?, '1', ?, ?, ?, '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '', 0, ?, ?,
              'r1', '2026-01-03T00:00:00.000Z', 'storage', ?, ?)`,
        args: [
          page.id,
          page.version ?? 1,
          page.title ?? `Page ${page.id}`,
          page.space ?? "DOCS",
          page.parent ?? null,
          page.parentType ?? (page.parent ? "page" : null),
          `https://example.atlassian.net/wiki/spaces/${page.space ?? "DOCS"}/pages/${page.id}`,
          page.labels === undefined ? null : JSON.stringify(page.labels),
          page.body ?? `<p>Text of ${page.id}</p>`,
          page.deleted ? "2026-01-04T00:00:00.000Z" : null,
        ],
      },
    ]),
  ]);
}

/** Puts one attachment in. */
export async function putAttachment(
  database: Database,
  row: { readonly id: string; readonly page: string; readonly filename: string },
): Promise<void> {
  await database.commit([{
    sql:
      `INSERT INTO attachments (id, version, is_current, status, page_id, space_id, filename, download_url, updated_at, run_id, fetched_at)
          VALUES (?, 1, 1, 'current', ?, '1', ?, ?, '2026-01-02T00:00:00.000Z', 'r1', '2026-01-03T00:00:00.000Z')`,
    args: [row.id, row.page, row.filename, `https://example.atlassian.net/wiki/download/${row.id}`],
  }]);
}

/** An index in memory with these pages. */
export async function indexWith(pages: readonly PageRow[]): Promise<Database> {
  const database = await openDatabase(":memory:");
  await putPages(database, pages);
  return database;
}

/** Every file below a folder with its text, links named as such, by path. */
export async function filesOf(folder: string, prefix = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) Object.assign(files, await filesOf(folder, `${path}/`));
    else files[path] = entry.isSymlink ? "(link)" : await Deno.readTextFile(`${folder}/${path}`);
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1));
}

/** The same without the program's own record. */
export async function pagesOf(folder: string): Promise<Record<string, string>> {
  const files = await filesOf(folder);
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(".")));
}
