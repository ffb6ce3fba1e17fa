/** Pages: lists, by id, single. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList } from "../http/paginate.ts";
import { choiceOf, choicesOf, flagOf, idsOf, numberOf, pathId } from "../http/query.ts";
import type { Exchange } from "../http/exchange.ts";
import { halt, v2NotFound } from "../http/problems.ts";
import { Ordered } from "../state/ordered.ts";
import { CONTENT_KEYS, type ContentRecord } from "../state/records.ts";
import { seesContent } from "../state/visibility.ts";
import { BULK_FORMATS, labelRow, pageRow, SINGLE_FORMATS, versionRow } from "../wire/v2.ts";
import {
  CONTENT_ORDERS,
  hasStatus,
  included,
  needSeen,
  needSeenSpace,
  notFoundTitle,
  PAGE_DEFAULT,
  PAGE_STATUSES,
  SCOPES,
} from "./common.ts";

export const PAGE_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/api/v2/pages", scopes: SCOPES.page, handle: listPages },
  { method: "GET", pattern: "/wiki/api/v2/pages/{id}", scopes: SCOPES.page, handle: getPage },
  { method: "GET", pattern: "/wiki/api/v2/spaces/{id}/pages", scopes: SCOPES.page, handle: listSpacePages },
  {
    method: "GET",
    pattern: "/wiki/api/v2/pages/{id}/operations",
    scopes: SCOPES.page,
    handle: getOperations,
  },
  { method: "GET", pattern: "/wiki/api/v2/pages/{id}/likes/count", scopes: SCOPES.page, handle: getLikes },
];

function listSpacePages(x: Exchange): Answer {
  const space = needSeenSpace(x, pathId(x));
  const depth = choiceOf(x, "depth", ["all", "root"]);
  return pageList(x, space.pages, (page) => depth !== "root" || page.parentId === null);
}

function listPages(x: Exchange): Answer {
  const ids = idsOf(x, "id", 250);
  const spaceIds = idsOf(x, "space-id", 100);
  const subtype = choiceOf(x, "subtype", ["live", "page"]);
  const space = spaceIds?.length === 1 ? x.state.spacesById.get(spaceIds[0]!) : undefined;
  const rows = ids === null ? space?.pages ?? x.state.pages : byIds(x, ids);
  return pageList(x, rows, (page) =>
    (spaceIds === null || spaceIds.includes(page.spaceId)) &&
    (subtype === null || (page.subtype ?? "page") === subtype));
}

/** The pages of a list of ids; unknown ids are left out. */
function byIds(x: Exchange, ids: readonly string[]): Ordered<ContentRecord> {
  const rows = new Ordered(CONTENT_KEYS);
  for (const id of new Set(ids)) {
    const page = x.state.contents.get(id);
    if (page?.kind === "page") rows.add(page);
  }
  return rows;
}

/** A list of pages with the parameters that all page lists share. */
export function pageList(
  x: Exchange,
  rows: Ordered<ContentRecord>,
  belongs: (page: ContentRecord) => boolean = () => true,
): Answer {
  const statuses = choicesOf(x, "status", PAGE_STATUSES) ?? PAGE_DEFAULT;
  const format = choiceOf(x, "body-format", BULK_FORMATS);
  const title = x.query.get("title")?.toLowerCase() ?? null;
  return answerList(x, {
    rows,
    orders: CONTENT_ORDERS,
    match: (page) =>
      hasStatus(page.status, statuses) && (title === null || page.title.toLowerCase() === title) &&
      belongs(page),
    see: (page) => seesContent(x.state, page, x.viewer),
    show: (page) => pageRow(x, page, format),
  });
}

function getPage(x: Exchange): Answer {
  const page = needSeen(x, pathId(x), "page");
  needStatus(x, page, [...PAGE_STATUSES, "historical", "draft"]);
  const version = versionOf(x, page);
  const row = pageRow(x, page, choiceOf(x, "body-format", SINGLE_FORMATS), version);
  const { subtype, version: shown, ...rest } = row;
  return json({
    ...rest,
    ...(subtype === null ? {} : { subtype }),
    ...(flagOf(x, "include-version", true) ? { version: shown } : {}),
    ...inclusions(x, page),
    ...(flagOf(x, "include-direct-children")
      ? {
        directChildren: included(
          x,
          x.state.childrenOf(page.id).map(({ id, kind, title }) => ({ id, type: kind, title })),
          "direct-children",
        ),
      }
      : {}),
    _links: { ...row._links, base: x.base },
  });
}

/** Refuses a thing in a state the caller did not ask for. Without `status` all but drafts are given. */
export function needStatus(x: Exchange, content: ContentRecord, allowed: readonly string[]): void {
  const asked = choicesOf(x, "status", allowed);
  const draft = flagOf(x, "get-draft") || asked?.includes("draft") === true;
  const wanted = content.status === "draft" ? draft : asked === null || hasStatus(content.status, asked);
  if (!wanted) halt(v2NotFound(notFoundTitle(content.kind, content.id)));
}

/** The version the caller asked for, else the newest. */
export function versionOf(x: Exchange, content: ContentRecord) {
  const number = numberOf(x, "version", { min: 1, max: 2_147_483_647 });
  if (number === null) return content.version;
  const version = content.versions.find((one) => one.number === number);
  if (version === undefined) {
    halt(v2NotFound(`Cannot find a version [${number}] of content with id [${content.id}]`));
  }
  return version;
}

/** The `include-…` sections of pages and blog posts. */
export function inclusions(x: Exchange, content: ContentRecord) {
  const labels = content.labels.map((name) => labelRow(x.state.label(name)));
  const versions = content.versions.toReversed().map(versionRow);
  return {
    ...(flagOf(x, "include-labels") ? { labels: included(x, labels, "labels") } : {}),
    ...(flagOf(x, "include-properties") ? { properties: included(x, [], "properties") } : {}),
    ...(flagOf(x, "include-operations") ? { operations: included(x, OPERATIONS, "operations") } : {}),
    ...(flagOf(x, "include-likes") ? { likes: included(x, [], "likes") } : {}),
    ...(flagOf(x, "include-versions") ? { versions: included(x, versions, "versions") } : {}),
    ...(flagOf(x, "include-favorited-by-current-user-status") ? { isFavoritedByCurrentUser: false } : {}),
  };
}

const OPERATIONS = [
  { operation: "read", targetType: "page" },
  { operation: "update", targetType: "page" },
];

function getOperations(x: Exchange): Answer {
  needSeen(x, pathId(x), "page");
  return json({ operations: OPERATIONS });
}

function getLikes(x: Exchange): Answer {
  needSeen(x, pathId(x), "page");
  return json({ count: 0 });
}
