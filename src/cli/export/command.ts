import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `export`, declared. */
export const command = {
  name: "export",
  summary: "Write artifacts from the index again, without network",
  description:
    "Writes files from what the index holds: the artifacts of one run with --run, as far as no later run has " +
    "written the same pages again, or without it the whole current state, as it is at one moment. It never asks Confluence.\n\n" +
    "--format markdown keeps a tree of files in export/markdown/: SPACE/Parent/Page.md, pages below a page in a folder of its " +
    "name. Run again, it writes what changed and removes what is gone. A file that somebody else made or changed is never " +
    "touched: it is named, and the exit code is 1.",
  options: [
    { name: "run", type: "string", value: "ID", summary: "The run whose artifacts to write again" },
    {
      name: "format",
      type: "choice",
      choices: ["ndjson", "markdown", "csv"],
      default: "ndjson",
      summary: "JSON lines with bodies, a tree of Markdown files, or metadata for a spreadsheet",
    },
    {
      name: "with",
      type: "choice",
      choices: ["text", "markdown"],
      repeat: true,
      summary: "Fields made from the body to add to each line of ndjson",
    },
    {
      name: "chunks",
      type: "integer",
      value: "N",
      min: 100,
      summary: "Also write chunks.ndjson: texts of at most N characters, cut along headings",
    },
    {
      name: "out",
      type: "string",
      value: "DIR",
      default: "var",
      summary: "The folder that gets the files; for markdown with attachment files, that of the ingest",
    },
    REPLICA_OPTION,
  ],
  examples: [
    { command: "confluence-index export", what: "The whole current state" },
    { command: "confluence-index export --format markdown", what: "One Markdown file per page" },
    {
      command: "confluence-index export --with text,markdown --chunks 2000",
      what: "For search and retrieval",
    },
    { command: "confluence-index export --run 20260131T120000Z-1a2b3c", what: "One run again" },
  ],
  needs: { confluence: false, database: "read", out: true, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type ExportOptions = OptionsOf<typeof command> & GlobalOptions;
