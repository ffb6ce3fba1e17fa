import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

/** `reconvert`, declared. */
export const command = {
  name: "reconvert",
  summary: "Make text, links and notes again from the stored bodies",
  description:
    "Worth running after an upgrade whose converter reads bodies better; ingest says when. Nothing is fetched, bodies stay as they " +
    "are, and search follows. It works in small steps: where it is interrupted, the next one goes on.",
  options: [
    { name: "all", type: "boolean", summary: "Also bodies that this very converter has read" },
    { name: "wait", type: "boolean", summary: "Wait while a run holds the index, rather than leave at once" },
  ],
  examples: [{ command: "confluence-index reconvert", what: "After an upgrade" }],
  needs: { confluence: false, database: "write", out: false, native: true },
} as const satisfies Command;

/** What its action gets as options. */
export type ReconvertCommandOptions = OptionsOf<typeof command> & GlobalOptions;
