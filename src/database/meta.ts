/** Facts about the whole index. @module */
import type { Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** A fact, or undefined where it was never stored. */
export async function readMeta(database: Readable, key: string): Promise<string | undefined> {
  return (await database.first<{ value: string }>("SELECT value FROM meta WHERE key = ?", [key]))?.value;
}

/** Stores a fact. */
export function saveMeta(key: string, value: string): Statement[] {
  return [{
    sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    args: [key, value],
  }];
}

/** Stores a fact that holds from then on, whatever it is said to be later. */
export function saveMetaOnce(key: string, value: string): Statement[] {
  return [{ sql: "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", args: [key, value] }];
}
