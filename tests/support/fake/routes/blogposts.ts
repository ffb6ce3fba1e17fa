/** Blog posts: like pages, without a tree, and never archived. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList } from "../http/paginate.ts";
import { choiceOf, choicesOf, flagOf, idsOf, pathId } from "../http/query.ts";
import type { Exchange } from "../http/exchange.ts";
import { Ordered } from "../state/ordered.ts";
import { CONTENT_KEYS, type ContentRecord } from "../state/records.ts";
import { seesContent } from "../state/visibility.ts";
import { blogPostRow, BULK_FORMATS, SINGLE_FORMATS } from "../wire/v2.ts";
import { BLOG_ORDERS, hasStatus, needSeen, needSeenSpace, SCOPES } from "./common.ts";
import { inclusions, needStatus, versionOf } from "./pages.ts";

const STATUSES = ["current", "deleted", "trashed"];
const scopes = SCOPES.page;

export const BLOG_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/api/v2/blogposts", scopes, handle: listBlogPosts },
  { method: "GET", pattern: "/wiki/api/v2/blogposts/{id}", scopes, handle: getBlogPost },
  {
    method: "GET",
    pattern: "/wiki/api/v2/spaces/{id}/blogposts",
    scopes,
    handle: (x) => blogPostList(x, needSeenSpace(x, pathId(x)).blogposts),
  },
];

function listBlogPosts(x: Exchange): Answer {
  const ids = idsOf(x, "id", 250);
  const spaceIds = idsOf(x, "space-id", 100);
  let rows = x.state.blogposts;
  if (ids !== null) {
    rows = new Ordered(CONTENT_KEYS);
    for (const id of new Set(ids)) {
      const post = x.state.contents.get(id);
      if (post?.kind === "blogpost") rows.add(post);
    }
  }
  return blogPostList(x, rows, (post) => spaceIds === null || spaceIds.includes(post.spaceId));
}

/** A list of blog posts with the parameters that all such lists share. */
export function blogPostList(
  x: Exchange,
  rows: Ordered<ContentRecord>,
  belongs: (post: ContentRecord) => boolean = () => true,
): Answer {
  const statuses = choicesOf(x, "status", STATUSES) ?? ["current"];
  const format = choiceOf(x, "body-format", BULK_FORMATS);
  const title = x.query.get("title")?.toLowerCase() ?? null;
  return answerList(x, {
    rows,
    orders: BLOG_ORDERS,
    match: (post) =>
      hasStatus(post.status, statuses) && (title === null || post.title.toLowerCase() === title) &&
      belongs(post),
    see: (post) => seesContent(x.state, post, x.viewer),
    show: (post) => blogPostRow(x, post, format),
  });
}

function getBlogPost(x: Exchange): Answer {
  const post = needSeen(x, pathId(x), "blogpost");
  needStatus(x, post, [...STATUSES, "historical", "draft"]);
  const row = blogPostRow(x, post, choiceOf(x, "body-format", SINGLE_FORMATS), versionOf(x, post));
  const { version, ...rest } = row;
  return json({
    ...rest,
    ...(flagOf(x, "include-version", true) ? { version } : {}),
    ...inclusions(x, post),
    _links: { ...row._links, base: x.base },
  });
}
