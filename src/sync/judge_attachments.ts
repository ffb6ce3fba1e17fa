/**
 * What comes of attachments that were read. Those of other containers, of deleted pages, and those that the search still shows although
 * they are gone, are skipped.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { ConfluenceNotFoundError } from "../confluence/mod.ts";
import { deletedAmong, type KnownAttachment, knownAttachments, type Readable } from "../database/mod.ts";
import { type AttachmentDecision, compareAttachment } from "./compare.ts";
import type { SpaceContext } from "./context.ts";

/** An attachment that must be written, and why. */
export interface AttachmentWrite {
  readonly attachment: Attachment;
  readonly write: AttachmentDecision & { readonly action: "write" };
}

/** What comes of attachments. */
export interface AttachmentVerdicts {
  readonly writes: readonly AttachmentWrite[];
  /** Ids that the index holds as they are. */
  readonly unchanged: readonly string[];
  readonly skipped: number;
}

/** What the tables hold of attachments that were read. */
export interface HeldAttachments {
  readonly known: ReadonlyMap<string, KnownAttachment>;
  /** Those of their pages that are deleted. */
  readonly buried: ReadonlySet<string>;
}

/** Looks attachments up in the tables. */
export async function heldAttachments(
  database: Readable,
  attachments: readonly Attachment[],
): Promise<HeldAttachments> {
  const pageIds = [...new Set(attachments.map((attachment) => attachment.containerId))];
  return {
    known: await knownAttachments(database, attachments.map((attachment) => attachment.id)),
    buried: await deletedAmong(database, pageIds),
  };
}

/**
 * Judges attachments.
 *
 * @param space The space that is read.
 * @param attachments As they were read; of one that comes twice, the last counts.
 * @param held What the tables hold of them.
 * @param lingering What {@linkcode lingeringAmong} said of them.
 */
export function judgeAttachments(
  space: SpaceContext,
  attachments: readonly Attachment[],
  { known, buried }: HeldAttachments,
  lingering: ReadonlySet<string>,
): AttachmentVerdicts {
  const writes: AttachmentWrite[] = [];
  const unchanged: string[] = [];
  let skipped = 0;
  for (const attachment of new Map(attachments.map((each) => [each.id, each])).values()) {
    const { id, containerType, containerId } = attachment;
    const write = compareAttachment(attachment, space.space.id, known.get(id));
    const elsewhere = containerType !== "page" || buried.has(containerId);
    if (elsewhere || lingering.has(id) || write.action === "ignore") skipped++;
    else if (write.action === "keep") unchanged.push(id);
    else writes.push({ attachment, write });
  }
  return { writes, unchanged, skipped };
}

/** Counts attachments, each in one column. */
export function countAttachments(space: SpaceContext, verdicts: AttachmentVerdicts): void {
  const counts = space.account.attachments;
  counts.skipped += verdicts.skipped;
  counts.unchanged += verdicts.unchanged.length;
  for (const { write } of verdicts.writes) {
    if (write.added) counts.added++;
    else counts.updated++;
  }
}

/** The search index lags: what the tables call deleted is asked for once more before it comes back. */
export async function lingeringAmong(space: SpaceContext, { known }: HeldAttachments): Promise<Set<string>> {
  const lingering = new Set<string>();
  for (const attachment of known.values()) {
    if (attachment.deletedAt !== null && await isGone(space, attachment)) lingering.add(attachment.id);
  }
  return lingering;
}

async function isGone(space: SpaceContext, { id }: KnownAttachment): Promise<boolean> {
  try {
    const found = await space.client.getAttachmentById(id, { signal: space.signal });
    return found.status !== "current" && found.status !== "archived";
  } catch (error) {
    if (!(error instanceof ConfluenceNotFoundError)) throw error;
    return true;
  }
}
