/**
 * The leases: each space is written by one run at a time, taken over when its holder has been silent for too long.
 *
 * A run has one row of its own, which says until when it counts as alive, and one for each space it holds; the rows of a
 * run come and go together. Each commit of the holder starts by renewing its own row, and fails as a whole when that is
 * gone: a run that was asleep cannot write behind the back of the one that took over.
 *
 * @module
 */
import { beyondBelief, CLOCK_ERROR } from "./clock_error.ts";
import type { Database, Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** Who holds a lease, and until when. */
export interface Lease {
  /** `run` for the row that a run renews, `space:` and the id for what it holds. */
  readonly name: string;
  /** Unique to one process. */
  readonly owner: string;
  readonly runId: string;
  readonly acquiredAt: string;
  readonly expiresAt: string;
}

/** What a run asks for. */
export type LeaseWish = Omit<Lease, "name">;

/** Somebody else who holds a space. */
export interface Holder extends Lease {
  readonly spaceId: string;
}

/**
 * Takes spaces that are free or held by nobody who is alive: all of them or none. Stale leases are lost; see {@linkcode isStale}.
 *
 * @returns Null when they were taken, else who holds one of them.
 */
export async function acquireLease(
  database: Database,
  wish: LeaseWish,
  spaceIds: readonly string[],
): Promise<Holder | null> {
  const { owner, runId, acquiredAt, expiresAt } = wish;
  const list = JSON.stringify(spaceIds);
  const [, taken] = await database.commit([
    {
      sql: `DELETE FROM leases WHERE owner IN
        (SELECT owner FROM leases WHERE name NOT LIKE 'space:%' AND (expires_at <= ?1 OR expires_at > ?3) AND owner <> ?2)`,
      args: [acquiredAt, owner, beyondBelief(acquiredAt)],
    },
    {
      sql: `INSERT INTO leases (name, owner, run_id, acquired_at, expires_at)
        SELECT 'run:' || ?1, ?1, ?2, ?3, ?4
        WHERE NOT EXISTS (SELECT 1 FROM json_each(?5) AS e JOIN leases l ON l.name = 'space:' || e.value WHERE l.owner <> ?1)
        ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at`,
      args: [owner, runId, acquiredAt, expiresAt, list],
    },
    {
      sql: `INSERT OR IGNORE INTO leases (name, owner, run_id, acquired_at, expires_at)
        SELECT 'space:' || e.value, ?1, ?2, ?3, ?4 FROM json_each(?5) AS e
        WHERE NOT EXISTS (SELECT 1 FROM json_each(?5) AS o JOIN leases l ON l.name = 'space:' || o.value WHERE l.owner <> ?1)`,
      args: [owner, runId, acquiredAt, expiresAt, list],
    },
  ]);
  if (taken !== undefined && taken > 0) return null;
  const holder = await database.first<Holder>(
    `SELECT r.name, r.owner, r.run_id AS runId, r.acquired_at AS acquiredAt, r.expires_at AS expiresAt, e.value AS spaceId
     FROM json_each(?1) AS e JOIN leases s ON s.name = 'space:' || e.value JOIN leases r ON r.name = 'run:' || s.owner
     WHERE s.owner <> ?2 ORDER BY e.key LIMIT 1`,
    [list, owner],
  );
  return holder ?? acquireLease(database, wish, spaceIds);
}

/**
 * Whether the next run takes over: its holder has been silent for too long, or was given it by a clock that was wrong.
 *
 * @param time Milliseconds since 1970, UTC.
 */
export function isStale({ expiresAt }: Pick<Lease, "expiresAt">, time: number): boolean {
  const left = Date.parse(expiresAt) - time;
  return left <= 0 || left > CLOCK_ERROR;
}

/** The leases of all runs, stale ones included, those heard of last first. */
export function runLeases(database: Readable): Promise<Lease[]> {
  return database.all<Lease>(
    `SELECT name, owner, run_id AS runId, acquired_at AS acquiredAt, expires_at AS expiresAt FROM leases
     WHERE name NOT LIKE 'space:%' ORDER BY expires_at DESC, name`,
  );
}

/** The lease of the run that was heard of last, stale or not; null when nobody holds one. */
export async function currentLease(database: Readable): Promise<Lease | null> {
  return (await runLeases(database))[0] ?? null;
}

/** Renews what a run holds, or makes the transaction fail when somebody has taken it over. */
export function renewLease(wish: LeaseWish): Statement {
  return {
    sql: `INSERT INTO leases (name, owner, run_id, acquired_at, expires_at)
      VALUES ('run:' || ?1, (SELECT owner FROM leases WHERE name = 'run:' || ?1), ?2, ?3, ?4)
      ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at`,
    args: [wish.owner, wish.runId, wish.acquiredAt, wish.expiresAt],
  };
}

/** Gives back all that a run holds. */
export function releaseLease({ owner }: Pick<Lease, "owner">): Statement[] {
  return [{ sql: "DELETE FROM leases WHERE owner = ?", args: [owner] }];
}
