/** Footer and inline comments: roots on a page, replies, site-wide, single. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList } from "../http/paginate.ts";
import { choiceOf, choicesOf, flagOf, pathId } from "../http/query.ts";
import { halt, v2NotFound } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Ordered } from "../state/ordered.ts";
import type { CommentRecord } from "../state/records.ts";
import { seesComment } from "../state/visibility.ts";
import { BULK_FORMATS, commentRow, SINGLE_FORMATS, versionRow } from "../wire/v2.ts";
import { DATED_ORDERS, included, needSeen, SCOPES } from "./common.ts";

const scopes = SCOPES.comment;

type Kind = CommentRecord["kind"];

export const COMMENT_ROUTES: readonly Route[] = (["footer", "inline"] as const).flatMap((kind): Route[] => {
  const all = `/wiki/api/v2/${kind}-comments`;
  const onContent = (place: "page" | "blogpost"): Route => ({
    method: "GET",
    pattern: `/wiki/api/v2/${place}s/{id}/${kind}-comments`,
    scopes,
    handle: (x) => {
      const container = needSeen(x, pathId(x), place);
      const isRoot = (comment: CommentRecord) => comment.kind === kind && comment.parentCommentId === null;
      return commentList(x, kind, x.state.commentsOf(container.id), "container", isRoot);
    },
  });
  return [
    onContent("page"),
    onContent("blogpost"),
    {
      method: "GET",
      pattern: all,
      scopes,
      handle: (x) => commentList(x, kind, x.state.comments[kind], "all"),
    },
    { method: "GET", pattern: `${all}/{id}`, scopes, handle: (x) => getComment(x, kind) },
    { method: "GET", pattern: `${all}/{id}/children`, scopes, handle: (x) => listReplies(x, kind) },
    { method: "GET", pattern: `${all}/{id}/versions`, scopes, handle: (x) => listVersions(x, kind) },
  ];
});

function commentList(
  x: Exchange,
  kind: Kind,
  rows: Ordered<CommentRecord>,
  place: "container" | "parent" | "all",
  belongs: (comment: CommentRecord) => boolean = () => true,
): Answer {
  const format = choiceOf(x, "body-format", BULK_FORMATS);
  const resolutions = kind === "footer"
    ? null
    : choicesOf(x, "resolution-status", ["resolved", "open", "dangling", "reopened"]);
  return answerList(x, {
    rows,
    orders: DATED_ORDERS,
    match: (comment) =>
      comment.status === "current" && belongs(comment) &&
      (resolutions === null || resolutions.includes(comment.resolution)),
    see: (comment) => seesComment(x.state, comment, x.viewer),
    show: (comment) => commentRow(x, comment, format, place),
  });
}

function needComment(x: Exchange, kind: Kind): CommentRecord {
  const id = pathId(x);
  const comment = x.state.commentsById.get(id);
  if (comment?.kind !== kind || !seesComment(x.state, comment, x.viewer)) {
    halt(v2NotFound(`Cannot find a comment with id [${id}]`));
  }
  return comment;
}

function getComment(x: Exchange, kind: Kind): Answer {
  const comment = needComment(x, kind);
  const row = commentRow(x, comment, choiceOf(x, "body-format", SINGLE_FORMATS), "all");
  return json({
    ...row,
    ...(flagOf(x, "include-likes") ? { likes: included(x, [], "likes") } : {}),
    ...(flagOf(x, "include-versions")
      ? { versions: included(x, comment.versions.map(versionRow), "versions") }
      : {}),
    _links: { ...row._links, base: x.base },
  });
}

function listReplies(x: Exchange, kind: Kind): Answer {
  const parent = needComment(x, kind);
  const rows = x.state.commentsOf(parent.containerId);
  return commentList(x, kind, rows, "parent", (comment) => comment.parentCommentId === parent.id);
}

function listVersions(x: Exchange, kind: Kind): Answer {
  const comment = needComment(x, kind);
  const rows = comment.versions.toReversed().map((version) => ({
    ...versionRow(version),
    comment: { id: comment.id, title: version.title },
  }));
  return json({ results: rows, _links: { base: x.base } });
}
