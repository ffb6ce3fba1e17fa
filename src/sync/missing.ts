/**
 * What a complete listing did not show: each page and attachment is looked at once more before anything is called deleted.
 *
 * Only certain answers count. Doubt keeps the page: a bare 404 may be a revoked token, a 403 a bad day of the edge network.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import { ConfluenceError, ConfluenceNotFoundError } from "../confluence/mod.ts";
import {
  type ChangeEvent,
  clearFailures,
  clearUnlistedFailures,
  deletedAmong,
  type Failure,
  type KnownAttachment,
  type KnownPage,
  knownPages,
  saveEvents,
  saveFailures,
  type Statement,
  tombstoneAttachments,
  tombstonePages,
  unlistedAttachments,
  unlistedPages,
} from "../database/mod.ts";
import { commitPages } from "./commit_pages.ts";
import { note, now, pageFailure, type SpaceContext } from "./context.ts";
import { fetchPages } from "./fetch_pages.ts";

/** Why a page or attachment is gone. */
type Reason = "trashed" | "archived" | "moved" | "gone";

/** What is about to go: statements for the transaction that ends the reconciliation, and the counting for after it. */
export interface Removal {
  readonly statements: readonly Statement[];
  /** Counts what the statements do; called when they are committed. */
  readonly count: () => void;
  /** The brake: too much was about to go, so nothing goes. */
  readonly held: boolean;
  /** Whether the reconciliation is complete. */
  readonly proven: boolean;
}

/** No removal, and nothing proven. */
export const NOTHING_REMOVED: Removal = { statements: [], count: () => {}, held: false, proven: false };

/** More than this share of a space, and more than {@linkcode BRAKE_COUNT}, is not believed. */
const BRAKE_SHARE = 0.2;
const BRAKE_COUNT = 10;
const EVERY_STATUS = ["current", "archived", "trashed", "deleted"];

/**
 * Finds out what became of everything that the listing did not show.
 *
 * @param space The space, completely listed.
 * @param withAttachments Whether its attachments were completely read too.
 */
export async function removeMissing(space: SpaceContext, withAttachments: boolean): Promise<Removal> {
  // Nothing was known, so nothing can be missing (and no listed ids were kept to tell).
  if (space.account.countBefore === 0) return { ...NOTHING_REMOVED, proven: true };
  const missing = await unlistedPages(space.database, space.space.id);
  const verdicts = await lookAtPages(space, missing);
  if (verdicts === "brake") return hold(space, "pages", missing.length);
  const attachments = withAttachments
    ? await lookAtAttachments(space, new Set(verdicts.gone.keys()))
    : NO_ATTACHMENTS;
  if (attachments === "brake") return hold(space, "attachments");
  if (verdicts.gone.size + attachments.gone.size > 0 && !(await credentialsAlive(space))) {
    note(
      space,
      "the credentials or the space stopped answering while deletions were checked: nothing was marked as deleted",
    );
    return NOTHING_REMOVED;
  }
  // Found elsewhere, or found after all: written like any other page that was read.
  if (verdicts.present.length > 0) await commitFound(space, verdicts.present);
  const doubts = [...verdicts.doubtful, ...attachments.doubtful];
  if (doubts.length > 0) {
    note(space, `${doubts.length} missing pages or attachments could not be checked and were kept`);
  }
  const stamp = { deletedAt: now(space), runId: space.runId };
  const events = [...verdicts.events, ...attachments.events];
  return {
    statements: [
      ...byReason(verdicts.gone).flatMap(([reason, ids]) =>
        tombstonePages(ids, {
          ...stamp,
          reason,
          status: reason === "trashed" || reason === "archived" ? reason : null,
        })
      ),
      ...byReason(attachments.gone).flatMap(([reason, ids]) =>
        tombstoneAttachments(ids, { ...stamp, reason })
      ),
      ...saveEvents(events, space.runId, stamp.deletedAt),
      ...clearFailures("page", [...verdicts.gone.keys()]),
      ...clearUnlistedFailures(space.space.id, space.runId),
      ...saveFailures(doubts, space.runId, stamp.deletedAt),
    ],
    count: () => {
      space.account.deleted += verdicts.gone.size;
      space.account.attachments.deleted += attachments.gone.size;
    },
    held: false,
    proven: doubts.length === 0,
  };
}

function hold(space: SpaceContext, what: string, count?: number): Removal {
  note(
    space,
    `the brake held: ${
      count ?? "too many"
    } ${what} of ${space.space.key} are missing, so nothing was marked as deleted; ` +
      "look at the space and at this account's rights, then run with --reconcile --allow-mass-deletion if they are really gone",
  );
  return { ...NOTHING_REMOVED, held: true };
}

/** A whole-space misfortune looks like many deletions: more than a fifth, and more than ten, is too many to believe. */
function tooMany(space: SpaceContext, going: number, total: number): boolean {
  return !space.settings.allowMassDeletion && going > BRAKE_COUNT && going > total * BRAKE_SHARE;
}

interface PageVerdicts {
  readonly gone: Map<string, Reason>;
  readonly events: ChangeEvent[];
  /** Still there, as the second look showed them. */
  readonly present: Page[];
  readonly doubtful: Failure[];
}

async function lookAtPages(
  space: SpaceContext,
  missing: readonly KnownPage[],
): Promise<PageVerdicts | "brake"> {
  const verdicts: PageVerdicts = { gone: new Map(), events: [], present: [], doubtful: [] };
  if (missing.length === 0) return verdicts;
  const total = space.account.countBefore;
  const byId = new Map(missing.map((page) => [page.id, page]));
  const unseen = new Set(byId.keys());
  const listing = space.client.getPagesByIds([...unseen], undefined, {
    statuses: EVERY_STATUS,
    signal: space.signal,
  });
  for await (const batch of listing.batches()) {
    for (const page of batch.items) {
      const known = byId.get(page.id);
      if (known === undefined) continue;
      unseen.delete(page.id);
      judge(space, known, page, verdicts);
    }
  }
  // Before asking one by one: an account that lost the space would be asked for all of it.
  if (tooMany(space, verdicts.gone.size + unseen.size, total)) return "brake";
  for (const id of unseen) {
    space.signal.throwIfAborted();
    try {
      judge(
        space,
        byId.get(id)!,
        await space.client.getPageById(id, undefined, { signal: space.signal }),
        verdicts,
      );
    } catch (error) {
      if (!(error instanceof ConfluenceError)) throw error;
      if (certainlyGone(error)) bury(byId.get(id)!, "gone", verdicts);
      else verdicts.doubtful.push(pageFailure(space, id, "doubtful", error.message));
    }
  }
  return verdicts;
}

/** A 404 that names what it could not find: purged, or no longer visible to this account. */
function certainlyGone(error: ConfluenceError): boolean {
  return error instanceof ConfluenceNotFoundError && error.named && !error.edge;
}

function judge(space: SpaceContext, known: KnownPage, page: Page, verdicts: PageVerdicts): void {
  if (page.status === "trashed") bury(known, "trashed", verdicts);
  else if (page.status === "deleted") bury(known, "gone", verdicts);
  else if (page.status === "archived" && !space.statuses.includes("archived")) {
    bury(known, "archived", verdicts);
  } else if (page.status !== "current" && page.status !== "archived") {
    verdicts.doubtful.push(
      pageFailure(space, page.id, "doubtful", `Cannot place page ${page.id}: its status is ${page.status}`),
    );
  } else if (page.spaceId !== known.spaceId && !space.trackedSpaces.has(page.spaceId)) {
    bury(known, "moved", verdicts, page.spaceId);
  } else verdicts.present.push(page);
}

function bury(
  known: KnownPage,
  reason: Reason,
  verdicts: PageVerdicts,
  newValue: string | null = null,
): void {
  verdicts.gone.set(known.id, reason);
  verdicts.events.push({
    kind: reason,
    subject: "page",
    subjectId: known.id,
    version: known.version,
    spaceId: known.spaceId,
    oldValue: known.title,
    newValue,
  });
}

async function commitFound(space: SpaceContext, present: readonly Page[]): Promise<void> {
  const fetched = await fetchPages(space, present.map((page) => page.id));
  space.account.listed += fetched.pages.length + fetched.failures.length;
  await commitPages(space, fetched.pages, { failures: fetched.failures });
}

interface AttachmentVerdicts {
  readonly gone: Map<string, Reason>;
  readonly events: ChangeEvent[];
  readonly doubtful: Failure[];
}

const NO_ATTACHMENTS: AttachmentVerdicts = { gone: new Map(), events: [], doubtful: [] };

async function lookAtAttachments(
  space: SpaceContext,
  goingPages: ReadonlySet<string>,
): Promise<AttachmentVerdicts | "brake"> {
  const verdicts: AttachmentVerdicts = { gone: new Map(), events: [], doubtful: [] };
  // Those of pages that go now go with them.
  const missing = (await unlistedAttachments(space.database, space.space.id)).filter(({ pageId }) =>
    !goingPages.has(pageId)
  );
  if (missing.length === 0) return verdicts;
  const total = space.account.attachments.listed + missing.length;
  if (tooMany(space, missing.length, total)) return "brake";
  const pageIds = [...new Set(missing.map(({ pageId }) => pageId))];
  const pages = await knownPages(space.database, pageIds);
  const buried = await deletedAmong(space.database, pageIds);
  for (const attachment of missing) {
    space.signal.throwIfAborted();
    if (buried.has(attachment.pageId)) {
      buryAttachment(
        attachment,
        (pages.get(attachment.pageId)?.deletionReason ?? "gone") as Reason,
        verdicts,
      );
      continue;
    }
    try {
      const found = await space.client.getAttachmentById(attachment.id, { signal: space.signal });
      if (found.status === "trashed") buryAttachment(attachment, "trashed", verdicts);
      else if (found.status === "deleted") buryAttachment(attachment, "gone", verdicts);
    } catch (error) {
      if (!(error instanceof ConfluenceError)) throw error;
      if (certainlyGone(error)) buryAttachment(attachment, "gone", verdicts);
      else {
        verdicts.doubtful.push({
          kind: "attachment",
          id: attachment.id,
          spaceId: space.space.id,
          reason: "doubtful",
          message: error.message,
        });
      }
    }
  }
  return verdicts;
}

function buryAttachment(attachment: KnownAttachment, reason: Reason, verdicts: AttachmentVerdicts): void {
  verdicts.gone.set(attachment.id, reason);
  verdicts.events.push({
    kind: reason,
    subject: "attachment",
    subjectId: attachment.id,
    version: attachment.version,
    spaceId: attachment.spaceId,
    oldValue: attachment.filename,
    newValue: null,
  });
}

/** The last proof before anything goes: the account is still known, and still sees the space. */
async function credentialsAlive(space: SpaceContext): Promise<boolean> {
  try {
    const user = await space.client.getCurrentUser({ signal: space.signal });
    if (user.type !== "known") return false;
    for await (
      const found of space.client.getSpaces(undefined, { ids: [space.space.id], signal: space.signal })
    ) {
      if (found.id === space.space.id) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof ConfluenceError) return false;
    throw error;
  }
}

function byReason(gone: ReadonlyMap<string, Reason>): [Reason, string[]][] {
  return [...Map.groupBy(gone, ([, reason]) => reason)].map((
    [reason, entries],
  ) => [reason, entries.map(([id]) => id)]);
}
