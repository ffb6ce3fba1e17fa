import type { Command, Needs, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

const DAY = 86_400_000;

/** `prune`, declared. */
export const command = {
  name: "prune",
  summary: "Remove old versions, tombstones and runs; without --yes it only says what would go",
  description:
    "Never touches what is current: the newest version of each page and attachment stays unless it was deleted long ago and " +
    "--tombstones-older-than says so; of the runs, the newest stays, and the last complete one of each space. Links and notes of removed " +
    "versions go with them, events and artifact folders with their runs.\n\n" +
    "Spans are written 90d, 8w, 2y. The database file keeps its size and fills the space again; --compact gives it back.",
  options: [
    {
      name: "versions-older-than",
      type: "duration",
      min: DAY,
      value: "SPAN",
      summary: "Past versions that were replaced longer ago than this",
    },
    {
      name: "keep-versions",
      type: "integer",
      min: 1,
      value: "N",
      summary: "Keep the newest N versions of each; alone, all others go",
    },
    {
      name: "tombstones-older-than",
      type: "duration",
      min: DAY,
      value: "SPAN",
      summary: "Pages and attachments deleted longer ago than this, with their versions",
    },
    {
      name: "runs-older-than",
      type: "duration",
      min: DAY,
      value: "SPAN",
      summary: "Runs that started longer ago than this, with their artifacts",
    },
    {
      name: "attachments",
      type: "boolean",
      summary: "Files in attachments/ of --out that nothing in this index refers to any more",
    },
    {
      name: "compact",
      type: "boolean",
      summary: "Give free space back to the disk; needs as much again meanwhile",
    },
    { name: "yes", type: "boolean", summary: "Do it, rather than say what would be done" },
    { name: "wait", type: "boolean", summary: "Wait while a run holds the index, rather than leave at once" },
    {
      name: "out",
      type: "string",
      value: "DIR",
      default: "var",
      summary: "The folder that has runs/<run id>",
    },
  ],
  examples: [
    {
      command: "confluence-index prune --versions-older-than 180d --runs-older-than 30d",
      what: "Say what would go",
    },
    {
      command: "confluence-index prune --keep-versions 10 --yes",
      what: "Ten versions of each page are enough",
    },
    {
      command:
        "confluence-index prune --versions-older-than 1y --keep-versions 3 --tombstones-older-than 1y --compact --yes",
      what: "Once a month, from cron",
    },
  ],
  needs: { confluence: false, database: "write", out: true, native: true },
  // Saying what would go takes no right to write the index; what looks over files is loaded with the addon.
  needsWith: ({ yes, attachments }): Needs => ({
    confluence: false,
    database: yes === true ? "write" : "read",
    out: yes === true || attachments === true,
    native: yes === true || attachments === true,
  }),
} as const satisfies Command;

/** What its action gets as options. */
export type PruneCommandOptions = OptionsOf<typeof command> & GlobalOptions;
