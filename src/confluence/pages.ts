/**
 * Pages on the wire, their lists and the single page.
 *
 * @module
 */
import { z } from "zod";

import { ConfluenceIndexError } from "../errors.ts";
import { type BodyFormat, NOUNS, type Page, type PageId, type Subject } from "../model/mod.ts";
import { chunks } from "./chunks.ts";
import { type ConfluenceResponseError } from "./errors.ts";
import type { Http } from "./http.ts";
import { type Bases, humanUrl, queryString, relativeLink } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { paginate } from "./paginate.ts";
import { pathId } from "./path_id.ts";
import { remoteText } from "./redact.ts";
import { type CallOptions, getOne } from "./single.ts";
import {
  rowError,
  type RowPlace,
  type RowReader,
  rowReader,
  toVersion,
  utc,
  wireId,
  wireTime,
} from "./wire.ts";
import { wireNumber, wireVersion, wireVersionNumber } from "./wire.ts";

/** Most rows in one answer. */
const MAX_LIMIT = 250;

const wireBody = z.object({ value: z.string() });

const wirePage = z.object({
  id: wireId,
  status: z.string(),
  title: z.string(),
  spaceId: wireId,
  parentId: wireId.nullish(),
  parentType: z.string().nullish(),
  position: wireNumber,
  authorId: z.string().nullish(),
  ownerId: z.string().nullish(),
  subtype: z.string().nullish(),
  createdAt: wireTime,
  version: wireVersion,
  body: z.object({ storage: wireBody.nullish(), atlas_doc_format: wireBody.nullish() }).nullish(),
  _links: z.object({ webui: z.string().nullish() }).nullish(),
});

/** Where pages and blog posts are: they look alike, but for the tree that only pages have. */
const ROADS = { page: "pages", blogpost: "blogposts" } as const satisfies Record<Subject, string>;

const wirePageId = z.object({ id: wireId, version: z.object({ number: wireVersionNumber }) });

/** Options of `getPages`. */
export interface PagesOptions extends ListOptions {
  /** Page statuses; left out, the server's choice: current and archived. */
  readonly statuses?: readonly string[] | undefined;
  /**
   * Rows in one answer, 1 to 250.
   *
   * @default {250}
   */
  readonly limit?: number | undefined;
  /** A batch's `next` to go on at; limit and statuses are the link's, the body format is this call's. */
  readonly from?: string | undefined;
}

/** Options of `getPagesByIds`. */
export interface PagesByIdsOptions extends ListOptions {
  /** Page statuses; left out, the server's choice: current and archived. */
  readonly statuses?: readonly string[] | undefined;
  /**
   * Ids in one request, 1 to 250.
   *
   * @default {250}
   */
  readonly chunkSize?: number | undefined;
}

/**
 * Lists the pages of a space by id.
 *
 * Source: `GET /wiki/api/v2/spaces/{id}/pages`.
 */
export function listPages(
  http: Http,
  spaceId: string,
  bodyFormat: BodyFormat | undefined,
  options: PagesOptions,
  subject: Subject = "page",
): Listing<Page> {
  const road = ROADS[subject];
  const operation = `list ${NOUNS[subject]}s of space ${pathId("space", spaceId)}`;
  const first = firstLink(http.bases, spaceId, bodyFormat, options, road);
  const readRow = pageReader(http.bases.siteUrl, bodyFormat);
  const walk = { operation, endpoint: `GET /spaces/{id}/${road}`, first, objectId: spaceId, readRow };
  return listing(operation, options, () => paginate(http, walk, options));
}

/**
 * Lists ids and versions of the pages of a space, without bodies.
 *
 * @param spaceId Asked for the id of the space when the walk begins.
 */
export function listPageIds(
  http: Http,
  spaceKey: string,
  spaceId: (operation: string) => Promise<string>,
  options: PagesOptions,
): Listing<PageId> {
  const operation = `list page ids of space ${remoteText(spaceKey)}`;
  const readRow = rowReader(wirePageId, (wire) => ({ id: String(wire.id), version: wire.version.number }));
  return listing(operation, options, async function* () {
    const objectId = pathId("space", await spaceId(operation));
    const first = firstLink(http.bases, objectId, undefined, options);
    yield* paginate(
      http,
      { operation, endpoint: "GET /spaces/{id}/pages", first, objectId, readRow },
      options,
    );
  });
}

/**
 * Reads pages by id, many at a time. Ids that are absent or hidden are not in it.
 *
 * Source: `GET /wiki/api/v2/pages?id=…`.
 */
export function listPagesByIds(
  http: Http,
  ids: readonly string[],
  bodyFormat: BodyFormat | undefined,
  options: PagesByIdsOptions,
  subject: Subject = "page",
): Listing<Page> {
  const road = ROADS[subject];
  const operation = `read ${NOUNS[subject]}s by id`;
  const size = within("chunkSize", options.chunkSize);
  for (const id of ids) pathId(NOUNS[subject], id);
  return listing(operation, options, async function* () {
    for (const chunk of chunks(ids, size)) {
      const query = { id: chunk.join(","), status: options.statuses, sort: "id", limit: MAX_LIMIT };
      const first = `/wiki/api/v2/${road}${queryString({ ...query, "body-format": bodyFormat })}`;
      const readRow = onlyAsked(new Set(chunk), pageReader(http.bases.siteUrl, bodyFormat));
      yield* paginate(http, { operation, endpoint: `GET /${road}`, first, readRow }, options);
    }
  });
}

/**
 * Reads one page, whatever its status.
 *
 * Source: `GET /wiki/api/v2/pages/{id}`.
 */
export function fetchPage(
  http: Http,
  id: string,
  bodyFormat: BodyFormat | undefined,
  options: CallOptions,
  subject: Subject = "page",
): Promise<Page> {
  const road = ROADS[subject];
  return getOne(http, {
    operation: `read ${NOUNS[subject]} ${pathId(NOUNS[subject], id)}`,
    endpoint: `GET /${road}/{id}`,
    link: `/wiki/api/v2/${road}/${id}${queryString({ "body-format": bodyFormat })}`,
    objectId: id,
    read: onlyAsked(new Set([id]), pageReader(http.bases.siteUrl, bodyFormat)),
  }, options);
}

function firstLink(
  bases: Bases,
  spaceId: string,
  bodyFormat: BodyFormat | undefined,
  options: PagesOptions,
  road: string = ROADS.page,
): string {
  const path = `/wiki/api/v2/spaces/${spaceId}/${road}`;
  const limit = within("limit", options.limit);
  if (options.from === undefined) {
    return path + queryString({ status: options.statuses, sort: "id", limit, "body-format": bodyFormat });
  }
  const link = relativeLink(bases, options.from);
  if (link === null || !link.startsWith(`${path}?`)) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot list ${road} of space ${spaceId}: the resume link is not of it`,
    );
  }
  const others = link.slice(path.length + 1).split("&").filter((pair) => !pair.startsWith("body-format="));
  if (bodyFormat !== undefined) others.push(`body-format=${bodyFormat}`);
  return `${path}?${others.join("&")}`;
}

function within(name: string, value: number = MAX_LIMIT): number {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT) return value;
  throw new ConfluenceIndexError(
    "usage",
    `Cannot read pages: ${name} ${value} is not a number from 1 to ${MAX_LIMIT}`,
  );
}

function pageReader(siteUrl: string, bodyFormat: BodyFormat | undefined): RowReader<Page> {
  const read = rowReader(wirePage, (wire, { askedAt }) => toPage(siteUrl, wire, bodyFormat, askedAt));
  return (row, place) => {
    const page = read(row, place);
    // A page whose body is silently missing would be stored as an empty one.
    if ("body" in page && page.body === null && bodyFormat !== undefined) {
      return rowError(row, place, `body.${bodyFormat}`, "expected the body that was asked for");
    }
    return page;
  };
}

function onlyAsked(ids: ReadonlySet<string>, read: RowReader<Page>): RowReader<Page> {
  return (row: unknown, place: RowPlace): Page | ConfluenceResponseError => {
    const page = read(row, place);
    if ("version" in page && !ids.has(page.id)) {
      return rowError(row, place, "id", "this page was not asked for");
    }
    return page;
  };
}

function toPage(
  siteUrl: string,
  wire: z.infer<typeof wirePage>,
  format: BodyFormat | undefined,
  askedAt: string,
): Page {
  const id = String(wire.id);
  const value = format === undefined ? undefined : wire.body?.[format]?.value;
  return {
    id,
    status: wire.status,
    title: wire.title,
    spaceId: String(wire.spaceId),
    parentId: wire.parentId === null || wire.parentId === undefined ? null : String(wire.parentId),
    parentType: wire.parentType ?? null,
    position: wire.position ?? null,
    authorId: wire.authorId ?? null,
    ownerId: wire.ownerId ?? null,
    subtype: wire.subtype ?? null,
    createdAt: utc(wire.createdAt),
    version: toVersion(wire.version),
    body: format === undefined || value === undefined ? null : { format, value },
    url: humanUrl(siteUrl, wire._links?.webui, `/pages/viewpage.action?pageId=${id}`),
    askedAt,
  };
}
