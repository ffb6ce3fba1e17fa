/**
 * The transaction that ends the reading of a space: tombstones, and the mark.
 *
 * @module
 */
import {
  asCompared,
  clearFailures,
  clearListedIds,
  clearUnlistedFailures,
  knownPages,
  newestChange,
  saveEvents,
  saveFailures,
  saveSyncState,
  type Statement,
  type SyncState,
  tombstoneAttachments,
  tombstonePages,
} from "../database/mod.ts";
import { now, type SpaceContext } from "./context.ts";
import type { IndexStore } from "./index_store.ts";
import type { Reason } from "./second_look.ts";
import type { Deletions, SpaceEnd } from "./store.ts";
import { undisturbed } from "./undisturbed.ts";

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
export function finishSpace(store: IndexStore, space: SpaceContext, end: SpaceEnd): Promise<void> {
  const { database } = store;
  return undisturbed(database, async () => {
    const before = stateOf(space);
    const newest = end.complete ? await newestChange(database, space.space.id) : null;
    const state = !end.complete ? before : {
      ...before,
      mark: newest === null ? before.mark : later(before.mark, earlier(newest, end.readSince)),
      reconciledAt: end.reconciledAt ?? before.reconciledAt,
      resumeLink: null,
      resumeSince: null,
      syncedAt: now(space),
    };
    const deletions = end.deletions === null ? null : await stillHere(store, space, end.deletions);
    await database.commit([
      ...deletions?.checks ?? [],
      ...(deletions === null ? [] : remove(space, deletions, store.runId)),
      ...clearListedIds(space.space.id),
      ...saveSyncState(state),
    ]);
    // Counted only now: a transaction that failed has deleted nothing.
    space.account.deleted += deletions?.pages.size ?? 0;
    space.account.attachments.deleted += deletions?.attachments.size ?? 0;
  });
}

/** Without what another space has taken in since the second look. */
async function stillHere(
  { database }: IndexStore,
  { space }: SpaceContext,
  deletions: Deletions,
): Promise<Deletions & { readonly checks: readonly Statement[] }> {
  if (deletions.pages.size === 0) return { ...deletions, checks: [] };
  const known = await knownPages(database, [...deletions.pages.keys()]);
  const gone = (id: string) => known.get(id)?.spaceId === space.id;
  const pages = new Map([...deletions.pages].filter(([id]) => gone(id)));
  return {
    ...deletions,
    pages,
    events: deletions.events.filter(({ subject, subjectId }) =>
      subject !== "page" || !deletions.pages.has(subjectId) || pages.has(subjectId)
    ),
    checks: asCompared("pages", [...pages.keys()], known),
  };
}

function remove(space: SpaceContext, deletions: Deletions, runId: string): Statement[] {
  const stamp = { deletedAt: now(space), runId };
  const doubtful = deletions.doubtful.map(({ id }) => id);
  return [
    ...byReason(deletions.pages).flatMap(([reason, ids]) =>
      tombstonePages(ids, {
        ...stamp,
        reason,
        status: reason === "trashed" || reason === "archived" ? reason : null,
      })
    ),
    ...byReason(deletions.attachments).flatMap(([reason, ids]) =>
      tombstoneAttachments(ids, { ...stamp, reason })
    ),
    ...saveEvents(deletions.events, runId, stamp.deletedAt),
    ...clearFailures("page", [...deletions.pages.keys()]),
    ...clearUnlistedFailures(space.space.id, runId, "page", doubtful),
    ...(deletions.withAttachments
      ? clearUnlistedFailures(space.space.id, runId, "attachment", doubtful)
      : []),
    ...saveFailures(deletions.doubtful, runId, stamp.deletedAt),
  ];
}

function byReason(gone: ReadonlyMap<string, Reason>): [Reason, string[]][] {
  return [...Map.groupBy(gone, ([, reason]) => reason)].map((
    [reason, entries],
  ) => [reason, entries.map(([id]) => id)]);
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string | null, b: string): string {
  return a !== null && a > b ? a : b;
}
