import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `status`, declared. */
export const command = {
  name: "status",
  summary: "Show what the index holds, how fresh it is, and what went wrong",
  description:
    "Tells of each space how many pages and attachments the index holds, up to when all changes are in it, and when deletions were " +
    "looked for last; of the last runs how they ended; of every failure on record why, when it is tried again and what to do; and who " +
    "writes to the index just now. It reads the index only.\n\n" +
    "On a terminal it prints tables, else one JSON object: database, site, writer {run_id, since, expires_at, stale}, spaces [{id, key, " +
    "name, pages, attachments, failures, mark, mark_age_seconds, body_format, scope, deletions, reconciled_at, " +
    "reconciled_age_seconds, reconciliation_due, synced_at, unfinished, unfinished_since}], runs [{id, command, status, started_at, " +
    "completed_at, duration_ms, spaces, added, updated, deleted, failed, requests}], failures {total, by_reason, next [{kind, id, " +
    "space_key, title, url, reason, message, attempts, first_failed_at, last_failed_at, next_try_at, advice}]}.",
  options: [
    { name: "runs", type: "integer", min: 0, default: 5, value: "N", summary: "Tell of the last N runs" },
    {
      name: "failures",
      type: "integer",
      min: 0,
      default: 20,
      value: "N",
      summary: "Tell of N failures, those that are tried next first",
    },
    {
      name: "format",
      type: "choice",
      choices: ["table", "json"],
      summary: "How to print: table on a terminal, json elsewhere and with --json",
    },
    REPLICA_OPTION,
  ],
  examples: [
    { command: "confluence-index status", what: "How the index fares" },
    {
      command: "confluence-index status --json --failures 1000",
      what: "For a program that watches it",
    },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type StatusOptions = OptionsOf<typeof command> & GlobalOptions;
