/** One file by `deno compile`. */
import { ConfluenceIndexError } from "../errors.ts";
import { runDeno } from "./run_deno.ts";
import type { Buildable } from "./targets.ts";

/** How a try ended. */
export type CompileResult =
  /** Made, with Deno's list of what was embedded. */
  | { readonly made: true; readonly embedded: string }
  /** The base runtime of the target could not be downloaded. */
  | { readonly made: false; readonly reason: string };

/**
 * Compiles a program's folder to one file.
 *
 * @param program The folder with `main.js`, its parts and the addon.
 * @param file The file to make.
 * @param target For which machine.
 * @param flags Permissions and the like.
 * @throws {ConfluenceIndexError} `incomplete`, for any failure but a missing base runtime.
 */
export async function compile(
  program: string,
  file: string,
  target: Buildable,
  flags: readonly string[],
): Promise<CompileResult> {
  const { success, text } = await runDeno([
    "compile",
    "--no-config",
    "--no-lock",
    "--no-check",
    "--node-modules-dir=manual",
    ...flags,
    "--include",
    "worker.js",
    "--target",
    target.triple,
    "--output",
    file,
    "main.js",
  ], program);
  if (success) {
    return { made: true, embedded: text.slice(Math.max(0, text.indexOf("Embedded Files"))) };
  }
  const lines = text.split("\n");
  // What failed is told in the chain of causes; the address tells that it was the base runtime.
  const reason = lines.find((line) => /error sending request|denort/.test(line) && !/^Download /.test(line));
  if (reason !== undefined && /denort/.test(text)) {
    return { made: false, reason: reason.trim().replace(/^\d+: /, "") };
  }
  throw new ConfluenceIndexError("incomplete", `Cannot compile for ${target.triple}: ${text}`);
}
