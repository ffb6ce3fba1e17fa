/** Who may see what. A view restriction on a page covers everything below it. */
import type { AttachmentRecord, CommentRecord, ContentRecord, SpaceRecord, Status } from "./records.ts";
import type { SiteState } from "./state.ts";

/** Who looks: an account, or nobody in particular. */
export interface Viewer {
  readonly accountId: string | null;
}

/** Whether the viewer sees the space. */
export function seesSpace(space: SpaceRecord, viewer: Viewer): boolean {
  if (viewer.accountId === null) return space.isPublic && space.visibleTo === null;
  return space.visibleTo === null || space.visibleTo.has(viewer.accountId);
}

/** Whether the viewer sees the page, blog post, folder … whatever its status. */
export function seesContent(state: SiteState, content: ContentRecord, viewer: Viewer): boolean {
  const space = state.spacesById.get(content.spaceId);
  if (space === undefined || !state.contents.has(content.id)) return false;
  if (viewer.accountId !== null && state.restricted === 0) return true;
  if (!seesSpace(space, viewer)) return false;
  let at: ContentRecord | undefined = content;
  while (at !== undefined) {
    if (at.visibleTo !== null && (viewer.accountId === null || !at.visibleTo.has(viewer.accountId))) {
      return false;
    }
    at = at.parentId === null ? undefined : state.contents.get(at.parentId);
  }
  return true;
}

/** Whether the viewer sees the attachment: as much as its page. */
export function seesAttachment(state: SiteState, attachment: AttachmentRecord, viewer: Viewer): boolean {
  const container = state.contents.get(attachment.containerId);
  return container !== undefined && seesContent(state, container, viewer);
}

/** Whether the viewer sees the comment: as much as its page. */
export function seesComment(state: SiteState, comment: CommentRecord, viewer: Viewer): boolean {
  const container = state.contents.get(comment.containerId);
  return container !== undefined && seesContent(state, container, viewer);
}

/** An attachment is no more alive than the page it hangs on. */
export function attachmentStatus(state: SiteState, attachment: AttachmentRecord): Status {
  if (attachment.status !== "current") return attachment.status;
  return state.contents.get(attachment.containerId)?.status ?? "trashed";
}
