/** Runs the real program on a pseudo-terminal, as somebody who types would. Needs Python; see {@linkcode HAS_TERMINALS}. */
import { fromFileUrl } from "@std/path";
import { cliCommand, type CliOptions } from "./run_cli.ts";

/** What was on the screen, and how it ended. */
export interface TerminalResult {
  readonly code: number;
  /** Everything that was shown, what was typed and echoed included. */
  readonly screen: string;
}

const HELPER = fromFileUrl(new URL("./terminal.py", import.meta.url));

/** Whether this machine can make pseudo-terminals. */
export const HAS_TERMINALS: boolean = Deno.build.os !== "windows" && await hasPython();

async function hasPython(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("python3", {
      args: ["-c", "import pty, os; os.waitstatus_to_exitcode"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/**
 * Runs the program to its end.
 *
 * @param talk What to type once a text is on the screen, in this order.
 */
export async function onTerminal(
  args: readonly string[],
  options: CliOptions,
  talk: readonly (readonly [awaited: string, answer: string])[],
): Promise<TerminalResult> {
  const { args: argv, env } = cliCommand(args, options);
  const child = new Deno.Command("python3", { args: [HELPER], stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const job = { argv: [Deno.execPath(), ...argv], env, cwd: options.cwd, talk };
  await writer.write(new TextEncoder().encode(JSON.stringify(job)));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
