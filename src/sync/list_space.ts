/**
 * Reading a whole space by its listing: the first ingest, a full one, or a reconciliation.
 *
 * @module
 */
import { retryAttachments, searchAttachments, syncAttachments } from "./attachments.ts";
import { listBlogPosts } from "./blog_posts.ts";
import { listComments, retryComments } from "./comments.ts";
import { readContainers } from "./containers.ts";
import { type SpaceContext, type SpaceStatus } from "./context.ts";
import { settleLabels } from "./labels.ts";
import { type Others, SpaceListing } from "./space_listing.ts";

/**
 * Reads every page of the space that the account can see, and all its attachments; where asked, finds out what is gone.
 *
 * @param space The space.
 * @param options What to do besides reading the pages.
 */
export async function listSpace(
  space: SpaceContext,
  options: {
    /** Whether pages that the listing did not show are looked up and, when certain, marked as deleted. */
    readonly detectDeletions: boolean;
  },
): Promise<SpaceStatus> {
  const { detectDeletions } = options;
  // Killed between pages and what belongs to them, only another comparison would tell what is missing.
  await space.store.forgetListing(space, [space.space.id]);
  const listing = new SpaceListing(space);
  // A space that was read before may have been empty: its pages tell whether there is more to ask for.
  if (!space.isFirst || listing.wasRead) {
    // Whether an attachment is there depends on its page, which the listing may bring back: pages come first.
    await listing.read();
    // Nothing hangs where no page is.
    if (listing.isBare) {
      return await listing.finish(detectDeletions, true, await listOthers(space, detectDeletions));
    }
    const searched = await searchAttachments(space);
    const attachments = await syncAttachments(space, searched);
    await listing.readPassedBy();
    await retryAttachments(space);
    await settleLabels(space);
    if (searched === "done") await listing.readBelongings();
    await readContainers(space, true);
    const others = await listOthers(space, detectDeletions);
    await retryComments(space);
    return await listing.finish(detectDeletions, attachments, others);
  }
  const stop = new AbortController();
  const attachments = searchAttachments({ ...space, signal: AbortSignal.any([space.signal, stop.signal]) });
  attachments.catch(() => {});
  try {
    await listing.read();
  } catch (error) {
    stop.abort(error);
    await attachments.catch(() => {});
    throw error;
  }
  const searched = await attachments;
  const complete = await syncAttachments(space, searched);
  await listing.readPassedBy();
  await settleLabels(space);
  if (searched === "done") await listing.readBelongings();
  await readContainers(space, true);
  const others = await listOthers(space, detectDeletions);
  return await listing.finish(detectDeletions, complete, others);
}

/**
 * Compares the pages of a space with its listing, where the search cannot tell what changed. Nothing is marked as deleted, and the mark
 * stays: what happened to attachments is not known.
 *
 * @param space The space, with the mode `reconcile`.
 */
export async function comparePages(space: SpaceContext): Promise<SpaceStatus> {
  await space.store.forgetListing(space);
  const listing = new SpaceListing(space);
  await listing.read();
  await retryAttachments(space);
  await readContainers(space, false);
  const others = await listOthers(space, false);
  await retryComments(space);
  return await listing.finish(false, "unread", others);
}

/** Blog posts, then comments: what these are on must be there. */
async function listOthers(space: SpaceContext, detectDeletions: boolean): Promise<Others> {
  const posts = await listBlogPosts(space, detectDeletions);
  return { posts, comments: await listComments(space, detectDeletions) };
}

/** Reads a whole listing and nothing that hangs on it. */
export async function listAlone(space: SpaceContext, detectDeletions: boolean): Promise<SpaceStatus> {
  await space.store.forgetListing(space);
  const listing = new SpaceListing(space);
  await listing.read();
  return await listing.finish(detectDeletions, "apart", { posts: "complete", comments: "complete" });
}
