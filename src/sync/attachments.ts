/**
 * Reading attachments in bulk, per space, through the search; page by page only where the search is not permitted.
 *
 * @module
 */
import type { Attachment, SearchHit } from "../model/mod.ts";
import { type Batch, ConfluenceNotFoundError, quoteCql } from "../confluence/mod.ts";
import type { Failure } from "../database/mod.ts";
import { attachmentFailure, dueFailures, note, type SpaceContext } from "./context.ts";
import { inParallel } from "./in_parallel.ts";
import { labelsIn } from "./labels.ts";
import { isOneThingsTrouble } from "./trouble.ts";
import {
  isStray,
  mayBeNothing,
  NoSearch,
  searchBatches,
  showsNothing,
  UNSEARCHABLE,
  type Unsearchable,
} from "./search_batches.ts";
import { isMute } from "./mute.ts";
import { isStillKnown } from "./prove.ts";

const PAGES_AT_ONCE = 5;

/** `done`; `nothing` where nothing of the space was shown; `incomplete` where something stays unknown. */
export type AttachmentSearch = "done" | "nothing" | "incomplete" | Unsearchable;

/**
 * Reads all attachments of the space.
 *
 * @param space The space; its pages have been read.
 * @param result What {@linkcode searchAttachments} said.
 * @returns Whether all were read (or are in quarantine).
 */
export async function syncAttachments(space: SpaceContext, result: AttachmentSearch): Promise<boolean> {
  if (result === "forbidden" || result === "archived" || result === "broken") {
    note(
      space,
      `${UNSEARCHABLE[result]}: ${
        space.kinds.has("labels") ? "attachments and labels" : "attachments"
      } are read page by page, one request each`,
    );
    await readPageByPage(space, "all");
    return true;
  }
  if (result === "unanswered") {
    note(space, `${UNSEARCHABLE[result]}: the next run asks for attachments and labels again`);
    // One request for each page would be no way round a bad hour.
    space.passedOver.add("labels");
    return false;
  }
  if (result === "incomplete" || result === "nothing" && !await mayBeNothing(space)) return false;
  // It is for pages as well where their labels are wanted.
  if (result === "nothing" && space.kinds.has("labels") && await isMute(space)) {
    note(space, `${UNSEARCHABLE.mute}: the next run asks for attachments again`);
    return false;
  }
  // The search never finds what hangs on archived pages.
  if (space.statuses.includes("archived")) await readPageByPage(space, "archived");
  return true;
}

/** Reads all attachments of a space in bulk; the same rows tell of the labels of pages, where they are wanted. */
export async function searchAttachments(space: SpaceContext): Promise<AttachmentSearch> {
  const types = space.kinds.has("labels") ? "type in (page, attachment)" : "type = attachment";
  const cql = `space = ${quoteCql(space.space.key)} and ${types} order by created asc`;
  let nameless = 0;
  let isNothing = true;
  try {
    for await (const batch of searchBatches(space, cql)) {
      const rows = attachmentsOf(batch, space);
      nameless += rows.nameless;
      isNothing &&= showsNothing(batch, space);
      countStrays(space, rows.strays);
      await space.store.saveListedLabels(space, labelsIn(batch, space));
      await saveRows(space, rows.attachments, rows.failures);
      space.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof NoSearch) return error.why;
    throw error;
  }
  if (nameless > 0) note(space, `${nameless} attachments came without a readable id and were left out`);
  if (nameless > 0) return "incomplete";
  return isNothing ? "nothing" : "done";
}

/** The attachments of a search answer. */
export interface FoundAttachments {
  readonly attachments: Attachment[];
  /** Rows that lack what an attachment needs. */
  readonly failures: Failure[];
  /** Broken rows that do not even say what they are. */
  readonly nameless: number;
  /** Rows of other spaces: the search does not always keep to what was asked. */
  readonly strays: number;
}

/** Sorts the rows of a search answer. */
export function attachmentsOf(
  batch: Pick<Batch<SearchHit>, "items" | "invalid">,
  space: SpaceContext,
): FoundAttachments {
  const attachments: Attachment[] = [];
  const failures: Failure[] = [];
  let nameless = 0;
  let strays = 0;
  for (const hit of batch.items) {
    if (hit.type !== "attachment") continue;
    if (isStray(hit, space)) strays++;
    else if (hit.attachment !== null) attachments.push(hit.attachment);
    else {failures.push(
        attachmentFailure(
          space,
          hit.id,
          "invalid",
          `Cannot read attachment ${hit.id}: the row lacks its version or page`,
        ),
      );}
  }
  for (const error of batch.invalid) {
    if (error.objectId === undefined) nameless++;
    else if (error.objectId.startsWith("att")) {
      failures.push(attachmentFailure(space, error.objectId, "invalid", error.message));
    }
  }
  return { attachments: onceEach(attachments), failures: onceEach(failures), nameless, strays };
}

/** Of what comes twice in an answer, the last. */
function onceEach<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** Counts rows of other spaces. */
export function countStrays({ account }: SpaceContext, strays: number): void {
  account.attachments.listed += strays;
  account.attachments.skipped += strays;
}

async function saveRows(
  space: SpaceContext,
  attachments: readonly Attachment[],
  failures: readonly Failure[],
  settled: readonly string[] = [],
) {
  const { account } = space;
  account.attachments.listed += attachments.length + failures.length;
  // One that hangs on something else now may have been on a page: there it is missing.
  const onPages = attachments.filter(({ containerType }) => containerType === "page");
  const listed = [...onPages, ...failures].map(({ id }) => id);
  await space.store.saveAttachments(space, attachments, { failures, listed, settled });
  space.emit({ type: "batch", space: space.space, pages: 0, attachments: attachments.length });
}

async function readPageByPage(space: SpaceContext, which: "all" | "archived"): Promise<void> {
  const next = (after: string) => space.store.pagesAfter(space, after, which);
  for (let ids = await next(""); ids.length > 0; ids = await next(ids[ids.length - 1]!)) {
    space.signal.throwIfAborted();
    await readAttachmentsOf(space, ids);
  }
}

/**
 * Reads the attachments of pages, one request each, from the database of Confluence and not from its search. Those of a page that cannot be
 * had are put on record.
 */
export async function readAttachmentsOf(space: SpaceContext, pageIds: readonly string[]): Promise<void> {
  const onRecord = new Set(space.lost.map(({ id }) => id));
  const settled: string[] = [];
  await inParallel(PAGES_AT_ONCE, pageIds, async (id) => {
    const { attachments, failures } = await readOnePage(space, id);
    if (attachments.length + failures.length > 0) await saveRows(space, attachments, failures);
    if (failures.length === 0 && onRecord.has(ofPage(id))) settled.push(ofPage(id));
  });
  await settle(space, settled);
}

/** Asks again for attachments in quarantine: in a listing, which has not shown them, for all; else for those whose pause is over. */
export async function retryAttachments(space: SpaceContext): Promise<void> {
  const due = await dueFailures(space, "attachment");
  await readAttachmentsOf(
    space,
    due.filter((id) => !id.startsWith("att")).map((id) => id.slice(OF_PAGE.length)),
  );
  const gone: string[] = [];
  await inParallel(PAGES_AT_ONCE, due.filter((id) => id.startsWith("att")), async (id) => {
    try {
      const attachment = await space.client.getAttachmentById(id, { signal: space.signal });
      await saveRows(space, [attachment], []);
    } catch (error) {
      if (!isOneThingsTrouble(error)) throw error;
      if (error instanceof ConfluenceNotFoundError && error.named) gone.push(id);
      else await saveRows(space, [], [attachmentFailure(space, id, "unreadable", error.message)]);
    }
  });
  // What is gone by name is no trouble any more; whether the index holds it is for the reconciliation to find.
  await settle(space, gone);
}

/** Takes what is over out of quarantine, unless the answers were nobody's: these find gone, or empty, what is not. */
async function settle(space: SpaceContext, over: readonly string[]): Promise<void> {
  if (over.length > 0 && await isStillKnown(space.client, space.signal)) await saveRows(space, [], [], over);
}

const OF_PAGE = "of page ";

/** How the quarantine names the attachments of a page, where it is not known which there are. */
function ofPage(pageId: string): string {
  return `${OF_PAGE}${pageId}`;
}

async function readOnePage(space: SpaceContext, pageId: string) {
  const attachments: Attachment[] = [];
  const failures: Failure[] = [];
  try {
    for await (
      const batch of space.client.getAttachmentsForPage(pageId, { signal: space.signal }).batches()
    ) {
      attachments.push(...batch.items);
      for (const error of batch.invalid) {
        failures.push(
          attachmentFailure(space, error.objectId ?? ofPage(pageId), "invalid", error.message),
        );
      }
    }
  } catch (error) {
    if (error instanceof ConfluenceNotFoundError && error.named) return { attachments: [], failures: [] };
    if (!isOneThingsTrouble(error)) throw error;
    failures.push(attachmentFailure(space, ofPage(pageId), "unreadable", error.message));
  }
  return { attachments: onceEach(attachments), failures: onceEach(failures) };
}
