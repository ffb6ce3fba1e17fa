/**
 * Comments on the wire: rows of a search, and the single comment of API v2.
 *
 * @module
 */
import { z } from "zod";

import type { BodyFormat, Comment, CommentKind, Version } from "../model/mod.ts";
import type { Http } from "./http.ts";
import { humanUrl, queryString } from "./links.ts";
import { pathId } from "./path_id.ts";
import { type CallOptions, getOne } from "./single.ts";
import {
  rowError,
  type RowReader,
  rowReader,
  toVersion,
  utc,
  wireId,
  wireTime,
  wireVersion,
} from "./wire.ts";

const wireBody = z.object({ value: z.string() });
const wireBodies = z.object({ storage: wireBody.nullish(), atlas_doc_format: wireBody.nullish() });

/** What a search row has of a comment, beside what every row has. */
export const wireCommentParts = {
  ancestors: z.array(z.object({ id: wireId, type: z.string().nullish() })).nullish().catch(null),
  body: wireBodies.nullish().catch(null),
  _links: z.object({ webui: z.string().nullish() }).nullish().catch(null),
};

/** What the extensions of a search row tell of a comment. */
export const wireCommentExtensions = {
  location: z.string().nullish().catch(null),
  resolution: z.object({ status: z.string().nullish() }).nullish().catch(null),
  inlineProperties: z.object({ originalSelection: z.string().nullish() }).nullish().catch(null),
};

/** What makes a comment of a search row; anything that is missing makes none. */
export interface CommentParts {
  readonly id: string;
  readonly status: string;
  readonly location: string | null | undefined;
  readonly containerId: string | null;
  readonly containerType: string;
  readonly ancestors:
    | readonly { readonly id: string | number; readonly type?: string | null | undefined }[]
    | null;
  readonly resolution: string | null;
  readonly selection: string | null;
  readonly authorId: string | null;
  readonly createdAt: string | null;
  readonly version: Version | null;
  readonly body: z.infer<typeof wireBodies> | null | undefined;
  readonly webui: string | null | undefined;
}

/** The comment of a search row; null where the row does not tell enough. */
export function toComment(siteUrl: string, parts: CommentParts): Comment | null {
  const { id, status, location, containerId, containerType, version } = parts;
  const kind = location === "inline" ? "inline" : location === "footer" ? "footer" : null;
  if (kind === null || containerId === null || version === null) return null;
  const parent = parts.ancestors?.filter(({ type }) =>
    type === undefined || type === null || type === "comment"
  ).at(-1);
  return {
    id,
    kind,
    status,
    containerId,
    containerType,
    parentId: parent === undefined ? null : String(parent.id),
    resolution: kind === "inline" ? parts.resolution : null,
    selection: kind === "inline" ? parts.selection : null,
    authorId: parts.authorId,
    createdAt: parts.createdAt,
    version,
    body: bodyOf(parts.body),
    url: humanUrl(
      siteUrl,
      parts.webui,
      `/pages/viewpage.action?pageId=${containerId}&focusedCommentId=${id}`,
    ),
  };
}

const wireComment = z.object({
  id: wireId,
  status: z.string(),
  pageId: wireId.nullish(),
  blogPostId: wireId.nullish(),
  parentCommentId: wireId.nullish(),
  resolutionStatus: z.string().nullish(),
  properties: z.object({ inlineOriginalSelection: z.string().nullish() }).nullish(),
  version: wireVersion,
  createdAt: wireTime.nullish(),
  body: wireBodies.nullish(),
  _links: z.object({ webui: z.string().nullish() }).nullish(),
});

/**
 * Reads one comment, whatever its status.
 *
 * Source: `GET /wiki/api/v2/footer-comments/{comment-id}`, `GET /wiki/api/v2/inline-comments/{comment-id}`.
 */
export function fetchComment(
  http: Http,
  kind: CommentKind,
  id: string,
  bodyFormat: BodyFormat | undefined,
  options: CallOptions,
): Promise<Comment> {
  return getOne(http, {
    operation: `read comment ${pathId("comment", id)}`,
    endpoint: `GET /${kind}-comments/{id}`,
    link: `/wiki/api/v2/${kind}-comments/${id}${queryString({ "body-format": bodyFormat })}`,
    objectId: id,
    read: commentReader(http.bases.siteUrl, kind, bodyFormat),
  }, options);
}

function commentReader(
  siteUrl: string,
  kind: CommentKind,
  bodyFormat: BodyFormat | undefined,
): RowReader<Comment> {
  const read = rowReader(wireComment, (wire): Comment | null => {
    const container = wire.pageId ?? wire.blogPostId;
    if (container === null || container === undefined) return null;
    const id = String(wire.id);
    return {
      id,
      kind,
      status: wire.status,
      containerId: String(container),
      containerType: wire.pageId ? "page" : "blogpost",
      parentId: wire.parentCommentId ? String(wire.parentCommentId) : null,
      resolution: kind === "inline" ? wire.resolutionStatus ?? null : null,
      selection: kind === "inline" ? wire.properties?.inlineOriginalSelection ?? null : null,
      // A single comment tells who wrote its newest version only.
      authorId: wire.version.number === 1 ? wire.version.authorId ?? null : null,
      createdAt: wire.version.number === 1 ? utc(wire.version.createdAt) : null,
      version: toVersion(wire.version),
      body: bodyOf(wire.body),
      url: humanUrl(
        siteUrl,
        wire._links?.webui,
        `/pages/viewpage.action?pageId=${container}&focusedCommentId=${id}`,
      ),
    };
  });
  return (row, place) => {
    const comment = read(row, place) ?? rowError(row, place, "pageId", "expected the id of what it is on");
    if ("body" in comment && comment.body === null && bodyFormat !== undefined) {
      return rowError(row, place, `body.${bodyFormat}`, "expected the body that was asked for");
    }
    return comment;
  };
}

function bodyOf(bodies: z.infer<typeof wireBodies> | null | undefined): Comment["body"] {
  if (bodies?.storage) return { format: "storage", value: bodies.storage.value };
  if (bodies?.atlas_doc_format) return { format: "atlas_doc_format", value: bodies.atlas_doc_format.value };
  return null;
}
