/**
 * What comes of attachments that were read. Those of other containers, of pages that are deleted or of no concern, and those that the
 * search still shows although they are gone, are skipped.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { ConfluenceAuthError, ConfluenceError, ConfluenceNotFoundError } from "../confluence/mod.ts";
import type { Failure, KnownAttachment, KnownPage } from "../database/mod.ts";
import { type AttachmentDecision, compareAttachment } from "./compare.ts";
import { attachmentFailure, type SpaceContext } from "./context.ts";
import type { Store } from "./store.ts";

/** An attachment that must be written, and why. */
export interface AttachmentWrite {
  readonly attachment: Attachment;
  /** The space of its page. */
  readonly spaceId: string;
  readonly write: AttachmentDecision & { readonly action: "write" };
}

/** What comes of attachments. */
export interface AttachmentVerdicts {
  readonly writes: readonly AttachmentWrite[];
  /** Ids that the index holds as they are. */
  readonly unchanged: readonly string[];
  /** Ids that are left out on purpose. */
  readonly skipped: readonly string[];
}

/** What the tables hold of attachments that were read. */
export interface HeldAttachments {
  readonly known: ReadonlyMap<string, KnownAttachment>;
  /** Their pages, deleted ones included, as far as the index knows them. */
  readonly homes: ReadonlyMap<string, KnownPage>;
}

/** Looks attachments up in the index, with their pages. */
export async function heldAttachments(
  store: Pick<Store, "knownAttachments" | "knownPages">,
  attachments: readonly Attachment[],
): Promise<HeldAttachments> {
  const pageIds = [...new Set(attachments.map((attachment) => attachment.containerId))];
  return {
    known: await store.knownAttachments(attachments.map((attachment) => attachment.id)),
    homes: await store.knownPages(pageIds),
  };
}

/**
 * Judges attachments.
 *
 * @param space The space that is read.
 * @param attachments As they were read; of one that comes twice, the last counts.
 * @param held What the tables hold of them.
 * @param lingering Those that the tables call deleted; where nobody knows, they come in no column here, for they are failures.
 */
export function judgeAttachments(
  space: SpaceContext,
  attachments: readonly Attachment[],
  { known, homes }: HeldAttachments,
  lingering: Lingering,
): AttachmentVerdicts {
  const unknown = new Set(lingering.failures.map(({ id }) => id));
  const writes: AttachmentWrite[] = [];
  const unchanged: string[] = [];
  const skipped: string[] = [];
  for (const attachment of new Map(attachments.map((each) => [each.id, each])).values()) {
    const { id } = attachment;
    if (unknown.has(id)) continue;
    const home = homes.get(attachment.containerId);
    // The search says what space it is in as it was minutes ago; the page knows better.
    const spaceId = home?.spaceId ?? space.space.id;
    const write = compareAttachment(attachment, spaceId, known.get(id));
    if (!isWanted(space, attachment, home) || lingering.gone.has(id) || write.action === "ignore") {
      skipped.push(id);
    } else if (write.action === "keep") unchanged.push(id);
    else writes.push({ attachment, spaceId, write });
  }
  return { writes, unchanged, skipped };
}

function isWanted(space: SpaceContext, attachment: Attachment, home: KnownPage | undefined): boolean {
  if (attachment.containerType !== "page") return false;
  if (attachment.status !== "current" && attachment.status !== "archived") return false;
  if (home !== undefined) return home.deletedAt === null;
  // A listing may still bring the page; where only changes are read, it has been asked for and did not come.
  return space.mode !== "delta" && space.mode !== "since";
}

/** Counts attachments, each in one column. */
export function countAttachments(space: SpaceContext, verdicts: AttachmentVerdicts): void {
  const counts = space.account.attachments;
  counts.skipped += verdicts.skipped.length;
  counts.unchanged += verdicts.unchanged.length;
  for (const { write } of verdicts.writes) {
    if (write.added) counts.added++;
    else counts.updated++;
  }
}

/** What became of attachments that the tables call deleted and the search still shows. */
export interface Lingering {
  /** Gone indeed. */
  readonly gone: ReadonlySet<string>;
  /** Those that could not be asked for. */
  readonly failures: readonly Failure[];
}

/** The search index lags: what the tables call deleted is asked for once more before it comes back. */
export async function lingeringAmong(space: SpaceContext, { known }: HeldAttachments): Promise<Lingering> {
  const gone = new Set<string>();
  const failures: Failure[] = [];
  for (const { id, deletedAt } of known.values()) {
    if (deletedAt === null) continue;
    try {
      const { status } = await space.client.getAttachmentById(id, { signal: space.signal });
      if (status !== "current" && status !== "archived") gone.add(id);
    } catch (error) {
      if (!isOneThingsTrouble(error)) throw error;
      if (error instanceof ConfluenceNotFoundError && error.named) gone.add(id);
      else failures.push(attachmentFailure(space, id, "unreadable", error.message));
    }
  }
  return { gone, failures };
}

/** Whether an error is about the thing that was asked for, and not about the account, the network or the run. */
export function isOneThingsTrouble(error: unknown): error is ConfluenceError {
  if (error instanceof ConfluenceAuthError) return error.reason === "forbidden";
  return error instanceof ConfluenceError && error.code !== "rate_limit";
}
