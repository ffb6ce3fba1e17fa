import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `diff`, declared. */
export const command = {
  name: "diff",
  summary: "Tell what a run changed, what changed between two runs, or between two versions of a page",
  description:
    "With a page (its id or its address): what changed in its text from one version to another, as a unified diff (in a pipe too), on a terminal with " +
    "the words that changed set off by color; with one version from that to the current one, without any the last change. --json prints one object: page_id, title, space_key, url, " +
    "as, from and to (version, title, updated_at, author_id, message), added, removed, hunks. Versions from before the first ingest " +
    "come with ingest --history.\n\n" +
    "With runs: prints the change feed: with one run what this run changed, with two all that changed after the first, up to and including the " +
    "second. The word latest stands for the newest run; status lists the others. It reads the index only.\n\n" +
    "On a terminal it prints a table, else JSON lines: at, run_id, kind (added, updated, renamed, moved, archived, trashed, gone, " +
    "restored, labeled), subject (page, blogpost, attachment), id, title, space_key, version, old, new. For pages that moved, old and new are places: " +
    "{space_id, space_key, parent_id, parent_type, parent_title, position}; for a page that moved out of all spaces of the index, new is the " +
    "id of the space it moved to. For labeled, they are JSON lists.",
  positional: {
    name: "RUN|PAGE",
    required: true,
    summary: "One or two runs by id, or latest; or a page by id or address, and one or two of its versions",
    most: 3,
  },
  options: [
    {
      name: "subject",
      type: "choice",
      choices: ["page", "blogpost", "attachment"],
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
      summary: "How to print the changes of runs: table on a terminal, ndjson elsewhere and with --json",
    },
    {
      name: "as",
      type: "choice",
      choices: ["text", "markdown", "body"],
      summary: "What of a page to compare: text (unless given), markdown, or the body as Confluence has it",
    },
    {
      name: "words",
      type: "boolean",
      summary: "Show a line of a page that changed once, with [-removed-] and {+added+} words",
    },
    REPLICA_OPTION,
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
    { command: "confluence-index diff 532528", what: "The last change of a page" },
    {
      command: "confluence-index diff 532528 2 5 --words",
      what: "What changed in a page from version 2 to 5",
    },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type DiffOptions = OptionsOf<typeof command> & GlobalOptions;
