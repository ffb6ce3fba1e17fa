/**
 * Labels of pages. A listing takes them from the search that brings the attachments, so that they come in bulk; what changed brings its own.
 * Only pages that the search does not show are asked one by one.
 *
 * Source: `GET /wiki/rest/api/content/search?expand=metadata.labels`, `GET /wiki/api/v2/pages/{id}/labels`.
 *
 * @module
 */
import type { Label, SearchHit } from "../model/mod.ts";
import { type Batch, ConfluenceNotFoundError, quoteCql } from "../confluence/mod.ts";
import { type Failure, type LabelRow, listedLabels, type SearchedLabels } from "../database/mod.ts";
import { labelsFailure, note, now, type SpaceContext } from "./context.ts";
import { inParallel } from "./in_parallel.ts";
import { isOneThingsTrouble } from "./trouble.ts";
import { isStray, NoSearch, searchBatches } from "./search_batches.ts";
import { isStillKnown } from "./prove.ts";

const PAGES_AT_ONCE = 5;

/**
 * Labels as the index keeps them: in order, and with their prefix unless everyone sees them. Those that only this account sees are left
 * out: another account would not find them.
 */
export function labelList(labels: readonly Label[]): string {
  const names = labels.filter(({ prefix }) => prefix !== "my").map(({ prefix, name }) =>
    prefix === "global" ? name : `${prefix}:${name}`
  );
  return JSON.stringify([...new Set(names)].sort());
}

/** The labels of the pages in a search answer, as far as its rows tell all of them. */
export function labelsIn(batch: Pick<Batch<SearchHit>, "items">, space: SpaceContext): SearchedLabels[] {
  if (!space.kinds.has("labels")) return [];
  return batch.items.flatMap((hit) => {
    const { id, type, labels, version, updatedAt } = hit;
    return type !== "page" || labels === null || isStray(hit, space)
      ? []
      : [{ pageId: id, labels: labelList(labels), version, updatedAt }];
  });
}

/** Brings the labels that a listing has seen into the index, and asks for those it has not seen. */
export async function settleLabels(space: SpaceContext): Promise<void> {
  if (!space.kinds.has("labels") || space.passedOver.has("labels")) return;
  await space.store.relabel(space);
  const read = new Set<string>();
  const next = (after: string) => space.store.unlabelledPages(space, after);
  for (let ids = await next(""); ids.length > 0; ids = await next(ids[ids.length - 1]!)) {
    space.signal.throwIfAborted();
    await readLabelsOf(space, ids);
    for (const id of ids) read.add(id);
  }
  space.readWhole.add("labels");
  if (space.unlabelled.length === 0) return;
  // Of pages that are gone, or out of scope, no listing tells.
  const told = await listedLabels(space.database, space.space.id, space.unlabelled.map(({ id }) => id));
  await retryLabels(space, new Set([...read, ...told.keys()]));
}

/** Reads all labels where no listing does: when they were not read before, and again what could not be read. */
export async function catchUpOnLabels(space: SpaceContext): Promise<void> {
  if (!space.kinds.has("labels")) return;
  if ((space.state?.kinds.labels ?? null) !== null) {
    return await retryLabels(space);
  }
  await space.store.forgetListing(space);
  try {
    const cql = `space = ${quoteCql(space.space.key)} and type = page order by created asc`;
    for await (const batch of searchBatches(space, cql)) {
      await space.store.saveListedLabels(space, labelsIn(batch, space));
      space.signal.throwIfAborted();
    }
  } catch (error) {
    if (!(error instanceof NoSearch)) throw error;
    if (error.why === "unanswered") {
      note(space, `${error.message}: the next run asks for labels again`);
      space.passedOver.add("labels");
      return;
    }
    note(space, `${error.message}: labels are read page by page, one request each`);
  }
  await settleLabels(space);
}

/** Asks again for labels whose pause in quarantine is over, unless this run has them. */
async function retryLabels(space: SpaceContext, read: ReadonlySet<string> = new Set()): Promise<void> {
  const due = space.unlabelled.filter(({ id, nextTryAt }) => nextTryAt <= now(space) && !read.has(id));
  await readLabelsOf(space, due.map(({ id }) => id));
}

/** Reads the labels of pages, one request each. One that cannot be had is put on record; a page that is gone has none to be told. */
export async function readLabelsOf(space: SpaceContext, pageIds: readonly string[]): Promise<void> {
  if (!space.kinds.has("labels") || pageIds.length === 0) return;
  const rows: LabelRow[] = [];
  const failures: Failure[] = [];
  const settled: string[] = [];
  await inParallel(PAGES_AT_ONCE, pageIds, async (pageId) => {
    try {
      rows.push({ pageId, labels: labelList(await allLabels(space, pageId)) });
    } catch (error) {
      if (!isOneThingsTrouble(error)) throw error;
      if (error instanceof ConfluenceNotFoundError && error.named) settled.push(pageId);
      else failures.push(labelsFailure(space, pageId, error.message));
    }
  });
  // Nobody in particular finds pages gone that are there.
  if (settled.length > 0 && !(await isStillKnown(space.client, space.signal))) settled.length = 0;
  await space.store.saveLabels(space, rows, { failures, settled });
}

async function allLabels(space: SpaceContext, pageId: string): Promise<Label[]> {
  const labels: Label[] = [];
  for await (const batch of space.client.getLabelsForPage(pageId, { signal: space.signal }).batches()) {
    // A part of the labels would look like all of them.
    if (batch.invalid.length > 0) throw batch.invalid[0]!;
    labels.push(...batch.items);
  }
  return labels;
}
