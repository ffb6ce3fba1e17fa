import { DatabaseSync } from "node:sqlite";
import { withTempDir } from "../support/temp_dir.ts";

/** Makes a small WAL database of two tables and a view, and removes it afterwards. */
export async function withDatabase<T>(work: (path: string, dir: string) => Promise<T>): Promise<T> {
  return await withTempDir(async (dir) => {
    const path = `${dir}/index.db`;
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE pages (id TEXT PRIMARY KEY, title TEXT NOT NULL, size INTEGER, body BLOB);
      CREATE TABLE spaces (id TEXT PRIMARY KEY, key TEXT NOT NULL);
      CREATE VIEW current_pages AS SELECT id, title FROM pages;
      CREATE VIRTUAL TABLE words USING fts5(text);
      INSERT INTO pages VALUES ('1', 'One', 10, NULL), ('2', 'Two', NULL, x'00ff'), ('3', 'Three', 9007199254740993, 'text');
      INSERT INTO words VALUES ('hello world');`);
    database.close();
    return await work(path, dir);
  });
}

/** The names and contents of a folder, but for what SQLite keeps beside an open database. */
export async function snapshot(dir: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(dir)) {
    if (/-(wal|shm)$/.test(name)) continue;
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${dir}/${name}`));
    files[name] = new Uint8Array(digest).toHex();
  }
  return files;
}
