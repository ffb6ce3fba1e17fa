/**
 * Writing comments: compare with the tables, then commit rows, events and quarantine as one transaction.
 *
 * @module
 */
import type { Comment } from "../model/mod.ts";
import {
  asCompared,
  type ChangeEvent,
  clearFailures,
  type CommentToSave,
  type Failure,
  type KnownComment,
  knownComments,
  knownPages,
  saveComments,
  saveEvents,
  saveFailures,
  tombstoneComments,
} from "../database/mod.ts";
import { lookUpComments } from "./comments.ts";
import { compareComment } from "./compare.ts";
import { listedAlongside } from "./commit_pages.ts";
import { now, type SpaceContext } from "./context.ts";
import { convertBody } from "./convert_page.ts";
import type { IndexStore } from "./index_store.ts";
import type { Reason } from "./second_look.ts";
import type { Alongside } from "./store.ts";
import { undisturbed } from "./undisturbed.ts";

/** Commits comments; see {@linkcode IndexStore.saveComments}. */
export async function commitComments(
  store: IndexStore,
  space: SpaceContext,
  comments: readonly Comment[],
  alongside: Alongside,
): Promise<void> {
  const { database, runId, siteUrl } = store;
  const { failures = [], settled = [] } = alongside;
  if (comments.length + failures.length + settled.length === 0) return;
  const latest = [...new Map(comments.map((comment) => [comment.id, comment])).values()];
  const ids = latest.map(({ id }) => id);
  const { gone, older } = await lookUpComments(space, latest, await knownComments(database, ids));
  await undisturbed(database, async () => {
    const known = await knownComments(database, ids);
    const homes = await homesOf(store, latest);
    const rows: CommentToSave[] = [];
    const events: ChangeEvent[] = [];
    const counts = { unchanged: 0, added: 0, updated: 0, skipped: comments.length - latest.length };
    for (const comment of latest) {
      const home = homes.get(comment.containerId);
      const before = known.get(comment.id);
      const decision = compareComment(
        comment,
        home?.spaceId ?? space.space.id,
        before,
        older.has(comment.id),
      );
      if (
        home === undefined || comment.status !== "current" || gone.has(comment.id) ||
        decision.action === "ignore"
      ) {
        counts.skipped++;
        continue;
      }
      if (decision.action === "keep") {
        counts.unchanged++;
        continue;
      }
      counts[decision.added ? "added" : "updated"]++;
      events.push(...decision.events);
      const { body } = comment;
      const place = { pageId: comment.containerId, spaceKey: space.space.key };
      rows.push({
        comment,
        spaceId: home.spaceId,
        replaces: decision.replaces,
        bodyText: body === null ? null : convertBody({ ...place, ...body }, siteUrl).text.bodyText,
      });
    }
    const fetchedAt = now(space);
    await database.commit([
      ...asCompared("comments", rows.map(({ comment }) => comment.id), known),
      ...saveComments(database, rows, { runId, fetchedAt }),
      ...saveEvents(events, runId, fetchedAt),
      ...clearFailures("comment", [...ids, ...settled]),
      ...saveFailures(failures, runId, fetchedAt),
      ...listedAlongside(space, "comment", alongside),
    ]);
    // Counted only now: a transaction that failed has written nothing.
    const { account } = space;
    account.comments.unchanged += counts.unchanged;
    account.comments.added += counts.added;
    account.comments.updated += counts.updated;
    account.comments.skipped += counts.skipped;
    account.comments.failed += failures.length;
  });
}

/** Commits what is certainly gone; see {@linkcode IndexStore.buryComments}. */
export async function buryComments(
  { database, runId }: IndexStore,
  space: SpaceContext,
  gone: ReadonlyMap<KnownComment, Reason>,
  doubtful: readonly Failure[],
): Promise<void> {
  const deletedAt = now(space);
  const events = [...gone].map(([comment, kind]): ChangeEvent => ({
    kind,
    subject: "comment",
    subjectId: comment.id,
    version: comment.version,
    spaceId: comment.spaceId,
    oldValue: comment.pageId,
    newValue: null,
  }));
  const ids = (reason: Reason) => [...gone].filter(([, why]) => why === reason).map(([{ id }]) => id);
  await database.commit([
    ...tombstoneComments(ids("gone"), { deletedAt, reason: "gone", runId }),
    ...tombstoneComments(ids("trashed"), { deletedAt, reason: "trashed", runId }),
    ...saveEvents(events, runId, deletedAt),
    ...clearFailures("comment", [...gone.keys()].map(({ id }) => id)),
    ...saveFailures(doubtful, runId, deletedAt),
  ]);
  space.account.comments.deleted += gone.size;
  space.account.comments.failed += doubtful.length;
}

/** What comments are on, where the index holds it and does not call it deleted. */
async function homesOf({ database }: IndexStore, comments: readonly Comment[]) {
  const ids = [...new Set(comments.map(({ containerId }) => containerId))];
  const homes = [...await knownPages(database, ids), ...await knownPages(database, ids, "blogpost")];
  return new Map(homes.filter(([, { deletedAt }]) => deletedAt === null));
}
