/**
 * Rows of a CQL search on the wire of API v1, attachments among them.
 *
 * @module
 */
import { z } from "zod";

import { ConfluenceIndexError } from "../errors.ts";
import type { Attachment, Comment, SearchHit, Version } from "../model/mod.ts";
import { toComment, wireCommentExtensions, wireCommentParts } from "./comments.ts";
import type { Http } from "./http.ts";
import { downloadUrl, queryString } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { toLabels, wireLabels } from "./labels.ts";
import { paginate } from "./paginate.ts";
import { rowReader, utc, wireId, wireNumber, wireTime, wireVersionNumber } from "./wire.ts";

const wireHit = z.object({
  id: wireId,
  type: z.string(),
  status: z.string().nullish(),
  title: z.string().nullish(),
  space: z.object({ key: z.string().nullish() }).nullish(),
  version: z.object({
    number: wireVersionNumber,
    when: wireTime.nullish(),
    message: z.string().nullish(),
    minorEdit: z.boolean().nullish(),
    by: z.object({ accountId: z.string().nullish() }).nullish(),
  }).nullish(),
  history: z.object({
    createdDate: wireTime.nullish(),
    createdBy: z.object({ accountId: z.string().nullish() }).nullish().catch(null),
  }).nullish(),
  container: z.object({ id: wireId.nullish(), type: z.string().nullish() }).nullish(),
  extensions: z.object({
    mediaType: z.string().nullish(),
    fileSize: wireNumber,
    fileId: z.string().nullish(),
    comment: z.string().nullish(),
    ...wireCommentExtensions,
  }).nullish(),
  ...wireCommentParts,
  // Labels that cannot be read leave the row usable.
  metadata: z.object({ labels: wireLabels.nullish() }).nullish().catch(null),
});

type WireHit = z.infer<typeof wireHit>;

/** Options of `searchCql`. */
export interface SearchOptions extends ListOptions {
  /** Parts that each row should carry: `version`, `space`, `history`, `container`, `extensions`, `metadata.labels` … */
  readonly expand?: readonly string[] | undefined;
  /**
   * Rows in one answer; the server may give fewer.
   *
   * @default {250}
   */
  readonly limit?: number | undefined;
}

/**
 * Searches content by CQL, from an index that lags behind by seconds to minutes.
 *
 * Source: `GET /wiki/rest/api/content/search`.
 */
export function searchContent(http: Http, cql: string, options: SearchOptions): Listing<SearchHit> {
  const operation = "search by CQL";
  if (cql.trim() === "") throw new ConfluenceIndexError("usage", "Cannot search by CQL: the query is empty");
  const limit = options.limit ?? 250;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot search by CQL: the limit ${limit} is not a number from 1`,
    );
  }
  const expand = options.expand === undefined || options.expand.length === 0
    ? null
    : options.expand.join(",");
  const first = `/wiki/rest/api/content/search${queryString({ cql, limit, expand })}`;
  const readRow = rowReader(wireHit, (wire) => toHit(http.bases.siteUrl, wire));
  const endpoint = "GET /rest/api/content/search";
  // What the search does not tell costs a request for each page.
  const walk = { operation, endpoint, first, readRow, doubtRefusal: true };
  return listing(operation, options, () => paginate(http, walk, options));
}

function toHit(siteUrl: string, wire: WireHit): SearchHit {
  const when = wire.version?.when;
  return {
    id: String(wire.id),
    type: wire.type,
    status: wire.status ?? null,
    title: wire.title ?? "",
    spaceKey: wire.space?.key ?? null,
    version: wire.version?.number ?? null,
    updatedAt: when === null || when === undefined ? null : utc(when),
    attachment: wire.type === "attachment" ? toAttachment(siteUrl, wire) : null,
    comment: wire.type === "comment" ? commentOf(siteUrl, wire) : null,
    labels: toLabels(wire.metadata?.labels),
  };
}

function toAttachment(siteUrl: string, wire: WireHit): Attachment | null {
  const { version, history, container, extensions } = wire;
  if (!version?.when || !history || !extensions || container?.id === null || container?.id === undefined) {
    return null;
  }
  const id = String(wire.id);
  const containerId = String(container.id);
  return {
    id,
    status: wire.status ?? "current",
    filename: wire.title ?? "",
    containerId,
    containerType: container.type ?? "page",
    mediaType: extensions.mediaType ?? null,
    fileSize: extensions.fileSize ?? null,
    fileId: extensions.fileId ?? null,
    comment: extensions.comment ?? null,
    createdAt: history.createdDate ? utc(history.createdDate) : null,
    version: versionOf({ ...version, when: version.when }),
    downloadUrl: downloadUrl(siteUrl, containerId, id),
  };
}

function versionOf(version: NonNullable<WireHit["version"]> & { readonly when: string }): Version {
  return {
    number: version.number,
    createdAt: utc(version.when),
    message: version.message ?? "",
    minorEdit: version.minorEdit ?? false,
    authorId: version.by?.accountId ?? null,
  };
}

function commentOf(siteUrl: string, wire: WireHit): Comment | null {
  const { version, history, container, extensions } = wire;
  return toComment(siteUrl, {
    id: String(wire.id),
    status: wire.status ?? "current",
    location: extensions?.location,
    containerId: container?.id === null || container?.id === undefined ? null : String(container.id),
    containerType: container?.type ?? "page",
    ancestors: wire.ancestors ?? null,
    resolution: extensions?.resolution?.status ?? null,
    selection: extensions?.inlineProperties?.originalSelection ?? null,
    authorId: history?.createdBy?.accountId ?? null,
    createdAt: history?.createdDate ? utc(history.createdDate) : null,
    version: version?.when ? versionOf({ ...version, when: version.when }) : null,
    body: wire.body,
    webui: wire._links?.webui,
  });
}
