/**
 * Holding the leases of spaces while a run writes them.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Clock } from "../model/mod.ts";
import {
  acquireLease,
  type Database,
  type Holder,
  type LeaseWish,
  releaseLease,
  renewLease,
} from "../database/mod.ts";

/** How long a silent holder keeps its lease, in milliseconds. */
const TTL = 60_000;
const HEARTBEAT = 20_000;
const POLL = 2_000;

/** What holding a lease needs. */
export interface LeaseOptions {
  readonly clock: Clock;
  readonly runId: string;
  /** What is to be held: all of them or none. */
  readonly spaces: readonly { readonly id: string; readonly key: string }[];
  /** Wait for the other run instead of leaving at once. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Told once when there is somebody to wait for. */
  readonly onWait: (holder: Holder) => void;
}

/**
 * Runs `work` while holding the leases; every commit of the database renews it.
 *
 * @throws {ConfluenceIndexError} `locked` when another run holds one and waiting is not wanted.
 */
export async function holdLease<T>(
  database: Database,
  options: LeaseOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, runId, signal } = options;
  const lease = (acquiredAt = clock.now()): LeaseWish => ({
    owner: runId,
    runId,
    acquiredAt: new Date(acquiredAt).toISOString(),
    expiresAt: new Date(acquiredAt + TTL).toISOString(),
  });
  const ids = options.spaces.map(({ id }) => id);
  const keyOf = ({ spaceId }: Holder) => options.spaces.find(({ id }) => id === spaceId)?.key ?? spaceId;
  let told = false;
  for (
    let holder = await acquireLease(database, lease(), ids);
    holder !== null;
    holder = await acquireLease(database, lease(), ids)
  ) {
    if (!options.wait) {
      throw new ConfluenceIndexError(
        "locked",
        `Cannot write ${keyOf(holder)}: run ${holder.runId} is writing it since ${holder.acquiredAt}`,
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
