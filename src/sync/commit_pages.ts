/**
 * Writing pages: compare with the tables, then commit rows, events, quarantine and state as one transaction.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Page } from "../model/mod.ts";
import {
  type ChangeEvent,
  clearFailures,
  type Failure,
  knownPages,
  moveAttachments,
  type PageToSave,
  restoreAttachmentsOf,
  saveEvents,
  saveFailures,
  savePages,
  type Statement,
} from "../database/mod.ts";
import { Account } from "./account.ts";
import { comparePage, type PageWrite } from "./compare.ts";
import { now, pageFailure, type SpaceContext } from "./context.ts";

/** What goes into the same transaction as the pages. */
export interface Alongside {
  readonly failures?: readonly Failure[];
  readonly statements?: readonly Statement[];
}

/**
 * Commits pages that were read, whatever space they are in now. Each of them is counted in exactly one column.
 *
 * @param space The space that is being read.
 * @param pages With bodies where {@linkcode comparePage} asks for them.
 * @param alongside Failures and state of the same transaction.
 */
export function commitPages(
  space: SpaceContext,
  pages: readonly Page[],
  alongside: Alongside = {},
): Promise<void> {
  return space.database.exclusive(async () => {
    const { account } = space;
    const known = pages.length === 0
      ? new Map()
      : await knownPages(space.database, pages.map((page) => page.id));
    const rows: PageToSave[] = [];
    const events: ChangeEvent[] = [];
    const failures: Failure[] = [...alongside.failures ?? []];
    const moved = new Map<string, string[]>();
    const restored: string[] = [];
    const done: string[] = [];
    const counting: (() => void)[] = [];
    for (const page of pages) {
      const decision = comparePage(page, known.get(page.id), space.bodyFormat);
      const spaceKey = space.trackedSpaces.get(page.spaceId);
      if (spaceKey === undefined) {
        counting.push(() => account.skip("moved out of scope"));
      } else if (decision.action === "keep") {
        counting.push(() => account.unchanged++);
        done.push(page.id);
      } else if (decision.action === "ignore") {
        counting.push(() => account.skip("older than the index"));
        done.push(page.id);
      } else if (decision.needsBody && page.body === null) {
        failures.push(
          pageFailure(
            space,
            page.id,
            "changed meanwhile",
            `Cannot read page ${page.id}: it changed while it was read`,
          ),
        );
      } else {
        rows.push({ page, spaceKey, replaces: decision.replaces });
        events.push(...decision.events);
        done.push(page.id);
        if (decision.restored) restored.push(page.id);
        const home = known.get(page.id)?.spaceId;
        if (home !== undefined && home !== page.spaceId) {
          moved.set(page.spaceId, [...moved.get(page.spaceId) ?? [], page.id]);
        }
        counting.push(() => count(space, page, decision));
      }
    }
    const stamp = { runId: space.runId, fetchedAt: now(space) };
    await space.database.commit([
      ...restoreAttachmentsOf(restored, space.runId),
      ...savePages(space.database, rows, stamp),
      ...[...moved].flatMap(([spaceId, ids]) => moveAttachments(ids, spaceId)),
      ...saveEvents(events, space.runId, stamp.fetchedAt),
      ...clearFailures("page", done),
      ...saveFailures(failures, space.runId, stamp.fetchedAt),
      ...alongside.statements ?? [],
    ]);
    // Counted only now: a transaction that failed has written nothing.
    for (const step of counting) step();
    for (const failure of failures) account.fail(failure.reason);
    if (space.settings.failFast && failures.length > 0) {
      throw new ConfluenceIndexError("incomplete", failures[0]!.message, {
        hint: "Run without --fail-fast to go on past it.",
      });
    }
  });
}

function count(space: SpaceContext, page: Page, decision: PageWrite): void {
  const { account } = space;
  if (decision.added) account.added++;
  else account.updated++;
  // A page written into another tracked space is counted as found here, and as present there.
  const home = page.spaceId === space.space.id ? account : accountOf(space, page.spaceId);
  if (decision.added && home !== account) {
    account.movedOut++;
    home.movedIn++;
  }
  if (decision.restored) {
    account.restored++;
    if (home !== account) {
      account.movedOut++;
      home.movedIn++;
    }
  }
  if (decision.movedFrom !== null) {
    accountOf(space, decision.movedFrom).movedOut++;
    home.movedIn++;
  }
}

/** The account of any space of this run; one that only counts for itself where the space is not part of the run. */
export function accountOf(space: SpaceContext, spaceId: string): Account {
  const found = space.accounts.get(spaceId);
  return found ?? new Account();
}
