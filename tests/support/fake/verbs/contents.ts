/** Making and editing pages, blog posts, folders, whiteboards, databases and embeds. */
import { type ContentKind, ContentRecord, type Status, type VersionRecord } from "../state/records.ts";
import {
  needContent,
  needSpace,
  reindexContent,
  SiteError,
  type TimeLike,
  toMs,
  type VerbContext,
} from "./context.ts";

/** One version of a thing's history, as fixtures and tests write it. */
export interface NewVersion {
  readonly number?: number;
  readonly createdAt?: TimeLike;
  readonly message?: string;
  readonly minorEdit?: boolean;
  readonly authorId?: string;
  readonly title?: string;
  readonly body?: string;
  readonly adf?: string;
}

/** A page or the like to add. Name its space by key or by id. */
export interface NewContent {
  readonly spaceKey?: string;
  readonly spaceId?: string;
  readonly title: string;
  readonly id?: string;
  /** Storage format. */
  readonly body?: string;
  /** ADF as JSON text; derived from the body when left out. */
  readonly adf?: string;
  readonly parentId?: string | null;
  readonly position?: number | null;
  readonly authorId?: string;
  readonly createdAt?: TimeLike;
  /** When the newest version was made. @default createdAt */
  readonly updatedAt?: TimeLike;
  /** Makes a history of that many equal versions. @default 1 */
  readonly version?: number;
  readonly message?: string;
  readonly minorEdit?: boolean;
  readonly labels?: readonly string[];
  readonly status?: Status;
  readonly subtype?: "live" | "page";
  /** The whole history, oldest first; wins over `version`, `body` and the like. */
  readonly history?: readonly NewVersion[];
  readonly embedUrl?: string;
}

export function addContent(context: VerbContext, content: NewContent & { kind: ContentKind }): ContentRecord {
  const { state } = context;
  const space = needSpace(context, content.spaceId ?? content.spaceKey ?? "");
  const status = content.status ?? "current";
  const id = content.id ?? state.ids.next();
  if (state.contents.has(id)) throw new SiteError("bad_request", `Cannot add content: id ${id} is taken`);
  if (content.kind === "page" && status !== "trashed" && status !== "draft") {
    refuseTakenTitle(context, space.id, content.title, id);
  }
  const parentId = status === "trashed" || content.kind === "blogpost" ? null : content.parentId ?? null;
  if (parentId !== null) refuseBadParent(context, parentId, space.id);
  const versions = toHistory(context, content);
  const position = content.position === undefined ? nextPosition(context, parentId) : content.position;
  const record = new ContentRecord(
    content.kind,
    id,
    space.id,
    content.title,
    status,
    parentId,
    status === "trashed" ? null : position,
    content.authorId ?? versions[0]!.authorId,
    content.createdAt === undefined ? versions[0]!.createdAt : toMs(content.createdAt),
    versions,
  );
  record.labels = (content.labels ?? []).map((name) => (state.label(name), name));
  record.subtype = content.subtype ?? null;
  record.embedUrl = content.embedUrl ?? null;
  state.addContent(record);
  reindexContent(context, record);
  return record;
}

/** What an edit changes. */
export interface Edit {
  readonly title?: string;
  readonly body?: string;
  readonly adf?: string;
  readonly message?: string;
  readonly minorEdit?: boolean;
  readonly authorId?: string;
  readonly at?: TimeLike;
}

/** Publishes a new version. */
export function editContent(context: VerbContext, id: string, edit: Edit): ContentRecord {
  const content = needContent(context, id);
  const title = edit.title ?? content.title;
  const holdsTitle = content.kind === "page" && content.status !== "trashed";
  if (holdsTitle) refuseTakenTitle(context, content.spaceId, title, id);
  const before = content.version;
  context.state.freeTitle(content);
  content.title = title;
  content.versions.push({
    number: before.number + 1,
    createdAt: edit.at === undefined ? context.clock.now() : toMs(edit.at),
    message: edit.message ?? "",
    minorEdit: edit.minorEdit ?? false,
    authorId: edit.authorId ?? context.authorId,
    title,
    storage: edit.body ?? before.storage,
    adf: edit.adf ?? (edit.body === undefined ? before.adf : null),
  });
  context.state.takeTitle(content);
  context.state.touch(content);
  reindexContent(context, content);
  return content;
}

/** Refuses a title that a current or archived page of the space holds. */
export function refuseTakenTitle(context: VerbContext, spaceId: string, title: string, id: string): void {
  const holder = context.state.spacesById.get(spaceId)?.titles.get(title.toLowerCase());
  if (holder === undefined || holder === id) return;
  throw new SiteError(
    "title_taken",
    "A page with this title already exists: A page already exists with the same TITLE in this space",
  );
}

/** Refuses a parent that is not there, lies in another space, or is in the trash. */
export function refuseBadParent(context: VerbContext, parentId: string, spaceId: string): void {
  const parent = needContent(context, parentId);
  if (parent.spaceId !== spaceId) {
    throw new SiteError("bad_request", `Cannot hang under ${parentId}: it is in another space`);
  }
  if (parent.status === "trashed") {
    throw new SiteError("bad_request", `Cannot hang under ${parentId}: it is trashed`);
  }
  if (parent.kind === "blogpost") {
    throw new SiteError("bad_request", `Cannot hang under ${parentId}: a blog post`);
  }
}

/** The place after all siblings. Top-level pages of a space need no exact place. */
export function nextPosition(context: VerbContext, parentId: string | null): number {
  return parentId === null ? 0 : context.state.childCount(parentId) * 64;
}

function toHistory(context: VerbContext, content: NewContent): VersionRecord[] {
  const createdAt = content.createdAt === undefined ? context.clock.now() : toMs(content.createdAt);
  const count = content.version ?? 1;
  const history = content.history ?? Array.from({ length: count }, (_, index): NewVersion => ({
    number: index + 1,
    createdAt: index + 1 === count ? content.updatedAt ?? createdAt : createdAt,
    message: index + 1 === count ? content.message ?? "" : "",
    minorEdit: index + 1 === count ? content.minorEdit ?? false : false,
  }));
  if (history.length === 0) throw new SiteError("bad_request", "Cannot add content: its history is empty");
  return history.map((version, index) => ({
    number: version.number ?? index + 1,
    createdAt: version.createdAt === undefined ? createdAt : toMs(version.createdAt),
    message: version.message ?? "",
    minorEdit: version.minorEdit ?? false,
    authorId: version.authorId ?? content.authorId ?? context.authorId,
    title: version.title ?? content.title,
    storage: version.body ?? content.body ?? "",
    adf: version.adf ?? (index === history.length - 1 ? content.adf ?? null : null),
  }));
}
