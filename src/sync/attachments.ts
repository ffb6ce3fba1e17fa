/**
 * Reading attachments in bulk, per space, through the search; page by page only where the search is not permitted.
 *
 * @module
 */
import type { Attachment, SearchHit } from "../model/mod.ts";
import {
  type Batch,
  ConfluenceAuthError,
  ConfluenceError,
  ConfluenceNotFoundError,
  quoteCql,
} from "../confluence/mod.ts";
import { archivedPages, type Failure, pagesAfter } from "../database/mod.ts";
import { note, type SpaceContext } from "./context.ts";
import { inParallel } from "./in_parallel.ts";
import { prefetch } from "./prefetch.ts";

/** What must be expanded for a search row to be a whole attachment. */
export const ATTACHMENT_EXPAND: readonly string[] = ["version", "history", "container", "extensions"];
const LIMIT = 250;
const PAGES_AT_ONCE = 5;

/** Why the search cannot tell: this account may not use it, or the space is archived and so not in it. */
export type Unsearchable = "forbidden" | "unsearched";

/** `done`; `incomplete` where something stays unknown. */
export type AttachmentSearch = "done" | "incomplete" | Unsearchable;

/**
 * Reads all attachments of the space.
 *
 * @param space The space; its pages have been read.
 * @param searched What {@linkcode searchAttachments} said, where it ran already.
 * @returns Whether all were read (or are in quarantine).
 */
export async function syncAttachments(space: SpaceContext, searched?: AttachmentSearch): Promise<boolean> {
  const result = searched ?? await searchAttachments(space);
  if (result === "forbidden" || result === "unsearched") {
    const reason = result === "forbidden"
      ? "this account may not search"
      : "archived spaces are not searched";
    note(space, `${reason}: attachments are read page by page, one request each`);
    return await readPageByPage(space, (after) => pagesAfter(space.database, space.space.key, after));
  }
  if (result === "incomplete") return false;
  // The search never finds what hangs on archived pages.
  return !space.statuses.includes("archived") ||
    await readPageByPage(space, (after) => archivedPages(space.database, space.space.key, after));
}

/** Reads all attachments of a space in bulk. */
export async function searchAttachments(space: SpaceContext): Promise<AttachmentSearch> {
  if (space.space.status === "archived") return "unsearched";
  const cql = `space = ${quoteCql(space.space.key)} and type = attachment order by created asc`;
  let nameless = 0;
  try {
    const listing = space.client.searchCql(cql, {
      expand: ATTACHMENT_EXPAND,
      limit: LIMIT,
      signal: space.signal,
    });
    for await (const batch of prefetch(listing.batches())) {
      const rows = attachmentsOf(batch, space);
      nameless += rows.nameless;
      await saveRows(space, rows.attachments, rows.failures);
      space.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof ConfluenceAuthError && error.status !== 404) return "forbidden";
    throw error;
  }
  if (nameless > 0) note(space, `${nameless} attachments came without a readable id and were left out`);
  return nameless === 0 ? "done" : "incomplete";
}

/** The attachments of a search answer; rows that are none, or broken, become failures. */
export function attachmentsOf(
  batch: Pick<Batch<SearchHit>, "items" | "invalid">,
  space: SpaceContext,
): { readonly attachments: Attachment[]; readonly failures: Failure[]; readonly nameless: number } {
  const attachments: Attachment[] = [];
  const failures: Failure[] = [];
  let nameless = 0;
  for (const hit of batch.items) {
    if (hit.type !== "attachment") continue;
    if (hit.attachment !== null) attachments.push(hit.attachment);
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
  return { attachments, failures, nameless };
}

function attachmentFailure(space: SpaceContext, id: string, reason: string, message: string): Failure {
  return { kind: "attachment", id, spaceId: space.space.id, reason, message };
}

async function saveRows(
  space: SpaceContext,
  attachments: readonly Attachment[],
  failures: readonly Failure[],
) {
  const { account } = space;
  account.attachments.listed += attachments.length + failures.length;
  const seen = [...attachments.map((attachment) => attachment.id), ...failures.map((failure) => failure.id)];
  await space.store.saveAttachments(space, attachments, { failures, listed: seen });
  space.emit({ type: "batch", space: space.space, pages: 0, attachments: attachments.length });
}

async function readPageByPage(
  space: SpaceContext,
  next: (after: string) => Promise<string[]>,
): Promise<boolean> {
  let complete = true;
  for (let ids = await next(""); ids.length > 0; ids = await next(ids[ids.length - 1]!)) {
    space.signal.throwIfAborted();
    await inParallel(PAGES_AT_ONCE, ids, async (id) => {
      const { attachments, failures } = await readOnePage(space, id);
      complete &&= failures.length === 0;
      if (attachments.length + failures.length > 0) await saveRows(space, attachments, failures);
    });
  }
  return complete;
}

/** Reads the attachments of one page, from the database of Confluence and not from its search. */
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
          attachmentFailure(space, error.objectId ?? `of page ${pageId}`, "invalid", error.message),
        );
      }
    }
  } catch (error) {
    if (error instanceof ConfluenceNotFoundError && error.named) return { attachments: [], failures: [] };
    if (
      !(error instanceof ConfluenceError) || error.code === "authentication" || error.code === "rate_limit"
    ) throw error;
    failures.push(attachmentFailure(space, `of page ${pageId}`, "unreadable", error.message));
  }
  return { attachments, failures };
}
