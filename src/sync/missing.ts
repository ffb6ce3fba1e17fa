/**
 * What a complete listing did not show: what of it is certainly gone.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import type { KnownAttachment, KnownPage, RecordedFailure } from "../database/mod.ts";
import { note, type SpaceContext } from "./context.ts";
import { type FetchedPages, fetchPages, versionsOf } from "./fetch_pages.ts";
import { type Findings, lookAgain } from "./second_look.ts";
import type { Deletions } from "./store.ts";

/** What is about to go, with the transaction that ends the reconciliation. */
export interface Removal {
  /** Null where nothing was proven. */
  readonly deletions: Deletions | null;
  /** The brake: too much was about to go, so nothing goes. */
  readonly held: boolean;
  /** Whether the reconciliation is complete. */
  readonly proven: boolean;
}

/** No removal, and nothing proven. */
export const NOTHING_REMOVED: Removal = { deletions: null, held: false, proven: false };

/**
 * Finds out what became of everything that the listing did not show. What is found elsewhere after all is saved.
 *
 * @param space The space, completely listed.
 * @param withAttachments Whether its attachments were completely read too.
 * @param unseen Pages in quarantine that the listing did not show either.
 */
export async function findMissing(
  space: SpaceContext,
  withAttachments: boolean,
  unseen: readonly RecordedFailure[],
): Promise<Removal> {
  const missing = await missingFrom(space, withAttachments);
  const findings = await lookAgain(space, missing);
  for (const text of remarks(space, findings)) note(space, text);
  if (findings.kind !== "verdicts") return { ...NOTHING_REMOVED, held: findings.kind === "brake" };
  const { pages, attachments } = findings;
  if (pages.present.length > 0) await saveFound(space, pages.present);
  const lost = await fetchLost(space, unseen, missing.pages);
  if (lost.pages.length + lost.failures.length > 0) await saveFetched(space, lost);
  const doubtful = [...pages.doubtful, ...attachments.doubtful, ...lost.failures];
  const here = new Set(pages.present.filter((page) => page.spaceId === space.space.id).map(({ id }) => id));
  const lostHere = lost.pages.filter((page) => page.spaceId === space.space.id).length;
  const leftOut = missing.pages.filter(({ id }) => here.has(id)).length + lostHere;
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
    },
    held: false,
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

/** Pages in quarantine are in no table that could miss them. */
async function fetchLost(
  space: SpaceContext,
  unseen: readonly RecordedFailure[],
  missing: readonly KnownPage[],
): Promise<FetchedPages> {
  const looked = new Set(missing.map(({ id }) => id));
  const lost = unseen.filter(({ id }) => !looked.has(id));
  return await fetchPages(
    space,
    lost.map(({ id }) => id),
    new Map(lost.map(({ id, shownVersion }) => [id, shownVersion ?? 0])),
  );
}

/** Found elsewhere, or found after all: saved like any other page that was read. */
async function saveFound(space: SpaceContext, present: readonly Page[]): Promise<void> {
  await saveFetched(space, await fetchPages(space, present.map((page) => page.id), versionsOf(present)));
}

async function saveFetched(space: SpaceContext, fetched: FetchedPages): Promise<void> {
  space.account.listed += fetched.pages.length + fetched.failures.length;
  await space.store.savePages(space, fetched.pages, { failures: fetched.failures });
}
