/**
 * Labels on the wire: lists of API v2, and the part of a search row.
 *
 * @module
 */
import { z } from "zod";

import type { Label } from "../model/mod.ts";
import type { Http } from "./http.ts";
import { queryString } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { paginate } from "./paginate.ts";
import { pathId } from "./path_id.ts";
import { rowReader } from "./wire.ts";

const wireLabel = z.object({ name: z.string().min(1), prefix: z.string().nullish() });

/** The labels of a search row, at most `limit` of them. */
export const wireLabels = z.object({ results: z.array(wireLabel), limit: z.number().nullish() });

/** The labels of a search row; null where there may be more than it tells. */
export function toLabels(wire: z.infer<typeof wireLabels> | null | undefined): Label[] | null {
  if (wire === null || wire === undefined) return null;
  if (typeof wire.limit === "number" && wire.results.length >= wire.limit) return null;
  return wire.results.map(toLabel);
}

/**
 * Lists the labels of a page.
 *
 * Source: `GET /wiki/api/v2/pages/{id}/labels`.
 */
export function listLabels(http: Http, pageId: string, options: ListOptions): Listing<Label> {
  const operation = `list labels of page ${pathId("page", pageId)}`;
  const first = `/wiki/api/v2/pages/${pageId}/labels${queryString({ limit: 250 })}`;
  const readRow = rowReader(wireLabel, toLabel);
  const walk = { operation, endpoint: "GET /pages/{id}/labels", first, objectId: pageId, readRow };
  return listing(operation, options, () => paginate(http, walk, options));
}

function toLabel({ name, prefix }: z.infer<typeof wireLabel>): Label {
  return { name, prefix: prefix ?? "global" };
}
