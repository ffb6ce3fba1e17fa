import type { Command, Needs, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

/** `ingest`, declared. */
export const command = {
  name: "ingest",
  summary: "Pull pages and attachments into the index and write the run's artifacts",
  description:
    "Reads the chosen spaces from Confluence Cloud into the index: every page with its body, every attachment " +
    "as metadata, and what is gone as a tombstone with its reason. A second run reads only what changed. Without " +
    "a choice of spaces it takes those already in the index.\n\n" +
    "It is safe to stop at any time and run again. The last line on stdout is the run id, or the metrics with --json.",
  options: [
    {
      name: "space",
      type: "string",
      repeat: true,
      value: "KEY",
      summary: "A space by its key, in any case, ~personal ones too (repeat for more)",
    },
    {
      name: "space-id",
      type: "id",
      repeat: true,
      value: "ID",
      summary: "A space by its id (repeat for more)",
    },
    { name: "all-spaces", type: "boolean", summary: "Every space this account can see" },
    {
      name: "since",
      type: "time",
      value: "ISO",
      summary: "Only what changed since then: 2026-01-31 or 2026-01-31T12:00:00Z",
    },
    {
      name: "body-format",
      type: "choice",
      choices: ["storage", "atlas_doc_format"],
      env: "CONFLUENCE_BODY_FORMAT",
      default: "storage",
      summary: "The format bodies are kept in",
    },
    {
      name: "attachments",
      type: "choice",
      choices: ["metadata", "download"],
      default: "metadata",
      summary: "Keep what is known about attachments, or their files too, in attachments/ of --out",
    },
    {
      name: "max-attachment-size",
      type: "size",
      min: 1,
      default: "1GB",
      value: "SIZE",
      summary: "Leave out files that are larger, as 500kB, 100MB, 2GB",
    },
    { name: "full", type: "boolean", summary: "Read everything again, whatever the index knows" },
    {
      name: "max-pages",
      type: "integer",
      min: 1,
      value: "N",
      summary: "Stop after N pages; leaves out the weekly comparison",
    },
    {
      name: "include",
      type: "choice",
      choices: ["archived", "labels", "blogposts", "comments"],
      repeat: true,
      summary: "What else to take in; remembered per space, labels at first",
    },
    {
      name: "exclude",
      type: "choice",
      choices: ["archived", "labels", "blogposts", "comments"],
      repeat: true,
      summary: "What to leave out from now on",
    },
    {
      name: "history",
      type: "boolean",
      summary:
        "Also read the earlier versions of pages that the index lacks: a request for each page and 50 versions",
    },
    {
      name: "history-depth",
      type: "integer",
      min: 1,
      max: 10_000,
      value: "N",
      summary: "With --history: at most N earlier versions of each page, 100 unless given",
    },
    {
      name: "deletions",
      type: "choice",
      choices: ["weekly_reconciliation", "every_sync", "on_demand"],
      summary: "When to look for deletions; remembered per space, weekly_reconciliation at first",
    },
    { name: "reconcile", type: "boolean", summary: "Look for deletions now" },
    {
      name: "allow-mass-deletion",
      type: "boolean",
      summary: "Let more than 20 % of a space go at once",
    },
    {
      name: "fail-fast",
      type: "boolean",
      summary: "Stop at the first page that fails, rather than record it and go on",
    },
    {
      name: "wait",
      type: "boolean",
      summary: "Wait while another run holds one of the spaces, rather than leave at once",
    },
    {
      name: "every",
      type: "duration",
      min: 60_000,
      max: 7 * 86_400_000,
      value: "SPAN",
      summary: "Stay and run again so often, as 15m or 6h; Ctrl-C or SIGTERM ends it",
    },
    {
      name: "dry-run",
      type: "boolean",
      summary: "Resolve everything and say what would run; touches no network",
    },
    {
      name: "out",
      type: "string",
      value: "DIR",
      default: "var",
      summary: "The folder that gets runs/<run id>/ingest/",
    },
    {
      name: "metrics-file",
      type: "string",
      value: "FILE",
      writes: true,
      summary: "Write how it went as OpenMetrics text, for a monitoring system",
    },
    {
      name: "rps",
      type: "number",
      min: 0.1,
      max: 1000,
      default: 10,
      value: "N",
      summary: "At most N requests a second",
    },
    {
      name: "concurrency",
      type: "integer",
      min: 1,
      max: 100,
      default: 5,
      value: "N",
      summary: "At most N requests in flight",
    },
  ],
  examples: [
    { command: "confluence-index ingest --space DOCS --space ENG", what: "Two spaces" },
    { command: "confluence-index ingest", what: "What changed in the spaces already in the index" },
    {
      command: "confluence-index ingest --all-spaces --json",
      what: "Everything, with metrics for a program",
    },
    {
      command: "confluence-index ingest --space DOCS --history --history-depth 20",
      what: "With the last 20 versions before the current one",
    },
    {
      command: "confluence-index ingest --every 15m --quiet",
      what: "Keep the index fresh, as a service",
    },
    { command: "confluence-index ingest --space DOCS --dry-run", what: "Check the configuration first" },
  ],
  needs: { confluence: true, database: "write", out: true, native: true },
  needsWith: ({ attachments }): Needs => ({
    confluence: true,
    database: "write",
    out: true,
    native: true,
    media: attachments === "download",
  }),
} as const satisfies Command;

/** What its action gets as options. */
export type IngestOptions = OptionsOf<typeof command> & GlobalOptions;
