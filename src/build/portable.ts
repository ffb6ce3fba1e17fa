/** One file that is a shell launcher and, behind it, an archive of a whole Deno, the program and the addon. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { checksumLine, sha256 } from "./checksums.ts";
import LAUNCHER from "./launcher.sh" with { type: "text" };
import { CONFIG } from "./project.ts";
import { tar, tarEntries, type TarEntry } from "./tar.ts";
import type { Buildable } from "./targets.ts";

/** What `uname` calls a target that has a POSIX shell. */
const SYSTEMS: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "Linux x86_64",
  "aarch64-unknown-linux-gnu": "Linux aarch64",
  "x86_64-apple-darwin": "Darwin x86_64",
  "aarch64-apple-darwin": "Darwin arm64",
};

/**
 * Packs a program's folder. The Deno that runs this goes into it, so it is for machines like this one.
 *
 * @param program The folder with `main.js`, its parts and the addon. A `deno` is put there.
 * @param file The file to make.
 * @param target This machine's target.
 * @param flags Permissions and the like.
 * @param level How hard to compress, 1 to 9.
 * @throws {ConfluenceIndexError} `usage`, where there is no POSIX shell.
 */
export async function pack(
  program: string,
  file: string,
  target: Buildable,
  flags: readonly string[],
  level: number,
): Promise<void> {
  const system = SYSTEMS[target.triple];
  if (system === undefined) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot make a portable file for ${target.triple}: it needs a POSIX shell`,
      { hint: "Let deno compile download its base runtime, or name one with DENORT_BIN." },
    );
  }
  await Deno.copyFile(Deno.execPath(), join(program, "deno"));
  const entries = await tarEntries(program, "program");
  const files = entries.filter((entry) => entry.path !== undefined);
  let sums = "";
  for (const { name, path } of files) sums += checksumLine(await sha256(path!), name);
  const sumsFile = `${program}.sums`;
  await Deno.writeTextFile(sumsFile, sums);

  const launcher = renderLauncher({
    VERSION: CONFIG.version,
    DENO: Deno.version.deno,
    SYSTEM: system,
    HASH: createHash("sha256").update(sums).digest("hex"),
    FILES: String(files.length),
    DENOSIZE: await sizeOf(files, "/deno"),
    ADDONSIZE: await sizeOf(files, "/index.node"),
    FLAGS: ["--quiet", "--no-config", "--no-lock", "--no-npm", "--node-modules-dir=manual", ...flags].map(
      quoted,
    )
      .join(" "),
  });
  const unfinished = `${program}.packed`;
  await Deno.writeTextFile(unfinished, launcher);
  await pipeline(
    Readable.from(tar([
      { name: "SHA256SUMS", path: sumsFile },
      ...entries.map((entry) => entry.name === "program/deno" ? { ...entry, executable: true } : entry),
    ])),
    createGzip({ level }),
    createWriteStream(unfinished, { flags: "a" }),
  );
  await Deno.chmod(unfinished, 0o755);
  await Deno.rename(unfinished, file);
}

async function sizeOf(files: readonly TarEntry[], ending: string): Promise<string> {
  const { size } = await Deno.stat(files.find(({ name }) => name.endsWith(ending))!.path!);
  return String(size);
}

/** Fills in the launcher, and tells it where it ends. */
function renderLauncher(values: Readonly<Record<string, string>>): string {
  const fill = (start: string): string =>
    LAUNCHER.replace(/@([A-Z]+)@/g, (whole, name: string) => ({ ...values, START: start })[name] ?? whole);
  // Its own length stands in it, with as many digits as it takes.
  let start = "";
  for (let text = fill(start); start !== String(text.length + 1); text = fill(start)) {
    start = String(text.length + 1);
  }
  return fill(start);
}

/** For a shell. */
function quoted(word: string): string {
  return /^[\w=,.@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
