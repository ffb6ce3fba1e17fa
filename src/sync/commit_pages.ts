/**
 * Writing pages: compare with the tables, then commit rows, events, quarantine and state as one transaction.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Page, Subject } from "../model/mod.ts";
import {
  asCompared,
  BY_MOVES,
  type ChangeEvent,
  clearReadFailures,
  clearStaleFailures,
  type Failure,
  followKey,
  heldBodies,
  type KnownPage,
  knownPages,
  listedLabels,
  moveAttachments,
  moveComments,
  oweComparisons,
  type PageToSave,
  type Readable,
  type ReadPage,
  restoreAttachmentsOf,
  restoreCommentsOf,
  saveEvents,
  saveFailures,
  saveListedIds,
  savePages,
  saveShownVersions,
  saveSyncState,
  type Statement,
  TABLES,
} from "../database/mod.ts";
import { isMoreRead, noun, now, pageFailure, type SpaceContext } from "./context.ts";
import { searchForm } from "./convert_page.ts";
import { ConvertedBodies } from "./converted_bodies.ts";
import { stateOf } from "./finish_space.ts";
import type { IndexStore } from "./index_store.ts";
import { countPage, judgePage } from "./judge_page.ts";
import type { Alongside } from "./store.ts";
import { undisturbed } from "./undisturbed.ts";

/** Commits pages; see {@linkcode IndexStore.savePages}. */
export async function commitPages(
  { database, runId, siteUrl, sweeper }: IndexStore,
  space: SpaceContext,
  pages: readonly Page[],
  alongside: Alongside,
): Promise<void> {
  const { subject } = space;
  const bodies = new ConvertedBodies(siteUrl);
  // Done before it is this space's turn to write, for the others wait meanwhile.
  const early = pages.length === 0
    ? new Map()
    : await knownPages(database, pages.map((page) => page.id), subject);
  // Whoever asks for everything does not take an equal version for equal text.
  const texts = space.settings.full ? await heldBodies(database, [...early.keys()], subject) : new Map();
  const withText = (held: KnownPage | undefined) =>
    held === undefined ? undefined : { ...held, body: texts.get(held.id) };
  for (const page of pages) {
    const verdict = judgePage(space, page, withText(early.get(page.id)));
    if (verdict.kind === "write") bodies.textOf(page, verdict.spaceKey);
  }
  await undisturbed(database, async () => {
    const { account } = space;
    const known = pages.length === 0
      ? new Map()
      : await knownPages(database, pages.map((page) => page.id), subject);
    const labels = await labelsFor(database, space, pages, known);
    const rows: PageToSave[] = [];
    const events: ChangeEvent[] = [];
    const failures: Failure[] = [...alongside.failures ?? []];
    const moved = new Map<string, string[]>();
    const owing = new Set<string>();
    const restored: string[] = [];
    const done: Page[] = [];
    const misplaced: string[] = [];
    const counting: (() => void)[] = [];
    for (const page of pages) {
      const before = known.get(page.id);
      const verdict = judgePage(space, page, withText(before));
      if (verdict.kind === "write") {
        const { write, spaceKey } = verdict;
        if (write.needsBody && page.body === null) {
          failures.push(
            pageFailure(
              space,
              page.id,
              "changed meanwhile",
              `Cannot read ${noun(space)} ${page.id}: it changed while it was read`,
            ),
          );
          continue;
        }
        rows.push({
          page,
          spaceKey,
          replaces: write.replaces,
          searchTitle: searchForm(page.title),
          text: bodies.textOf(page, spaceKey),
          labels: before?.labels ?? labels.get(page.id) ?? null,
        });
        events.push(...write.events);
        if (write.restored) restored.push(page.id);
        const home = before?.spaceId;
        if (home !== undefined && home !== page.spaceId) {
          moved.set(page.spaceId, [...moved.get(page.spaceId) ?? [], page.id]);
        }
        // Of its own space this run reads the rest right away.
        if (page.spaceId !== space.space.id && isMoreRead(space, home, page.spaceId)) owing.add(page.spaceId);
      }
      // Brought in by a run that did not know of its space's new key.
      if (
        verdict.kind === "unchanged" && page.spaceId === space.space.id &&
        before?.spaceKey !== space.space.key
      ) {
        misplaced.push(page.id);
      }
      // Two answers of one time that differ: which is the later one is only likely, so the next run looks.
      if (before !== undefined && before.spaceId !== page.spaceId && before.fetchedAt >= space.startedAt) {
        for (const id of [before.spaceId, page.spaceId]) if (space.trackedSpaces.has(id)) owing.add(id);
      }
      // So with one that was asked for before the page was called deleted, and came after.
      if (verdict.kind === "write" && (before?.deletedAt ?? "") > page.askedAt) owing.add(page.spaceId);
      const outOfScope = verdict.kind === "skip" && verdict.reason === "moved out of scope";
      if (!outOfScope && verdict.kind !== "overtaken") done.push(page);
      counting.push(() => countPage(space, page, verdict));
    }
    const stamp = { runId, fetchedAt: now(space) };
    await database.commit([
      ...asCompared(TABLES[subject], rows.map(({ page }) => page.id), known),
      ...(subject === "page" ? restoreAttachmentsOf(restored, runId) : []),
      ...restoreCommentsOf(TABLES[subject], restored, runId),
      ...savePages(database, rows, stamp, subject),
      ...followKey(TABLES[subject], misplaced, space.space.key, runId),
      ...(subject === "page" ? [...moved].flatMap(([spaceId, ids]) => moveAttachments(ids, spaceId)) : []),
      ...[...moved].flatMap(([spaceId, ids]) => moveComments(ids, spaceId)),
      ...bodies.statements(rows, subject),
      ...saveEvents(events, runId, stamp.fetchedAt),
      ...clearReadFailures(subject, done.map(readIn), { at: stamp.fetchedAt, full: space.settings.full }),
      ...clearStaleFailures(subject, alongside.over ?? []),
      ...saveFailures(failures, runId, stamp.fetchedAt),
      ...listedAlongside(space, subject, alongside),
      ...resumeAlongside(space, alongside),
      ...oweComparisons([...owing], BY_MOVES, runId),
      ...oweComparisons(alongside.owing ?? [], space.space.id, runId),
      ...saveShownVersions(subject, alongside.shown ?? new Map()),
    ]);
    // Counted only now: a transaction that failed has written nothing.
    for (const step of counting) step();
    sweeper.passed(pages);
    for (const failure of failures) account.fail(failure.reason);
    if (space.settings.failFast && failures.length > 0) {
      throw new ConfluenceIndexError("incomplete", failures[0]!.message, {
        hint: "Run without --fail-fast to go on past it.",
      });
    }
  });
}

function readIn({ id, version, askedAt }: Page): ReadPage {
  return { id, version: version.number, createdAt: version.createdAt, askedAt };
}

/** Labels that are known before their page is; where there were others, taking in the new ones is a change of its own. */
async function labelsFor(
  database: Readable,
  space: SpaceContext,
  pages: readonly Page[],
  known: ReadonlyMap<string, KnownPage>,
): Promise<ReadonlyMap<string, string>> {
  if (!space.kinds.has("labels") || space.mode === "delta" || space.mode === "since") return new Map();
  const ids = pages.map(({ id }) => id).filter((id) => (known.get(id)?.labels ?? null) === null);
  return ids.length === 0 ? new Map() : await listedLabels(database, space.space.id, ids);
}

/** What the listing showed, where it is kept. */
export function listedAlongside(
  space: SpaceContext,
  kind: Subject | "comment" | "attachment",
  { listed = [] }: Alongside,
): Statement[] {
  return space.remembers ? saveListedIds(space.space.id, kind, listed) : [];
}

function resumeAlongside(space: SpaceContext, { resume }: Alongside): Statement[] {
  if (resume === undefined) return [];
  return saveSyncState({ ...stateOf(space), resumeLink: resume.link, resumeSince: resume.since });
}
