/**
 * Attachments on the wire of API v2.
 *
 * @module
 */
import { z } from "zod";

import type { Attachment } from "../model/mod.ts";
import type { ConfluenceResponseError } from "./errors.ts";
import type { Http } from "./http.ts";
import { downloadUrl, queryString } from "./links.ts";
import { type Listing, listing, type ListOptions } from "./listing.ts";
import { paginate } from "./paginate.ts";
import { pathId } from "./path_id.ts";
import { type CallOptions, getOne } from "./single.ts";
import {
  rowError,
  type RowReader,
  rowReader,
  toVersion,
  utc,
  wireId,
  wireNumber,
  wireTime,
  wireVersion,
} from "./wire.ts";

const wireAttachment = z.object({
  id: wireId,
  status: z.string(),
  title: z.string(),
  pageId: wireId.nullish(),
  blogPostId: wireId.nullish(),
  customContentId: wireId.nullish(),
  mediaType: z.string().nullish(),
  fileSize: wireNumber,
  fileId: z.string().nullish(),
  comment: z.string().nullish(),
  createdAt: wireTime.nullish(),
  version: wireVersion,
});

/** Options of `getAttachmentsForPage`. */
export interface AttachmentsOptions extends ListOptions {
  /** Attachment statuses; left out, the server's choice: current and archived. */
  readonly statuses?: readonly string[] | undefined;
}

/**
 * Lists the attachments of a page.
 *
 * Source: `GET /wiki/api/v2/pages/{id}/attachments`.
 */
export function listAttachments(
  http: Http,
  pageId: string,
  options: AttachmentsOptions,
): Listing<Attachment> {
  const operation = `list attachments of page ${pathId("page", pageId)}`;
  const first = `/wiki/api/v2/pages/${pageId}/attachments${
    queryString({ status: options.statuses, limit: 250 })
  }`;
  const readRow = attachmentReader(http.bases.siteUrl, pageId);
  const walk = { operation, endpoint: "GET /pages/{id}/attachments", first, objectId: pageId, readRow };
  return listing(operation, options, () => paginate(http, walk, options));
}

/**
 * Reads one attachment, whatever its status.
 *
 * Source: `GET /wiki/api/v2/attachments/{id}`.
 */
export function fetchAttachment(http: Http, id: string, options: CallOptions): Promise<Attachment> {
  return getOne(http, {
    operation: `read attachment ${pathId("attachment", id)}`,
    endpoint: "GET /attachments/{id}",
    link: `/wiki/api/v2/attachments/${id}`,
    objectId: id,
    read: onlyAsked(id, attachmentReader(http.bases.siteUrl, null)),
  }, options);
}

/** A look at an attachment may decide that it is gone: an answer about another one decides nothing. */
function onlyAsked(id: string, read: RowReader<Attachment>): RowReader<Attachment> {
  return (row, place) => {
    const found = read(row, place);
    return "filename" in found && found.id !== id
      ? rowError(row, place, "id", "this attachment was not asked for")
      : found;
  };
}

function attachmentReader(siteUrl: string, pageId: string | null): RowReader<Attachment> {
  const read = rowReader(wireAttachment, (wire) => toAttachment(siteUrl, wire, pageId));
  return (row, place): Attachment | ConfluenceResponseError =>
    read(row, place) ?? rowError(row, place, "pageId", "expected the id of what holds it");
}

function toAttachment(
  siteUrl: string,
  wire: z.infer<typeof wireAttachment>,
  pageId: string | null,
): Attachment | null {
  const [containerType, container] = wire.blogPostId
    ? ["blogpost", wire.blogPostId]
    : wire.customContentId
    ? ["custom-content", wire.customContentId]
    : ["page", wire.pageId ?? pageId];
  if (container === null || container === undefined) return null;
  const id = String(wire.id);
  const containerId = String(container);
  return {
    id,
    status: wire.status,
    filename: wire.title,
    containerId,
    containerType,
    mediaType: wire.mediaType ?? null,
    fileSize: wire.fileSize ?? null,
    fileId: wire.fileId ?? null,
    comment: wire.comment ?? null,
    createdAt: wire.createdAt === null || wire.createdAt === undefined ? null : utc(wire.createdAt),
    version: toVersion(wire.version),
    downloadUrl: downloadUrl(siteUrl, containerId, id),
  };
}
