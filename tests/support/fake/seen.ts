/** What an account sees of the site at this moment: the truth that tests compare a copy with. */
import type { AttachmentRecord, ContentRecord, Status } from "./state/records.ts";
import type { SiteState } from "./state/state.ts";
import { attachmentStatus, seesAttachment, seesContent, type Viewer } from "./state/visibility.ts";
import { adfText, storageText } from "./state/bodies.ts";
import { iso } from "./wire/time.ts";

/** A page as somebody sees it now. */
export interface SeenPage {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly status: Status;
  readonly spaceId: string;
  readonly spaceKey: string;
  readonly parentId: string | null;
  readonly parentType: string | null;
  readonly position: number | null;
  readonly authorId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly versionMessage: string;
  readonly versionAuthorId: string;
  readonly minorEdit: boolean;
  readonly labels: readonly string[];
  /** The current body in storage format. */
  readonly storage: string;
  /** The current body as ADF in JSON text. */
  readonly adf: string;
}

/** An attachment as somebody sees it now. */
export interface SeenAttachment {
  readonly id: string;
  readonly version: number;
  readonly status: Status;
  readonly filename: string;
  readonly containerId: string;
  readonly containerType: string;
  readonly spaceId: string;
  readonly mediaType: string;
  readonly fileSize: number;
  readonly fileId: string;
  readonly comment: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Pages (not blog posts) by rising id. */
export function seenPages(
  state: SiteState,
  viewer: Viewer,
  spaceId?: string,
  statuses: readonly Status[] = ["current"],
): SeenPage[] {
  const rows = spaceId === undefined ? state.pages.rows : state.spacesById.get(spaceId)?.pages.rows ?? [];
  return rows
    .filter((page) => statuses.includes(page.status) && seesContent(state, page, viewer))
    .map((page) => seenPage(state, page));
}

/** Attachments by rising id, with the status they have through their page. */
export function seenAttachments(
  state: SiteState,
  viewer: Viewer,
  spaceId?: string,
  statuses: readonly Status[] = ["current"],
): SeenAttachment[] {
  return state.attachments.rows
    .filter((attachment) => {
      const container = state.contents.get(attachment.containerId);
      return container !== undefined && (spaceId === undefined || container.spaceId === spaceId) &&
        statuses.includes(attachmentStatus(state, attachment)) && seesAttachment(state, attachment, viewer);
    })
    .map((attachment) => seenAttachment(state, attachment));
}

function seenPage(state: SiteState, page: ContentRecord): SeenPage {
  const { version } = page;
  return {
    id: page.id,
    version: version.number,
    title: page.title,
    status: page.status,
    spaceId: page.spaceId,
    spaceKey: state.spaceOf(page).key,
    parentId: page.parentId,
    parentType: page.parentId === null ? null : state.contents.get(page.parentId)?.kind ?? null,
    position: page.position,
    authorId: page.authorId,
    createdAt: iso(page.createdAt),
    updatedAt: iso(version.createdAt),
    versionMessage: version.message,
    versionAuthorId: version.authorId,
    minorEdit: version.minorEdit,
    labels: [...page.labels],
    get storage() {
      return storageText(version.storage, page.id, version.number);
    },
    get adf() {
      return adfText(version, page.id);
    },
  };
}

function seenAttachment(state: SiteState, attachment: AttachmentRecord): SeenAttachment {
  const container = state.contents.get(attachment.containerId)!;
  const { version } = attachment;
  return {
    id: attachment.id,
    version: version.number,
    status: attachmentStatus(state, attachment),
    filename: attachment.filename,
    containerId: container.id,
    containerType: container.kind,
    spaceId: container.spaceId,
    mediaType: version.mediaType,
    fileSize: attachment.fileSize,
    fileId: version.fileId,
    comment: version.comment,
    createdAt: iso(attachment.createdAt),
    updatedAt: iso(version.createdAt),
  };
}
