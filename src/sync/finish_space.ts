/**
 * The transaction that ends the reading of a space: tombstones, and the mark.
 *
 * @module
 */
import {
  asCompared,
  type ChangeEvent,
  clearComparisons,
  clearListedIds,
  clearStaleFailures,
  type Failure,
  failuresAmong,
  forgetFailures,
  knownAttachments,
  knownPages,
  newestChange,
  type Readable,
  saveEvents,
  saveFailures,
  saveSyncState,
  settleComparisons,
  spacesAmong,
  type Statement,
  statesAmong,
  type SyncState,
  TABLES,
  tombstoneAttachments,
  tombstonePages,
} from "../database/mod.ts";
import { type Kind, KINDS, type Subject } from "../model/mod.ts";
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
    kinds: Object.fromEntries([...space.kinds].map((kind) => [
      kind,
      space.passedOver.has(kind) ? null : space.state?.kinds[kind] ?? null,
    ])),
    deletions: space.deletions,
    reconciledAt: space.state?.reconciledAt ?? null,
    resumeLink: space.state?.resumeLink ?? null,
    resumeSince: space.state?.resumeSince ?? null,
    syncedAt: space.state?.syncedAt ?? null,
    unprovenSince: space.state?.unprovenSince ?? null,
    unprovenBy: space.state?.unprovenBy ?? null,
  };
}

/** The state as a run begins: what is wished for is remembered, and how the space was read stays what it was. */
export function begun(space: SpaceContext): SyncState {
  const state = { ...stateOf(space), ...readAs(space) };
  // A link goes on in the scope that it was made for.
  return state.scope === space.state?.scope ? state : { ...state, resumeLink: null, resumeSince: null };
}

/**
 * Commits the end of a space. The mark becomes the newest version time in the tables, but never later than the start of the reading:
 * what changed while it went on may have been passed already.
 */
export function finishSpace(store: IndexStore, space: SpaceContext, end: SpaceEnd): Promise<void> {
  const { database } = store;
  const { subject } = space;
  return undisturbed(database, async () => {
    const choices = end.complete ? stateOf(space) : begun(space);
    const read = [...space.readWhole].map((kind) => [kind, end.readSince]);
    const before = { ...choices, kinds: { ...choices.kinds, ...Object.fromEntries(read) } };
    const newest = end.complete ? await newestCovered(database, space, end) : null;
    const mark = newest === null ? before.mark : later(before.mark, earlier(newest, end.readSince));
    const deletions = end.deletions === null ? null : await stillTrue(database, end.deletions, subject);
    const overtaken = deletions?.overtaken === true;
    const state = !end.complete ? { ...before, ...leftOpen(space, end) } : {
      ...before,
      mark,
      ...proofOf(space, end, mark),
      reconciledAt: (overtaken ? null : end.reconciledAt) ?? before.reconciledAt,
      resumeLink: null,
      resumeSince: end.again === true || overtaken ? before.resumeSince ?? end.readSince : null,
      syncedAt: now(space),
      ...(isListing(space) ? {} : leftOpen(space, end)),
    };
    await database.commit([
      ...deletions?.checks ?? [],
      ...(deletions === null ? [] : remove(space, deletions, store.runId)),
      ...clearListedIds(space.space.id, subject),
      // The mark is moved where the pages end, for they end last.
      ...(subject === "page" ? saveSyncState(state) : []),
      ...(subject === "page" ? forgetFailures(space.space.id, unwanted(space)) : []),
      ...(subject === "page" && end.complete && isListing(space) ? settledBy(space, store.runId) : []),
    ]);
    // Counted only now: a transaction that failed has deleted nothing.
    space.account.deleted += deletions?.pages.size ?? 0;
    space.account.attachments.deleted += deletions?.attachments.size ?? 0;
  });
}

/** The newest version time of the tables that the reading covers. */
async function newestCovered(
  database: Readable,
  { space }: SpaceContext,
  { shownUntil }: SpaceEnd,
): Promise<string | null> {
  const newest = await newestChange(database, space.id);
  if (newest === null || shownUntil === undefined) return newest;
  return shownUntil === null ? null : earlier(newest, shownUntil);
}

/** What the quarantine calls the kinds that the space is not read for. */
function unwanted({ kinds }: SpaceContext): Failure["kind"][] {
  return KINDS.filter((kind) => !kinds.has(kind)).map((kind) => IN_QUARANTINE[kind]);
}

const IN_QUARANTINE: Readonly<Record<Kind, Failure["kind"]>> = {
  labels: "labels",
  blogposts: "blogpost",
  comments: "comment",
};

/** What a listing that came to its end has settled: its own debts, and those it knew of when it began. */
function settledBy({ space, owed }: SpaceContext, runId: string): Statement[] {
  return [...settleComparisons(space.id, runId), ...clearComparisons(owed)];
}

/**
 * Whether the mark may be believed. Unless the credentials are proved after the reading, the next run proves it, by coming with the same
 * ones and being somebody: see `prepareSpaces()`.
 */
function proofOf(
  { state, credentials }: SpaceContext,
  end: SpaceEnd,
  mark: string | null,
): Pick<SyncState, "unprovenSince" | "unprovenBy"> {
  const before = state?.mark ?? null;
  const since = state?.unprovenSince ?? (mark === before ? null : before);
  return end.proven || since === null
    ? { unprovenSince: null, unprovenBy: null }
    : { unprovenSince: since, unprovenBy: credentials };
}

/** How the space was read the last time that this was done to the end: what was only begun is no scope and no format. */
function readAs({ state }: SpaceContext): Partial<SyncState> {
  return state === undefined || state.mark === null
    ? {}
    : { scope: state.scope, bodyFormat: state.bodyFormat };
}

function isListing({ mode }: SpaceContext): boolean {
  return mode !== "delta" && mode !== "since";
}

/**
 * What only a listing that comes to its end settles. Where something was begun that nobody proved, or that would leave two scopes or
 * formats side by side, `resumeSince` stays set, and the next run compares the space: see `chooseMode()`.
 */
function leftOpen(space: SpaceContext, end: SpaceEnd): Partial<SyncState> {
  const { state, mode } = space;
  // Of a first reading that came to its end, and is not complete, the next one begins anew.
  if (mode === "first") return { resumeLink: null, resumeSince: null };
  if (state === undefined) return {};
  // A link that was made for another scope is of no use.
  if (state.mark === null) return isListing(space) ? { resumeLink: null, resumeSince: null } : {};
  const changes = state.scope !== space.statuses.join(",") || state.bodyFormat !== space.bodyFormat;
  return { resumeSince: state.resumeSince ?? (changes || end.again === true ? end.readSince : null) };
}

/**
 * Leaves out what is not as the second look knew it any more: while one space was looked at, another may have brought the page home, or a
 * newer version of it.
 */
async function stillTrue(
  database: Readable,
  deletions: Deletions,
  of: Subject,
): Promise<Deletions & { readonly checks: readonly Statement[]; readonly overtaken: boolean }> {
  // Another run may have brought in the space that a page has moved to, or widened its scope, and passed the page there before it came.
  const movedTo = deletions.events.flatMap(({ kind, subject, newValue }) =>
    of === "page" && subject === of && (kind === "moved" || kind === "archived") && newValue !== null
      ? [newValue]
      : []
  );
  const spaces = new Set((await spacesAmong(database, [...new Set(movedTo)])).map(({ id }) => id));
  const states = await statesAmong(database, [...spaces]);
  const takes = (spaceId: string, kind: ChangeEvent["kind"]) =>
    spaces.has(spaceId) &&
    (kind === "moved" || states.get(spaceId)?.scope.split(",").includes(kind) === true);
  const isHere = ({ kind, subject, subjectId, newValue }: ChangeEvent) =>
    subject === of && (newValue !== null && takes(newValue, kind) || found.has(subjectId));
  const pages = await knownPages(database, [...deletions.pages.keys()], of);
  // Or it has found a page elsewhere since, and could not read it.
  const asRead = new Set(deletions.onRecord.map(({ id, runId }) => `${id} ${runId}`));
  const found = new Set(
    (await failuresAmong(database, of, [...pages.keys()])).filter(({ id, runId }) =>
      !asRead.has(`${id} ${runId}`)
    )
      .map(({ id }) => id),
  );
  const attachments = await knownAttachments(database, [...deletions.attachments.keys()]);
  const events = deletions.events.filter(({ subject, subjectId, version, spaceId }) => {
    const row = (subject === of ? pages : attachments).get(subjectId);
    // An attachment that is gone is gone wherever its page has moved to.
    const isThere = subject === "attachment" || row?.spaceId === spaceId;
    return row?.version === version && row.deletedAt === null && isThere;
  }).filter((event) => !isHere(event));
  const held = new Set(events.map(({ subject, subjectId }) => `${subject} ${subjectId}`));
  const standing = (subject: string, gone: ReadonlyMap<string, Reason>) =>
    new Map([...gone].filter(([id]) => held.has(`${subject} ${id}`)));
  const gone = {
    pages: standing(of, deletions.pages),
    attachments: standing("attachment", deletions.attachments),
  };
  return {
    ...deletions,
    ...gone,
    events,
    overtaken: deletions.events.some(isHere),
    checks: [
      ...asCompared(TABLES[of], [...gone.pages.keys()], pages),
      ...asCompared("attachments", [...gone.attachments.keys()], attachments),
    ],
  };
}

function remove(space: SpaceContext, deletions: Deletions, runId: string): Statement[] {
  const stamp = { deletedAt: now(space), runId };
  const over = deletions.onRecord.filter(({ id }) => deletions.pages.has(id));
  return [
    ...byReason(deletions.pages).flatMap(([reason, ids]) =>
      tombstonePages(
        ids,
        { ...stamp, reason, status: reason === "trashed" || reason === "archived" ? reason : null },
        space.subject,
      )
    ),
    ...byReason(deletions.attachments).flatMap(([reason, ids]) =>
      tombstoneAttachments(ids, { ...stamp, reason })
    ),
    ...saveEvents(deletions.events, runId, stamp.deletedAt),
    ...clearStaleFailures(space.subject, [...over, ...deletions.settled]),
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
