/**
 * Reading only what changed: one search for pages, attachments and blog posts together tells candidates, the v2 API tells the truth.
 *
 * Source: CQL fields and functions, https://developer.atlassian.com/cloud/confluence/cql-functions/ (`now("-90m")` needs no clock zone).
 *
 * @module
 */
import { retryAttachments } from "./attachments.ts";
import { listBlogPosts, wereRead } from "./blog_posts.ts";
import { changesOf } from "./changes.ts";
import { retryComments } from "./comments.ts";
import { readContainers } from "./containers.ts";
import { note, type SpaceContext, type SpaceStatus } from "./context.ts";
import { catchUpOnLabels } from "./labels.ts";
import { isSettled, worse } from "./space_status.ts";
import { isStillKnown } from "./prove.ts";
import type { Unsearchable } from "./search_batches.ts";

/** Where the search is of no use, only the listing can tell what changed. */
export type DeltaResult = SpaceStatus | Unsearchable;

/**
 * Brings in what changed since the space's mark (less the overlap, since the search index lags).
 *
 * @param isStandIn Whether it stands in for a listing that broke off, whose comparison is owed still.
 * @returns Why, where the search cannot tell; what was read until then is kept.
 */
export async function readDelta(space: SpaceContext, isStandIn = false): Promise<DeltaResult> {
  const mark = Date.parse(space.state!.mark!);
  const startedAt = space.client.serverNow();
  const changes = await changesOf(space, mark);
  const result = await changes.read();
  if (result !== "done") return result;
  await retryAttachments(space);
  await catchUpOnLabels(space);
  await readContainers(space, false);
  const posts = wereRead(space) ? "complete" : await listBlogPosts(space, false);
  // Posts that come in as a whole come with a past.
  const comments = await changes.bringComments(space.readWhole.has("blogposts"));
  const others = worse(posts, comments);
  await retryComments(space);
  // Else the next run proves this one: see finishSpace().
  const again = space.state!.unprovenSince !== null;
  const doubted = changes.vanished || changes.hasArrivals || space.readWhole.size > 0 || again;
  const known = !doubted || await isStillKnown(space.client, space.signal);
  if (!known) {
    note(space, "the credentials became nobody's while changes were read: the next run reads them again");
    space.readWhole.clear();
  }
  if (known && changes.vanished) await changes.settle();
  const complete = known && !changes.nameless && !changes.slid && !changes.capped &&
    posts !== "incomplete" && isSettled(space, comments);
  await space.store.finish(space, {
    readSince: new Date(startedAt).toISOString(),
    proven: doubted,
    complete,
    again: changes.lost,
    shownUntil: changes.shownUntil,
    reconciledAt: null,
    deletions: null,
  });
  if (complete && changes.hasArrivals && !isStandIn) await space.store.settle(space);
  return changes.nameless || changes.slid || !known ? "incomplete" : others;
}

/**
 * Brings in what changed since a time the user named. The mark stays: what lies before that time was not looked at.
 *
 * @returns Why, where the search cannot tell; what was read until then is kept.
 */
export async function readSince(space: SpaceContext): Promise<DeltaResult> {
  const since = Date.parse(space.settings.since!);
  const changes = await changesOf(space, since);
  const result = await changes.read();
  if (result !== "done") return result;
  await readContainers(space, false);
  const comments = await changes.bringComments();
  // The mark does not tell the next run to look again.
  const known = await isStillKnown(space.client, space.signal);
  if (!known) note(space, "the credentials became nobody's while changes were read: some may be left out");
  return changes.nameless || changes.slid || !known ? "incomplete" : comments;
}
