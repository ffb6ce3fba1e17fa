/**
 * Asking for blog posts where pages are asked for.
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
} from "../model/mod.ts";
import type { SearchHit, Space } from "../model/mod.ts";
import type {
  AttachmentsOptions,
  CallOptions,
  Listing,
  ListOptions,
  PagesByIdsOptions,
  PagesOptions,
  SearchOptions,
} from "../confluence/mod.ts";
import type { Source } from "./context.ts";

/** A blog post is never archived, and no list takes the word. */
const STATUSES = ["current", "trashed", "deleted"];

/** A source whose pages are the blog posts of another. */
export class PostsAsPages implements Source {
  readonly #source: Source;

  /** @param source What is really asked. */
  constructor(source: Source) {
    this.#source = source;
  }

  getPages(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return this.#source.getBlogPosts(spaceId, bodyFormat, withStatuses(options));
  }

  getPagesByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return this.#source.getBlogPostsByIds(ids, bodyFormat, withStatuses(options));
  }

  getPageById(id: string, bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    return this.#source.getBlogPostById(id, bodyFormat, options);
  }

  getBlogPosts(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return this.#source.getBlogPosts(spaceId, bodyFormat, options);
  }

  getBlogPostsByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return this.#source.getBlogPostsByIds(ids, bodyFormat, options);
  }

  getBlogPostById(id: string, bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    return this.#source.getBlogPostById(id, bodyFormat, options);
  }

  serverNow(): number {
    return this.#source.serverNow();
  }

  getSpaces(
    keys?: readonly string[],
    options: { readonly ids?: readonly string[] | undefined } & ListOptions = {},
  ): Listing<Space> {
    return this.#source.getSpaces(keys, options);
  }

  getCurrentUser(options: CallOptions = {}): Promise<CurrentUser> {
    return this.#source.getCurrentUser(options);
  }

  getAttachmentsForPage(pageId: string, options: AttachmentsOptions = {}): Listing<Attachment> {
    return this.#source.getAttachmentsForPage(pageId, options);
  }

  getAttachmentById(id: string, options: CallOptions = {}): Promise<Attachment> {
    return this.#source.getAttachmentById(id, options);
  }

  getLabelsForPage(pageId: string, options: ListOptions = {}): Listing<Label> {
    return this.#source.getLabelsForPage(pageId, options);
  }

  getContainer(type: ContainerType, id: string, options: CallOptions = {}): Promise<Container> {
    return this.#source.getContainer(type, id, options);
  }

  searchCql(cql: string, options: SearchOptions = {}): Listing<SearchHit> {
    return this.#source.searchCql(cql, options);
  }
}

function withStatuses<T extends PagesOptions | PagesByIdsOptions>(options: T): T {
  const { statuses } = options;
  return statuses === undefined
    ? options
    : { ...options, statuses: statuses.filter((status) => STATUSES.includes(status)) };
}
