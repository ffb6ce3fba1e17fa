/**
 * Blog posts take the road of pages: listed, compared, fetched, looked for a second time and committed by the same code, from a source
 * that answers with blog posts into a store that keeps them in a table of their own.
 *
 * Source: `GET /wiki/api/v2/spaces/{id}/blogposts`, `GET /wiki/api/v2/blogposts?id=…`.
 *
 * @module
 */
import { failuresOf } from "../database/mod.ts";
import { note, now, type SpaceContext, type SpaceStatus } from "./context.ts";
import { listAlone } from "./list_space.ts";
import { PostsAsPages } from "./posts_as_pages.ts";

/** The space as its blog posts see it. */
export async function blogPostsOf(space: SpaceContext): Promise<SpaceContext> {
  const failures = await failuresOf(space.database, space.space.id, "blogpost");
  return {
    ...space,
    subject: "blogpost",
    // Bodies come with the listing only where all of them are wanted.
    mode: space.mode === "full" || !wereRead(space) ? "full" : "reconcile",
    client: new PostsAsPages(space.client),
    store: space.store.ofBlogPosts(),
    account: space.account.blogPosts,
    accounts: new Map([...space.accounts].map(([id, account]) => [id, account.blogPosts])),
    statuses: ["current"],
    trackedSpaces: spacesWithPosts(space),
    kinds: new Set(),
    resting: new Map(failures.filter((each) => each.nextTryAt > now(space)).map((each) => [each.id, each])),
    remembers: true,
    budget: { pages: Infinity },
    settings: { ...space.settings, maxPages: null },
  };
}

/** A post that moves to a space whose posts are not read has left the index. */
function spacesWithPosts({ trackedSpaces, scopes }: SpaceContext): Map<string, string> {
  return new Map([...trackedSpaces].filter(([id]) => scopes.get(id)?.kinds.has("blogposts")));
}

/** Whether the blog posts of the space were read as a whole before, so that changes are all there is to read. */
export function wereRead({ kinds, state }: SpaceContext): boolean {
  return kinds.has("blogposts") && (state?.kinds.blogposts ?? null) !== null;
}

/**
 * Reads every blog post of the space, where blog posts are wanted.
 *
 * @param space The space.
 * @param detectDeletions Whether those that the listing did not show are looked up and, when certain, marked as deleted.
 */
export async function listBlogPosts(space: SpaceContext, detectDeletions: boolean): Promise<SpaceStatus> {
  if (!space.kinds.has("blogposts")) return "complete";
  if (space.settings.maxPages !== null) {
    note(space, "blog posts are left out of a run with --max-pages");
    // The mark moves without them: they count as unread from now on.
    space.passedOver.add("blogposts");
    return "complete";
  }
  const status = await listAlone(await blogPostsOf(space), detectDeletions);
  if (status !== "incomplete") space.readWhole.add("blogposts");
  return status;
}
