/**
 * Files that are there whole or not at all: written under a temporary name, then renamed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";

/** What was written. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly lines: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const FLUSH_BYTES = 256 * 1024;

/**
 * Writes lines to `folder/name`, each ended by a newline. The file is private to the user.
 *
 * @param folder An existing folder.
 * @param name The file's name, ours and never remote text.
 * @param lines Without their newlines.
 * @throws {ConfluenceIndexError} `files`; nothing half-written is left.
 */
export async function writeLines(
  folder: string,
  name: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<WrittenFile> {
  await using files = new StagedFiles(folder);
  const written = await files.add(name, lines);
  await files.commit();
  return written;
}

/** Files that take their places together, once all are written. */
export class StagedFiles implements AsyncDisposable {
  readonly #folder: string;
  readonly #staged: { readonly temporary: string; readonly path: string }[] = [];

  /** @param folder An existing folder. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a file under a temporary name; see {@linkcode writeLines}. */
  async add(name: string, lines: AsyncIterable<string> | Iterable<string>): Promise<WrittenFile> {
    const path = join(this.#folder, name);
    const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    this.#staged.push({ temporary, path });
    try {
      return { name, ...await writeTemporary(temporary, lines) };
    } catch (error) {
      throw explainFileError(error, path);
    }
  }

  /** Gives all files their names, in the order in which they were written. */
  async commit(): Promise<void> {
    for (let staged = this.#staged.shift(); staged !== undefined; staged = this.#staged.shift()) {
      try {
        await Deno.rename(staged.temporary, staged.path);
      } catch (error) {
        this.#staged.push(staged);
        throw explainFileError(error, staged.path);
      }
    }
  }

  /** Removes what was not given its name. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#staged.splice(0)) await Deno.remove(temporary).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard();
  }
}

/** Nobody writes a file for so long, in milliseconds. */
const LONG = 60 * 60_000;

/**
 * Removes what a program that was killed while it wrote into the folder has left there.
 *
 * @param alone Whether nobody else may be at it just now.
 */
export async function removeUnfinished(folder: string, alone: boolean): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !/\.[0-9a-f]{8}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const written = (await Deno.lstat(path).catch(() => null))?.mtime?.getTime() ?? Date.now();
    if (alone || Date.now() - written > LONG) await Deno.remove(path).catch(() => {});
  }
}

async function writeTemporary(path: string, lines: AsyncIterable<string> | Iterable<string>) {
  // createNew: a file or link somebody put there is never written through.
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const hash = createHash("sha256");
  const encoder = new TextEncoder();
  let [bytes, count, pending] = [0, 0, ""];
  const flush = async () => {
    const chunk = encoder.encode(pending);
    pending = "";
    hash.update(chunk);
    bytes += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength;) at += await file.write(chunk.subarray(at));
  };
  for await (const line of lines) {
    pending += line + "\n";
    count++;
    if (pending.length >= FLUSH_BYTES) await flush();
  }
  await flush();
  await file.syncData();
  return { bytes, lines: count, sha256: hash.digest("hex") };
}

/**
 * Makes a folder below another, private to the user where it is new. The output folder itself may be a link, its owner's choice;
 * what lies below may not: somebody else's link would have files written elsewhere.
 *
 * @param out The output folder; made where it is missing.
 * @param names The folders below it, ours and never remote text.
 * @returns The path of the last one.
 * @throws {ConfluenceIndexError} `files`.
 */
export async function makeFolder(out: string, ...names: readonly string[]): Promise<string> {
  let path = out;
  try {
    await Deno.mkdir(out, { recursive: true, mode: 0o700 });
    for (const name of names) {
      // A run's id comes from a file that somebody may have handed on.
      if (!/^\w[\w.-]*$/.test(name)) throw new Deno.errors.NotADirectory(`"${name}" is no name for a folder`);
      path = join(path, name);
      await Deno.mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
      if (!(await Deno.lstat(path)).isDirectory) {
        throw new Deno.errors.NotADirectory("it is a link or a file, not a folder");
      }
    }
    return path;
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** What went wrong with a file, for people; bugs and missing permissions come back as they are. */
export function explainFileError(error: unknown, path: string): unknown {
  if (error instanceof ConfluenceIndexError || error instanceof Deno.errors.NotCapable) return error;
  if (!(error instanceof Error) || !("code" in error || error.name in Deno.errors)) return error;
  const finding = error instanceof Deno.errors.PermissionDenied
    ? "you may not write there"
    : /No space left/.test(error.message)
    ? "the disk is full"
    : error.message;
  return new ConfluenceIndexError("files", `Cannot write ${path}: ${finding}`, {
    hint:
      "Name another folder with --out, or free some space. The index itself is not touched: `export` writes the files again.",
    cause: error,
  });
}
