/**
 * An embedded replica: a file that follows a server, frame by frame, for reading where the server is far or busy. Only the
 * following goes through the native addon; reading is reading a file.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { explainDatabaseError, ServerAwayError } from "./database_error.ts";
import { openIndex } from "./read_only.ts";
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
    try {
      // Says what is wrong in time, and in words: the native way of following knows neither.
      const index = await openIndex(server, options);
      await index[Symbol.asyncDispose]();
    } catch (error) {
      if (known === null || !(error instanceof ServerAwayError)) throw error;
      return { url, behindSince: known };
    }
    if (known === null) {
      await note(source, { server, at: null });
      // What is left of a first time that was cut short cannot be followed on.
      for (const file of files(path)) await ifThere(Deno.remove(file));
    }
    await pull(path, server, options.token);
    await note(source, { server, at: new Date().toISOString() });
    return { url, behindSince: null };
  } finally {
    source.close();
  }
}

interface Note {
  readonly server: string;
  /** When the replica was last like the server. */
  readonly at: string | null;
}

async function openSource(path: string): Promise<Deno.FsFile> {
  const note = `${path}-source`;
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
    throw new ConfluenceIndexError("database", `${action}: the two do not fit together`, {
      hint: `Remove ${path} and the files that begin with its name: it is made again.`,
      cause: error,
    });
  }
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
