import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";
import { REPLICA_OPTION } from "../replica_option.ts";

/** `backup`, declared. */
export const command = {
  name: "backup",
  summary: "Copy the index to FILE, also while an ingest runs",
  description:
    "The copy is the state of one moment, whatever is being written meanwhile; it is checked, private to you, and one plain SQLite " +
    "file. It takes its name only when it is whole. A file that is there is not replaced without --overwrite.\n\n" +
    "To restore: while nothing runs, put the copy in the index's place, and remove the files of the same name with -wal and " +
    "-shm behind it.",
  positional: { name: "FILE", required: true, summary: "Where the copy goes", writes: true },
  options: [
    { name: "overwrite", type: "boolean", summary: "Replace FILE if it is there" },
    REPLICA_OPTION,
  ],
  examples: [
    { command: "confluence-index backup backups/2026-01-31.db", what: "A copy" },
    { command: "confluence-index backup /mnt/nas/confluence.db --overwrite --quiet", what: "From cron" },
  ],
  needs: { confluence: false, database: "read", out: false, native: false },
} as const satisfies Command;

/** What its action gets as options. */
export type BackupCommandOptions = OptionsOf<typeof command> & GlobalOptions;
