import type { Action, Invocation } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { RunOptions } from "./command.ts";

/** The phases there are, in the order they make sense, each with its action. */
const PHASES: Readonly<Record<string, () => Promise<{ readonly action: Action }>>> = {
  ingest: () => import("../ingest/action.ts"),
  export: () => import("../export/action.ts"),
};

/** Runs phases one after the other; the worst outcome decides the exit code, and a phase that did not run ends the pipeline. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as RunOptions;
  const phases: readonly string[] = options.phases.length > 0 ? options.phases : Object.keys(PHASES);
  let worst: number = EXIT_CODES.complete;
  for (const phase of phases) {
    if (!options.quiet) invocation.io.err(`phase ${phase}\n`);
    if (options.dryRun && phase === "export") {
      invocation.io.out(
        `would write the whole current state of ${invocation.config.databaseUrl} to ${invocation.config.outDir}/export/\n`,
      );
      continue;
    }
    const { action } = await PHASES[phase]!();
    const code = await action(forPhase(invocation));
    if (code > EXIT_CODES.incomplete) return code;
    worst = Math.max(worst, code);
  }
  return worst;
};

function forPhase(invocation: Invocation): Invocation {
  // `export` inside a pipeline writes the state, never a chosen run.
  return {
    ...invocation,
    options: { ...invocation.options, run: undefined, format: "ndjson", with: [], chunks: undefined },
  };
}
