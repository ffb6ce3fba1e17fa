import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

/** `diff`, declared. */
export const command = {
  name: "diff",
  summary: "Tell what a run changed, or what changed between two runs",
  description:
    "Prints the change feed: with one run what this run changed, with two all that changed after the first, up to and including the " +
    "second. The word latest stands for the newest run; status lists the others. It reads the index only.\n\n" +
    "On a terminal it prints a table, else JSON lines: at, run_id, kind (added, updated, renamed, moved, archived, trashed, gone, " +
    "restored, labeled), subject (page, attachment), id, title, space_key, version, old, new. For pages that moved, old and new are places: " +
    "{space_id, space_key, parent_id, parent_type, parent_title, position}; for a page that moved out of all spaces of the index, new is the " +
    "id of the space it moved to. For labeled, they are JSON lists.",
  positional: { name: "RUN", required: true, summary: "The id of a run, or latest", most: 2 },
  options: [
    {
      name: "subject",
      type: "choice",
      choices: ["page", "attachment"],
      summary: "Only changes of pages, or of attachments",
    },
    {
      name: "space",
      type: "string",
      value: "KEY",
      summary: "Only changes of this space, or moved out of it",
    },
    {
      name: "format",
      type: "choice",
      choices: ["table", "ndjson"],
      summary: "How to print: table on a terminal, ndjson elsewhere and with --json",
    },
  ],
  examples: [
    { command: "confluence-index diff latest", what: "What the last run changed" },
    {
      command: "confluence-index diff 20260131T120000Z-1a2b3c latest --subject page",
      what: "What changed in pages since a run",
    },
    {
      command: "confluence-index diff latest --json | jq -r 'select(.kind == \"gone\") | .id'",
      what: "Ids of pages that are gone",
    },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type DiffOptions = OptionsOf<typeof command> & GlobalOptions;
