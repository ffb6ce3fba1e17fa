/**
 * Asking Confluence what a run would ask, without the bodies.
 *
 * @module
 */
import type {
  Attachment,
  BodyFormat,
  Container,
  ContainerType,
  CurrentUser,
  Label,
  Page,
  SearchHit,
  Space,
} from "../model/mod.ts";
import type {
  AttachmentsOptions,
  Batch,
  CallOptions,
  Listing,
  ListOptions,
  PagesByIdsOptions,
  PagesOptions,
  SearchOptions,
} from "../confluence/mod.ts";
import type { Source } from "./context.ts";

/**
 * A source that counts what a run would cost. Where a run asks for bodies, it asks without, and hands out empty ones: what is
 * decided about a page does not depend on its body.
 */
export class BodilessSource implements Source {
  readonly #source: Source;
  readonly #unasked = new Set<string>();
  #requests = 0;
  #bodies = 0;
  #askedOneByOne = 0;

  /** @param source What is really asked. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** Requests that a run would have sent so far, without retries. */
  get requests(): number {
    return this.#requests;
  }

  /** Bodies that a run would have received so far. */
  get bodies(): number {
    return this.#bodies;
  }

  /** Pages that a run would ask for their attachments one by one; beyond the first hundred, a plan spares itself that. */
  get unasked(): ReadonlySet<string> {
    return this.#unasked;
  }

  serverNow(): number {
    return this.#source.serverNow();
  }

  getSpaces(
    keys?: readonly string[],
    options: { readonly ids?: readonly string[] | undefined } & ListOptions = {},
  ): Listing<Space> {
    return this.#counted(this.#source.getSpaces(keys, options));
  }

  getPages(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return this.#counted(this.#source.getPages(spaceId, undefined, options), this.#withBody(bodyFormat));
  }

  getPagesByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return this.#counted(this.#source.getPagesByIds(ids, undefined, options), this.#withBody(bodyFormat));
  }

  getPageById(id: string, _bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    this.#requests++;
    return this.#source.getPageById(id, undefined, options);
  }

  getBlogPosts(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return this.#counted(this.#source.getBlogPosts(spaceId, undefined, options), this.#withBody(bodyFormat));
  }

  getBlogPostsByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return this.#counted(
      this.#source.getBlogPostsByIds(ids, undefined, options),
      this.#withBody(bodyFormat),
    );
  }

  getBlogPostById(id: string, _bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    this.#requests++;
    return this.#source.getBlogPostById(id, undefined, options);
  }

  getAttachmentsForPage(pageId: string, options: AttachmentsOptions = {}): Listing<Attachment> {
    if (this.#askedOneByOne < ONE_BY_ONE) {
      this.#askedOneByOne++;
      return this.#counted(this.#source.getAttachmentsForPage(pageId, options));
    }
    this.#requests++;
    this.#unasked.add(pageId);
    return { batches: nothing, [Symbol.asyncIterator]: nothing };
  }

  getAttachmentById(id: string, options: CallOptions = {}): Promise<Attachment> {
    this.#requests++;
    return this.#source.getAttachmentById(id, options);
  }

  getContainer(type: ContainerType, id: string, options: CallOptions = {}): Promise<Container> {
    this.#requests++;
    return this.#source.getContainer(type, id, options);
  }

  /** What labels a page has makes no difference to a plan. */
  getLabelsForPage(_pageId: string, _options: ListOptions = {}): Listing<Label> {
    this.#requests++;
    return { batches: nothing, [Symbol.asyncIterator]: nothing };
  }

  searchCql(cql: string, options: SearchOptions = {}): Listing<SearchHit> {
    return this.#counted(this.#source.searchCql(cql, options));
  }

  getCurrentUser(options: CallOptions = {}): Promise<CurrentUser> {
    this.#requests++;
    return this.#source.getCurrentUser(options);
  }

  #withBody(format: BodyFormat | undefined): (page: Page) => Page {
    if (format === undefined) return (page) => page;
    return (page) => {
      this.#bodies++;
      return { ...page, body: { format, value: "" } };
    };
  }

  /** The same list; each of its batches is one request. */
  #counted<T>(listing: Listing<T>, change: (item: T) => T = (item) => item): Listing<T> {
    const count = () => this.#requests++;
    async function* batches(): AsyncGenerator<Batch<T>> {
      const answers = listing.batches()[Symbol.asyncIterator]();
      try {
        while (true) {
          const { value, done } = await answers.next().catch((error) => {
            count();
            throw error;
          });
          if (done === true) return;
          count();
          yield { ...value, items: value.items.map(change) };
        }
      } finally {
        await answers.return?.();
      }
    }
    return {
      batches,
      async *[Symbol.asyncIterator]() {
        for await (const batch of batches()) yield* batch.items;
      },
    };
  }
}

/** Pages that are asked for their attachments one by one, for each space. */
const ONE_BY_ONE = 100;

async function* nothing(): AsyncGenerator<never> {}
