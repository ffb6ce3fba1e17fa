import { ConfluenceIndexError } from "../errors.ts";
import { exitCodeOf } from "./exit_code.ts";
import { printableLines } from "./printable.ts";

/** How to write an error. */
export interface ErrorTextOptions {
  /** Whether it may carry colors. */
  readonly color: boolean;
  /** Whether to show the trace of an error that is a bug. */
  readonly trace: boolean;
}

/** An error as people see it, and the exit code that goes with it. */
export interface ErrorText {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Says what failed and what to do about it.
 *
 * @param error Anything that was thrown.
 * @param options Color and trace.
 * @returns One to a few lines, each ended, safe for a terminal.
 */
export function errorText(error: unknown, options: ErrorTextOptions): ErrorText {
  const known = error instanceof ConfluenceIndexError ? error : explainRefusal(error);
  if (known !== undefined) {
    return {
      text: lines(known.code, known.message, known.hint, options.color) +
        (options.trace ? `${printableLines(traceOf(error))}\n` : ""),
      exitCode: exitCodeOf(known.code),
    };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = options.trace
    ? "This is a bug. Please report it with the trace below."
    : "This is a bug. Run again with --log-level debug for the trace, and please report it.";
  const trace = options.trace ? `${printableLines(traceOf(error))}\n` : "";
  return {
    text: lines("bug", `Cannot go on: ${message}`, hint, options.color) + trace,
    exitCode: exitCodeOf(undefined),
  };
}

/** Deno's refusals speak of flags that somebody who runs this program never typed. */
function explainRefusal(error: unknown): ConfluenceIndexError | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  if (error.message.includes("escalate parent thread permissions")) {
    return new ConfluenceIndexError(
      "configuration",
      "Cannot start: what the configuration asks for goes beyond the permissions Deno was started with",
      {
        hint:
          "Start it with deno run -P=cli src/cli/main.ts: what asks Confluence or a database server needs the network.",
        cause: error,
      },
    );
  }
  const wanted = /^Requires (.+?) access(?: to (.+?))?, run again/.exec(error.message);
  const what = wanted === null ? error.message : `${wanted[1]} access to ${wanted[2] ?? "it"} was refused`;
  return new ConfluenceIndexError("configuration", `Cannot go on: ${what}`, {
    hint:
      "The program gives itself access only to the site, the database and the folders it was configured with. If those " +
      "are right, this is a bug.",
    cause: error,
  });
}

function lines(code: string, message: string, hint: string | undefined, color: boolean): string {
  const [error, help] = color
    ? [`\x1b[31m\x1b[1merror[${code}]:\x1b[0m`, "\x1b[36mhint:\x1b[0m"]
    : [`error[${code}]:`, "hint:"];
  const first = `${error} ${printableLines(message)}\n`;
  return hint === undefined ? first : `${first}${help} ${printableLines(hint)}\n`;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${traceOf(error.cause)}`;
}
