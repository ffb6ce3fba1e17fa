/**
 * Copying an index while others read and write it, by SQLite's own online backup: one step under one read transaction, so that the
 * copy is the state of one moment, and a run that writes meanwhile neither waits nor shows in it.
 *
 * @module
 */
import { backup, DatabaseSync } from "node:sqlite";
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";
import { filePath, openReadOnly } from "./file_reader.ts";

/** What {@linkcode backUp} made. */
export interface BackupResult {
  readonly path: string;
  readonly bytes: number;
  /** Pages that are current and not deleted, and versions of pages in all, counted in the copy. */
  readonly pages: number;
  readonly versions: number;
}

/** Options of {@linkcode backUp}. */
export interface BackupOptions {
  /** Replace a file that is there. @default {false} */
  readonly overwrite?: boolean;
  /** How long to wait for another program, in milliseconds. @default {5000} */
  readonly busyTimeoutMs?: number;
}

/**
 * Writes a checked copy of an index, as one plain SQLite file that is private to the user. It is made under `path` with `.new`
 * behind it and renamed when it is whole and sound, so that `path` is never half a copy.
 *
 * @param url The index: `file:path`.
 * @param path Where the copy goes; its folder must be there.
 * @throws {ConfluenceIndexError} `usage` when it will not write there or cannot read from there, `database` when copying fails.
 */
export async function backUp(url: string, path: string, options: BackupOptions = {}): Promise<BackupResult> {
  requireFileUrl(url);
  await refuseTarget(url, path, options.overwrite ?? false);
  const temporary = `${path}.new`;
  const source = await openReadOnly(url, options.busyTimeoutMs ?? 5_000);
  let made = false;
  try {
    refuseForeign(source, url);
    await refuseIndex(url, temporary, path);
    await makePrivate(temporary, path);
    made = true;
    // All pages at once: between two steps a run could write, and the copying would begin again, without end.
    await backup(source, temporary, { rate: -1 });
    const counts = settle(temporary);
    const { size } = await Deno.stat(temporary);
    // Somebody may have put a file there meanwhile.
    await refuseTarget(url, path, options.overwrite ?? false);
    await Deno.rename(temporary, path);
    return { path, bytes: size, ...counts };
  } catch (error) {
    if (made) await Deno.remove(temporary).catch(() => {});
    throw explain(error, path);
  } finally {
    source.close();
  }
}

function requireFileUrl(url: string): void {
  if (url.startsWith("file:")) return;
  if (url === ":memory:") {
    throw refusal("Cannot back up :memory:: it ends with the program", "Name a file with --db.");
  }
  throw refusal(
    `Cannot back up ${url}: it is a server, which keeps the file`,
    "Copy it through a replica with --replica FILE. Turso exports with: turso db export NAME.",
  );
}

async function refuseTarget(url: string, path: string, overwrite: boolean): Promise<void> {
  const found = await Deno.lstat(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw explain(error, path);
  });
  if (found === undefined) return await refuseUnfinished(path);
  if (found.isDirectory) throw refusal(`Cannot back up to ${path}: it is a folder`, "Name a file in it.");
  if (!overwrite) {
    throw refusal(
      `Cannot back up to ${path}: there is such a file already`,
      "Name another file, or replace it with --overwrite.",
    );
  }
  await refuseIndex(url, path, path);
  await refuseUnfinished(path);
}

/** What a program keeps beside a database that it has open, or had when it was killed, would be taken for a part of the copy. */
async function refuseUnfinished(path: string): Promise<void> {
  for (const beside of [`${path}-wal`, `${path}-journal`]) {
    const size = await Deno.stat(beside).then((found) => found.size, (error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw explain(error, path);
    });
    if (size === 0) continue;
    throw refusal(
      `Cannot back up to ${path}: ${beside} is there, of a program that has the file open or was killed`,
      `Wait for that program; if none runs, remove ${beside} and ${path}, or name another file.`,
    );
  }
}

/** Whatever is about to go must not be a file of the index. */
async function refuseIndex(url: string, file: string, path: string): Promise<void> {
  const own = await Deno.realPath(filePath(url)).catch(() => undefined);
  const target = await Deno.realPath(file).catch(() => undefined);
  if (own === undefined || target === undefined) return;
  if (["", "-wal", "-shm", "-journal"].some((end) => own + end === target)) {
    throw refusal(`Cannot back up to ${path}: ${file} is the index itself`, "Name another file.");
  }
}

/** A file of somebody else's may lie in the way of a wrong --db; copying it would look like a backup. */
function refuseForeign(source: DatabaseSync, url: string): void {
  const tables = source.prepare(
    "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
  );
  if (tables.get()?.n === 1) return;
  throw new ConfluenceIndexError(
    "database",
    `Cannot back up ${url}: it holds no tables of this program`,
    { hint: "Make an index first with confluence-index ingest --space KEY, or name another one with --db." },
  );
}

/** An empty file is a database to SQLite, and keeps the mode that it was made with. What a killed backup left goes. */
async function makePrivate(temporary: string, path: string): Promise<void> {
  try {
    await Deno.remove(temporary).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    (await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 })).close();
  } catch (error) {
    throw explain(error, path);
  }
}

/** Proves the copy, and takes it out of WAL mode: one file that also opens where nobody may write. */
function settle(temporary: string): Pick<BackupResult, "pages" | "versions"> {
  const copy = new DatabaseSync(temporary, { limits: { attach: 0 } });
  try {
    copy.exec("PRAGMA journal_mode = DELETE");
    const found = copy.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (found !== "ok") throw new Error(`SQLITE_CORRUPT ${found}`);
    const row = copy.prepare(
      `SELECT count(*) FILTER (WHERE is_current = 1 AND deleted_at IS NULL) AS pages, count(*) AS versions FROM pages`,
    ).get();
    return { pages: Number(row?.pages), versions: Number(row?.versions) };
  } finally {
    copy.close();
  }
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof ConfluenceIndexError || !(error instanceof Error)) return error;
  if (error instanceof Deno.errors.NotCapable) return error;
  const action = `Cannot back up to ${path}`;
  if (error instanceof Deno.errors.NotFound) {
    return refusal(`${action}: its folder is not there`, "Make the folder first, or name another one.");
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return refusal(`${action}: you may not write there`, "Name a file in a folder of yours.");
  }
  return explainDatabaseError(error, action);
}

function refusal(message: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", message, { hint });
}
