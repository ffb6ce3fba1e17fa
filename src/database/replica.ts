/**
 * An embedded replica: a file that follows a server, frame by frame, for reading where the server is far or busy. Only the
 * following goes through the native addon; reading is reading a file.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError, ServerAwayError } from "./database_error.ts";
import { openIndex, type ReadOnlyIndex } from "./read_only.ts";
import { notePath } from "./replica_note.ts";
import type { ServerOptions } from "./server.ts";

/** What {@linkcode followServer} came to. */
export interface Followed {
  /** The replica, as the URL of a file. */
  readonly url: string;
  /** When the replica was last like the server, ISO 8601 UTC; null when it is just now. */
  readonly behindSince: string | null;
}

/**
 * Brings a replica up to what its server holds, and makes it where there is none. A server that is away leaves it as it was.
 *
 * @param path The file; its folder must be there.
 * @param server The server's URL.
 * @param options How the server is asked.
 * @throws {ConfluenceIndexError} `database`: the file is something else, the server refuses, holds no index, or is away
 * while there is no replica yet.
 */
export async function followServer(
  path: string,
  server: string,
  options: ServerOptions = {},
): Promise<Followed> {
  const url = `file:${path}`;
  const source = await openSource(path);
  try {
    // Two that follow at once would write over each other.
    await source.lock(true);
    const known = await followed(source, path, server);
    let index: ReadOnlyIndex;
    try {
      // Says what is wrong in time, and in words: the native way of following knows neither.
      index = await openIndex(server, options);
    } catch (error) {
      if (known === null || !(error instanceof ServerAwayError)) throw error;
      return { url, behindSince: known };
    }
    await using held = index;
    const begin = async () => {
      await note(source, { server, at: null });
      for (const file of files(path)) await ifThere(Deno.remove(file));
    };
    // What is left of a first time that was cut short cannot be followed on.
    if (known === null) await begin();
    const newest = await newestRun(held);
    await pull(path, server, options.token);
    if (!await isCopyOf(held, newest, url)) {
      // The server was put back to an earlier time: frame by frame, nothing tells.
      await begin();
      await pull(path, server, options.token);
      if (!await isCopyOf(held, newest, url)) throw misfit(path);
    }
    await note(source, { server, at: new Date().toISOString() });
    return { url, behindSince: null };
  } finally {
    source.close();
  }
}

/** Whether a replica that was just brought up to date has the runs of its server: what it had newest there, and the other way round. */
async function isCopyOf(server: ReadOnlyIndex, newest: string | null, url: string): Promise<boolean> {
  await using replica = await openIndex(url);
  const own = await newestRun(replica);
  return (newest === null || await hasRun(replica, newest)) && (own === null || await hasRun(server, own));
}

async function newestRun(index: ReadOnlyIndex): Promise<string | null> {
  const run = await index.first<{ id: string }>(
    "SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT 1",
  );
  return run?.id ?? null;
}

async function hasRun(index: ReadOnlyIndex, id: string): Promise<boolean> {
  return await index.first("SELECT 1 FROM runs WHERE id = ?", [id]) !== undefined;
}

interface Note {
  readonly server: string;
  /** When the replica was last like the server. */
  readonly at: string | null;
}

async function openSource(path: string): Promise<Deno.FsFile> {
  const note = notePath(path);
  try {
    // Anything else than a replica must not be written over.
    if (await isThere(path) && !await isThere(note)) throw refusal(path, "it is no replica");
    return await Deno.open(note, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof ConfluenceIndexError) throw error;
    throw refusal(path, error instanceof Deno.errors.NotFound ? "its folder is not there" : error.message);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** When it was last like this server; null for a replica that never was. */
async function followed(source: Deno.FsFile, path: string, server: string): Promise<string | null> {
  const text = new TextDecoder().decode(await readAll(source));
  if (text === "") return null;
  let known: Partial<Note>;
  try {
    known = JSON.parse(text);
  } catch {
    throw refusal(path, "the note beside it, which ends in -source, cannot be read");
  }
  if (known.server !== server) throw refusal(path, "it follows another server");
  return known.at ?? null;
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const bytes = new Uint8Array((await file.stat()).size);
  await file.seek(0, Deno.SeekMode.Start);
  const read = await file.read(bytes);
  return bytes.subarray(0, read ?? 0);
}

async function note(source: Deno.FsFile, text: Note): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(text)}\n`);
  await source.seek(0, Deno.SeekMode.Start);
  await source.truncate();
  await source.write(bytes);
}

async function pull(path: string, server: string, token: string | undefined): Promise<void> {
  try {
    const { createClient } = await import("@libsql/client");
    const client = createClient({
      url: `file:${path}`,
      syncUrl: server,
      ...(token === undefined ? {} : { authToken: token }),
    });
    try {
      // Private to the user, as pages may be, before the first of them is there.
      if (Deno.build.os !== "windows") {
        for (const file of files(path)) await ifThere(Deno.chmod(file, 0o600));
      }
      await client.sync();
    } finally {
      client.close();
    }
  } catch (error) {
    const action = `Cannot bring the replica ${path} up to date`;
    const explained = explainDatabaseError(error, action);
    if (explained instanceof ConfluenceIndexError) throw explained;
    throw misfit(path, error);
  }
}

function misfit(path: string, cause?: unknown): ConfluenceIndexError {
  const message = `Cannot bring the replica ${path} up to date: the two do not fit together`;
  return new ConfluenceIndexError("database", message, {
    hint: `Remove ${path} and the files that begin with its name: it is made again.`,
    cause,
  });
}

/** SQLite's files, and what libSQL keeps beside them. */
function files(path: string): string[] {
  return ["", "-wal", "-shm", "-client_wal_index"].map((suffix) => path + suffix);
}

async function ifThere(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

function refusal(path: string, finding: string): ConfluenceIndexError {
  return new ConfluenceIndexError("database", `Cannot use the replica ${path}: ${finding}`, {
    hint: "Name a file that is not there yet, or that --replica has made from this server.",
  });
}
