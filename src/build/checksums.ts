/** Checksums in the form that `sha256sum -c` reads. */
import { createHash } from "node:crypto";
import { join } from "@std/path";

/** The SHA-256 of a file, in hexadecimal; the file is streamed. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

/** One line of a checksum file. */
export function checksumLine(hash: string, name: string): string {
  return `${hash}  ${name}\n`;
}

/** Writes `SHA256SUMS` for every built file in a folder, and returns its hashes by name. */
export async function writeChecksums(folder: string): Promise<Map<string, string>> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.startsWith("confluence-index")) names.push(entry.name);
  }
  const hashes = new Map<string, string>();
  for (const name of names.sort()) hashes.set(name, await sha256(join(folder, name)));
  await Deno.writeTextFile(
    join(folder, "SHA256SUMS"),
    [...hashes].map(([name, hash]) => checksumLine(hash, name)).join(""),
  );
  return hashes;
}
