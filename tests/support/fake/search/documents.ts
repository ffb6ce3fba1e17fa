/** What the search index keeps of a thing: enough to match and sort, plus the thing itself for the answer. */
import type { AttachmentRecord, CommentRecord, ContentRecord, SpaceRecord } from "../state/records.ts";
import type { SiteState } from "../state/state.ts";
import { attachmentStatus } from "../state/visibility.ts";
import { plainText, storageText } from "../state/bodies.ts";

/** One entry of the index, frozen at the time it was made. */
export interface IndexDocument {
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly spaceId: string;
  readonly spaceKey: string;
  readonly created: number;
  readonly modified: number;
  readonly creator: string;
  readonly contributors: readonly string[];
  readonly labels: readonly string[];
  readonly containerId: string | null;
  readonly parentId: string | null;
  readonly version: number;
  /** Space of a `type = space` entry has no content. */
  readonly record: ContentRecord | AttachmentRecord | CommentRecord | SpaceRecord;
  /** Words for `text ~`, made when asked for. */
  text(): string;
}

/** The entry of a page, blog post, folder …; null when it cannot be found by searching. */
export function contentDocument(state: SiteState, content: ContentRecord): IndexDocument | null {
  const space = state.spacesById.get(content.spaceId);
  if (space === undefined || content.status !== "current" || !state.contents.has(content.id)) return null;
  const { version } = content;
  return {
    key: content.id,
    id: content.id,
    type: content.kind,
    title: content.title,
    spaceId: space.id,
    spaceKey: space.key,
    created: content.createdAt,
    modified: version.createdAt,
    creator: content.authorId,
    contributors: content.versions.length === 1
      ? [version.authorId]
      : content.versions.map((v) => v.authorId),
    labels: content.labels.length === 0 ? NONE : [...content.labels],
    containerId: null,
    parentId: content.parentId,
    version: version.number,
    record: content,
    text: () => `${content.title} ${plainText(storageText(version.storage, content.id, version.number))}`,
  };
}

/** The entry of an attachment. */
export function attachmentDocument(state: SiteState, attachment: AttachmentRecord): IndexDocument | null {
  const container = state.contents.get(attachment.containerId);
  if (container === undefined) return null;
  const space = state.spacesById.get(container.spaceId);
  if (space === undefined || attachmentStatus(state, attachment) !== "current") return null;
  const { version } = attachment;
  const title = attachment.filename;
  return {
    key: attachment.id,
    id: attachment.id,
    type: "attachment",
    title,
    spaceId: space.id,
    spaceKey: space.key,
    created: attachment.createdAt,
    modified: version.createdAt,
    creator: attachment.authorId,
    contributors: attachment.versions.map((v) => v.authorId),
    labels: attachment.labels.length === 0 ? NONE : [...attachment.labels],
    containerId: container.id,
    parentId: null,
    version: version.number,
    record: attachment,
    text: () => `${title} ${version.comment}`,
  };
}

/** The entry of a comment. */
export function commentDocument(state: SiteState, comment: CommentRecord): IndexDocument | null {
  const container = state.contents.get(comment.containerId);
  if (container?.status !== "current" || comment.status !== "current") return null;
  const space = state.spacesById.get(container.spaceId);
  if (space === undefined || !state.commentsById.has(comment.id)) return null;
  const { version } = comment;
  return {
    key: comment.id,
    id: comment.id,
    type: "comment",
    title: `Re: ${container.title}`,
    spaceId: space.id,
    spaceKey: space.key,
    created: comment.createdAt,
    modified: version.createdAt,
    creator: comment.authorId,
    contributors: comment.versions.map((v) => v.authorId),
    labels: NONE,
    containerId: container.id,
    parentId: null,
    version: version.number,
    record: comment,
    text: () => plainText(storageText(version.storage, comment.id, version.number)),
  };
}

/** The entry of a space, which has no content of its own. */
export function spaceDocument(state: SiteState, space: SpaceRecord): IndexDocument | null {
  if (!state.spacesById.has(space.id)) return null;
  return {
    key: `space:${space.id}`,
    id: space.id,
    type: "space",
    title: space.name,
    spaceId: space.id,
    spaceKey: space.key,
    created: space.createdAt,
    modified: space.createdAt,
    creator: space.authorId,
    contributors: NONE,
    labels: NONE,
    containerId: null,
    parentId: null,
    version: 1,
    record: space,
    text: () => `${space.name} ${space.description}`,
  };
}

const NONE: readonly string[] = [];
