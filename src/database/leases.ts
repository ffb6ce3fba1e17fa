/**
 * The lease: one writer at a time, taken over when its holder has been silent for too long.
 *
 * Each commit of the holder starts by renewing the lease, and fails as a whole when somebody else holds it: a run that was
 * asleep cannot write behind the back of the one that took over.
 *
 * @module
 */
import type { Database, Statement } from "./database.ts";
import type { Readable } from "./readable.ts";

/** Who holds a lease, and until when. */
export interface Lease {
  readonly name: string;
  /** Unique to one process. */
  readonly owner: string;
  readonly runId: string;
  readonly acquiredAt: string;
  readonly expiresAt: string;
}

/**
 * Takes the lease when it is free, stale or already ours.
 *
 * @returns Null when it was taken, else the lease of whoever holds it.
 */
export async function acquireLease(database: Database, lease: Lease): Promise<Lease | null> {
  const [changed] = await database.commit([{
    sql: `INSERT INTO leases (name, owner, run_id, acquired_at, expires_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, run_id = excluded.run_id,
        acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
      WHERE owner = excluded.owner OR expires_at <= excluded.acquired_at`,
    args: [lease.name, lease.owner, lease.runId, lease.acquiredAt, lease.expiresAt],
  }]);
  if (changed !== undefined && changed > 0) return null;
  return await currentLease(database, lease.name) ?? acquireLease(database, lease);
}

/** The lease on record, stale or not; null when nobody holds it. */
export async function currentLease(database: Readable, name = "ingest"): Promise<Lease | null> {
  const lease = await database.first<Lease>(
    "SELECT name, owner, run_id AS runId, acquired_at AS acquiredAt, expires_at AS expiresAt FROM leases WHERE name = ?",
    [name],
  );
  return lease ?? null;
}

/**
 * Renews the lease, or makes the transaction fail when it is not ours any more: held by somebody else, or by nobody, since the one that
 * took it over has ended.
 */
export function renewLease(lease: Lease): Statement {
  return {
    sql: `INSERT INTO leases (name, owner, run_id, acquired_at, expires_at)
      VALUES (?1, (SELECT owner FROM leases WHERE name = ?1 AND owner = ?2), ?3, ?4, ?5)
      ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at`,
    args: [lease.name, lease.owner, lease.runId, lease.acquiredAt, lease.expiresAt],
  };
}

/** Gives the lease back. */
export function releaseLease(lease: Pick<Lease, "name" | "owner">): Statement[] {
  return [{ sql: "DELETE FROM leases WHERE name = ? AND owner = ?", args: [lease.name, lease.owner] }];
}
