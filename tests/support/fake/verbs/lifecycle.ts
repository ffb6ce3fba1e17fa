/** Moving, archiving, trashing, restoring, purging and hiding. Which of these make a version is api.md section 7. */
import type { ContentRecord } from "../state/records.ts";
import { editContent, nextPosition, refuseBadParent, refuseTakenTitle } from "./contents.ts";
import { needContent, needSpace, reindexWhole, SiteError, type VerbContext } from "./context.ts";

/** Where a page goes. */
export interface Move {
  /** Null or left out with `spaceKey`: top of the space. */
  readonly parentId?: string | null;
  readonly spaceKey?: string;
  readonly position?: number | null;
  /** As a v2 PUT does it: makes a version. The v1 move and dragging do not. */
  readonly bumpVersion?: boolean;
}

/** Moves a page with everything below it. */
export function moveContent(context: VerbContext, id: string, move: Move): ContentRecord {
  const content = needContent(context, id);
  if (content.status === "trashed") throw new SiteError("bad_request", `Cannot move ${id}: it is trashed`);
  const space = move.spaceKey === undefined
    ? context.state.spaceOf(content)
    : needSpace(context, move.spaceKey);
  const parentId = move.parentId !== undefined
    ? move.parentId
    : space.id === content.spaceId
    ? content.parentId
    : null;
  if (parentId !== null) {
    refuseBadParent(context, parentId, space.id);
    const parent = needContent(context, parentId);
    if (parent === content || context.state.ancestorsOf(parent).includes(content)) {
      throw new SiteError("bad_request", `Cannot move ${id}: ${parentId} is below it`);
    }
  }
  const position = move.position !== undefined
    ? move.position
    : parentId === content.parentId && space.id === content.spaceId
    ? content.position
    : nextPosition(context, parentId);
  if (space.id !== content.spaceId) moveToSpace(context, content, space.id);
  context.state.reparent(content, parentId, position);
  context.state.touch(content);
  if (move.bumpVersion) editContent(context, id, {});
  reindexWhole(context, content);
  return content;
}

function moveToSpace(context: VerbContext, root: ContentRecord, spaceId: string): void {
  const subtree = wholeSubtree(context, root);
  for (const content of subtree) {
    if (content.kind === "page") refuseTakenTitle(context, spaceId, content.title, content.id);
  }
  for (const content of subtree) {
    context.state.delist(content);
    content.spaceId = spaceId;
    context.state.enlist(content);
    reindexWhole(context, content);
  }
}

/** What becomes of the children of a thing that goes away. */
export interface LeaveOptions {
  /** `moveUp`: to the parent. `archive`: archived; with a trashed parent they end without one. */
  readonly children?: "moveUp" | "archive";
}

/** Puts a thing in the trash: it loses its place in the tree and gives back its title. */
export function trashContent(context: VerbContext, id: string, options: LeaveOptions = {}): ContentRecord {
  const content = needContent(context, id);
  if (content.status === "trashed") throw new SiteError("conflict", `Cannot trash ${id}: it is in the trash`);
  for (const child of context.state.childrenOf(id)) {
    if (options.children === "archive") {
      for (const below of wholeSubtree(context, child)) setStatus(context, below, "archived");
      context.state.reparent(child, null, null);
    } else {
      context.state.reparent(child, content.parentId, nextPosition(context, content.parentId));
    }
    reindexWhole(context, child);
  }
  context.state.freeTitle(content);
  context.state.reparent(content, null, null);
  content.status = "trashed";
  context.state.touch(content);
  reindexWhole(context, content);
  return content;
}

/** Archives a page: it keeps its parent and its title. */
export function archiveContent(context: VerbContext, id: string, options: LeaveOptions = {}): ContentRecord {
  const content = needContent(context, id);
  if (content.status !== "current") {
    throw new SiteError("conflict", `Cannot archive ${id}: it is ${content.status}`);
  }
  for (const child of context.state.childrenOf(id)) {
    if (options.children === "archive") {
      for (const below of wholeSubtree(context, child)) setStatus(context, below, "archived");
    } else {
      context.state.reparent(child, content.parentId, nextPosition(context, content.parentId));
      reindexWhole(context, child);
    }
  }
  setStatus(context, content, "archived");
  return content;
}

/** Where a restored page goes. */
export interface Restore {
  readonly parentId?: string | null;
  /** For a title that was taken meanwhile. */
  readonly title?: string;
}

/** Brings a page back from the archive or the trash, as a new version. */
export function restoreContent(context: VerbContext, id: string, restore: Restore = {}): ContentRecord {
  const content = needContent(context, id);
  if (content.status === "current") throw new SiteError("conflict", `Cannot restore ${id}: it is current`);
  if (content.kind === "page") refuseTakenTitle(context, content.spaceId, restore.title ?? content.title, id);
  const parentId = restore.parentId !== undefined ? restore.parentId : livingParent(context, content);
  if (parentId !== null) refuseBadParent(context, parentId, content.spaceId);
  content.status = "current";
  context.state.reparent(content, parentId, nextPosition(context, parentId));
  editContent(context, id, restore.title === undefined ? {} : { title: restore.title });
  reindexWhole(context, content);
  return content;
}

function livingParent(context: VerbContext, content: ContentRecord): string | null {
  if (content.parentId === null) return null;
  return context.state.contents.get(content.parentId)?.status === "current" ? content.parentId : null;
}

/** Deletes a thing for good, with its attachments and comments. Its children move up. */
export function purgeContent(context: VerbContext, id: string): ContentRecord {
  const content = needContent(context, id);
  for (const child of context.state.childrenOf(id)) {
    context.state.reparent(child, content.parentId, nextPosition(context, content.parentId));
    reindexWhole(context, child);
  }
  removeContent(context, content);
  return content;
}

/** Puts a thing back to an earlier version, as restoring a backup of the site does: newer ones never were. */
export function rollBackContent(context: VerbContext, id: string, version: number): ContentRecord {
  const content = needContent(context, id);
  const { versions, spaceId } = content;
  const at = versions.findIndex(({ number }) => number === version);
  if (at < 0) throw new SiteError("bad_request", `Cannot roll back ${id}: no version ${version}`);
  const { title } = versions[at]!;
  if (content.kind === "page") refuseTakenTitle(context, spaceId, title, id);
  context.state.freeTitle(content);
  versions.splice(at + 1);
  content.title = title;
  if (content.status === "trashed") content.status = "current";
  context.state.takeTitle(content);
  context.state.touch(content);
  reindexWhole(context, content);
  return content;
}

/**
 * Deletes an earlier version of a thing for good: those after it move down by one number and keep their times.
 * Source: `DELETE /content/{id}/version/{versionNumber}` of API v1.
 */
export function removeVersion(context: VerbContext, id: string, version: number): ContentRecord {
  const content = needContent(context, id);
  const { versions } = content;
  const at = versions.findIndex(({ number }) => number === version);
  if (at < 0 || at === versions.length - 1) {
    throw new SiteError("bad_request", `Cannot delete version ${version} of ${id}: it is no earlier one`);
  }
  const rest = versions.filter((_, i) => i !== at).map((each, i) => ({ ...each, number: i + 1 }));
  versions.splice(0, versions.length, ...rest);
  context.state.touch(content);
  reindexWhole(context, content);
  return content;
}

/** Takes a thing out of the site without looking at its children. */
export function removeContent(context: VerbContext, content: ContentRecord): void {
  const { state } = context;
  setVisibility(context, content, null);
  const attachments = [...state.attachmentsOf(content.id).rows];
  const comments = [...state.commentsOf(content.id).rows];
  const space = state.spaceOf(content);
  if (space.homepageId === content.id) space.homepageId = null;
  state.removeContent(content);
  const now = context.clock.now();
  context.index.note(now, content.id, null);
  for (const attachment of attachments) {
    state.removeAttachment(attachment);
    context.index.note(now, attachment.id, null);
  }
  for (const comment of comments) {
    state.removeComment(comment);
    context.index.note(now, comment.id, null);
  }
}

/** Restricts a page, and so everything below it, to the named accounts; null lifts the restriction. */
export function setContentVisibility(
  context: VerbContext,
  id: string,
  visibleTo: readonly string[] | null,
): ContentRecord {
  const content = needContent(context, id);
  setVisibility(context, content, visibleTo);
  return content;
}

function setVisibility(
  context: VerbContext,
  content: ContentRecord,
  visibleTo: readonly string[] | null,
): void {
  if ((content.visibleTo === null) !== (visibleTo === null)) {
    context.state.restricted += visibleTo === null ? -1 : 1;
  }
  content.visibleTo = visibleTo === null ? null : new Set(visibleTo);
}

function setStatus(context: VerbContext, content: ContentRecord, status: "archived"): void {
  if (content.status !== "current") return;
  content.status = status;
  context.state.touch(content);
  reindexWhole(context, content);
}

function wholeSubtree(context: VerbContext, root: ContentRecord): ContentRecord[] {
  const found = [root];
  for (let i = 0; i < found.length; i++) found.push(...context.state.childrenOf(found[i]!.id));
  return found;
}
