/**
 * Writing attachments: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { ConfluenceNotFoundError } from "../confluence/mod.ts";
import {
  type AttachmentToSave,
  type ChangeEvent,
  clearFailures,
  deletedAmong,
  knownAttachments,
  saveAttachments,
  saveEvents,
  saveFailures,
} from "../database/mod.ts";
import type { Alongside } from "./commit_pages.ts";
import { compareAttachment } from "./compare.ts";
import { now, type SpaceContext } from "./context.ts";

/**
 * Commits attachments of pages. Those of other containers, of deleted pages, and those that the search still shows although they are
 * gone, are skipped.
 */
export async function commitAttachments(
  space: SpaceContext,
  attachments: readonly Attachment[],
  alongside: Alongside = {},
): Promise<void> {
  const lingering = await lingeringAmong(space, attachments);
  return space.database.exclusive(async () => {
    const { database } = space;
    const counts = space.account.attachments;
    const known = await knownAttachments(database, attachments.map((attachment) => attachment.id));
    const buried = await deletedAmong(database, [
      ...new Set(attachments.map((attachment) => attachment.containerId)),
    ]);
    const rows: AttachmentToSave[] = [];
    const events: ChangeEvent[] = [];
    const done: string[] = [];
    const counting: (() => void)[] = [];
    for (const attachment of new Map(attachments.map((each) => [each.id, each])).values()) {
      const { id, containerType, containerId } = attachment;
      const decision = compareAttachment(attachment, space.space.id, known.get(id));
      if (
        containerType !== "page" || buried.has(containerId) || lingering.has(id) ||
        decision.action === "ignore"
      ) {
        counting.push(() => counts.skipped++);
        continue;
      }
      done.push(id);
      if (decision.action === "keep") {
        counting.push(() => counts.unchanged++);
        continue;
      }
      rows.push({ attachment, spaceId: space.space.id, replaces: decision.replaces });
      events.push(...decision.events);
      counting.push(() => decision.added ? counts.added++ : counts.updated++);
    }
    const stamp = { runId: space.runId, fetchedAt: now(space) };
    const failures = alongside.failures ?? [];
    await database.commit([
      ...saveAttachments(database, rows, stamp),
      ...saveEvents(events, space.runId, stamp.fetchedAt),
      ...clearFailures("attachment", done),
      ...saveFailures(failures, space.runId, stamp.fetchedAt),
      ...alongside.statements ?? [],
    ]);
    for (const step of counting) step();
    counts.failed += failures.length;
  });
}

/** The search index lags: what the tables call deleted is asked for once more before it comes back. */
async function lingeringAmong(space: SpaceContext, attachments: readonly Attachment[]): Promise<Set<string>> {
  const known = await knownAttachments(space.database, attachments.map((attachment) => attachment.id));
  const lingering = new Set<string>();
  for (const { id, deletedAt } of known.values()) {
    if (deletedAt === null) continue;
    try {
      const found = await space.client.getAttachmentById(id, { signal: space.signal });
      if (found.status !== "current" && found.status !== "archived") lingering.add(id);
    } catch (error) {
      if (!(error instanceof ConfluenceNotFoundError)) throw error;
      lingering.add(id);
    }
  }
  return lingering;
}
