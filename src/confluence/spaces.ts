/**
 * Spaces on the wire, and the list of them.
 *
 * @module
 */
import { z } from "zod";

import type { Space } from "../model/mod.ts";
import { chunks } from "./chunks.ts";
import type { Http } from "./http.ts";
import { humanUrl, queryString } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { paginate } from "./paginate.ts";
import { rowReader, utc, wireId, wireTime } from "./wire.ts";

/** Most keys or ids in one request. */
const CHUNK = 250;

const wireSpace = z.object({
  id: wireId,
  key: z.string().min(1),
  name: z.string().nullish(),
  type: z.string().nullish(),
  status: z.string().nullish(),
  homepageId: wireId.nullish(),
  createdAt: wireTime.nullish(),
  _links: z.object({ webui: z.string().nullish() }).nullish(),
});

/** Which spaces to list; without keys and ids, all that the account can see. */
export interface SpaceSelection {
  readonly keys?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

/**
 * Lists spaces.
 *
 * Source: `GET /wiki/api/v2/spaces`.
 *
 * @param onSpace Told of each space before it is handed out.
 */
export function listSpaces(
  http: Http,
  selection: SpaceSelection,
  options: ListOptions,
  onSpace: (space: Space) => void,
): Listing<Space> {
  const operation = "list spaces";
  const readRow = rowReader(wireSpace, (wire) => {
    const space = toSpace(http.bases.siteUrl, wire);
    onSpace(space);
    return space;
  });
  return listing(operation, options, async function* () {
    for (const query of queries(selection)) {
      const first = `/wiki/api/v2/spaces${queryString({ ...query, sort: "id", limit: CHUNK })}`;
      yield* paginate(http, { operation, endpoint: "GET /spaces", first, readRow }, options);
    }
  });
}

function* queries(selection: SpaceSelection): Generator<{ keys?: string; ids?: string }> {
  const { keys, ids } = selection;
  if (keys === undefined && ids === undefined) yield {};
  for (const chunk of chunks(keys ?? [], CHUNK)) yield { keys: chunk.join(",") };
  for (const chunk of chunks(ids ?? [], CHUNK)) yield { ids: chunk.join(",") };
}

function toSpace(siteUrl: string, wire: z.infer<typeof wireSpace>): Space {
  return {
    id: String(wire.id),
    key: wire.key,
    name: wire.name ?? wire.key,
    type: wire.type ?? "global",
    status: wire.status ?? "current",
    homepageId: wire.homepageId === null || wire.homepageId === undefined ? null : String(wire.homepageId),
    createdAt: wire.createdAt === null || wire.createdAt === undefined ? null : utc(wire.createdAt),
    url: humanUrl(siteUrl, wire._links?.webui, `/spaces/${encodeURIComponent(wire.key)}`),
  };
}
