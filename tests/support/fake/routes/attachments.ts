/** Attachments in v2: on a page or blog post, site-wide, single. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList } from "../http/paginate.ts";
import { choicesOf, flagOf, numberOf, pathId } from "../http/query.ts";
import type { Exchange } from "../http/exchange.ts";
import { halt, v2NotFound } from "../http/problems.ts";
import { Ordered } from "../state/ordered.ts";
import type { AttachmentRecord } from "../state/records.ts";
import { attachmentStatus, seesAttachment } from "../state/visibility.ts";
import { attachmentRow, labelRow, versionRow } from "../wire/v2.ts";
import { DATED_ORDERS, included, needSeen, needSeenAttachment, SCOPES } from "./common.ts";
import { labelList } from "./spaces.ts";

const scopes = SCOPES.attachment;

export const ATTACHMENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    pattern: "/wiki/api/v2/attachments",
    scopes,
    handle: (x) => attachmentList(x, x.state.attachments),
  },
  { method: "GET", pattern: "/wiki/api/v2/attachments/{id}", scopes, handle: getAttachment },
  { method: "GET", pattern: "/wiki/api/v2/attachments/{id}/versions", scopes, handle: listVersions },
  { method: "GET", pattern: "/wiki/api/v2/attachments/{id}/labels", scopes, handle: listLabels },
  {
    method: "GET",
    pattern: "/wiki/api/v2/pages/{id}/attachments",
    scopes,
    handle: (x) => attachmentList(x, x.state.attachmentsOf(needSeen(x, pathId(x), "page").id)),
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/blogposts/{id}/attachments",
    scopes,
    handle: (x) => attachmentList(x, x.state.attachmentsOf(needSeen(x, pathId(x), "blogpost").id)),
  },
];

/** A list of attachments with the parameters that all attachment lists share. */
export function attachmentList(x: Exchange, rows: Ordered<AttachmentRecord>): Answer {
  const statuses = choicesOf(x, "status", ["current", "archived", "trashed"]) ?? ["current", "archived"];
  const mediaType = x.query.get("mediaType");
  const filename = x.query.get("filename");
  return answerList(x, {
    rows,
    orders: DATED_ORDERS,
    limit: 50,
    match: (attachment) =>
      statuses.includes(attachmentStatus(x.state, attachment)) &&
      (mediaType === null || attachment.version.mediaType === mediaType) &&
      (filename === null || attachment.filename === filename),
    see: (attachment) => seesAttachment(x.state, attachment, x.viewer),
    show: (attachment) => attachmentRow(x, attachment),
  });
}

function getAttachment(x: Exchange): Answer {
  const attachment = needSeenAttachment(x, x.param("id"));
  const number = numberOf(x, "version", { min: 1, max: 2_147_483_647 }) ?? attachment.version.number;
  const version = attachment.versions.find((one) => one.number === number);
  if (version === undefined) halt(v2NotFound(`Cannot find an attachment with id [${attachment.id}]`));
  const row = attachmentRow(x, attachment, version);
  const { version: shown, ...rest } = row;
  const labels = attachment.labels.map((name) => labelRow(x.state.label(name)));
  const versions = attachment.versions.toReversed().map(versionRow);
  return json({
    ...rest,
    ...(flagOf(x, "include-version", true) ? { version: shown } : {}),
    ...(flagOf(x, "include-labels") ? { labels: included(x, labels, "labels") } : {}),
    ...(flagOf(x, "include-properties") ? { properties: included(x, [], "properties") } : {}),
    ...(flagOf(x, "include-operations")
      ? { operations: included(x, [{ operation: "read", targetType: "attachment" }], "operations") }
      : {}),
    ...(flagOf(x, "include-versions") ? { versions: included(x, versions, "versions") } : {}),
    _links: { ...row._links, base: x.base },
  });
}

function listVersions(x: Exchange): Answer {
  const attachment = needSeenAttachment(x, x.param("id"));
  const rows = new Ordered<{ id: string; at: number; row: unknown }>({ "modified-date": (one) => one.at });
  for (const version of attachment.versions) {
    rows.add({
      id: String(version.number),
      at: version.createdAt,
      row: { ...versionRow(version), attachment: { id: attachment.id, title: attachment.filename } },
    });
  }
  return answerList(x, {
    rows,
    orders: ["modified-date"],
    order: "-modified-date",
    show: (one) => one.row,
  });
}

function listLabels(x: Exchange): Answer {
  const attachment = needSeenAttachment(x, x.param("id"));
  return labelList(x, attachment.labels.map((name) => x.state.label(name)));
}
