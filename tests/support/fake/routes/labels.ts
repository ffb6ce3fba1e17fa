/** Labels: of a thing, of the site, and the things of a label. */
import type { Route } from "../http/router.ts";
import type { Answer } from "../http/answer.ts";
import { idsOf, pathId } from "../http/query.ts";
import { halt, v2NotFound } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import type { LabelRecord } from "../state/records.ts";
import { attachmentList } from "./attachments.ts";
import { blogPostList } from "./blogposts.ts";
import { needSeen, SCOPES } from "./common.ts";
import { pageList } from "./pages.ts";
import { labelList } from "./spaces.ts";
import { Ordered } from "../state/ordered.ts";
import { type AttachmentRecord, CONTENT_KEYS, type ContentRecord, DATED_KEYS } from "../state/records.ts";

export const LABEL_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/api/v2/labels", scopes: SCOPES.label, handle: listLabels },
  {
    method: "GET",
    pattern: "/wiki/api/v2/pages/{id}/labels",
    scopes: SCOPES.page,
    handle: (x) => labelsOf(x, needSeen(x, pathId(x), "page")),
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/blogposts/{id}/labels",
    scopes: SCOPES.page,
    handle: (x) => labelsOf(x, needSeen(x, pathId(x), "blogpost")),
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/labels/{id}/pages",
    scopes: SCOPES.page,
    handle: (x) => pageList(x, labelled(x, x.state.pages.rows), inSpaces(x)),
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/labels/{id}/blogposts",
    scopes: SCOPES.page,
    handle: (x) => blogPostList(x, labelled(x, x.state.blogposts.rows), inSpaces(x)),
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/labels/{id}/attachments",
    scopes: SCOPES.attachment,
    handle: attachments,
  },
];

function listLabels(x: Exchange): Answer {
  const ids = idsOf(x, "label-id", 250);
  return labelList(x, [...x.state.labels.values()].filter(({ id }) => ids === null || ids.includes(id)));
}

function labelsOf(x: Exchange, content: ContentRecord): Answer {
  return labelList(x, content.labels.map((name) => x.state.label(name)));
}

function attachments(x: Exchange): Answer {
  const name = nameOf(x);
  const rows = new Ordered<AttachmentRecord>(DATED_KEYS);
  for (const attachment of x.state.attachments.rows) {
    if (attachment.labels.includes(name)) rows.add(attachment);
  }
  return attachmentList(x, rows);
}

function labelled(x: Exchange, all: readonly ContentRecord[]): Ordered<ContentRecord> {
  const name = nameOf(x);
  const rows = new Ordered(CONTENT_KEYS);
  for (const content of all) if (content.labels.includes(name)) rows.add(content);
  return rows;
}

function inSpaces(x: Exchange): (content: ContentRecord) => boolean {
  const ids = idsOf(x, "space-id", 100);
  return (content) => ids === null || ids.includes(content.spaceId);
}

/** The stored name of the label in the path. */
function nameOf(x: Exchange): string {
  const id = pathId(x);
  for (const [name, label] of x.state.labels as ReadonlyMap<string, LabelRecord>) {
    if (label.id === id) return name;
  }
  return halt(v2NotFound(`Cannot find a label with id [${id}]`));
}
