/**
 * Folders, whiteboards, databases and embeds on the wire of API v2: one shape, one by one, for no list tells of them.
 *
 * @module
 */
import { z } from "zod";

import type { Container, ContainerType } from "../model/mod.ts";
import type { Http } from "./http.ts";
import { humanUrl } from "./links.ts";
import { pathId } from "./path_id.ts";
import { type CallOptions, getOne } from "./single.ts";
import { rowReader, utc, wireId, wireNumber, wireTime } from "./wire.ts";

const wireContainer = z.object({
  id: wireId,
  status: z.string().nullish(),
  title: z.string(),
  spaceId: wireId.nullish(),
  parentId: wireId.nullish(),
  parentType: z.string().nullish(),
  position: wireNumber,
  authorId: z.string().nullish(),
  createdAt: wireTime.nullish(),
  version: z.object({ createdAt: wireTime.nullish() }).nullish(),
  _links: z.object({ webui: z.string().nullish() }).nullish(),
});

/**
 * Reads one folder, whiteboard, database or embed.
 *
 * Source: `GET /wiki/api/v2/folders/{id}` and its like.
 */
export function fetchContainer(
  http: Http,
  type: ContainerType,
  id: string,
  options: CallOptions,
): Promise<Container> {
  return getOne(http, {
    operation: `read ${type} ${pathId(type, id)}`,
    endpoint: `GET /${type}s/{id}`,
    link: `/wiki/api/v2/${type}s/${id}`,
    objectId: id,
    read: rowReader(wireContainer, (wire) => toContainer(http.bases.siteUrl, type, wire)),
  }, options);
}

function toContainer(siteUrl: string, type: ContainerType, wire: z.infer<typeof wireContainer>): Container {
  const id = String(wire.id);
  const { createdAt, version } = wire;
  return {
    id,
    type,
    status: wire.status ?? "current",
    title: wire.title,
    spaceId: textOf(wire.spaceId),
    parentId: textOf(wire.parentId),
    parentType: wire.parentType ?? null,
    position: wire.position ?? null,
    authorId: wire.authorId ?? null,
    createdAt: createdAt ? utc(createdAt) : null,
    updatedAt: version?.createdAt ? utc(version.createdAt) : null,
    url: humanUrl(siteUrl, wire._links?.webui, `/pages/viewpage.action?pageId=${id}`),
  };
}

function textOf(id: string | number | null | undefined): string | null {
  return id === null || id === undefined ? null : String(id);
}
