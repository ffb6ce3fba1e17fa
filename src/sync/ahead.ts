/**
 * The index as it would be by now, where a plan's spaces would have changed it.
 *
 * @module
 */
import type { Attachment, BodyFormat, Page } from "../model/mod.ts";
import type { KnownAttachment, KnownPage } from "../database/mod.ts";

/** What a plan's spaces know of each other: the index as it would be by now, where that differs. */
export class Ahead {
  /** Pages that would have been written. Those new to their space are left out: a first listing would be all of them. */
  readonly pages = new Map<string, KnownPage>();
  /** Pages that would have come back. */
  readonly restored = new Set<string>();
  /** Attachments that would have been called deleted. */
  readonly gone = new Set<string>();
  #posts: Ahead | undefined;

  /** The same for blog posts. */
  get posts(): Ahead {
    return this.#posts ??= new Ahead();
  }

  /** Whether a page of the index would still be in a space. */
  isIn(spaceId: string, pageId: string): boolean {
    const page = this.pages.get(pageId);
    return page === undefined || page.spaceId === spaceId;
  }
}

/** What the index would hold of an attachment. */
export function toKnownAttachment(attachment: Attachment, spaceId: string): KnownAttachment {
  return {
    id: attachment.id,
    version: attachment.version.number,
    pageId: attachment.containerId,
    spaceId,
    filename: attachment.filename,
    status: attachment.status,
    updatedAt: attachment.version.createdAt,
    deletedAt: null,
    deletionReason: null,
  };
}

/** What the index would hold of a page. */
export function toKnownPage(page: Page, spaceKey: string, bodyFormat: BodyFormat): KnownPage {
  return {
    id: page.id,
    version: page.version.number,
    status: page.status,
    title: page.title,
    spaceId: page.spaceId,
    spaceKey,
    parentId: page.parentId,
    parentType: page.parentType,
    position: page.position,
    ownerId: page.ownerId,
    subtype: page.subtype,
    updatedAt: page.version.createdAt,
    bodyFormat,
    deletedAt: null,
    deletionReason: null,
    labels: null,
    fetchedAt: page.askedAt,
  };
}
