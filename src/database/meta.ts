/** Facts about the whole index. @module */
import type { Database, Statement } from "./database.ts";

/** A fact, or undefined where it was never stored. */
export async function readMeta(database: Database, key: string): Promise<string | undefined> {
  return (await database.first<{ value: string }>("SELECT value FROM meta WHERE key = ?", [key]))?.value;
}

/** Stores a fact. */
export function saveMeta(key: string, value: string): Statement[] {
  return [{
    sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    args: [key, value],
  }];
}
