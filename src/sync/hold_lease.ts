/**
 * Holding the lease on an index while a run writes to it.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Clock } from "../model/mod.ts";
import { acquireLease, type Database, type Lease, releaseLease, renewLease } from "../database/mod.ts";

/** How long a silent holder keeps its lease, in milliseconds. */
const TTL = 60_000;
const HEARTBEAT = 20_000;
const POLL = 2_000;

/** What holding a lease needs. */
export interface LeaseOptions {
  readonly clock: Clock;
  readonly runId: string;
  /** Wait for the other run instead of leaving at once. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Told once when there is somebody to wait for. */
  readonly onWait: (holder: Lease) => void;
}

/**
 * Runs `work` while holding the lease; every commit of the database renews it.
 *
 * @throws {ConfluenceIndexError} `locked` when another run holds it and waiting is not wanted.
 */
export async function holdLease<T>(
  database: Database,
  options: LeaseOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, runId, signal } = options;
  const lease = (acquiredAt = clock.now()): Lease => ({
    name: "ingest",
    owner: runId,
    runId,
    acquiredAt: new Date(acquiredAt).toISOString(),
    expiresAt: new Date(acquiredAt + TTL).toISOString(),
  });
  let told = false;
  for (
    let holder = await acquireLease(database, lease());
    holder !== null;
    holder = await acquireLease(database, lease())
  ) {
    if (!options.wait) {
      throw new ConfluenceIndexError(
        "locked",
        `Cannot ingest: run ${holder.runId} is writing to this index since ${holder.acquiredAt}`,
        { hint: `Wait for it with --wait. If it was killed, its lease ends at ${holder.expiresAt}.` },
      );
    }
    if (!told) options.onWait(holder);
    told = true;
    await clock.sleep(POLL, signal);
  }
  const stop = new AbortController();
  const heartbeat = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(HEARTBEAT, stop.signal).catch(() => {});
      // A failed renewal shows at the next commit, which has something to lose.
      if (!stop.signal.aborted) await database.commit([]).catch(() => {});
    }
  })();
  database.guardWith(() => renewLease(lease()));
  try {
    return await work();
  } finally {
    stop.abort();
    await heartbeat;
    database.guardWith(undefined);
    await database.commit(releaseLease(lease())).catch(() => {});
  }
}
