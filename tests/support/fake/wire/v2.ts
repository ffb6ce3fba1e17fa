/** v2 rows: api.md section 3. */
import type {
  AttachmentRecord,
  AttachmentVersionRecord,
  CommentRecord,
  ContentRecord,
  LabelRecord,
  SpaceRecord,
  UserRecord,
  VersionRecord,
} from "../state/records.ts";
import type { Exchange } from "../http/exchange.ts";
import { adfText, renderedText, storageText } from "../state/bodies.ts";
import { attachmentStatus } from "../state/visibility.ts";
import { attachmentWebui, downloadPath, editui, edituiv2, tinyui, webui } from "./links.ts";
import { iso } from "./time.ts";

/** Body formats of lists. */
export const BULK_FORMATS = ["storage", "atlas_doc_format"] as const;

/** Body formats of single reads. */
export const SINGLE_FORMATS = [
  ...BULK_FORMATS,
  "view",
  "export_view",
  "anonymous_export_view",
  "styled_view",
  "editor",
] as const;

/** A version in a list of versions. */
export function versionRow(version: VersionRecord | AttachmentVersionRecord) {
  return {
    number: version.number,
    message: version.message,
    minorEdit: version.minorEdit,
    authorId: version.authorId,
    createdAt: iso(version.createdAt),
  };
}

/** The version of a page or the like, which on live sites has one field more. */
function shownVersion(version: VersionRecord | AttachmentVersionRecord) {
  return { ...versionRow(version), ncsStepVersion: null };
}

/** The `body` of a thing in one format; an empty object where none was asked for. */
export function bodyOf(x: Exchange, id: string, version: VersionRecord, format: string | null) {
  if (format === null) return {};
  x.bodiesOf.push({ id, version: version.number });
  return { [format]: { representation: format, value: bodyValue(x, id, version, format) } };
}

function bodyValue(x: Exchange, id: string, version: VersionRecord, format: string): string {
  if (format === "atlas_doc_format") return adfText(version, id);
  const storage = storageText(version.storage, id, version.number);
  if (format === "storage" || format === "editor") return storage;
  return renderedText(storage, format === "view" ? null : x.base);
}

/** A page in a list. `version` differs from the newest one where an old version was asked for. */
export function pageRow(x: Exchange, page: ContentRecord, format: string | null, version = page.version) {
  const space = x.state.spaceOf(page);
  return {
    id: page.id,
    status: page.status,
    title: page.title,
    spaceId: page.spaceId,
    parentId: page.parentId,
    parentType: parentTypeOf(x, page),
    position: page.position,
    authorId: page.authorId,
    ownerId: page.ownerId,
    lastOwnerId: null,
    subtype: page.subtype,
    createdAt: iso(page.createdAt),
    version: shownVersion(version),
    body: bodyOf(x, page.id, version, format),
    _links: {
      webui: webui(page, space),
      editui: editui(page.id),
      edituiv2: edituiv2(page, space),
      tinyui: tinyui(page.id),
    },
  };
}

function parentTypeOf(x: Exchange, { parentId }: ContentRecord): string | null {
  return parentId === null ? null : x.state.contents.get(parentId)?.kind ?? null;
}

/** A blog post in a list. */
export function blogPostRow(x: Exchange, post: ContentRecord, format: string | null, version = post.version) {
  return {
    id: post.id,
    status: post.status,
    title: post.title,
    spaceId: post.spaceId,
    authorId: post.authorId,
    createdAt: iso(post.createdAt),
    version: shownVersion(version),
    body: bodyOf(x, post.id, version, format),
    _links: { webui: webui(post, x.state.spaceOf(post)), editui: editui(post.id), tinyui: tinyui(post.id) },
  };
}

/** A folder, whiteboard, database or embed. */
export function folderRow(x: Exchange, content: ContentRecord) {
  return {
    id: content.id,
    type: content.kind,
    status: content.status,
    title: content.title,
    parentId: content.parentId,
    parentType: parentTypeOf(x, content),
    position: content.position,
    authorId: content.authorId,
    ownerId: content.ownerId,
    createdAt: iso(content.createdAt),
    spaceId: content.spaceId,
    ...(content.embedUrl === null ? {} : { embedUrl: content.embedUrl }),
    version: shownVersion(content.version),
    _links: { webui: webui(content, x.state.spaceOf(content)), base: x.base },
  };
}

export function spaceRow(space: SpaceRecord, descriptionFormat: string | null, includeIcon: boolean) {
  return {
    id: space.id,
    key: space.key,
    name: space.name,
    type: space.type,
    status: space.status,
    authorId: space.authorId,
    spaceOwnerId: space.authorId,
    currentActiveAlias: space.key,
    createdAt: iso(space.createdAt),
    homepageId: space.homepageId,
    description: descriptionFormat === null ? null : {
      [descriptionFormat]: { representation: descriptionFormat, value: space.description },
    },
    icon: includeIcon
      ? {
        path: `/wiki/download/attachments/${space.id}/${space.key}`,
        apiDownloadLink: `/wiki/download/${space.key}`,
      }
      : null,
    _links: { webui: `/spaces/${space.key}` },
  };
}

export function attachmentRow(x: Exchange, attachment: AttachmentRecord, version = attachment.version) {
  const container = x.state.contents.get(attachment.containerId)!;
  const webuiLink = attachmentWebui(attachment, container.id);
  const download = downloadPath(attachment);
  return {
    id: attachment.id,
    status: attachmentStatus(x.state, attachment),
    title: attachment.filename,
    createdAt: iso(attachment.createdAt),
    ...(container.kind === "blogpost" ? { blogPostId: container.id } : { pageId: container.id }),
    mediaType: version.mediaType,
    mediaTypeDescription: describeMedia(version.mediaType),
    comment: version.comment,
    fileId: version.fileId,
    fileSize: typeof version.bytes === "number" ? version.bytes : version.bytes.length,
    webuiLink,
    downloadLink: download,
    version: shownVersion(version),
    _links: { webui: webuiLink, download },
  };
}

export function describeMedia(mediaType: string): string {
  const [major, minor] = mediaType.split("/");
  if (major === "image") return `${minor?.toUpperCase()} Image`;
  return major === "text" ? "Text File" : "File";
}

export function labelRow(label: LabelRecord) {
  return { id: label.id, name: label.name, prefix: label.prefix };
}

/** A comment; which container field it carries depends on the list. */
export function commentRow(
  x: Exchange,
  comment: CommentRecord,
  format: string | null,
  place: "container" | "parent" | "all",
) {
  const container = x.state.contents.get(comment.containerId)!;
  const inContainer = container.kind === "blogpost" ? { blogPostId: container.id } : { pageId: container.id };
  const inParent = comment.parentCommentId === null ? {} : { parentCommentId: comment.parentCommentId };
  const where = place === "container"
    ? inContainer
    : place === "parent"
    ? inParent
    : { ...inContainer, ...inParent };
  return {
    id: comment.id,
    status: comment.status,
    title: `Re: ${container.title}`,
    ...where,
    version: shownVersion(comment.version),
    body: bodyOf(x, comment.id, comment.version, format),
    ...(comment.kind === "footer" ? {} : {
      resolutionStatus: comment.resolution,
      properties: { inlineMarkerRef: comment.markerRef, inlineOriginalSelection: comment.selection },
    }),
    _links: {
      webui: `${webui(container, x.state.spaceOf(container))}?focusedCommentId=${comment.id}`,
    },
  };
}

export function userRow(user: UserRecord) {
  return {
    accountId: user.accountId,
    displayName: user.displayName,
    publicName: user.publicName,
    email: user.email,
    timeZone: null,
    personalSpaceId: null,
    isExternalCollaborator: false,
    accountStatus: "active",
    accountType: "atlassian",
    profilePicture: { path: `/wiki/aa-avatar/${user.accountId}`, isDefault: false },
  };
}
