/**
 * The current pages with their bodies converted, a few at a time, links between them resolved through the index.
 *
 * @module
 */
import { type ConversionContext, parseBody, type ParsedBody } from "../content/mod.ts";
import {
  type AttachmentPlace,
  attachmentPlaces,
  pagesToConvert,
  type PageToConvert,
  type Readable,
} from "../database/mod.ts";
import { inBatches } from "./in_batches.ts";
import type { PageDirectory } from "./page_directory.ts";

/** Pages read at once: bodies may be large. */
const PAGES = 50;

/** What a conversion needs of a page. */
export type PageBody = Pick<PageToConvert, "id" | "spaceKey" | "url" | "bodyFormat" | "body">;

/** A page and its body as a tree; one without a body has an empty tree. */
export interface ConvertedPage<P extends PageBody = PageToConvert> {
  readonly page: P;
  readonly parsed: ParsedBody;
}

/** Options of {@linkcode convertedPages}. */
export interface ConvertOptions {
  /** The address of a page of the directory, as it stands in the body of the page `from`. */
  readonly hrefOf: (id: string, from: string) => string;
  /** The same for the file of an attachment; undefined where there is none, so that links lead to its download URL. */
  readonly fileOf?: ((attachmentId: string, from: string) => string | undefined) | undefined;
  /** Checked between batches. */
  readonly signal?: AbortSignal | undefined;
}

/** All current pages, ordered by space key and id. */
export async function* convertedPages(
  index: Readable,
  directory: PageDirectory,
  options: ConvertOptions,
): AsyncGenerator<ConvertedPage> {
  for await (const pages of inBatches((after) => pagesToConvert(index, after, PAGES), options.signal)) {
    yield* convertPages(index, pages, directory, options.hrefOf, options.fileOf);
  }
}

/** A few pages, in their order. */
export async function* convertPages<P extends PageBody>(
  index: Readable,
  pages: readonly P[],
  directory: PageDirectory,
  hrefOf: ConvertOptions["hrefOf"],
  fileOf?: ConvertOptions["fileOf"],
): AsyncGenerator<ConvertedPage<P>> {
  const files = new Files();
  await files.read(index, pages.map(({ id }) => id));
  for (const page of pages) {
    let parsed = convert(page, directory, files, hrefOf, fileOf);
    // A body that shows files of other pages is rare: only then are those asked for, and it is converted once more.
    if (files.missing.size > 0) {
      await files.read(index, [...files.missing]);
      parsed = convert(page, directory, files, hrefOf, fileOf);
    }
    yield { page, parsed };
  }
}

function convert(
  page: PageBody,
  directory: PageDirectory,
  files: Files,
  hrefOf: ConvertOptions["hrefOf"],
  fileOf: ConvertOptions["fileOf"],
): ParsedBody {
  const hrefOfFile = ({ id, downloadUrl }: AttachmentPlace) => fileOf?.(id, page.id) ?? downloadUrl;
  const site = /^https?:\/\/.*?(?=\/spaces\/)/.exec(page.url)?.[0];
  const context: ConversionContext = {
    spaceKey: page.spaceKey,
    pageId: page.id,
    ...(site === undefined ? {} : { siteUrl: site }),
    resolvePage(spaceKey, title) {
      const known = directory.byTitle(spaceKey ?? page.spaceKey, title);
      return known === undefined ? null : { id: known.id, href: hrefOf(known.id, page.id) };
    },
    resolvePageId(id) {
      const known = directory.byId(id);
      return known === undefined ? null : { href: hrefOf(id, page.id), title: known.title };
    },
    resolveAttachment(pageId, filename) {
      const file = pageId === null ? undefined : files.byName(pageId, filename);
      return file === undefined ? null : { href: hrefOfFile(file) };
    },
    attachmentByFileId(fileId) {
      const file = files.byFileId(page.id, fileId);
      return file === undefined ? null : { filename: file.filename, href: hrefOfFile(file) };
    },
  };
  const format = page.bodyFormat === "atlas_doc_format" ? "atlas_doc_format" : "storage";
  return parseBody({ format, value: page.body ?? "" }, context);
}

/** The attachments of the pages that were asked for, and which pages have yet to be. */
class Files {
  readonly #byName = new Map<string, AttachmentPlace>();
  readonly #byFileId = new Map<string, AttachmentPlace>();
  readonly #read = new Set<string>();
  readonly missing = new Set<string>();

  async read(index: Readable, pageIds: readonly string[]): Promise<void> {
    for (const id of pageIds) {
      this.#read.add(id);
      this.missing.delete(id);
    }
    for (const file of await attachmentPlaces(index, pageIds)) {
      this.#byName.set(nameOf(file.pageId, file.filename), file);
      if (file.fileId !== null) this.#byFileId.set(nameOf(file.pageId, file.fileId), file);
    }
  }

  byName(pageId: string, filename: string): AttachmentPlace | undefined {
    if (!this.#read.has(pageId)) this.missing.add(pageId);
    return this.#byName.get(nameOf(pageId, filename));
  }

  byFileId(pageId: string, fileId: string): AttachmentPlace | undefined {
    return this.#byFileId.get(nameOf(pageId, fileId));
  }
}

function nameOf(pageId: string, name: string): string {
  return `${pageId}/${name.normalize("NFC")}`;
}
