/**
 * What a complete listing did not show: what of it is certainly gone.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import {
  type Failure,
  failuresAmong,
  type KnownAttachment,
  type KnownPage,
  type RecordedFailure,
  type Shown,
} from "../database/mod.ts";
import { readAttachmentsOf } from "./attachments.ts";
import { note, now, scopeOf, type SpaceContext } from "./context.ts";
import { EVERY_STATUS, fetchPages, versionsOf } from "./fetch_pages.ts";
import { readLabelsOf } from "./labels.ts";
import { lookUpPages } from "./look_up_pages.ts";
import { isStillKnown } from "./prove.ts";
import { type Findings, lookAgain } from "./second_look.ts";
import { isFromBefore, newer, shownOf } from "./shown.ts";
import type { Deletions } from "./store.ts";

/** What is about to go, with the transaction that ends the reconciliation. */
export interface Removal {
  /** Null where nothing was proven. */
  readonly deletions: Deletions | null;
  /** The brake: too much was about to go, so nothing goes. */
  readonly held: boolean;
  /** Whether the listing left out pages that are there. */
  readonly leftOut: boolean;
  /** Whether the reconciliation is complete. */
  readonly proven: boolean;
}

/** No removal, and nothing proven. */
export const NOTHING_REMOVED: Removal = { deletions: null, held: false, leftOut: false, proven: false };

/**
 * Finds out what became of everything that the listing did not show. What is found elsewhere after all is saved.
 *
 * @param space The space, completely listed.
 * @param withAttachments Whether its attachments were completely read too.
 * @param unseen Pages in quarantine that the listing did not show either.
 * @param listedAt When the listing began, by the local clock, ISO 8601 UTC.
 */
export async function findMissing(
  space: SpaceContext,
  withAttachments: boolean,
  unseen: readonly RecordedFailure[],
  listedAt: string,
): Promise<Removal> {
  const missing = await missingFrom(space, withAttachments);
  const onRecord = await failuresAmong(space.database, space.subject, missing.pages.map(({ id }) => id));
  // Whoever asks for everything believes what comes.
  const shown = new Map(space.settings.full ? [] : onRecord.map((failure) => [failure.id, shownOf(failure)]));
  const findings = await lookAgain(space, missing, shown);
  for (const text of remarks(space, findings)) note(space, text);
  if (findings.kind !== "verdicts") return { ...NOTHING_REMOVED, held: findings.kind === "brake" };
  const { pages, attachments } = findings;
  if (pages.present.length > 0) await saveFound(space, pages.present, shown);
  const lost = await findLost(space, unseen, missing.pages);
  if (unseen.length > 0 && !(await isStillKnown(space.client, space.signal))) {
    for (const text of remarks(space, { kind: "silence" })) note(space, text);
    return NOTHING_REMOVED;
  }
  const doubtful = [...pages.doubtful, ...attachments.doubtful, ...lost.doubtful];
  const here = new Set(pages.present.filter((page) => page.spaceId === space.space.id).map(({ id }) => id));
  // What another space, or run, has brought in since may have come after the listing.
  // What is later than now was stamped by a clock that went wrong, and says nothing.
  const isOld = ({ fetchedAt }: KnownPage) => fetchedAt < listedAt || fetchedAt > now(space);
  const leftOut = missing.pages.filter((page) => here.has(page.id) && isOld(page)).length + lost.here;
  if (leftOut > 0) {
    note(
      space,
      `the listing left out ${leftOut} pages that are there: others may be missing too, so this reconciliation does not count`,
    );
  }
  return {
    deletions: {
      pages: pages.gone,
      attachments: attachments.gone,
      events: [...pages.events, ...attachments.events],
      doubtful,
      withAttachments,
      onRecord,
      settled: lost.settled,
    },
    held: false,
    leftOut: leftOut > 0,
    // Of what the index did not know before, a listing that leaves out what is there has shown just as little.
    proven: doubtful.length === 0 && leftOut === 0,
  };
}

async function missingFrom(
  space: SpaceContext,
  withAttachments: boolean,
): Promise<{ readonly pages: readonly KnownPage[]; readonly attachments: readonly KnownAttachment[] }> {
  const { store } = space;
  const homeless = withAttachments ? await store.homelessAttachments(space) : [];
  // Nothing was on record, so nothing can be missing (and what was listed was not kept to tell).
  if (!space.remembers) return { pages: [], attachments: homeless };
  const unlisted = withAttachments ? await store.unlistedAttachments(space) : [];
  const attachments = new Map([...unlisted, ...homeless].map((each) => [each.id, each]));
  return { pages: await store.unlistedPages(space), attachments: [...attachments.values()] };
}

function remarks({ space }: SpaceContext, findings: Findings): string[] {
  switch (findings.kind) {
    case "brake":
      return [
        `the brake held: ${findings.missing} ${findings.what} of ${space.key} are missing, so nothing was marked as deleted; ` +
        "look at the space and at this account's rights, then run with --reconcile --allow-mass-deletion if they are really gone",
      ];
    case "silence":
      return [
        "the credentials or the space stopped answering while deletions were checked: nothing was marked as deleted",
      ];
    case "verdicts": {
      const doubts = findings.pages.doubtful.length + findings.attachments.doubtful.length;
      return doubts === 0
        ? []
        : [`${doubts} missing pages or attachments could not be checked and were kept`];
    }
  }
}

/** What became of pages in quarantine. */
interface Lost {
  /** How many are in this space after all. */
  readonly here: number;
  readonly doubtful: readonly Failure[];
  /** Those whose trouble is over. */
  readonly settled: readonly RecordedFailure[];
}

/**
 * What became of pages in quarantine, which are in no table that could miss them. Found ones are saved with what belongs to them;
 * those that are gone or out of scope by the API's own word are no trouble any more.
 */
async function findLost(
  space: SpaceContext,
  unseen: readonly RecordedFailure[],
  missing: readonly KnownPage[],
): Promise<Lost> {
  const looked = new Set(missing.map(({ id }) => id));
  const lost = new Map(unseen.filter(({ id }) => !looked.has(id)).map((each) => [each.id, each]));
  if (lost.size === 0) return { here: 0, doubtful: [], settled: [] };
  // Whoever asks for everything believes what comes.
  const shown = new Map(
    space.settings.full ? [] : [...lost].map(([id, failure]) => [id, shownOf(failure)]),
  );
  const homes = new Map<string, string>();
  const unknown = new Set(lost.keys());
  let wide = false;
  for await (const batch of lookUpPages(space, [...lost.keys()], EVERY_STATUS)) {
    for (const page of batch.items) {
      // An answer from before what was shown says nothing about now.
      if (isFromBefore(page.version, shown.get(page.id)) || !unknown.delete(page.id)) continue;
      const inScope = scopeOf(space, page.spaceId).includes(page.status) &&
        space.trackedSpaces.has(page.spaceId);
      wide ||= page.status === "archived";
      if (inScope) homes.set(page.id, page.spaceId);
    }
  }
  const fetched = await fetchPages(
    wide ? withArchived(space) : space,
    [...homes.keys(), ...unknown],
    shown,
  );
  const pages = fetched.pages.filter(({ spaceId, status }) => scopeOf(space, spaceId).includes(status));
  const isElsewhere = ({ id }: { readonly id: string }) =>
    (homes.get(id) ?? space.space.id) !== space.space.id;
  // What cannot be read there is the other space's trouble from now on.
  const failures = fetched.failures.filter(isElsewhere).map((each) => ({
    ...each,
    spaceId: homes.get(each.id)!,
  }));
  space.account.listed += pages.length + failures.length;
  if (pages.length + failures.length > 0) {
    const held = pages.filter(({ spaceId }) => space.trackedSpaces.has(spaceId));
    await space.store.savePages(space, pages, {
      failures,
      owing: [...new Set(held.map(({ spaceId }) => spaceId))],
    });
    const ids = held.map(({ id }) => id);
    if (space.subject === "page") await readAttachmentsOf(space, ids);
    await readLabelsOf(space, ids);
  }
  const doubtful = fetched.failures.filter((each) => !isElsewhere(each));
  const inDoubt = new Set(doubtful.map(({ id }) => id));
  return {
    here: pages.filter((page) => !isElsewhere(page) && page.spaceId === space.space.id).length,
    doubtful,
    settled: [...lost.values()].filter(({ id }) => !inDoubt.has(id)),
  };
}

/** Found elsewhere, or found after all: saved like any other page that was read. */
async function saveFound(
  space: SpaceContext,
  present: readonly Page[],
  shown: ReadonlyMap<string, Shown>,
): Promise<void> {
  const wide = present.some(({ status }) => status === "archived");
  const ids = present.map((page) => page.id);
  const versions = versionsOf(present);
  for (const [id, version] of versions) versions.set(id, newer(version, shown.get(id) ?? version));
  const fetched = await fetchPages(wide ? withArchived(space) : space, ids, versions);
  const homes = new Map(present.map(({ id, spaceId }) => [id, spaceId]));
  // What cannot be read there is that space's trouble.
  const failures = fetched.failures.map((each) => ({ ...each, spaceId: homes.get(each.id)! }));
  space.account.listed += fetched.pages.length + failures.length;
  await space.store.savePages(space, fetched.pages, { failures });
}

/** For pages that are archived in another space, whose scope that is. */
function withArchived(space: SpaceContext): SpaceContext {
  return { ...space, statuses: ["current", "archived"] };
}
