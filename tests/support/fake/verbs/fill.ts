/** The bulk loader for benchmarks: many pages whose bodies are made when somebody asks. */
import { AttachmentRecord, ContentRecord } from "../state/records.ts";
import { randomUuid } from "../state/random.ts";
import {
  needSpace,
  reindexAttachment,
  reindexContent,
  type TimeLike,
  toMs,
  type VerbContext,
} from "./context.ts";

/** How much to make. */
export interface Fill {
  readonly spaceKey: string;
  readonly pages: number;
  /** Characters of each storage body. @default 8192 */
  readonly bodyBytes?: number;
  /** Attachments in all, spread over the pages. @default 0 */
  readonly attachments?: number;
  /** Bytes of each attachment. @default 20000 */
  readonly attachmentBytes?: number;
  /** When the first page was made; each next one is a minute younger. @default a minute per page before now */
  readonly createdAt?: TimeLike;
  /** Pages under one parent; 0 makes all of them top-level. @default 40 */
  readonly fanOut?: number;
}

/** Adds the pages to a space. The same call on the same seed makes the same pages. */
export function fill(context: VerbContext, options: Fill): { readonly pageIds: readonly string[] } {
  const { state } = context;
  const space = needSpace(context, options.spaceKey);
  const start = options.createdAt === undefined
    ? context.clock.now() - (options.pages + 1) * 60_000
    : toMs(options.createdAt);
  const fanOut = options.fanOut ?? 40;
  const storage = { bytes: options.bodyBytes ?? 8192 };
  const offset = space.pages.size;
  const pageIds: string[] = [];
  for (let n = 0; n < options.pages; n++) {
    const createdAt = start + n * 60_000;
    const title = `Filler ${String(offset + n + 1).padStart(6, "0")}`;
    const parentId = fanOut === 0 || n === 0 ? null : pageIds[Math.floor((n - 1) / fanOut)]!;
    const page = new ContentRecord(
      "page",
      state.ids.next(),
      space.id,
      title,
      "current",
      parentId,
      n,
      context.authorId,
      createdAt,
      [{
        number: 1,
        createdAt,
        message: "",
        minorEdit: false,
        authorId: context.authorId,
        title,
        storage,
        adf: null,
      }],
    );
    state.addContent(page);
    reindexContent(context, page);
    pageIds.push(page.id);
  }
  for (let n = 0; n < (options.attachments ?? 0); n++) {
    const createdAt = start + n * 30_000;
    const attachment = new AttachmentRecord(
      `att${state.ids.next()}`,
      pageIds[n % pageIds.length]!,
      `file-${n + 1}.bin`,
      "current",
      context.authorId,
      createdAt,
      [{
        number: 1,
        createdAt,
        message: "",
        minorEdit: false,
        authorId: context.authorId,
        mediaType: "application/octet-stream",
        fileId: randomUuid(context.random),
        comment: "",
        bytes: options.attachmentBytes ?? 20_000,
      }],
    );
    state.addAttachment(attachment);
    reindexAttachment(context, attachment);
  }
  return { pageIds };
}
