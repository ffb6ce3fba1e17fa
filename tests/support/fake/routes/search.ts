/** `GET /rest/api/content/search` and `GET /rest/api/search`: api.md section 4.2. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { halt, v1BadRequest, v1Error, v1Plain } from "../http/problems.ts";
import { CqlError } from "../search/cql_lexer.ts";
import { EmptyTextError } from "../search/cql_fields.ts";
import type { IndexDocument } from "../search/documents.ts";
import { contentHit } from "../wire/v1.ts";
import { searchHit } from "../wire/search_hit.ts";
import { type SearchPage, searchPage } from "../search/search_page.ts";

const scopes = { current: ["search:confluence"], beta: ["read:content-details:confluence"] };

export const SEARCH_ROUTES: readonly Route[] = [
  { method: "GET", pattern: "/wiki/rest/api/content/search", scopes, handle: searchContent },
  { method: "GET", pattern: "/wiki/rest/api/search", scopes, handle: searchAll },
];

function searchContent(x: Exchange): Answer {
  refuseNumbers(x, (name, value) =>
    v1Plain(
      400,
      "org.springframework.web.method.annotation.MethodArgumentTypeMismatchException: Failed to convert value " +
        `of '${name}': For input string: "${value}"`,
    ));
  const expand = expansionsOf(x, "");
  const page = find(x, expand, (document) => document.type !== "space");
  return json({
    results: page.rows.map((row) => contentHit(x, row, expand)),
    start: Number(x.query.get("start") ?? 0),
    limit: page.limit,
    size: page.rows.length,
    _links: linksOf(x, page, "/rest/api/content/search", ["cql", "expand", "cqlcontext"]),
  });
}

function searchAll(x: Exchange): Answer {
  refuseNumbers(x, () => ({ status: 404, text: "" }));
  const expand = expansionsOf(x, "content.");
  const page = find(x, expand, () => true);
  return json({
    results: page.rows.map((row) => searchHit(x, row, expand)),
    start: Number(x.query.get("start") ?? 0),
    limit: page.limit,
    size: page.rows.length,
    totalSize: page.totalSize,
    cqlQuery: x.query.get("cql"),
    searchDuration: 12,
    _links: linksOf(x, page, "/rest/api/search", ["cql", "expand", "cqlcontext", "includeArchivedSpaces"]),
  });
}

/** `start` is looked at first; it is ignored otherwise. */
function refuseNumbers(x: Exchange, notANumber: (name: string, value: string) => Answer): void {
  for (const name of ["start", "limit"]) {
    const value = x.query.get(name);
    if (value === null) continue;
    if (!/^-?\d{1,10}$/.test(value)) halt(notANumber(name, value));
    if (Number(value) < 0) {
      halt(v1Plain(400, `java.lang.IllegalArgumentException: ${name} cannot be less than zero`));
    }
  }
  if ((x.query.get("cql") ?? "").trim() === "") halt(v1BadRequest("cql query parameter is required"));
}

function find(
  x: Exchange,
  expand: ReadonlySet<string>,
  keep: (document: IndexDocument) => boolean,
): SearchPage {
  try {
    return searchPage(x, expand, keep);
  } catch (error) {
    if (error instanceof CqlError) halt(v1BadRequest(`Could not parse cql : ${error.message}`));
    if (error instanceof EmptyTextError) {
      halt(v1Error(500, "api.InternalServerException", "java.lang.NullPointerException"));
    }
    throw error;
  }
}

/** Expansions by comma or repetition; on `/search` only those of the content count. */
function expansionsOf(x: Exchange, prefix: string): ReadonlySet<string> {
  return new Set(
    x.query.getAll("expand").flatMap((value) => value.split(",")).map((name) => name.trim())
      .filter((name) => name !== "" && name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  );
}

/** `next` is relative to the site's `/wiki` and does not name it: the opposite of v2. */
function linksOf(
  x: Exchange,
  page: SearchPage,
  path: string,
  kept: readonly string[],
): Record<string, string> {
  const links = { base: x.base, context: "/wiki", self: `${x.base}${path}${x.url.search}` };
  if (page.cursor === null) return links;
  const query = new URLSearchParams({ next: "true", cursor: page.cursor });
  for (const name of kept.toReversed()) {
    for (const value of x.query.getAll(name)) query.append(name, value);
  }
  query.set("limit", String(page.limit));
  query.set("start", String(page.end));
  return { ...links, next: `${path}?${query}` };
}
