/**
 * What a row of the API means for the index: pure decisions, no reading, no writing.
 *
 * @module
 */
import type { Attachment, BodyFormat, Comment, Page, Subject } from "../model/mod.ts";
import {
  type ChangeEvent,
  CLOCK_ERROR,
  type KnownAttachment,
  type KnownComment,
  type KnownPage,
} from "../database/mod.ts";
import { CLOSE, heldAs, isFromBefore } from "./shown.ts";

/** In milliseconds; answers are not behind by more. */
const LATENESS = 10 * 60 * 1000;

/** What to do with a page. */
export type PageDecision =
  | { readonly action: "keep" }
  /** Older than what the index holds: an answer from the past. */
  | { readonly action: "ignore" }
  | PageWrite;

/** A page that must be written. */
export interface PageWrite {
  readonly action: "write";
  readonly added: boolean;
  readonly restored: boolean;
  /** Whether the body must be fetched, because the version or the format is new. */
  readonly needsBody: boolean;
  /** The version that is current in the index; null for a new page. */
  readonly replaces: number | null;
  /** The space it was counted in until now, when that is another one; null otherwise. */
  readonly movedFrom: string | null;
  readonly events: readonly ChangeEvent[];
}

/**
 * Decides about one page, or blog post.
 *
 * @param page As it was read.
 * @param known As the index holds it.
 * @param bodyFormat The format in which bodies are kept.
 * @param subject Which of the two.
 * @param believe Whether an older version is no answer from the past, but what the site holds now.
 */
export function comparePage(
  page: Page,
  known: KnownPage | undefined,
  bodyFormat: BodyFormat,
  subject: Subject = "page",
  believe = false,
): PageDecision {
  const version = page.version.number;
  const event = (
    kind: ChangeEvent["kind"],
    oldValue: string | null,
    newValue: string | null,
  ): ChangeEvent => ({
    kind,
    subject,
    subjectId: page.id,
    version,
    spaceId: page.spaceId,
    oldValue,
    newValue,
  });
  if (known === undefined) {
    return {
      action: "write",
      added: true,
      restored: false,
      needsBody: true,
      replaces: null,
      movedFrom: null,
      events: [event("added", null, page.title)],
    };
  }
  // A site that was put back from a backup counts on from there: its versions have old numbers and new times.
  const { createdAt } = page.version;
  const anew = version <= known.version &&
    (believe ? createdAt !== known.updatedAt : createdAt > known.updatedAt);
  if (isFromBefore(page.version, heldAs(known)) && !believe && !isLongGone(known, page)) {
    return { action: "ignore" };
  }
  const events: ChangeEvent[] = [];
  const restored = known.deletedAt !== null;
  if (restored) events.push(event("restored", known.deletionReason, page.status));
  else if (known.status !== page.status) {
    events.push(event(page.status === "archived" ? "archived" : "restored", known.status, page.status));
  }
  const other = version !== known.version || anew;
  if (other) events.push(event("updated", String(known.version), String(version)));
  if (known.title !== page.title) events.push(event("renamed", known.title, page.title));
  const [oldPlace, newPlace] = [place(known), place(page)];
  if (oldPlace !== newPlace) events.push(event("moved", oldPlace, newPlace));
  const reformatted = known.bodyFormat !== bodyFormat;
  const rewritten = page.body !== null && known.body !== undefined && page.body.value !== known.body;
  if (events.length === 0) {
    if (reformatted) events.push(event("updated", known.bodyFormat, bodyFormat));
    else if (rewritten) events.push(event("updated", String(known.version), String(version)));
    else {
      // What makes no version, or may make none.
      const isHandedOver = page.ownerId !== null && page.ownerId !== known.ownerId;
      if (isHandedOver) events.push(event("updated", known.ownerId, page.ownerId));
      const isConverted = (page.subtype === "live") !== (known.subtype === "live");
      if (isConverted) events.push(event("updated", known.subtype, page.subtype));
    }
  }
  if (events.length === 0) return { action: "keep" };
  return {
    action: "write",
    added: false,
    restored,
    needsBody: other || reformatted || rewritten,
    replaces: known.version,
    movedFrom: !restored && known.spaceId !== page.spaceId ? known.spaceId : null,
    events,
  };
}

/** Whether a page was called deleted so long before an answer was asked for that the answer cannot be from before that. */
function isLongGone({ deletedAt }: KnownPage, { askedAt }: Page): boolean {
  if (deletedAt === null) return false;
  const age = Date.parse(askedAt) - Date.parse(deletedAt);
  return age >= LATENESS || age <= -CLOCK_ERROR;
}

function place(page: Pick<KnownPage, "spaceId" | "parentId" | "parentType" | "position">): string {
  return JSON.stringify({
    space_id: page.spaceId,
    parent_id: page.parentId,
    parent_type: page.parentType,
    position: page.position,
  });
}

/** What to do with an attachment, or a comment. */
export type PartDecision =
  | { readonly action: "keep" }
  | { readonly action: "ignore" }
  | {
    readonly action: "write";
    readonly added: boolean;
    readonly replaces: number | null;
    readonly events: readonly ChangeEvent[];
  };

/**
 * Decides about one attachment of a space.
 *
 * @param believe As for pages.
 */
export function compareAttachment(
  attachment: Attachment,
  spaceId: string,
  known: KnownAttachment | undefined,
  believe = false,
): PartDecision {
  const { filename, containerId } = attachment;
  return comparePart("attachment", attachment, spaceId, known, believe, filename, (held, event, isOther) => [
    ...(isOther ? [event("updated", String(held.version), String(attachment.version.number))] : []),
    ...(held.filename === filename ? [] : [event("renamed", held.filename, filename)]),
    ...(held.pageId === containerId && held.spaceId === spaceId
      ? []
      : [event("moved", held.pageId, containerId)]),
  ]);
}

/**
 * Decides about one comment of a space.
 *
 * @param believe As for pages.
 */
export function compareComment(
  comment: Comment,
  spaceId: string,
  known: KnownComment | undefined,
  believe = false,
): PartDecision {
  const { containerId, resolution, body } = comment;
  return comparePart("comment", comment, spaceId, known, believe, containerId, (held, event, isOther) => {
    const format = body?.format ?? held.bodyFormat;
    return [
      ...(isOther
        ? [event("updated", String(held.version), String(comment.version.number))]
        : held.resolution !== resolution
        ? [event("updated", held.resolution, resolution)]
        : held.bodyFormat !== format
        ? [event("updated", held.bodyFormat, format)]
        : []),
      ...(held.pageId === containerId ? [] : [event("moved", held.pageId, containerId)]),
    ];
  });
}

type MakeEvent = (kind: ChangeEvent["kind"], oldValue: string | null, newValue: string | null) => ChangeEvent;

/**
 * What attachments and comments have in common.
 *
 * @param name What the feed says of one that is new.
 * @param changes What differs from a row that is there; `isOther` where the version is not the one of the row.
 */
function comparePart<Known extends KnownAttachment | KnownComment>(
  subject: "attachment" | "comment",
  part: Pick<Attachment | Comment, "id" | "status" | "version">,
  spaceId: string,
  known: Known | undefined,
  believe: boolean,
  name: string,
  changes: (held: Known, event: MakeEvent, isOther: boolean) => ChangeEvent[],
): PartDecision {
  const version = part.version.number;
  const event: MakeEvent = (kind, oldValue, newValue) => ({
    kind,
    subject,
    subjectId: part.id,
    version,
    spaceId,
    oldValue,
    newValue,
  });
  if (known === undefined) {
    return { action: "write", added: true, replaces: null, events: [event("added", null, name)] };
  }
  const anew = isAnew(part.version, known, believe);
  if (isFromBefore(part.version, heldAs(known)) && !anew && !believe) {
    return { action: "ignore" };
  }
  const events = [
    ...(known.deletedAt === null ? [] : [event("restored", known.deletedAt, part.status)]),
    ...changes(known, event, version !== known.version || anew),
  ];
  if (events.length === 0) return { action: "keep" };
  return { action: "write", added: false, replaces: known.version, events };
}

/**
 * Whether a version of an attachment or comment is none that the index knows, though its number is: see {@linkcode comparePage}. These come
 * from two versions of the API, which may not agree on milliseconds.
 */
export function isAnew(
  { number, createdAt }: { readonly number: number; readonly createdAt: string },
  known: { readonly version: number; readonly updatedAt: string },
  believe = false,
): boolean {
  const later = Date.parse(createdAt) - Date.parse(known.updatedAt);
  return number <= known.version && (believe ? Math.abs(later) : later) >= CLOSE;
}
