/**
 * Taking out of the index what is old, in small transactions, while no run writes.
 *
 * @module
 */
import {
  countPrunable,
  type Database,
  knownSpaces,
  prunableRuns,
  prunableVersions,
  type PruneCounts,
  type PruneRules,
  removeRuns,
  removeVersions,
  type Versioned,
} from "../database/mod.ts";
import type { Clock } from "../model/mod.ts";
import { systemClock } from "../confluence/mod.ts";
import { holdLease } from "./hold_lease.ts";

/** Options of {@linkcode prune}. */
export interface PruneOptions {
  readonly database: Database;
  readonly rules: PruneRules;
  /** Removes the files of a run, before its row goes. */
  readonly removeRunFiles: (runId: string) => Promise<void>;
  /** Removes files that no row refers to any more, at the end. */
  readonly removeFiles?: (() => Promise<void>) | undefined;
  /** Wait for a run that writes. @default {false} */
  readonly wait?: boolean;
  /** Aborting it ends the work after the batch in hand; the next one goes on. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Rows removed so far. */
  readonly onProgress?: (rows: number) => void;
}

/** What came of it. */
export interface PruneResult {
  /** What was to go, counted before. */
  readonly counts: PruneCounts;
  /** Whether all of it went. */
  readonly complete: boolean;
}

/** Rows in one transaction. */
const BATCH = 500;

/**
 * Removes what the rules name: rows, and with each run its files.
 *
 * @throws {ConfluenceIndexError} `locked` while a run writes to one of its spaces; `database`; whatever `removeRunFiles` throws.
 */
export async function prune(options: PruneOptions): Promise<PruneResult> {
  const { database, signal = new AbortController().signal, clock = systemClock } = options;
  const runId = `prune-${crypto.randomUUID()}`;
  const spaces = await knownSpaces(database);
  const lease = { clock, runId, spaces, wait: options.wait ?? false, signal, onWait: () => {} };
  return await holdLease(database, lease, () => removeAll(options, signal));
}

async function removeAll(options: PruneOptions, signal: AbortSignal): Promise<PruneResult> {
  const { database, rules, onProgress = () => {} } = options;
  const counts = await countPrunable(database, rules);
  let rows = 0;
  const told = (changed: readonly number[]) => onProgress(rows += changed[0] ?? 0);
  for (
    const table of ["pages", "blog_posts", "comments", "attachments"] as const satisfies readonly Versioned[]
  ) {
    let after = { id: "", isCurrent: 0, version: 0 };
    while (!signal.aborted) {
      const keys = await prunableVersions(database, table, rules, after, BATCH);
      const last = keys.at(-1);
      if (last === undefined) break;
      told(await database.commit(removeVersions(table, keys, rules)));
      after = last;
    }
  }
  // Files first: a run whose row is left can be pruned again, files whose row is gone would stay for ever.
  for (const id of await prunableRuns(database, rules)) {
    if (signal.aborted) break;
    await options.removeRunFiles(id);
    await database.commit(removeRuns([id]));
  }
  if (!signal.aborted) await options.removeFiles?.();
  return { counts, complete: !signal.aborted };
}
