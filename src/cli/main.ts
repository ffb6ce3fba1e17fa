/**
 * The program. It reads the command line, answers what needs no work (help, version, mistakes), and hands the rest to a
 * worker that may touch only what the configuration names (`launch.ts`, loaded only then). Nothing else exits the process.
 *
 * @module
 */
import { BUILD } from "./build.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT_CODES } from "./exit_code.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parse } from "./parse.ts";
import { VERSION } from "./version.ts";
import { writeFully } from "./write_fully.ts";

/** Runs the program with these arguments and resolves to its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const parsed = await parse(argv, COMMANDS);
  switch (parsed.kind) {
    case "version":
      writeFully(
        Deno.stdout,
        `confluence-index ${VERSION} (${BUILD.kind}, Deno ${Deno.version.deno}, ${Deno.build.os} ${Deno.build.arch})\n`,
      );
      return EXIT_CODES.complete;
    case "help": {
      const width = helpWidth();
      const text = parsed.command === undefined
        ? programHelp(COMMANDS, width)
        : commandHelp(parsed.command, width);
      writeFully(parsed.asked ? Deno.stdout : Deno.stderr, text);
      return parsed.asked ? EXIT_CODES.complete : EXIT_CODES.notRun;
    }
    case "run": {
      const { launch } = await import("./launch.ts");
      return await launch(parsed.command, parsed.flags, parsed.args);
    }
  }
}

function helpWidth(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

async function report(error: unknown, argv: readonly string[]): Promise<number> {
  if (error instanceof Deno.errors.BrokenPipe) return EXIT_CODES.complete;
  const { errorText } = await import("./error_text.ts");
  const { text, exitCode } = errorText(error, {
    color: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR") && !argv.includes("--no-color"),
    trace: /--log-level[= ]debug/.test(argv.join(" ")),
  });
  try {
    writeFully(Deno.stderr, text);
  } catch (failure) {
    if (!(failure instanceof Deno.errors.BrokenPipe)) throw failure;
  }
  return exitCode;
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args).catch((error) => report(error, Deno.args)));
}
