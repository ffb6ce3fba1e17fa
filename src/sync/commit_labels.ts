/**
 * Writing labels: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import {
  type ChangeEvent,
  clearFailures,
  type HeldLabels,
  type LabelRow,
  labelsThatDiffer,
  listedLabels,
  relabelled,
  saveEvents,
  saveFailures,
  saveLabels,
} from "../database/mod.ts";
import { now, type SpaceContext } from "./context.ts";
import type { IndexStore } from "./index_store.ts";
import type { Alongside } from "./store.ts";

/** Commits labels of pages; see {@linkcode IndexStore.saveLabels}. */
export function commitLabels(
  store: IndexStore,
  space: SpaceContext,
  rows: readonly LabelRow[],
  { failures = [], settled = [] }: Alongside,
): Promise<void> {
  const done = [...rows.map(({ pageId }) => pageId), ...settled];
  if (done.length + failures.length === 0) return Promise.resolve();
  const over = clearFailures("labels", overOnRecord(space, done));
  return store.database.exclusive(async () => {
    const changed = await labelsThatDiffer(store.database, rows);
    if (changed.length + over.length + failures.length === 0) return;
    await store.database.commit([
      ...statements(store, space, changed),
      ...over,
      ...saveFailures(failures, store.runId, now(space)),
    ]);
    count(space, changed);
    space.account.labels.failed += failures.length;
  });
}

/** Commits what the listing in progress has seen of labels; see {@linkcode IndexStore.relabel}. */
export async function commitListedLabels(store: IndexStore, space: SpaceContext): Promise<void> {
  for (let after = "";;) {
    const changed = await store.database.exclusive(async () => {
      const rows = await relabelled(store.database, space.space.id, after);
      if (rows.length > 0) await store.database.commit(statements(store, space, rows));
      return rows;
    });
    count(space, changed);
    const last = changed.at(-1);
    if (last === undefined) break;
    after = last.pageId;
  }
  // Those that the listing has not told are over when they are read.
  const onRecord = space.unlabelled.map(({ id }) => id);
  if (onRecord.length === 0) return;
  const over = [...(await listedLabels(store.database, space.space.id, onRecord)).keys()];
  if (over.length > 0) await store.database.commit(clearFailures("labels", over));
}

function statements(store: IndexStore, space: SpaceContext, changed: readonly HeldLabels[]) {
  return [
    ...saveLabels(changed.map(({ pageId, found }) => ({ pageId, labels: found })), store.runId),
    ...saveEvents(changed.flatMap(eventOf), store.runId, now(space)),
  ];
}

/** Labels read for the first time are no change. */
function eventOf({ pageId, version, spaceId, held, found }: HeldLabels): ChangeEvent[] {
  if (held === null) return [];
  return [{
    kind: "labeled",
    subject: "page",
    subjectId: pageId,
    version,
    spaceId,
    oldValue: held,
    newValue: found,
  }];
}

function count({ account }: SpaceContext, changed: readonly HeldLabels[]): void {
  account.labels.changed += changed.filter(({ held }) => held !== null).length;
}

function overOnRecord(space: SpaceContext, done: readonly string[]): string[] {
  const ids = new Set(done);
  return space.unlabelled.map(({ id }) => id).filter((id) => ids.has(id));
}
