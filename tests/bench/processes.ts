/** The benchmark's own programs, each in a process of its own. */
import { fromFileUrl } from "@std/path";
import { TextLineStream } from "@std/streams/text-line-stream";

/** The path of a program beside this file. */
export function program(name: string): string {
  return fromFileUrl(import.meta.resolve(`./${name}`));
}

/** A program that runs until it is told to end. */
export interface Background extends AsyncDisposable {
  /** The first line it wrote. */
  readonly line: string;
}

/**
 * Runs a program to its end.
 *
 * @param flags More flags for Deno.
 * @returns What it wrote to stdout, which must be one JSON value.
 */
export async function runProgram<T>(name: string, job: unknown, flags: readonly string[] = []): Promise<T> {
  const { success, stdout } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "-P=bench", ...flags, program(name), JSON.stringify(job)],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${name} failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as T;
}

/** Starts a program that writes a line when it is ready and ends when its stdin does. */
export async function startProgram(name: string, job: unknown): Promise<Background> {
  const child = new Deno.Command("deno", {
    args: ["run", "--quiet", "-P=bench", program(name), JSON.stringify(job)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  const { value } = await reader.read();
  if (value === undefined) throw new Error(`Cannot measure: ${name} ended before it was ready`);
  return {
    line: value,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}
