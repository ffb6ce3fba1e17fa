/**
 * The current pages with their bodies converted, a few at a time, links between them resolved through the index.
 *
 * @module
 */
import { type ConversionContext, parseBody, type ParsedBody } from "../content/mod.ts";
import { attachmentPlaces, pagesToConvert, type PageToConvert, type Readable } from "../database/reader.ts";
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
    yield* convertPages(index, pages, directory, options.hrefOf);
  }
}

/** A few pages, in their order. */
export async function* convertPages<P extends PageBody>(
  index: Readable,
  pages: readonly P[],
  directory: PageDirectory,
  hrefOf: ConvertOptions["hrefOf"],
): AsyncGenerator<ConvertedPage<P>> {
  const files = new Files();
  await files.read(index, pages.map(({ id }) => id));
  for (const page of pages) {
    let parsed = convert(page, directory, files, hrefOf);
    // A body that shows files of other pages is rare: only then are those asked for, and it is converted once more.
    if (files.missing.size > 0) {
      await files.read(index, [...files.missing]);
      parsed = convert(page, directory, files, hrefOf);
    }
    yield { page, parsed };
  }
}

function convert(
  page: PageBody,
  directory: PageDirectory,
  files: Files,
  hrefOf: ConvertOptions["hrefOf"],
): ParsedBody {
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
      const href = pageId === null ? undefined : files.url(pageId, filename);
      return href === undefined ? null : { href };
    },
    attachmentByFileId: (fileId) => files.byFileId(page.id, fileId),
  };
  const format = page.bodyFormat === "atlas_doc_format" ? "atlas_doc_format" : "storage";
  return parseBody({ format, value: page.body ?? "" }, context);
}

interface File {
  readonly filename: string;
  readonly href: string;
}

/** The attachments of the pages that were asked for, and which pages have yet to be. */
class Files {
  readonly #byName = new Map<string, File>();
  readonly #byFileId = new Map<string, File>();
  readonly #read = new Set<string>();
  readonly missing = new Set<string>();

  async read(index: Readable, pageIds: readonly string[]): Promise<void> {
    for (const id of pageIds) {
      this.#read.add(id);
      this.missing.delete(id);
    }
    for (const { pageId, filename, fileId, downloadUrl } of await attachmentPlaces(index, pageIds)) {
      const file = { filename, href: downloadUrl };
      this.#byName.set(nameOf(pageId, filename), file);
      if (fileId !== null) this.#byFileId.set(nameOf(pageId, fileId), file);
    }
  }

  url(pageId: string, filename: string): string | undefined {
    if (!this.#read.has(pageId)) this.missing.add(pageId);
    return this.#byName.get(nameOf(pageId, filename))?.href;
  }

  byFileId(pageId: string, fileId: string): File | null {
    return this.#byFileId.get(nameOf(pageId, fileId)) ?? null;
  }
}

function nameOf(pageId: string, name: string): string {
  return `${pageId}/${name.normalize("NFC")}`;
}
