/** What several resources share: looking things up as the caller sees them, and `include-…` sections. */
import type { AttachmentRecord, ContentKind, ContentRecord, SpaceRecord, Status } from "../state/records.ts";
import { seesAttachment, seesContent, seesSpace } from "../state/visibility.ts";
import type { Exchange } from "../http/exchange.ts";
import { halt, v2NotFound } from "../http/problems.ts";

/** Orders of page and blog post lists. */
export const CONTENT_ORDERS = ["id", "created-date", "modified-date", "title"];

/** Orders of blog posts. */
export const BLOG_ORDERS = ["id", "created-date", "modified-date"];

/** Orders of attachments and comments. */
export const DATED_ORDERS = ["created-date", "modified-date"];

export const PAGE_STATUSES = ["current", "archived", "deleted", "trashed"];
export const PAGE_DEFAULT = ["current", "archived"];

/** Scopes of the common resources. */
export const SCOPES = {
  space: { current: ["read:space:confluence"] },
  page: { current: ["read:page:confluence"] },
  attachment: { current: ["read:attachment:confluence"] },
  comment: { current: ["read:comment:confluence"] },
  label: { current: ["read:label:confluence"] },
  tree: { current: ["read:hierarchical-content:confluence"] },
  metadata: { current: ["read:content.metadata:confluence"] },
} as const;

/** The content of a kind that the caller may see, or a 404 that names it. Folders are not pages. */
export function needSeen(x: Exchange, id: string, kind: ContentKind): ContentRecord {
  const content = x.state.contents.get(id);
  if (content === undefined || content.kind !== kind || !seesContent(x.state, content, x.viewer)) {
    halt(v2NotFound(notFoundTitle(kind, id)));
  }
  return content;
}

/** How v2 names what it could not find. */
export function notFoundTitle(kind: ContentKind, id: string): string {
  if (kind === "page") return `Cannot find a page with id [${id}]`;
  if (kind === "blogpost") return `Cannot find a blog post with id [${id}]`;
  return `Content with id: [${id}] not found`;
}

export function needSeenSpace(x: Exchange, id: string): SpaceRecord {
  const space = x.state.spacesById.get(id);
  if (space === undefined || !seesSpace(space, x.viewer)) {
    halt(v2NotFound(`Cannot find a space with id [${id}]`));
  }
  return space;
}

export function needSeenAttachment(x: Exchange, id: string): AttachmentRecord {
  const attachment = x.state.attachmentsById.get(id);
  if (attachment === undefined || !seesAttachment(x.state, attachment, x.viewer)) {
    halt(v2NotFound(`Cannot find an attachment with id [${id}]`));
  }
  return attachment;
}

/** Whether a thing has one of the asked statuses. Nothing has `deleted`: purged things leave no row. */
export function hasStatus(status: Status, asked: readonly string[]): boolean {
  return asked.includes(status);
}

/** An included section: at most 50 rows, with the place where the rest is. */
export function included<T>(x: Exchange, rows: readonly T[], name: string) {
  return {
    results: rows.slice(0, 50),
    meta: { hasMore: rows.length > 50, cursor: "" },
    _links: { self: `${x.path}/${name}` },
  };
}
