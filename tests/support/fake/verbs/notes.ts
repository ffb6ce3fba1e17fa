/** Labels and comments: neither touches the version of what they hang on. */
import { CommentRecord } from "../state/records.ts";
import { randomUuid } from "../state/random.ts";
import {
  needContent,
  reindexAttachment,
  reindexComment,
  reindexContent,
  SiteError,
  type TimeLike,
  toMs,
  type VerbContext,
} from "./context.ts";

/** Adds a label to a page, blog post or attachment. */
export function addLabel(context: VerbContext, id: string, name: string): void {
  const { labels, changed } = labelsOf(context, id);
  context.state.label(name);
  if (!labels.includes(name)) labels.push(name);
  changed();
}

/** Removes a label; a label that is not there is no error. */
export function removeLabel(context: VerbContext, id: string, name: string): void {
  const { labels, changed } = labelsOf(context, id);
  const index = labels.indexOf(name);
  if (index >= 0) labels.splice(index, 1);
  changed();
}

function labelsOf(context: VerbContext, id: string): { labels: string[]; changed: () => void } {
  const attachment = context.state.attachmentsById.get(id);
  if (attachment !== undefined) {
    return { labels: attachment.labels, changed: () => reindexAttachment(context, attachment) };
  }
  const content = needContent(context, id);
  return { labels: content.labels, changed: () => reindexContent(context, content) };
}

/** A comment to add. */
export interface NewComment {
  readonly id?: string;
  readonly body?: string;
  readonly parentCommentId?: string;
  readonly authorId?: string;
  readonly createdAt?: TimeLike;
  /** The text an inline comment is about. */
  readonly selection?: string;
  readonly resolution?: CommentRecord["resolution"];
}

export function addComment(
  context: VerbContext,
  kind: "footer" | "inline",
  containerId: string,
  comment: NewComment,
): CommentRecord {
  const { state } = context;
  const container = needContent(context, containerId);
  if (comment.parentCommentId !== undefined && !state.commentsById.has(comment.parentCommentId)) {
    throw new SiteError("not_found", `Cannot find comment: no id ${comment.parentCommentId}`);
  }
  const createdAt = comment.createdAt === undefined ? context.clock.now() : toMs(comment.createdAt);
  const authorId = comment.authorId ?? context.authorId;
  const record = new CommentRecord(
    kind,
    comment.id ?? state.ids.next(),
    container.id,
    comment.parentCommentId ?? null,
    "current",
    authorId,
    createdAt,
    [{
      number: 1,
      createdAt,
      message: "",
      minorEdit: false,
      authorId,
      title: `Re: ${container.title}`,
      storage: comment.body ?? "",
      adf: null,
    }],
    randomUuid(context.random),
    comment.selection ?? "",
  );
  record.resolution = comment.resolution ?? "open";
  state.addComment(record);
  reindexComment(context, record);
  return record;
}

/** Writes a comment anew. */
export function editComment(context: VerbContext, id: string, body: string): CommentRecord {
  const comment = needComment(context, id);
  const { version } = comment;
  comment.versions.push({
    ...version,
    number: version.number + 1,
    createdAt: context.clock.now(),
    storage: body,
    adf: null,
  });
  context.state.touchComment(comment);
  reindexComment(context, comment);
  return comment;
}

/** Resolves the thread of an inline comment, or opens it again; makes no version. */
export function resolveComment(
  context: VerbContext,
  id: string,
  resolution: CommentRecord["resolution"],
): CommentRecord {
  const comment = needComment(context, id);
  comment.resolution = resolution;
  return comment;
}

/** Deletes a comment for good; what replied to it stays. */
export function deleteComment(context: VerbContext, id: string): CommentRecord {
  const comment = needComment(context, id);
  context.state.removeComment(comment);
  context.index.note(context.clock.now(), id, null);
  return comment;
}

function needComment(context: VerbContext, id: string): CommentRecord {
  const comment = context.state.commentsById.get(id);
  if (comment === undefined) throw new SiteError("not_found", `Cannot find comment: no id ${id}`);
  return comment;
}
