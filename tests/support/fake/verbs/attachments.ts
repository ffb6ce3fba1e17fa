/** What can happen to attachments. None of it makes a version of the page. */
import { AttachmentRecord, type AttachmentVersionRecord } from "../state/records.ts";
import { randomUuid } from "../state/random.ts";
import {
  needAttachment,
  needContent,
  reindexAttachment,
  SiteError,
  type TimeLike,
  toMs,
  type VerbContext,
} from "./context.ts";

/** A file to attach: real bytes, or just a size. */
export interface NewAttachment {
  readonly filename: string;
  readonly id?: string;
  /** @default "application/octet-stream" */
  readonly mediaType?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** @default 1024, where `bytes` is left out */
  readonly size?: number;
  readonly comment?: string;
  readonly authorId?: string;
  readonly createdAt?: TimeLike;
  /** Makes a history of that many versions. @default 1 */
  readonly version?: number;
  readonly message?: string;
  /** UUID of the newest version's content. @default made up */
  readonly fileId?: string;
}

export function attach(context: VerbContext, pageId: string, file: NewAttachment): AttachmentRecord {
  const container = needContent(context, pageId);
  const { state } = context;
  for (const other of state.attachmentsOf(pageId).rows) {
    if (other.filename === file.filename && other.status === "current") {
      throw new SiteError(
        "bad_request",
        `Cannot add a new attachment with same file name as an existing attachment: ${file.filename}`,
      );
    }
  }
  const id = file.id ?? `att${state.ids.next()}`;
  if (state.attachmentsById.has(id)) throw new SiteError("bad_request", `Cannot attach: id ${id} is taken`);
  const versions: AttachmentVersionRecord[] = [];
  for (let number = 1; number <= (file.version ?? 1); number++) {
    const { fileId: _, ...older } = file;
    versions.push(
      toVersion(context, number === (file.version ?? 1) ? file : older, number, "application/octet-stream"),
    );
  }
  const first = versions[0]!;
  const record = new AttachmentRecord(
    id,
    container.id,
    file.filename,
    "current",
    first.authorId,
    first.createdAt,
    versions,
  );
  state.addAttachment(record);
  reindexAttachment(context, record);
  return record;
}

/** Uploads a new version: same id, new file id. */
export function attachVersion(
  context: VerbContext,
  id: string,
  file: Partial<Omit<NewAttachment, "id" | "version">>,
): AttachmentRecord {
  const attachment = needAttachment(context, id);
  if (attachment.status !== "current") {
    throw new SiteError("conflict", `Cannot add a version of ${id}: it is ${attachment.status}`);
  }
  const before = attachment.version;
  attachment.versions.push(toVersion(
    context,
    { comment: before.comment, ...file },
    before.number + 1,
    before.mediaType,
  ));
  if (file.filename !== undefined) attachment.filename = file.filename;
  context.state.touchAttachment(attachment);
  reindexAttachment(context, attachment);
  return attachment;
}

/** Hangs an attachment under another page or blog post: same id, next version. */
export function carryAttachment(context: VerbContext, id: string, containerId: string): AttachmentRecord {
  const attachment = needAttachment(context, id);
  const container = needContent(context, containerId);
  context.state.removeAttachment(attachment);
  attachment.containerId = container.id;
  context.state.addAttachment(attachment);
  return attachVersion(context, id, {});
}

/** Puts an attachment in the trash. */
export function trashAttachment(context: VerbContext, id: string): AttachmentRecord {
  const attachment = needAttachment(context, id);
  attachment.status = "trashed";
  context.state.touchAttachment(attachment);
  reindexAttachment(context, attachment);
  return attachment;
}

/** Takes an attachment back out of the trash. */
export function restoreAttachment(context: VerbContext, id: string): AttachmentRecord {
  const attachment = needAttachment(context, id);
  attachment.status = "current";
  context.state.touchAttachment(attachment);
  reindexAttachment(context, attachment);
  return attachment;
}

/** Deletes an attachment for good. */
export function purgeAttachment(context: VerbContext, id: string): AttachmentRecord {
  const attachment = needAttachment(context, id);
  context.state.removeAttachment(attachment);
  context.index.note(context.clock.now(), id, null);
  return attachment;
}

function toVersion(
  context: VerbContext,
  file: Partial<NewAttachment>,
  number: number,
  mediaType: string,
): AttachmentVersionRecord {
  return {
    number,
    createdAt: file.createdAt === undefined ? context.clock.now() : toMs(file.createdAt),
    message: file.message ?? "",
    minorEdit: false,
    authorId: file.authorId ?? context.authorId,
    mediaType: file.mediaType ?? mediaType,
    fileId: file.fileId ?? randomUuid(context.random),
    comment: file.comment ?? "",
    bytes: file.bytes ?? file.size ?? 1024,
  };
}
