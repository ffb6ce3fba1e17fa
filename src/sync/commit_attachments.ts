/**
 * Writing attachments: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { clearFailures, saveAttachments, saveEvents, saveFailures } from "../database/mod.ts";
import type { Alongside } from "./commit_pages.ts";
import { now, type SpaceContext } from "./context.ts";
import { countAttachments, judgeAttachments, lingeringAmong } from "./judge_attachments.ts";

/** Commits attachments of pages; what is skipped stands in `judge_attachments.ts`. */
export async function commitAttachments(
  space: SpaceContext,
  attachments: readonly Attachment[],
  alongside: Alongside = {},
): Promise<void> {
  const lingering = await lingeringAmong(space, attachments);
  return space.database.exclusive(async () => {
    const { database } = space;
    const verdicts = await judgeAttachments(space, attachments, lingering);
    const { writes, unchanged } = verdicts;
    const rows = writes.map(({ attachment, write }) => ({
      attachment,
      spaceId: space.space.id,
      replaces: write.replaces,
    }));
    const done = [...unchanged, ...writes.map(({ attachment }) => attachment.id)];
    const stamp = { runId: space.runId, fetchedAt: now(space) };
    const failures = alongside.failures ?? [];
    await database.commit([
      ...saveAttachments(database, rows, stamp),
      ...saveEvents(writes.flatMap(({ write }) => write.events), space.runId, stamp.fetchedAt),
      ...clearFailures("attachment", done),
      ...saveFailures(failures, space.runId, stamp.fetchedAt),
      ...alongside.statements ?? [],
    ]);
    // Counted only now: a transaction that failed has written nothing.
    countAttachments(space, verdicts);
    space.account.attachments.failed += failures.length;
  });
}
