/**
 * The transaction that ends the reading of a space and moves its mark.
 *
 * @module
 */
import { newestChange, saveSyncState, type Statement, type SyncState } from "../database/mod.ts";
import { now, type SpaceContext } from "./context.ts";

/** What was read, and what goes into the same transaction. */
export interface SpaceEnd {
  /** When the reading started, by the server's clock: later changes may have been missed. ISO 8601 UTC. */
  readonly readSince: string;
  /** Whether everything was read (or is in quarantine); otherwise the mark stays where it is. */
  readonly complete: boolean;
  /** When a complete reconciliation started; null where this was none. */
  readonly reconciledAt: string | null;
  readonly statements: readonly Statement[];
}

/** The state a space has before its end, with this run's choices. */
export function stateOf(space: SpaceContext): SyncState {
  return {
    spaceId: space.space.id,
    mark: space.state?.mark ?? null,
    bodyFormat: space.bodyFormat,
    scope: space.statuses.join(","),
    deletions: space.deletions,
    reconciledAt: space.state?.reconciledAt ?? null,
    resumeLink: space.state?.resumeLink ?? null,
    resumeSince: space.state?.resumeSince ?? null,
    syncedAt: space.state?.syncedAt ?? null,
  };
}

/**
 * Commits the end of a space. The mark becomes the newest version time in the tables, but never later than the start of the reading:
 * what changed while it went on may have been passed already.
 */
export function finishSpace(space: SpaceContext, end: SpaceEnd): Promise<void> {
  return space.database.exclusive(async () => {
    const before = stateOf(space);
    const newest = end.complete ? await newestChange(space.database, space.space.id) : null;
    const state = !end.complete ? before : {
      ...before,
      mark: newest === null ? before.mark : later(before.mark, earlier(newest, end.readSince)),
      reconciledAt: end.reconciledAt ?? before.reconciledAt,
      resumeLink: null,
      resumeSince: null,
      syncedAt: now(space),
    };
    await space.database.commit([...end.statements, ...saveSyncState(state)]);
  });
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string | null, b: string): string {
  return a !== null && a > b ? a : b;
}
