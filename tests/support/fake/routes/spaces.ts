/** `GET /spaces` and what hangs on a space. */
import type { Route } from "../http/router.ts";
import { answerList, envelope } from "../http/paginate.ts";
import { choiceOf, choicesOf, flagOf, idsOf, listOf, pathId } from "../http/query.ts";
import { type Answer, json } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { Ordered } from "../state/ordered.ts";
import type { LabelRecord } from "../state/records.ts";
import { seesContent, seesSpace } from "../state/visibility.ts";
import { labelRow, spaceRow } from "../wire/v2.ts";
import { included, needSeenSpace, SCOPES } from "./common.ts";

const TYPES = [
  "global",
  "collaboration",
  "knowledge_base",
  "personal",
  "system",
  "onboarding",
  "xflow_sample_space",
];

export const SPACE_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/api/v2/spaces", scopes: SCOPES.space, handle: listSpaces },
  { method: "GET", pattern: "/wiki/api/v2/spaces/{id}", scopes: SCOPES.space, handle: getSpace },
  {
    method: "GET",
    pattern: "/wiki/api/v2/spaces/{id}/labels",
    scopes: SCOPES.space,
    handle: listSpaceLabels,
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/spaces/{id}/content/labels",
    scopes: SCOPES.space,
    handle: listContentLabels,
  },
  {
    method: "GET",
    pattern: "/wiki/api/v2/spaces/{id}/permissions",
    scopes: SCOPES.space,
    handle: listPermissions,
  },
];

function listSpaces(x: Exchange): Answer {
  const ids = idsOf(x, "ids", 250);
  const keys = listOf(x, "keys")?.map((key) => key.toLowerCase()) ?? null;
  const type = choiceOf(x, "type", TYPES);
  const status = choiceOf(x, "status", ["current", "archived"]);
  const labels = listOf(x, "labels");
  const format = choiceOf(x, "description-format", ["plain", "view"]);
  return answerList(x, {
    rows: x.state.spaces,
    orders: ["id", "key", "name"],
    match: (space) =>
      (ids === null || ids.includes(space.id)) &&
      (keys === null || keys.includes(space.key.toLowerCase())) &&
      (type === null || space.type === type) &&
      (status === null || space.status === status) &&
      (labels === null || labels.some((label) => space.labels.includes(label))),
    see: (space) => seesSpace(space, x.viewer),
    show: (space) => spaceRow(space, format, flagOf(x, "include-icon")),
  });
}

function getSpace(x: Exchange): Answer {
  const space = needSeenSpace(x, pathId(x));
  const row = spaceRow(
    space,
    choiceOf(x, "description-format", ["plain", "view"]),
    flagOf(x, "include-icon"),
  );
  const labels = space.labels.map((name) => labelRow(x.state.label(name)));
  return json({
    ...row,
    ...(flagOf(x, "include-labels") ? { labels: included(x, labels, "labels") } : {}),
    ...(flagOf(x, "include-permissions") ? { permissions: included(x, permissions(x), "permissions") } : {}),
    ...(flagOf(x, "include-operations") ? { operations: included(x, OPERATIONS, "operations") } : {}),
    ...(flagOf(x, "include-properties") ? { properties: included(x, [], "properties") } : {}),
    _links: { ...row._links, base: x.base },
  });
}

const OPERATIONS = [{ operation: "read", targetType: "space" }];

function listSpaceLabels(x: Exchange): Answer {
  const space = needSeenSpace(x, pathId(x));
  return labelList(x, space.labels.map((name) => x.state.label(name)));
}

function listContentLabels(x: Exchange): Answer {
  const space = needSeenSpace(x, pathId(x));
  const names = new Set<string>();
  for (const page of [...space.pages.rows, ...space.blogposts.rows]) {
    if (seesContent(x.state, page, x.viewer)) page.labels.forEach((name) => names.add(name));
  }
  return labelList(x, [...names].map((name) => x.state.label(name)), ["my", "team"]);
}

/** A list of labels with the parameters all label lists share; `usual` are the prefixes where none is named. */
export function labelList(
  x: Exchange,
  labels: readonly LabelRecord[],
  usual: readonly string[] | null = null,
): Answer {
  const prefixes = choicesOf(x, "prefix", ["my", "team", "global", "system"]) ?? usual;
  const rows = new Ordered<LabelRecord>({
    name: (label) => label.name,
    "created-date": (label) => Number(label.id),
  });
  for (const label of labels) rows.add(label);
  return answerList(x, {
    rows,
    orders: ["id", "name", "created-date"],
    match: (label) => prefixes === null || prefixes.includes(label.prefix),
    show: labelRow,
  });
}

function listPermissions(x: Exchange): Answer {
  needSeenSpace(x, pathId(x));
  return envelope(x, permissions(x), null);
}

function permissions(x: Exchange) {
  return [...x.state.users.values()].map((user, index) => ({
    id: String(index + 1),
    principal: { type: "user", id: user.accountId },
    operation: { key: "read", targetType: "space" },
  }));
}
