/**
 * `deno task compile`: makes the program one file, for this machine or for others.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- it talks to the person who builds
import { basename, isAbsolute, join, relative } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { build } from "./build.ts";
import { writeChecksums } from "./checksums.ts";
import { type BuildOptions, readOptions, USAGE } from "./options.ts";
import { ROOT } from "./project.ts";

async function run(options: BuildOptions): Promise<number> {
  const out = isAbsolute(options.out) ? options.out : join(ROOT, options.out);
  await Deno.mkdir(out, { recursive: true });
  const { made, failed } = await build(options, {
    out,
    host: Deno.build.target,
    base: Deno.env.get("DENORT_BIN"),
    say: (line) => console.error(line),
  });
  const hashes = await writeChecksums(out);
  for (const { path, kind } of made) {
    const { size } = await Deno.stat(path);
    const megabytes = (size / 1e6).toFixed(1);
    console.log(`${relative(ROOT, path)}  ${kind}  ${megabytes} MB  sha256 ${hashes.get(basename(path))}`);
  }
  for (const reason of options.left) console.error(`Not made: ${reason}`);
  for (const reason of failed) console.error(`error[incomplete]: ${reason}`);
  return failed.length === 0 ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args, Deno.build.target);
    if (options !== null) return await run(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfluenceIndexError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    if (error.hint !== undefined) console.error(`hint: ${error.hint}`);
    return error.code === "usage" ? 2 : 1;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
