import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `query`, declared. */
export const command = {
  name: "query",
  summary: "Ask the index in read-only SQL",
  description:
    "Runs one SQL statement on the index, over a connection on which the database itself refuses every write. The statement comes " +
    "from the argument, from --file, or from stdin; one word alone is the name of a saved question. On a terminal the answer is a table that fits it, else JSON lines.\n\n" +
    "Text in CSV that a spreadsheet would run as a formula (it starts with =, +, -, @, tab or return) gets a ' in front.",
  positional: {
    name: "SQL|NAME",
    required: false,
    summary: "One statement, the name of a saved question, or - to read from stdin",
  },
  options: [
    { name: "file", type: "string", value: "PATH", reads: true, summary: "Read the statement from a file" },
    {
      name: "param",
      type: "string",
      repeat: true,
      value: "NAME=TEXT",
      summary: "A value for :NAME; NAME:=JSON for a number, null, true or false (repeat for more)",
    },
    {
      name: "format",
      type: "choice",
      choices: ["table", "json", "ndjson", "csv"],
      summary: "How to print rows: table on a terminal, ndjson elsewhere, json with --json",
    },
    { name: "list", type: "boolean", summary: "List the saved questions" },
    {
      name: "queries",
      type: "string",
      value: "DIR",
      env: "CONFLUENCE_INDEX_QUERIES",
      default: "queries",
      reads: true,
      summary: "Folder of your own saved questions: NAME.sql, described by the comment in its first line",
    },
    { name: "schema", type: "boolean", summary: "List tables, views and columns with their meaning" },
    REPLICA_OPTION,
  ],
  examples: [
    {
      command: 'confluence-index query "SELECT space_key, count(*) AS pages FROM current_pages GROUP BY 1"',
      what: "Pages per space",
    },
    {
      command:
        'confluence-index query "SELECT id, title FROM pages WHERE title LIKE :words" --param words=%plan%',
      what: "Values apart from the statement",
    },
    {
      command: "confluence-index query --file stale.sql --format csv > stale.csv",
      what: "For a spreadsheet",
    },
    {
      command: "confluence-index query stale-pages --param days:=730",
      what: "A saved question; --list shows all",
    },
    { command: "confluence-index query --schema", what: "What there is to ask for" },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type QueryOptions = OptionsOf<typeof command> & GlobalOptions;
