/** The content tree, and the things in it that are no pages: api.md sections 2.7 and 2.8. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList, envelope, limitOf } from "../http/paginate.ts";
import { flagOf, numberOf, pathId } from "../http/query.ts";
import type { Exchange } from "../http/exchange.ts";
import { Ordered } from "../state/ordered.ts";
import { CONTENT_KEYS, type ContentKind, type ContentRecord } from "../state/records.ts";
import { seesContent } from "../state/visibility.ts";
import { folderRow } from "../wire/v2.ts";
import { iso } from "../wire/time.ts";
import { CONTENT_ORDERS, included, needSeen, SCOPES } from "./common.ts";

const KINDS = ["page", "folder", "whiteboard", "database", "embed"] as const;
const ORDERS = [...CONTENT_ORDERS, "child-position"];

export const TREE_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/api/v2/pages/{id}/children", scopes: SCOPES.page, handle: listChildPages },
  ...KINDS.flatMap(routesOf),
];

function routesOf(kind: ContentKind): Route[] {
  const root = `/wiki/api/v2/${kind}s/{id}`;
  const seen = (x: Exchange) => needSeen(x, pathId(x), kind);
  const routes: Route[] = [
    {
      method: "GET",
      pattern: `${root}/ancestors`,
      scopes: SCOPES.metadata,
      handle: (x) => listAncestors(x, seen(x)),
    },
    {
      method: "GET",
      pattern: `${root}/direct-children`,
      scopes: SCOPES.tree,
      handle: (x) => listDirectChildren(x, seen(x)),
    },
    {
      method: "GET",
      pattern: `${root}/descendants`,
      scopes: SCOPES.tree,
      handle: (x) => listDescendants(x, seen(x)),
    },
  ];
  if (kind === "page") return routes;
  const scopes = { current: [`read:${kind}:confluence`] };
  return [...routes, { method: "GET", pattern: root, scopes, handle: (x) => getFolder(x, seen(x)) }];
}

function getFolder(x: Exchange, content: ContentRecord): Answer {
  const children = living(x, content.id).map(({ id, kind, title }) => ({ id, type: kind, title }));
  return json({
    ...folderRow(x, content),
    ...(flagOf(x, "include-direct-children")
      ? { directChildren: included(x, children, "direct-children") }
      : {}),
    ...(flagOf(x, "include-operations")
      ? { operations: included(x, [{ operation: "read", targetType: content.kind }], "operations") }
      : {}),
    ...(flagOf(x, "include-properties") ? { properties: included(x, [], "properties") } : {}),
  });
}

/** Root first. There is no cursor: whoever wants more asks again with the topmost id. */
function listAncestors(x: Exchange, content: ContentRecord): Answer {
  const nearest = x.state.ancestorsOf(content).slice(0, limitOf(x, 25)).toReversed();
  return envelope(x, nearest.map(({ id, kind }) => ({ id, type: kind })), null);
}

/** Deprecated: pages only, so whatever hangs under a folder is missing. */
function listChildPages(x: Exchange): Answer {
  const page = needSeen(x, pathId(x), "page");
  return answerList(x, {
    rows: ordered(living(x, page.id).filter(({ kind }) => kind === "page")),
    orders: ["id", "created-date", "modified-date", "child-position"],
    order: "child-position",
    see: (child) => seesContent(x.state, child, x.viewer),
    show: ({ id, status, title, spaceId, position }) => ({
      id,
      status,
      title,
      spaceId,
      childPosition: position,
    }),
  });
}

/** Known bug kept: rows without a position end the walk after the first page, unless sorted by id. */
function listDirectChildren(x: Exchange, parent: ContentRecord): Answer {
  const children = living(x, parent.id);
  const lost = x.query.has("cursor") &&
    (x.query.get("sort") ?? "child-position").endsWith("child-position") &&
    children.some(({ position }) => position === null);
  return answerList(x, {
    rows: ordered(lost ? [] : children),
    orders: ORDERS,
    order: "child-position",
    see: (child) => seesContent(x.state, child, x.viewer),
    show: ({ id, status, title, kind, position }) => ({
      id,
      status,
      title,
      type: kind,
      childPosition: position,
    }),
  });
}

/** What lies deeper than asked for is cut off without a word. */
function listDescendants(x: Exchange, root: ContentRecord): Answer {
  const depth = numberOf(x, "depth", { min: 1, max: 10 }) ?? 2;
  const depths = new Map<string, number>();
  const found: ContentRecord[] = [];
  let level = [root];
  for (let at = 1; at <= depth; at++) {
    level = level.flatMap((content) => living(x, content.id));
    for (const content of level) depths.set(content.id, at);
    found.push(...level);
  }
  return answerList(x, {
    rows: ordered(found),
    orders: [],
    see: (content) => seesContent(x.state, content, x.viewer),
    show: (content) => ({
      id: content.id,
      status: content.status,
      title: content.title,
      type: content.kind,
      parentId: content.parentId,
      depth: depths.get(content.id),
      childPosition: content.position,
      lastModified: iso(content.version.createdAt),
    }),
  });
}

/** Children that are listed: archived and trashed ones are not. */
function living(x: Exchange, id: string): ContentRecord[] {
  return x.state.childrenOf(id).filter(({ status }) => status === "current");
}

function ordered(rows: readonly ContentRecord[]): Ordered<ContentRecord> {
  const set = new Ordered(CONTENT_KEYS);
  for (const row of rows) set.add(row);
  return set;
}
