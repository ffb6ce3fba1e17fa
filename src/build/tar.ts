/** A tar archive (ustar) of a folder: same files, same bytes, whoever makes it and when. */
import { join } from "@std/path";

const BLOCK = 512;
/** 2020-01-01: some programs warn of older times. */
const TIME = 1_577_836_800;

/** A file or folder of an archive. */
export interface TarEntry {
  /** Its path in the archive, with `/`; a folder ends in one. */
  readonly name: string;
  /** Where its bytes are; none for a folder. */
  readonly path?: string;
  readonly executable?: boolean;
}

/**
 * The archive, in pieces.
 *
 * @param entries What to put in, in this order.
 */
export async function* tar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const entry of entries) {
    if (entry.path === undefined) {
      yield header(entry.name, 0, 0o700, "5");
      continue;
    }
    const { size } = await Deno.stat(entry.path);
    yield header(entry.name, size, entry.executable === true ? 0o700 : 0o600, "0");
    const file = await Deno.open(entry.path);
    let copied = 0;
    for await (const piece of file.readable) {
      copied += piece.byteLength;
      yield piece;
    }
    if (copied !== size) throw new Error(`${entry.path} changed while it was packed`);
    if (size % BLOCK !== 0) yield new Uint8Array(BLOCK - size % BLOCK);
  }
  yield new Uint8Array(2 * BLOCK);
}

function header(name: string, size: number, mode: number, type: "0" | "5"): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, text: string): void => {
    block.set(new TextEncoder().encode(text), offset);
  };
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  if (new TextEncoder().encode(name).byteLength > 100) throw new Error(`${name} is too long for the archive`);
  put(0, name);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(TIME, 11));
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\0" + "00");
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** Everything under a folder, folders first, in the order of names. */
export async function tarEntries(folder: string, name: string): Promise<TarEntry[]> {
  const entries: TarEntry[] = [{ name: `${name}/` }];
  const found = await Array.fromAsync(Deno.readDir(folder));
  for (const entry of found.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) entries.push(...await tarEntries(path, `${name}/${entry.name}`));
    else entries.push({ name: `${name}/${entry.name}`, path });
  }
  return entries;
}
