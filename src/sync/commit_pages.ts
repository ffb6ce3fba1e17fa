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
import { now, pageFailure, type SpaceContext } from "./context.ts";
import { countPage, judgePage } from "./judge_page.ts";

/** What goes into the same transaction as the pages. */
export interface Alongside {
  readonly failures?: readonly Failure[];
  readonly statements?: readonly Statement[];
}

/**
 * Commits pages that were read, whatever space they are in now. Each of them is counted in exactly one column.
 *
 * @param space The space that is being read.
 * @param pages With bodies where {@linkcode judgePage} asks for them.
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
      const verdict = judgePage(space, page, known.get(page.id));
      if (verdict.kind === "write") {
        const { write, spaceKey } = verdict;
        if (write.needsBody && page.body === null) {
          failures.push(
            pageFailure(
              space,
              page.id,
              "changed meanwhile",
              `Cannot read page ${page.id}: it changed while it was read`,
            ),
          );
          continue;
        }
        rows.push({ page, spaceKey, replaces: write.replaces });
        events.push(...write.events);
        if (write.restored) restored.push(page.id);
        const home = known.get(page.id)?.spaceId;
        if (home !== undefined && home !== page.spaceId) {
          moved.set(page.spaceId, [...moved.get(page.spaceId) ?? [], page.id]);
        }
      }
      const outOfScope = verdict.kind === "skip" && verdict.reason === "moved out of scope";
      if (!outOfScope) done.push(page.id);
      counting.push(() => countPage(space, page, verdict));
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
