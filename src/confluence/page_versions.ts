/**
 * The history of a page on the wire of API v2.
 *
 * @module
 */
import { z } from "zod";

import { ConfluenceIndexError } from "../errors.ts";
import type { BodyFormat, PageVersion } from "../model/mod.ts";
import type { Http } from "./http.ts";
import { queryString, relativeLink } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { paginate } from "./paginate.ts";
import { pathId } from "./path_id.ts";
import { rowError, type RowReader, rowReader, toVersion, wireId, wireVersion } from "./wire.ts";

/** Most rows in one answer. With bodies the server gives 50, whatever was asked for. */
const MAX_LIMIT = 250;

const wireBody = z.object({ value: z.string() });

const wirePageVersion = wireVersion.extend({
  page: z.object({
    id: wireId,
    title: z.string(),
    body: z.object({ storage: wireBody.nullish(), atlas_doc_format: wireBody.nullish() }).nullish(),
  }),
});

/** Options of `getPageVersions`. */
export interface PageVersionsOptions extends ListOptions {
  /**
   * Rows in one answer, 1 to 250; with bodies no more than 50 come.
   *
   * @default {50}
   */
  readonly limit?: number | undefined;
  /** A batch's `next` to go on at; the limit and the body format are this call's. */
  readonly from?: string | undefined;
}

/**
 * Lists the versions of a page, the newest first, the current one included.
 *
 * Source: `GET /wiki/api/v2/pages/{id}/versions`.
 */
export function listPageVersions(
  http: Http,
  pageId: string,
  bodyFormat: BodyFormat | undefined,
  options: PageVersionsOptions,
): Listing<PageVersion> {
  const operation = `list versions of page ${pathId("page", pageId)}`;
  const { limit = 50 } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot ${operation}: limit ${limit} is not a number from 1 to ${MAX_LIMIT}`,
    );
  }
  const path = `/wiki/api/v2/pages/${pageId}/versions`;
  const cursor = options.from === undefined ? undefined : cursorOf(http, path, options.from, operation);
  const first = path + queryString({ sort: "-modified-date", limit, "body-format": bodyFormat, cursor });
  const walk = {
    operation,
    endpoint: "GET /pages/{id}/versions",
    first,
    objectId: pageId,
    readRow: versionReader(pageId, bodyFormat),
  };
  return listing(operation, options, () => paginate(http, walk, options));
}

function cursorOf(http: Http, path: string, from: string, operation: string): string {
  const link = relativeLink(http.bases, from);
  const cursor = link?.startsWith(`${path}?`)
    ? new URL(link, "https://any.invalid").searchParams.get("cursor")
    : null;
  if (cursor !== null && cursor !== undefined) return cursor;
  throw new ConfluenceIndexError("usage", `Cannot ${operation}: the resume link is not of it`);
}

function versionReader(pageId: string, bodyFormat: BodyFormat | undefined): RowReader<PageVersion> {
  const read = rowReader(wirePageVersion, (wire) => toPageVersion(wire, bodyFormat));
  return (row, place) => {
    const version = read(row, place);
    if (!("version" in version)) return version;
    if (version.pageId !== pageId) {
      return rowError(row, place, "page.id", "this page was not asked for");
    }
    // A version whose body is silently missing would be stored as an empty one.
    if (version.body === null && bodyFormat !== undefined) {
      return rowError(row, place, `page.body.${bodyFormat}`, "expected the body that was asked for");
    }
    return version;
  };
}

function toPageVersion(
  wire: z.infer<typeof wirePageVersion>,
  format: BodyFormat | undefined,
): PageVersion {
  const value = format === undefined ? undefined : wire.page.body?.[format]?.value;
  return {
    pageId: String(wire.page.id),
    title: wire.page.title,
    version: toVersion(wire),
    body: format === undefined || value === undefined ? null : { format, value },
  };
}
