import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

/** `export`, declared. */
export const command = {
  name: "export",
  summary: "Write artifacts from the index again, without network",
  description:
    "Writes files from what the index holds: the artifacts of one run with --run, byte for byte as that run wrote " +
    "them, or without it the whole current state. It never asks Confluence.",
  options: [
    { name: "run", type: "string", value: "ID", summary: "The run whose artifacts to write again" },
    {
      name: "format",
      type: "choice",
      choices: ["ndjson"],
      default: "ndjson",
      summary: "What to write: one JSON object per page and line",
    },
    {
      name: "out",
      type: "string",
      value: "DIR",
      default: "var",
      summary: "The folder that gets the files",
    },
  ],
  examples: [
    { command: "confluence-index export", what: "The whole current state" },
    { command: "confluence-index export --run 20260131T120000Z-1a2b3c", what: "One run again" },
  ],
  // Opening the index brings its schema up to date, hence the right to write.
  needs: { confluence: false, database: "write", out: true, native: true },
} as const satisfies Command;

/** What its action gets as options. */
export type ExportOptions = OptionsOf<typeof command> & GlobalOptions;
