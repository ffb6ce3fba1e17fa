/**
 * Writing attachments: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { asCompared, clearFailures, saveAttachments, saveEvents, saveFailures } from "../database/mod.ts";
import { listedAlongside } from "./commit_pages.ts";
import { now, type SpaceContext } from "./context.ts";
import type { IndexStore } from "./index_store.ts";
import { countAttachments, heldAttachments, judgeAttachments, lookUp } from "./judge_attachments.ts";
import type { Alongside } from "./store.ts";
import { undisturbed } from "./undisturbed.ts";

/** Commits attachments of pages; see {@linkcode IndexStore.saveAttachments}. */
export async function commitAttachments(
  store: IndexStore,
  space: SpaceContext,
  attachments: readonly Attachment[],
  alongside: Alongside,
): Promise<void> {
  const { database, runId } = store;
  const looks = await lookUp(space, attachments, await heldAttachments(store, attachments));
  return undisturbed(database, async () => {
    const held = await heldAttachments(store, attachments);
    const verdicts = judgeAttachments(space, attachments, held, looks);
    const { writes, unchanged, skipped } = verdicts;
    const rows = writes.map(({ attachment, spaceId, write }) => ({
      attachment,
      spaceId,
      replaces: write.replaces,
    }));
    const done = [...unchanged, ...skipped, ...writes.map(({ attachment }) => attachment.id)];
    const stamp = { runId, fetchedAt: now(space) };
    const failures = [...alongside.failures ?? [], ...looks.failures];
    await database.commit([
      ...asCompared("attachments", rows.map(({ attachment }) => attachment.id), held.known),
      ...saveAttachments(database, rows, stamp),
      ...saveEvents(writes.flatMap(({ write }) => write.events), runId, stamp.fetchedAt),
      ...clearFailures("attachment", [...done, ...alongside.settled ?? []]),
      ...saveFailures(failures, runId, stamp.fetchedAt),
      ...listedAlongside(space, "attachment", alongside),
    ]);
    // Counted only now: a transaction that failed has written nothing.
    countAttachments(space, verdicts);
    space.account.attachments.failed += failures.length;
  });
}
