/** What is left of v1 content: downloads and restrictions. And what is gone: content and space themselves. */
import type { Route } from "../http/router.ts";
import { type Answer, html, json } from "../http/answer.ts";
import { oauthRealm } from "../http/auth.ts";
import { halt, tomcat, v1BadRequest, v1Error, v1NotFound } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import { attachmentDocument, commentDocument, contentDocument } from "../search/documents.ts";
import type { ContentRecord } from "../state/records.ts";
import { attachmentStatus, seesAttachment, seesContent, seesSpace } from "../state/visibility.ts";
import { contentHit, v1Person, v1Space } from "../wire/v1.ts";

const download = {
  current: ["readonly:content.attachment:confluence"],
  beta: ["read:attachment:confluence"],
};
const restriction = { current: ["read:confluence-content.all"], beta: ["read:content-details:confluence"] };
const summary = { current: ["read:confluence-content.summary"] };

export const V1_CONTENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    pattern: "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download",
    scopes: download,
    handle: downloadAttachment,
  },
  {
    method: "GET",
    pattern: "/wiki/rest/api/content/{id}/restriction",
    scopes: restriction,
    handle: listRestrictions,
  },
  {
    method: "GET",
    pattern: "/wiki/rest/api/content/{id}/restriction/byOperation",
    scopes: restriction,
    handle: restrictionsByOperation,
  },
  {
    method: "GET",
    pattern: "/wiki/rest/api/content/{id}/restriction/byOperation/{operation}",
    scopes: restriction,
    handle: oneRestriction,
  },
  {
    method: "GET",
    pattern: "/wiki/rest/api/content/{id}/child/{type}",
    scopes: summary,
    handle: listChildren,
  },
  { method: "GET", pattern: "/wiki/rest/api/content", scopes: summary, handle: (x) => listContent(x) },
  { method: "GET", pattern: "/wiki/rest/api/content/{id}", scopes: summary, handle: (x) => getContent(x) },
  { method: "GET", pattern: "/wiki/rest/api/space", scopes: summary, handle: (x) => listSpaces(x) },
  { method: "GET", pattern: "/wiki/rest/api/space/{key}", scopes: summary, handle: (x) => getSpace(x) },
  {
    method: "GET",
    pattern: "/wiki/download/attachments/{id}/{filename}",
    open: true,
    handle: (x) => tomcat(401, "Unauthorized", oauthRealm(x)),
  },
  {
    method: "GET",
    pattern: "/wiki/spaces/{key}/pages/{id}",
    handle: () => html("<!doctype html><html><body>A page for people</body></html>", 200),
  },
];

function needContent(x: Exchange): ContentRecord {
  const id = x.param("id");
  const content = x.state.contents.get(id);
  if (content === undefined || !seesContent(x.state, content, x.viewer)) halt(v1NotFound(id));
  return content;
}

/** A signed link on another host, good for one use. */
function downloadAttachment(x: Exchange): Answer {
  const content = needContent(x);
  const id = x.param("attachmentId");
  const attachment = x.state.attachmentsById.get(id);
  if (attachment?.containerId !== content.id || !seesAttachment(x.state, attachment, x.viewer)) {
    halt(v1NotFound(id));
  }
  const statuses = x.query.getAll("status").flatMap((value) => value.split(","));
  const allowed = statuses.length === 0 ? ["current"] : statuses;
  if (!allowed.includes(attachmentStatus(x.state, attachment))) halt(v1NotFound(id));
  const number = x.query.get("version");
  if (number !== null && !/^\d+$/.test(number)) halt(v1BadRequest(`version is not a number: ${number}`));
  const version = number === null
    ? attachment.version
    : attachment.versions.find((one) => one.number === Number(number));
  if (version === undefined) halt(v1NotFound(id));
  return { status: 302, text: "", headers: { location: `${x.hosts.media}${x.fake.media.sign(version)}` } };
}

function listRestrictions(x: Exchange): Answer {
  const content = needContent(x);
  const results = [restrictionRow(x, content, "read"), restrictionRow(x, content, "update")];
  return json({
    results,
    start: 0,
    limit: 100,
    size: results.length,
    restrictionsHash: "",
    _links: { self: `${x.base}/rest/api/content/${content.id}/restriction`, base: x.base, context: "/wiki" },
  });
}

function restrictionsByOperation(x: Exchange): Answer {
  const content = needContent(x);
  return json({ read: restrictionRow(x, content, "read"), update: restrictionRow(x, content, "update") });
}

function oneRestriction(x: Exchange): Answer {
  const operation = x.param("operation");
  if (operation !== "read" && operation !== "update") halt(v1BadRequest(`No such operation: ${operation}`));
  return json(restrictionRow(x, needContent(x), operation));
}

/** A page's own restrictions; inherited ones are not shown. */
function restrictionRow(x: Exchange, content: ContentRecord, operation: "read" | "update") {
  const users = operation === "read" ? [...content.visibleTo ?? []].map((id) => v1Person(x, id)) : [];
  const self = `${x.base}/rest/api/content/${content.id}/restriction/byOperation/${operation}`;
  return {
    operation,
    restrictions: {
      user: { results: users, start: 0, limit: 100, size: users.length },
      group: { results: [], start: 0, limit: 100, size: 0 },
    },
    _expandable: { content: `/rest/api/content/${content.id}` },
    _links: { self },
  };
}

/** Removed routes, or their last days: switch `settings.v1Content`. */
function deprecated(x: Exchange, body: () => unknown): Answer {
  if (x.site.settings.v1Content === "gone") {
    return v1Error(410, "api.GoneException", "This deprecated endpoint has been removed.");
  }
  return json(body(), 200, {
    deprecation: "Wed, 1 Mar 2023 00:00:00 GMT",
    link: '<https://developer.atlassian.com/cloud/confluence/changelog/#CHANGE-864>; rel="deprecation"',
    warning: '299 - "Deprecated API, will be removed on Mon, 31 Mar 2025 00:00:00 GMT"',
  });
}

function getContent(x: Exchange): Answer {
  return deprecated(x, () => contentRow(x, needContent(x)));
}

function contentRow(x: Exchange, content: ContentRecord) {
  const current = contentDocument(x.state, content) ?? halt(v1NotFound(content.id));
  return contentHit(x, current, new Set(["version", "space", "history"]));
}

/** No longer documented, and still answering. */
function listChildren(x: Exchange): Answer {
  const content = needContent(x);
  const type = x.param("type");
  const documents = type === "attachment"
    ? x.state.attachmentsOf(content.id).rows.map((one) => attachmentDocument(x.state, one))
    : type === "comment"
    ? x.state.commentsOf(content.id).rows.map((one) => commentDocument(x.state, one))
    : x.state.childrenOf(content.id).filter(({ kind }) => kind === type).map((one) =>
      contentDocument(x.state, one)
    );
  const rows = documents.filter((document) => document !== null);
  const expand = new Set(x.query.getAll("expand").flatMap((value) => value.split(",")));
  const path = `/rest/api/content/${content.id}/child/${type}`;
  return json(offsetPage(x, rows, (row) => contentHit(x, row, expand), path));
}

function listContent(x: Exchange): Answer {
  return deprecated(x, () => {
    const rows = x.state.pages.rows.filter((page) =>
      page.status === "current" && seesContent(x.state, page, x.viewer)
    );
    return offsetPage(x, rows, (page) => contentRow(x, page), "/rest/api/content");
  });
}

function listSpaces(x: Exchange): Answer {
  return deprecated(x, () => {
    const rows = x.state.spaces.rows.filter((space) => seesSpace(space, x.viewer));
    return offsetPage(x, rows, (space) => v1Space(x, space), "/rest/api/space");
  });
}

function getSpace(x: Exchange): Answer {
  return deprecated(x, () => {
    const space = x.state.spacesByKey.get(x.param("key").toLowerCase());
    if (space === undefined || !seesSpace(space, x.viewer)) halt(v1NotFound(x.param("key")));
    return v1Space(x, space);
  });
}

/** Offset paging of old: `limit` is capped without a word, `next` has no `/wiki`. */
function offsetPage<T>(x: Exchange, rows: readonly T[], show: (row: T) => unknown, path: string) {
  const start = Number(x.query.get("start") ?? 0);
  const limit = Math.min(Number(x.query.get("limit") ?? 25), 1000);
  if (start > 100_000) {
    halt(v1BadRequest("Start of this size is no longer supported, please use cursor based pagination"));
  }
  const served = rows.slice(start, start + limit);
  const more = start + limit < rows.length;
  return {
    results: served.map(show),
    start,
    limit,
    size: served.length,
    _links: {
      base: x.base,
      context: "/wiki",
      self: `${x.base}${path}`,
      ...(more ? { next: `${path}?next=true&limit=${limit}&start=${start + limit}` } : {}),
    },
  };
}
