import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `search`, declared. */
export const command = {
  name: "search",
  summary: "Find pages by their words, the best first",
  description:
    "Looks for pages that have all of the words in title, text or labels; the title counts most. Accents and case do not matter. " +
    "onboard* finds words that start so, and '\"release plan\"' (quotes within quotes) the words side by side. Chinese, Japanese, " +
    "Korean and Thai need no spaces. Deleted pages and earlier versions are not looked at.\n\n" +
    "On a terminal each page takes a few lines, with what was found in bold; elsewhere JSON lines: id, version, title, space_key, " +
    "url, updated_at, labels, snippet, score (higher is better), and title_hits and snippet_hits, pairs of start and end in UTF-16 " +
    "units. Nothing found is no failure.",
  positional: { name: "WORDS", required: true, summary: "What to look for", most: 64 },
  options: [
    {
      name: "space",
      type: "string",
      repeat: true,
      value: "KEY",
      summary: "Only in this space (repeat for more)",
    },
    {
      name: "label",
      type: "string",
      repeat: true,
      value: "NAME",
      summary: "Only pages with this label (repeat for pages that have them all)",
    },
    { name: "updated-since", type: "time", value: "ISO", summary: "Only pages changed since then" },
    { name: "in-title", type: "boolean", summary: "Look in titles only" },
    {
      name: "limit",
      type: "integer",
      value: "N",
      min: 1,
      max: 10_000,
      default: 20,
      summary: "Pages to show",
    },
    {
      name: "format",
      type: "choice",
      choices: ["text", "json", "ndjson"],
      summary: "How to print pages: text on a terminal, ndjson elsewhere, json with --json",
    },
    REPLICA_OPTION,
  ],
  examples: [
    { command: "confluence-index search backup restore", what: "Pages that have both words" },
    {
      command: "confluence-index search 'onboard* \"first day\"' --space HR",
      what: "The start of a word, and a phrase",
    },
    {
      command: "confluence-index search 接続 --in-title --format text",
      what: "In titles, as text also where it is piped",
    },
    {
      command: "confluence-index search budget --updated-since 2026-01-01 --json",
      what: "What changed this year, for programs",
    },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type SearchCommandOptions = OptionsOf<typeof command> & GlobalOptions;
