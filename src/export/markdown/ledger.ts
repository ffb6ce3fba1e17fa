/**
 * What an earlier export wrote: the hash of each file, so that a later one knows its own files from other people's.
 *
 * @module
 */
import { join } from "@std/path";
import { ConfluenceIndexError } from "../../errors.ts";
import { writeLines } from "../atomic_file.ts";

/** The record of a finished export. No page's file starts with a dot. */
const LEDGER = ".confluence-index.ndjson";
/** What an export under way is about to write: it outlives a crash, the ledger alone would not know those files. */
const JOURNAL = ".confluence-index.journal";
const FORMAT = { format: "confluence-index markdown", version: 1 };

/** The files of a folder that this program wrote, and with which bytes. */
export class Ledger implements Disposable {
  readonly #folder: string;
  readonly #files: Map<string, string>;
  readonly #journalled: Map<string, Set<string>>;
  #journal: Deno.FsFile | undefined;

  private constructor(folder: string, files: Map<string, string>, journalled: Map<string, Set<string>>) {
    this.#folder = folder;
    this.#files = files;
    this.#journalled = journalled;
  }

  /**
   * @param folder An existing folder.
   * @throws {ConfluenceIndexError} `files`, when the record is a link or of a newer program.
   */
  static open(folder: string): Ledger {
    const files = new Map<string, string>();
    const [head, ...lines] = readOwn(join(folder, LEDGER)) ?? [JSON.stringify(FORMAT)];
    const { format, version } = (parse(head!) ?? {}) as Record<string, unknown>;
    if (format !== FORMAT.format || version !== FORMAT.version) {
      throw new ConfluenceIndexError(
        "files",
        `Cannot export to ${folder}: its ${LEDGER} is not of this version of the program`,
        { hint: "Name another folder with --out, or remove this one." },
      );
    }
    for (const line of lines) {
      const entry = readEntry(line);
      if (entry !== undefined) files.set(entry.path, entry.sha256);
    }
    const journalled = new Map<string, Set<string>>();
    for (const line of readOwn(join(folder, JOURNAL)) ?? []) {
      const entry = readEntry(line);
      if (entry === undefined) continue;
      const hashes = journalled.get(entry.path);
      if (hashes === undefined) journalled.set(entry.path, new Set([entry.sha256]));
      else hashes.add(entry.sha256);
    }
    return new Ledger(folder, files, journalled);
  }

  /** Every path that it may have written. */
  get paths(): string[] {
    return [...new Set([...this.#files.keys(), ...this.#journalled.keys()])];
  }

  /** Whether it wrote the file with these bytes. */
  wrote(path: string, sha256: string): boolean {
    return this.#files.get(path) === sha256 || (this.#journalled.get(path)?.has(sha256) ?? false);
  }

  /** To be called before the file is written. */
  announce(path: string, sha256: string): void {
    if (this.#journal === undefined) {
      this.#journal = Deno.openSync(join(this.#folder, JOURNAL), { append: true, create: true, mode: 0o600 });
      // The last line of a run that was killed may lack its end.
      write(this.#journal, "\n");
    }
    write(this.#journal, `${JSON.stringify({ path, sha256 })}\n`);
  }

  /** The file now has these bytes. */
  set(path: string, sha256: string): void {
    this.#files.set(path, sha256);
  }

  /** The file is gone. */
  delete(path: string): void {
    this.#files.delete(path);
    this.#journalled.delete(path);
  }

  /** Makes the record of the finished export; the same files give the same bytes. */
  async save(): Promise<void> {
    const files = [...this.#files].sort(([a], [b]) => a < b ? -1 : 1);
    const lines = [FORMAT, ...files.map(([path, sha256]) => ({ path, sha256 }))].map((line) =>
      JSON.stringify(line)
    );
    await writeLines(this.#folder, LEDGER, lines);
    this[Symbol.dispose]();
    await Deno.remove(join(this.#folder, JOURNAL)).catch(() => {});
  }

  /** Closes what is open. What was announced stays on disk. */
  [Symbol.dispose](): void {
    this.#journal?.close();
    this.#journal = undefined;
  }
}

function write(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.byteLength;) at += file.writeSync(bytes.subarray(at));
}

/** The lines of a plain file, undefined where there is none. */
function readOwn(path: string): string[] | undefined {
  try {
    if (!Deno.lstatSync(path).isFile) {
      throw new ConfluenceIndexError("files", `Cannot export: ${path} is not a plain file`, {
        hint: "Somebody put it there; remove it, or name another folder with --out.",
      });
    }
    return Deno.readTextFileSync(path).trimEnd().split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function readEntry(line: string): { path: string; sha256: string } | undefined {
  const entry = parse(line) as { path?: unknown; sha256?: unknown } | null | undefined;
  const { path, sha256 } = entry ?? {};
  if (typeof path !== "string" || typeof sha256 !== "string" || !mayBeOurs(path)) return undefined;
  return { path, sha256 };
}

/** The record is a file like others: what it names is used only where this program could have written it. */
function mayBeOurs(path: string): boolean {
  return (path.endsWith(".md") || /^_files\/[^/]+\/[^/]+$/.test(path)) && !/[\\:\p{Cc}]/u.test(path) &&
    path.split("/").every((name) => name !== "" && !name.startsWith("."));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
