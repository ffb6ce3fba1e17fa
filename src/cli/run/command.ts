import type { Command, Needs, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { command as exportCommand } from "../export/command.ts";
import { command as ingestCommand } from "../ingest/command.ts";

/** `run`, declared: the options of `ingest`, and which phases. */
export const command = {
  name: "run",
  summary: "Run phases as one pipeline: --phases ingest,export",
  description:
    "Runs several commands one after the other, each with the options it knows. A phase that fails stops the " +
    "pipeline; one that ends incomplete lets the next run and decides the exit code.",
  options: [
    {
      name: "phases",
      type: "choice",
      choices: ["ingest", "export"],
      repeat: true,
      summary: "Which phases, in this order; without it, all of them",
    },
    ...ingestCommand.options,
  ],
  examples: [
    { command: "confluence-index run --space DOCS", what: "Ingest, then export" },
    { command: "confluence-index run --phases ingest,export --dry-run", what: "Say what would run" },
  ],
  needs: ingestCommand.needs,
  needsWith: (options): Needs =>
    Array.isArray(options.phases) && options.phases.length > 0 && !options.phases.includes("ingest")
      ? exportCommand.needs
      : ingestCommand.needsWith(options),
} as const satisfies Command;

/** What its action gets as options. */
export type RunOptions = OptionsOf<typeof command> & GlobalOptions;
