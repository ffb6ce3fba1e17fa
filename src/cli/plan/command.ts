import type { Command, Option } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { command as ingest, type IngestOptions } from "../ingest/command.ts";
import { READING, type ReadingFlags } from "../ingest/reading_flags.ts";

/** `plan`, declared. */
export const command: Command = {
  name: "plan",
  summary: "Say what an ingest would do now, and what it would take; writes nothing",
  description:
    "Takes the decisions of an ingest with the same options, and writes nothing: it asks Confluence for listings and changes, without " +
    "bodies, and looks twice at what is missing, as the ingest would. Of each space it says how it would be read, how many pages would " +
    "be added, updated and called deleted (and whether the brake would hold), and how many requests, bytes and seconds that takes, " +
    "learned from earlier runs. The index is opened so that it cannot be written; it need not be there yet.\n\n" +
    "On a terminal it prints a table, else one JSON object: site, database, complete (whether the ingest would be), estimate {requests, " +
    "pages, bytes, seconds, from_runs}, asked (requests the plan took), writer {run_id, since, expires_at} or null, spaces [{id, key, name, " +
    "mode, status, listed, unchanged, to_add, to_update, to_restore (of to_update), to_delete {trashed, archived, moved, gone}, skipped, " +
    "failed, resting (pages), resting_besides (attachments, comments, labels), attachments {listed, unchanged, to_add, to_update, to_delete}, estimate, notes, error}].",
  options: [
    ...pick(ingest.options, READING),
    {
      name: "format",
      type: "choice",
      choices: ["table", "json"],
      summary: "How to print: table on a terminal, json elsewhere and with --json",
    },
    ...pick(ingest.options, ["rps", "concurrency"]),
  ],
  examples: [
    { command: "confluence-index plan --space DOCS", what: "What a first ingest of a space would take" },
    { command: "confluence-index plan --reconcile", what: "What is missing on the site" },
    {
      command: "confluence-index plan --json && confluence-index ingest",
      what: "Ingest only where nothing stands against it",
    },
  ],
  needs: { confluence: true, database: "read", out: false, native: true },
};

/** What its action gets as options. */
export type PlanOptions =
  & ReadingFlags
  & Pick<IngestOptions, "rps" | "concurrency">
  & { readonly format: "table" | "json" | undefined }
  & GlobalOptions;

function pick(options: readonly Option[], names: readonly string[]): Option[] {
  return options.filter(({ name }) => names.includes(name));
}
