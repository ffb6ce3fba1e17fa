/**
 * Marking as deleted what a complete listing did not show, as far as the second look is certain.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import {
  clearFailures,
  clearUnlistedFailures,
  saveEvents,
  saveFailures,
  type Statement,
  tombstoneAttachments,
  tombstonePages,
  unlistedAttachments,
  unlistedPages,
} from "../database/mod.ts";
import { commitPages } from "./commit_pages.ts";
import { note, now, type SpaceContext } from "./context.ts";
import { fetchPages } from "./fetch_pages.ts";
import { type Findings, lookAgain, type Reason } from "./second_look.ts";

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

/**
 * Finds out what became of everything that the listing did not show.
 *
 * @param space The space, completely listed.
 * @param withAttachments Whether its attachments were completely read too.
 */
export async function removeMissing(space: SpaceContext, withAttachments: boolean): Promise<Removal> {
  // Nothing was known, so nothing can be missing (and no listed ids were kept to tell).
  if (space.account.countBefore === 0) return { ...NOTHING_REMOVED, proven: true };
  const { database } = space;
  const findings = await lookAgain(space, {
    pages: await unlistedPages(database, space.space.id),
    attachments: withAttachments ? await unlistedAttachments(database, space.space.id) : [],
  });
  for (const text of remarks(space.space.key, findings)) note(space, text);
  if (findings.kind !== "verdicts") return { ...NOTHING_REMOVED, held: findings.kind === "brake" };
  const { pages, attachments } = findings;
  // Found elsewhere, or found after all: written like any other page that was read.
  if (pages.present.length > 0) await commitFound(space, pages.present);
  const doubts = [...pages.doubtful, ...attachments.doubtful];
  const stamp = { deletedAt: now(space), runId: space.runId };
  const events = [...pages.events, ...attachments.events];
  return {
    statements: [
      ...byReason(pages.gone).flatMap(([reason, ids]) =>
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
      ...clearFailures("page", [...pages.gone.keys()]),
      ...clearUnlistedFailures(space.space.id, space.runId),
      ...saveFailures(doubts, space.runId, stamp.deletedAt),
    ],
    count: () => {
      space.account.deleted += pages.gone.size;
      space.account.attachments.deleted += attachments.gone.size;
    },
    held: false,
    proven: doubts.length === 0,
  };
}

/**
 * What a person should know about the findings.
 *
 * @param key The space's key.
 * @param findings What the second look found.
 */
export function remarks(key: string, findings: Findings): string[] {
  switch (findings.kind) {
    case "brake":
      return [
        `the brake held: ${findings.missing} ${findings.what} of ${key} are missing, so nothing was marked as deleted; ` +
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

async function commitFound(space: SpaceContext, present: readonly Page[]): Promise<void> {
  const fetched = await fetchPages(space, present.map((page) => page.id));
  space.account.listed += fetched.pages.length + fetched.failures.length;
  await commitPages(space, fetched.pages, { failures: fetched.failures });
}

function byReason(gone: ReadonlyMap<string, Reason>): [Reason, string[]][] {
  return [...Map.groupBy(gone, ([, reason]) => reason)].map((
    [reason, entries],
  ) => [reason, entries.map(([id]) => id)]);
}
