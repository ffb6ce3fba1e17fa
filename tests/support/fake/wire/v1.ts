/** v1 shapes: people, versions, containers, and rows of content in search results. */
import type { Exchange } from "../http/exchange.ts";
import type { IndexDocument } from "../search/documents.ts";
import {
  AttachmentRecord,
  type AttachmentVersionRecord,
  CommentRecord,
  ContentRecord,
  type SpaceRecord,
  type UserRecord,
  type VersionRecord,
} from "../state/records.ts";
import { attachmentStatus } from "../state/visibility.ts";
import { attachmentWebui, downloadPath, editui, tinyui, webui } from "./links.ts";
import { bodyOf, describeMedia } from "./v2.ts";
import { iso } from "./time.ts";

export function v1User(x: Exchange, user: UserRecord) {
  return {
    type: "known",
    accountId: user.accountId,
    accountType: "atlassian",
    email: user.email,
    publicName: user.publicName,
    displayName: user.displayName,
    profilePicture: { path: `/wiki/aa-avatar/${user.accountId}`, width: 48, height: 48, isDefault: false },
    isExternalCollaborator: false,
    isGuest: false,
    _expandable: { operations: "", personalSpace: "" },
    _links: { self: `${x.base}/rest/api/user?accountId=${user.accountId}` },
  };
}

/** An account id as a person; people nobody added are unknown. */
export function v1Person(x: Exchange, accountId: string) {
  const user = x.state.users.get(accountId);
  if (user !== undefined) return v1User(x, user);
  return {
    ...v1User(x, { accountId, displayName: "Unknown User", publicName: "Unknown User", email: "" }),
    type: "unknown",
  };
}

export function v1Version(x: Exchange, version: VersionRecord | AttachmentVersionRecord, id: string) {
  return {
    by: v1Person(x, version.authorId),
    when: iso(version.createdAt),
    friendlyWhen: iso(version.createdAt).slice(0, 10),
    message: version.message,
    number: version.number,
    minorEdit: version.minorEdit,
    contentTypeModified: false,
    _expandable: { collaborators: "", content: `/rest/api/content/${id}` },
    _links: { self: `${x.base}/rest/api/content/${id}/version/${version.number}` },
  };
}

export function v1Space(x: Exchange, space: SpaceRecord) {
  return {
    id: Number(space.id),
    key: space.key,
    alias: space.key,
    name: space.name,
    type: space.type,
    status: space.status,
    _expandable: {
      settings: `/rest/api/space/${space.key}/settings`,
      metadata: "",
      operations: "",
      permissions: "",
      icon: "",
      description: "",
      history: "",
      homepage: space.homepageId === null ? "" : `/rest/api/content/${space.homepageId}`,
      identifiers: "",
      lookAndFeel: "",
      theme: "",
    },
    _links: { webui: `/spaces/${space.key}`, self: `${x.base}/rest/api/space/${space.key}` },
  };
}

const ROW_EXPANDABLES = [
  "container",
  "metadata",
  "extensions",
  "operations",
  "children",
  "history",
  "ancestors",
  "body",
  "version",
  "descendants",
  "space",
];

/** A search hit as content. `status` is what the index thinks where the thing is gone. */
export function contentHit(x: Exchange, document: IndexDocument, expand: ReadonlySet<string>) {
  const { record } = document;
  const fresh = x.site.settings.search.hydrate === "database";
  const versions: readonly (VersionRecord | AttachmentVersionRecord)[] = "versions" in record
    ? record.versions
    : [];
  const version = (fresh ? versions.at(-1) : versions[document.version - 1] ?? versions.at(-1))!;
  const expanded = expansions(x, document, version, expand);
  const missing = ROW_EXPANDABLES.filter((name) => !(name in expanded));
  return {
    id: document.id,
    type: document.type,
    status: fresh ? statusNow(x, document) : "current",
    title: fresh ? titleNow(document) : document.title,
    macroRenderedOutput: {},
    childTypes: {},
    restrictions: {},
    ...expanded,
    _expandable: Object.fromEntries(missing.map((name) => [name, ""])),
    _links: linksOf(x, document),
  };
}

/** Purged things are in no database: the index still calls them current. */
function statusNow(x: Exchange, { record, id }: IndexDocument): string {
  if (record instanceof ContentRecord) return x.state.contents.get(id)?.status ?? "current";
  if (record instanceof AttachmentRecord && x.state.attachmentsById.has(id)) {
    return attachmentStatus(x.state, record);
  }
  return "current";
}

function titleNow(document: IndexDocument): string {
  const { record } = document;
  if (record instanceof ContentRecord) return record.title;
  return record instanceof AttachmentRecord ? record.filename : document.title;
}

function expansions(
  x: Exchange,
  document: IndexDocument,
  version: VersionRecord | AttachmentVersionRecord,
  expand: ReadonlySet<string>,
): Record<string, unknown> {
  const { record } = document;
  const wants = (name: string) => [...expand].some((one) => one === name || one.startsWith(`${name}.`));
  const rows: Record<string, unknown> = {};
  if (wants("version")) rows.version = v1Version(x, version, document.id);
  if (wants("history")) rows.history = v1History(x, document);
  if (wants("space")) rows.space = spaceOf(x, document);
  if (wants("container")) rows.container = containerOf(x, document);
  if (wants("extensions")) rows.extensions = extensionsOf(record, version);
  if (wants("ancestors")) rows.ancestors = ancestorsOf(x, record);
  if (wants("metadata")) rows.metadata = metadataOf(x, document, expand);
  const formats = [...expand].filter((name) => name.startsWith("body.")).map((name) => name.split(".")[1]!);
  if (formats.length > 0 && "storage" in version) {
    rows.body = Object.assign({}, ...formats.map((format) => v1Body(x, document, version, format)));
  }
  return rows;
}

function v1Body(x: Exchange, document: IndexDocument, version: VersionRecord, format: string) {
  const body = bodyOf(x, document.id, version, format)[format]!;
  return {
    [format]: { ...body, embeddedContent: [], _expandable: { content: `/rest/api/content/${document.id}` } },
  };
}

function v1History(x: Exchange, document: IndexDocument) {
  return {
    latest: true,
    createdBy: v1Person(x, document.creator),
    createdDate: iso(document.created),
    _expandable: { lastUpdated: "", previousVersion: "", contributors: "", nextVersion: "" },
    _links: { self: `${x.base}/rest/api/content/${document.id}/history` },
  };
}

function spaceOf(x: Exchange, document: IndexDocument) {
  const id = document.record instanceof ContentRecord ? document.record.spaceId : document.spaceId;
  const space = x.state.spacesById.get(id) ?? x.state.spacesById.get(document.spaceId);
  return space === undefined ? undefined : v1Space(x, space);
}

function containerOf(x: Exchange, document: IndexDocument) {
  if (document.containerId === null) return spaceOf(x, document);
  const container = x.state.contents.get(document.containerId);
  return {
    id: document.containerId,
    type: container?.kind ?? "page",
    status: container?.status ?? "current",
    title: container?.title ?? "",
    _expandable: {},
    _links: { self: `${x.base}/rest/api/content/${document.containerId}` },
  };
}

function extensionsOf(record: IndexDocument["record"], version: VersionRecord | AttachmentVersionRecord) {
  if (record instanceof AttachmentRecord && "bytes" in version) {
    return {
      mediaType: version.mediaType,
      fileSize: typeof version.bytes === "number" ? version.bytes : version.bytes.length,
      comment: version.comment,
      mediaTypeDescription: describeMedia(version.mediaType),
      fileId: version.fileId,
      collectionName: `contentId-${record.containerId}`,
    };
  }
  if (record instanceof CommentRecord) {
    return { location: record.kind, resolution: { status: record.resolution } };
  }
  return { position: record instanceof ContentRecord ? record.position : null };
}

function ancestorsOf(x: Exchange, record: IndexDocument["record"]) {
  if (!(record instanceof ContentRecord)) return [];
  return x.state.ancestorsOf(record).toReversed().map((ancestor) => ({
    id: ancestor.id,
    type: ancestor.kind,
    status: ancestor.status,
    title: ancestor.title,
    _expandable: {},
    _links: {
      self: `${x.base}/rest/api/content/${ancestor.id}`,
      webui: webui(ancestor, x.state.spaceOf(ancestor)),
    },
  }));
}

/** Labels are cut off silently. */
const LABEL_LIMIT = 200;

function metadataOf(x: Exchange, document: IndexDocument, expand: ReadonlySet<string>) {
  if (!expand.has("metadata.labels")) return { _expandable: { labels: "", properties: "" } };
  const results = document.labels.slice(0, LABEL_LIMIT).map((name) => {
    const label = x.state.label(name);
    return { id: label.id, prefix: label.prefix, name: label.name, label: label.name };
  });
  return {
    labels: {
      results,
      start: 0,
      limit: LABEL_LIMIT,
      size: results.length,
      _links: { self: `${x.base}/rest/api/label` },
    },
    _expandable: { properties: "" },
  };
}

function linksOf(x: Exchange, document: IndexDocument): Record<string, string> {
  const { record, id } = document;
  const links = { self: `${x.base}/rest/api/content/${id}`, webui: hitUrl(x, document) };
  if (record instanceof AttachmentRecord) return { ...links, download: downloadPath(record) };
  return record instanceof ContentRecord ? { ...links, tinyui: tinyui(id), editui: editui(id) } : links;
}

/** Where a hit is for people, relative to `/wiki`. */
export function hitUrl(x: Exchange, document: IndexDocument): string {
  const { record } = document;
  if (record instanceof AttachmentRecord) return attachmentWebui(record, record.containerId);
  if (record instanceof ContentRecord) {
    const space = x.state.spacesById.get(record.spaceId);
    return space === undefined ? `/spaces/${document.spaceKey}/pages/${document.id}` : webui(record, space);
  }
  if (record instanceof CommentRecord) {
    return `/spaces/${document.spaceKey}/pages/${record.containerId}?focusedCommentId=${record.id}`;
  }
  return `/spaces/${document.spaceKey}`;
}
