/** What every verb works on. */
import type { FakeClock } from "../options.ts";
import type { AttachmentRecord, CommentRecord, ContentRecord } from "../state/records.ts";
import type { SiteState } from "../state/state.ts";
import type { SearchIndex } from "../search/search_index.ts";
import { attachmentDocument, commentDocument, contentDocument, spaceDocument } from "../search/documents.ts";
import type { SpaceRecord } from "../state/records.ts";

/** The site as verbs see it. */
export interface VerbContext {
  readonly state: SiteState;
  readonly index: SearchIndex;
  readonly clock: FakeClock;
  readonly random: () => number;
  /** Who does things when nobody is named. */
  readonly authorId: string;
}

/** Why a verb refused. */
export type RefusalCode = "not_found" | "title_taken" | "conflict" | "bad_request";

/** A change that Confluence would not allow either. */
export class SiteError extends Error {
  override name = "SiteError";

  constructor(readonly code: RefusalCode, message: string) {
    super(message);
  }
}

/** A time as tests write it. */
export type TimeLike = number | string;

/** Milliseconds of a {@linkcode TimeLike}. */
export function toMs(time: TimeLike): number {
  const ms = typeof time === "number" ? time : Date.parse(time);
  if (Number.isNaN(ms)) throw new SiteError("bad_request", `Cannot read time: "${time}" is no ISO 8601 time`);
  return ms;
}

/** The page, blog post, folder … of an id. */
export function needContent(context: VerbContext, id: string): ContentRecord {
  const content = context.state.contents.get(id);
  if (content === undefined) throw new SiteError("not_found", `Cannot find content: no id ${id}`);
  return content;
}

/** The attachment of an id. */
export function needAttachment(context: VerbContext, id: string): AttachmentRecord {
  const attachment = context.state.attachmentsById.get(id);
  if (attachment === undefined) throw new SiteError("not_found", `Cannot find attachment: no id ${id}`);
  return attachment;
}

/** The space of an id or key. */
export function needSpace(context: VerbContext, idOrKey: string): SpaceRecord {
  const { spacesById, spacesByKey } = context.state;
  const space = spacesById.get(idOrKey) ?? spacesByKey.get(idOrKey.toLowerCase());
  if (space === undefined) throw new SiteError("not_found", `Cannot find space: no id or key ${idOrKey}`);
  return space;
}

/** Tells the index that one thing changed. */
export function reindexContent(context: VerbContext, content: ContentRecord): void {
  context.index.note(context.clock.now(), content.id, contentDocument(context.state, content));
}

/** Tells the index that a thing and all that hangs on it changed: status, space or sight. */
export function reindexWhole(context: VerbContext, content: ContentRecord): void {
  reindexContent(context, content);
  for (const attachment of context.state.attachmentsOf(content.id).rows) {
    reindexAttachment(context, attachment);
  }
  for (const comment of context.state.commentsOf(content.id).rows) reindexComment(context, comment);
}

export function reindexAttachment(context: VerbContext, attachment: AttachmentRecord): void {
  context.index.note(context.clock.now(), attachment.id, attachmentDocument(context.state, attachment));
}

export function reindexComment(context: VerbContext, comment: CommentRecord): void {
  context.index.note(context.clock.now(), comment.id, commentDocument(context.state, comment));
}

export function reindexSpace(context: VerbContext, space: SpaceRecord): void {
  context.index.note(context.clock.now(), `space:${space.id}`, spaceDocument(context.state, space));
}
