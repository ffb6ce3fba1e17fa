/**
 * The bytes of attachments, each file named for its own SHA-256: `attachments/ab/abcd…`. No remote text is ever part of a path, equal
 * files are kept once, and a file is there whole or not at all; what is under way lies in `attachments/partial/`.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { join } from "@std/path";
import { explainFileError, makeFolder } from "./atomic_file.ts";

/** A file that was taken in. */
export interface StoredFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

const CHUNK = 64 * 1024;

/** The folder of one index. */
export class AttachmentStore {
  readonly #out: string;

  /** @param out The output folder. */
  constructor(out: string) {
    this.#out = out;
  }

  /** Where a file lies, or would. */
  pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error("Not a SHA-256");
    return join(this.#out, "attachments", sha256.slice(0, 2), sha256);
  }

  /** Whether a file is there, with its length. */
  async has({ sha256, bytes }: StoredFile): Promise<boolean> {
    try {
      const found = await Deno.lstat(this.pathOf(sha256));
      return found.isFile && found.size === bytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw explainFileError(error, this.#out);
    }
  }

  /**
   * Opens a place for a file that comes; one that was left half done is gone on with.
   *
   * @param key What names it while it comes: letters, digits, dots and dashes.
   * @throws {ConfluenceIndexError} `files`.
   */
  async receive(key: string): Promise<Incoming> {
    const path = join(await makeFolder(this.#out, "attachments", "partial"), key);
    if (!/^\w[\w.-]*$/.test(key)) throw new Error("Not a name for a file");
    return await Incoming.open(path, async (sha256) => {
      await makeFolder(this.#out, "attachments", sha256.slice(0, 2));
      return this.pathOf(sha256);
    });
  }
}

/** Younger files may belong to a row that is being written. */
const SETTLED_MS = 60 * 60_000;

/**
 * The files of a store that nothing refers to, and what was left half done, both untouched for an hour.
 *
 * @param out The output folder.
 * @param staying The hashes from the first argument up to, not including, the second that are referred to.
 * @param now Milliseconds since 1970.
 */
export async function* unreferencedFiles(
  out: string,
  staying: (first: string, last: string) => Promise<ReadonlySet<string>>,
  now: number,
): AsyncGenerator<{ readonly path: string; readonly bytes: number }> {
  const root = join(out, "attachments");
  for (const folder of await realFolders(root)) {
    const isPartial = folder === "partial";
    if (!isPartial && !/^[0-9a-f]{2}$/.test(folder)) continue;
    // "g" comes behind every digit of a hash.
    const kept = isPartial ? new Set<string>() : await staying(folder, `${folder}g`);
    for await (const { name } of Deno.readDir(join(root, folder))) {
      if (kept.has(name) || (!isPartial && !/^[0-9a-f]{64}$/.test(name))) continue;
      const path = join(root, folder, name);
      const { isFile, size, mtime } = await Deno.lstat(path);
      if (isFile && now - (mtime?.getTime() ?? now) >= SETTLED_MS) yield { path, bytes: size };
    }
  }
}

async function realFolders(root: string): Promise<string[]> {
  try {
    if (!(await Deno.lstat(root)).isDirectory) return [];
    const entries = await Array.fromAsync(Deno.readDir(root));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw explainFileError(error, root);
  }
}

/** A file that comes, hashed as it is written. */
export class Incoming implements AsyncDisposable {
  readonly #path: string;
  readonly #place: (sha256: string) => Promise<string>;
  #file: Deno.FsFile | null;
  #hash: Hash;
  #size: number;

  private constructor(
    path: string,
    place: (sha256: string) => Promise<string>,
    file: Deno.FsFile,
    hash: Hash,
    size: number,
  ) {
    this.#path = path;
    this.#place = place;
    this.#file = file;
    this.#hash = hash;
    this.#size = size;
  }

  /** @ignore Use {@linkcode AttachmentStore.receive}. */
  static open(path: string, place: (sha256: string) => Promise<string>): Promise<Incoming> {
    return explained(path, async () => {
      const found = await Deno.lstat(path).catch((error: unknown) => {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
      // Not ours: a link would have bytes written elsewhere.
      if (found !== undefined && !found.isFile) await Deno.remove(path, { recursive: true });
      const isThere = found?.isFile === true;
      const file = await Deno.open(path, { read: true, write: true, createNew: !isThere, mode: 0o600 });
      try {
        const hash = createHash("sha256");
        return new Incoming(path, place, file, hash, await hashInto(hash, file));
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** Takes in the next bytes. */
  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    await explained(this.#path, async () => {
      for (let at = 0; at < chunk.byteLength;) at += await this.#open.write(chunk.subarray(at));
    });
    this.#hash.update(chunk);
    this.#size += chunk.byteLength;
  }

  /** Forgets what came. */
  async restart(): Promise<void> {
    await explained(this.#path, async () => {
      await this.#open.truncate(0);
      await this.#open.seek(0, Deno.SeekMode.Start);
    });
    this.#hash = createHash("sha256");
    this.#size = 0;
  }

  /** The file is whole: gives it its place. */
  async finish(): Promise<StoredFile> {
    return await explained(this.#path, async () => {
      await this.#open.syncData();
      this.#close();
      const sha256 = this.#hash.digest("hex");
      await Deno.rename(this.#path, await this.#place(sha256));
      return { sha256, bytes: this.#size };
    });
  }

  /** The file will not come: removes what did. */
  async discard(): Promise<void> {
    this.#close();
    await Deno.remove(this.#path).catch(() => {});
  }

  /** Closes it; what came stays for the next time. An empty file is not worth that. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#file === null) return;
    if (this.#size === 0) return await this.discard();
    this.#close();
  }

  get #open(): Deno.FsFile {
    if (this.#file === null) throw new Error("The file is closed");
    return this.#file;
  }

  #close(): void {
    this.#file?.close();
    this.#file = null;
  }
}

async function hashInto(hash: Hash, file: Deno.FsFile): Promise<number> {
  const buffer = new Uint8Array(CHUNK);
  let size = 0;
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    hash.update(buffer.subarray(0, n));
    size += n;
  }
  return size;
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFileError(error, path);
  }
}
