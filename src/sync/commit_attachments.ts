/**
 * Writing attachments: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { clearFailures, saveAttachments, saveEvents, saveFailures } from "../database/mod.ts";
import { listedAlongside } from "./commit_pages.ts";
import { now, type SpaceContext } from "./context.ts";
import type { IndexStore } from "./index_store.ts";
import { countAttachments, judgeAttachments, lingeringAmong } from "./judge_attachments.ts";
import type { Alongside } from "./store.ts";

/** Commits attachments of pages; see {@linkcode IndexStore.saveAttachments}. */
export async function commitAttachments(
  { database, runId }: IndexStore,
  space: SpaceContext,
  attachments: readonly Attachment[],
  alongside: Alongside,
): Promise<void> {
  const lingering = await lingeringAmong(space, attachments);
  return database.exclusive(async () => {
    const verdicts = await judgeAttachments(space, attachments, lingering);
    const { writes, unchanged } = verdicts;
    const rows = writes.map(({ attachment, write }) => ({
      attachment,
      spaceId: space.space.id,
      replaces: write.replaces,
    }));
    const done = [...unchanged, ...writes.map(({ attachment }) => attachment.id)];
    const stamp = { runId: runId, fetchedAt: now(space) };
    const failures = alongside.failures ?? [];
    await database.commit([
      ...saveAttachments(database, rows, stamp),
      ...saveEvents(writes.flatMap(({ write }) => write.events), runId, stamp.fetchedAt),
      ...clearFailures("attachment", done),
      ...saveFailures(failures, runId, stamp.fetchedAt),
      ...listedAlongside(space, "attachment", alongside),
    ]);
    // Counted only now: a transaction that failed has written nothing.
    countAttachments(space, verdicts);
    space.account.attachments.failed += failures.length;
  });
}
