/**
 * What comes of attachments that were read. Those of other containers, of pages that are deleted or of no concern, and those that the
 * search still shows although they are gone, are skipped.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { ConfluenceNotFoundError } from "../confluence/mod.ts";
import type { Failure, KnownAttachment, KnownPage } from "../database/mod.ts";
import { compareAttachment, type PartDecision } from "./compare.ts";
import { attachmentFailure, type SpaceContext } from "./context.ts";
import type { Store } from "./store.ts";
import { isOneThingsTrouble } from "./trouble.ts";

/** An attachment that must be written, and why. */
export interface AttachmentWrite {
  readonly attachment: Attachment;
  /** The space of its page. */
  readonly spaceId: string;
  readonly write: PartDecision & { readonly action: "write" };
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
 * @param looks What asking for some of them came to; those that could not be asked for come in no column, for they are failures.
 */
export function judgeAttachments(
  space: SpaceContext,
  attachments: readonly Attachment[],
  { known, homes }: HeldAttachments,
  { gone, older, failures }: Looks,
): AttachmentVerdicts {
  const unknown = new Set(failures.map(({ id }) => id));
  const writes: AttachmentWrite[] = [];
  const unchanged: string[] = [];
  const skipped: string[] = [];
  for (const attachment of new Map(attachments.map((each) => [each.id, each])).values()) {
    const { id } = attachment;
    if (unknown.has(id)) continue;
    const home = homes.get(attachment.containerId);
    // The search says what space it is in as it was minutes ago; the page knows better.
    const spaceId = home?.spaceId ?? space.space.id;
    const write = compareAttachment(attachment, spaceId, known.get(id), older.has(id));
    if (!isWanted(space, attachment, home) || gone.has(id) || write.action === "ignore") {
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

/** What asking for single attachments came to, where the search alone is not believed. */
export interface Looks {
  /** Gone indeed. */
  readonly gone: ReadonlySet<string>;
  /** Older than in the tables indeed. */
  readonly older: ReadonlySet<string>;
  /** Those that could not be asked for. */
  readonly failures: readonly Failure[];
}

/**
 * The search index lags: what the tables call deleted is asked for once more before it comes back, and, where a full reading is to follow
 * the site back in time, what the tables have newer.
 */
export async function lookUp(
  space: SpaceContext,
  attachments: readonly Attachment[],
  { known }: HeldAttachments,
): Promise<Looks> {
  const gone = new Set<string>();
  const older = new Set<string>();
  const failures: Failure[] = [];
  for (const { id, version } of new Map(attachments.map((each) => [each.id, each])).values()) {
    const held = known.get(id);
    if (held === undefined) continue;
    const isOlder = space.settings.full && version.number < held.version;
    if (held.deletedAt === null && !isOlder) continue;
    try {
      const found = await space.client.getAttachmentById(id, { signal: space.signal });
      if (found.status !== "current" && found.status !== "archived") gone.add(id);
      else if (isOlder && found.version.number === version.number) older.add(id);
    } catch (error) {
      if (!isOneThingsTrouble(error)) throw error;
      if (error instanceof ConfluenceNotFoundError && error.named) gone.add(id);
      else failures.push(attachmentFailure(space, id, "unreadable", error.message));
    }
  }
  return { gone, older, failures };
}
