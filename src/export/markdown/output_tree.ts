/**
 * A folder of files that this program keeps in step with the index, and that people may put their own things into. A file is
 * replaced or removed only while its bytes are those that this program wrote, and nothing is reached through a link.
 *
 * The calls are synchronous: for thousands of small files, handing each to another thread costs more than the file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "@std/path";
import { explainFileError } from "../atomic_file.ts";
import { Ledger } from "./ledger.ts";

/** What became of the files. */
export interface TreeCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Left alone, because somebody else made or changed them. */
  readonly kept: number;
}

const TEMPORARY = /^\.confluence-index\.[0-9a-f]{8}\.tmp$/;

/** Brings a folder in step: first {@linkcode OutputTree.removeOthers}, then a {@linkcode OutputTree.put} for each file, then {@linkcode OutputTree.finish}. */
export class OutputTree implements Disposable {
  readonly #root: string;
  readonly #ledger: Ledger;
  readonly #temporary: string;
  readonly #encoder = new TextEncoder();
  /** Folders known to be (or not to be) real folders all the way down from the root. */
  readonly #folders = new Map<string, boolean>([["", true]]);
  /** Folders that were not there before. */
  readonly #made = new Set<string>();
  readonly #counts = { written: 0, unchanged: 0, removed: 0, kept: 0 };
  readonly #kept: string[] = [];

  private constructor(root: string, ledger: Ledger) {
    this.#root = root;
    this.#ledger = ledger;
    this.#temporary = join(root, `.confluence-index.${crypto.randomUUID().slice(0, 8)}.tmp`);
  }

  /**
   * @param root A folder that is there, and no link.
   * @throws {ConfluenceIndexError} `files`.
   */
  static async open(root: string): Promise<OutputTree> {
    try {
      for await (const { name } of Deno.readDir(root)) {
        if (TEMPORARY.test(name)) await Deno.remove(join(root, name));
      }
      return new OutputTree(root, Ledger.open(root));
    } catch (error) {
      throw explainFileError(error, root);
    }
  }

  /** What happened so far. */
  get counts(): TreeCounts {
    return { ...this.#counts };
  }

  /** The first few files that were left alone, in the order they were met. */
  get kept(): readonly string[] {
    return this.#kept;
  }

  /**
   * Removes the files that an earlier export wrote and this one does not, and the folders that this empties. It comes first, so
   * that a file may become a folder, and a name change its case on systems that do not tell.
   *
   * @throws {ConfluenceIndexError} `files`.
   */
  removeOthers(wanted: ReadonlySet<string>): void {
    for (const path of this.#ledger.paths) {
      if (!wanted.has(path)) this.#guarded(path, () => this.#remove(path));
    }
    this.#folders.clear();
    this.#folders.set("", true);
  }

  /**
   * Makes one file what it should be.
   *
   * @param path Relative to the root, with `/` between names.
   * @throws {ConfluenceIndexError} `files`.
   */
  put(path: string, text: string): void {
    const bytes = this.#encoder.encode(text);
    // createNew: nothing that somebody put there is written through.
    const write = (temporary: string) =>
      Deno.writeFileSync(temporary, bytes, { createNew: true, mode: 0o600 });
    this.#guarded(path, () => this.#put(path, hashOf(bytes), write));
  }

  /**
   * Makes one file the copy of another.
   *
   * @param path Relative to the root, with `/` between names.
   * @param source A plain file that does not change.
   * @param sha256 Its hash, hexadecimal.
   * @throws {ConfluenceIndexError} `files`.
   */
  putCopy(path: string, source: string, sha256: string): void {
    this.#guarded(path, () => this.#put(path, sha256, (temporary) => Deno.copyFileSync(source, temporary)));
  }

  /**
   * Writes down what is ours.
   *
   * @throws {ConfluenceIndexError} `files`.
   */
  async finish(): Promise<void> {
    await this.#ledger.save();
  }

  /** Closes what is open. */
  [Symbol.dispose](): void {
    this.#ledger[Symbol.dispose]();
  }

  #put(path: string, sha256: string, write: (temporary: string) => void): void {
    if (!this.#isRealFolder(folderOf(path), true)) return this.#keep(path);
    const found = this.#look(path);
    if (found === "other") return this.#keep(path);
    if (found === sha256) {
      this.#counts.unchanged++;
      this.#ledger.set(path, sha256);
      return;
    }
    if (found !== "none" && !this.#ledger.wrote(path, found)) return this.#keep(path);
    this.#ledger.announce(path, sha256);
    this.#replace(path, write);
    this.#ledger.set(path, sha256);
    this.#counts.written++;
  }

  #replace(path: string, write: (temporary: string) => void): void {
    try {
      write(this.#temporary);
      // The rename replaces a link, it does not follow it.
      Deno.renameSync(this.#temporary, join(this.#root, path));
    } catch (error) {
      try {
        Deno.removeSync(this.#temporary);
      } catch {
        // What went wrong before is what to tell.
      }
      throw error;
    }
  }

  #remove(path: string): void {
    const found = this.#isRealFolder(folderOf(path), false) ? this.#look(path) : "none";
    if (found === "none") return this.#ledger.delete(path);
    if (found === "other" || !this.#ledger.wrote(path, found)) return this.#keep(path);
    Deno.removeSync(join(this.#root, path));
    this.#ledger.delete(path);
    this.#counts.removed++;
    for (let folder = folderOf(path); folder !== ""; folder = folderOf(folder)) {
      try {
        Deno.removeSync(join(this.#root, folder));
      } catch {
        return; // Something is still in it.
      }
      this.#folders.delete(folder);
    }
  }

  /** The hash of a plain file, `none` where nothing is, `other` for a folder, a link or a device. */
  #look(path: string): string {
    const full = join(this.#root, path);
    // In a folder of our own there is hardly ever something: to be told so by an error takes ten times as long.
    if (this.#made.has(folderOf(path)) && !existsSync(full)) return "none";
    try {
      return Deno.lstatSync(full).isFile ? hashOfFile(full) : "other";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "none";
      throw error;
    }
  }

  #isRealFolder(folder: string, make: boolean): boolean {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const real = this.#isRealFolder(folderOf(folder), make) && this.#isFolder(folder, make);
    this.#folders.set(folder, real);
    return real;
  }

  #isFolder(folder: string, make: boolean): boolean {
    const full = join(this.#root, folder);
    try {
      return Deno.lstatSync(full).isDirectory;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (!make) return false;
      Deno.mkdirSync(full, { mode: 0o700 });
      this.#made.add(folder);
      return true;
    }
  }

  #keep(path: string): void {
    this.#counts.kept++;
    if (this.#kept.length < 10) this.#kept.push(path);
  }

  #guarded(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw explainFileError(error, join(this.#root, path));
    }
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** In pieces: copies of attachments may be large. */
function hashOfFile(path: string): string {
  using file = Deno.openSync(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(256 * 1024);
  for (let n = file.readSync(buffer); n !== null; n = file.readSync(buffer)) {
    hash.update(buffer.subarray(0, n));
  }
  return hash.digest("hex");
}
