/**
 * Looking an index over without changing it: is it there, whose tables are they, is the file sound, can it be written.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError } from "./database_error.ts";
import { filePath } from "./file_reader.ts";
import { makerOf, MIGRATIONS, TABLE_NAMES } from "./migrations.ts";
import { openReader, type Reader, type ReaderOptions } from "./reader.ts";
import { linkServer } from "./server.ts";

/** What {@linkcode examineDatabase} found. */
export interface Examination {
  /** `empty`: no tables of this program yet. `foreign`: a database with tables, but others'. */
  readonly schema: "current" | "older" | "newer" | "empty" | "foreign";
  /** What SQLite's own check complains about; null for a sound file, and for a server, which minds its own. */
  readonly damage: string | null;
}

/**
 * Looks an index over.
 *
 * @param url `file:path`, or the URL of a libSQL server.
 * @throws {ConfluenceIndexError} `database` or `locked`, when it cannot be read at all; nothing is made.
 */
export async function examineDatabase(url: string, options: ReaderOptions = {}): Promise<Examination> {
  await using reader = await openReader(url, options);
  return { damage: url.startsWith("file:") ? await damageOf(reader) : null, schema: await schemaOf(reader) };
}

async function schemaOf(reader: Reader): Promise<Examination["schema"]> {
  const tables = await reader.query(TABLE_NAMES);
  const maker = makerOf(tables.rows.map(([name]) => name));
  if (maker !== "this program") return maker === "nobody yet" ? "empty" : "foreign";
  const { rows } = await reader.query("SELECT tag FROM schema_migrations");
  const known = new Set(MIGRATIONS.map(({ tag }) => tag));
  if (rows.some(([tag]) => !known.has(String(tag)))) return "newer";
  return rows.length < known.size ? "older" : "current";
}

async function damageOf(reader: Reader): Promise<string | null> {
  const { rows } = await reader.query("PRAGMA quick_check(1)");
  const found = rows[0]?.[0];
  return found === "ok" ? null : String(found);
}

/**
 * Finds out whether an index can be written, leaving nothing behind.
 *
 * @param url `file:path`, or the URL of a libSQL server.
 * @throws {ConfluenceIndexError} `database` or `locked`, with what stands in the way.
 */
export async function proveWritable(url: string, options: ReaderOptions = {}): Promise<void> {
  if (url.startsWith("file:")) return await proveWritableFile(filePath(url));
  const { createClient } = await import("@libsql/client/web");
  const client = createClient(linkServer(url, options).config);
  try {
    const transaction = await client.transaction("write");
    try {
      // Refused where the token may only read; rolled back where it may write.
      await transaction.execute("CREATE TABLE confluence_index_write_probe (x)");
    } finally {
      await transaction.rollback().finally(() => transaction.close());
    }
  } catch (error) {
    throw explainDatabaseError(error, "Cannot write to the index");
  } finally {
    client.close();
  }
}

async function proveWritableFile(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true })).close();
    await proveFolderTakesFiles(`${path}-probe`);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    const finding = error instanceof Deno.errors.PermissionDenied ? "you may not write there" : error.message;
    throw new ConfluenceIndexError("database", `Cannot write to the index ${path}: ${finding}`, {
      hint: "Give yourself the right to write the file and its folder, or name another one with --db.",
      cause: error,
    });
  }
}

/** SQLite keeps its journal beside the file, so that the folder has to take files too. */
async function proveFolderTakesFiles(probe: string): Promise<void> {
  try {
    (await Deno.open(probe, { write: true, createNew: true, mode: 0o600 })).close();
    await Deno.remove(probe);
  } catch (error) {
    // A file that lies openly in the working folder: this program gave itself its own files there and no others.
    if (!(error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
