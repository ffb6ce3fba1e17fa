/**
 * The client of Confluence Cloud's REST API, for reading.
 *
 * @module
 */
import type { Attachment, BodyFormat, CurrentUser, Page, PageId, SearchHit, Space } from "../model/mod.ts";
import { type AttachmentsOptions, fetchAttachment, listAttachments } from "./attachments.ts";
import { ConfluenceNotFoundError } from "./errors.ts";
import { Http } from "./http.ts";
import type { Listing, ListOptions } from "./listing.ts";
import {
  base64,
  basicCredentials,
  type ConfluenceClientOptions,
  resolveBases,
  resolveLimits,
} from "./options.ts";
import { fetchPage, listPageIds, listPages, listPagesByIds } from "./pages.ts";
import type { PagesByIdsOptions, PagesOptions } from "./pages.ts";
import { searchContent, type SearchOptions } from "./search.ts";
import type { CallOptions } from "./single.ts";
import { listSpaces } from "./spaces.ts";
import type { ClientStats } from "./stats.ts";
import { systemClock } from "./system_clock.ts";
import { fetchCloudId, fetchCurrentUser } from "./users.ts";

/** Reads Confluence Cloud. All its requests share one limiter. */
export class ConfluenceClient {
  /** The site for people, `https://site.atlassian.net/wiki`, also when requests go to the gateway. */
  readonly siteUrl: string;
  readonly #http: Http;
  readonly #spaceIds = new Map<string, string>();

  /**
   * @param options Site and credentials.
   * @throws {ConfluenceIndexError} `configuration` for a base URL, credentials or limits that cannot work.
   */
  constructor(options: ConfluenceClientOptions) {
    const bases = resolveBases(options);
    const credentials = basicCredentials(options.email, options.apiToken);
    this.siteUrl = bases.siteUrl;
    this.#http = new Http({
      bases,
      credentials,
      secrets: [credentials, options.apiToken.trim(), base64(options.apiToken.trim())],
      limits: resolveLimits(options.limits),
      fetch: options.fetch ?? globalThis.fetch,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      signal: options.signal,
      onWait: options.onWait,
    });
  }

  /** What was done so far; a copy. */
  get stats(): ClientStats {
    return this.#http.stats;
  }

  /** The server's time in milliseconds, learned from its newest answer; the local clock before the first. */
  serverNow(): number {
    return this.#http.time.now();
  }

  /** Lists spaces; without keys and ids, all that the account can see. */
  getSpaces(
    keys?: readonly string[],
    options: { readonly ids?: readonly string[] | undefined } & ListOptions = {},
  ): Listing<Space> {
    return listSpaces(this.#http, { keys, ids: options.ids }, options, (space) => {
      this.#spaceIds.set(space.key.toLowerCase(), space.id);
    });
  }

  /** Lists the pages of a space by id, with bodies where a format is given. */
  getPages(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return listPages(this.#http, spaceId, bodyFormat, options);
  }

  /** Reads many pages by id. Ids that are absent or hidden are simply not in it. */
  getPagesByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return listPagesByIds(this.#http, ids, bodyFormat, options);
  }

  /** Reads one page, whatever its status. */
  getPageById(id: string, bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    return fetchPage(this.#http, id, bodyFormat, options);
  }

  /** Lists ids and versions of the pages of a space, without bodies. */
  getSpacePageIds(spaceKey: string, options: PagesOptions = {}): Listing<PageId> {
    const spaceId = (operation: string) => this.#spaceId(spaceKey, operation, options);
    return listPageIds(this.#http, spaceKey, spaceId, options);
  }

  /** Lists the attachments of a page. */
  getAttachmentsForPage(pageId: string, options: AttachmentsOptions = {}): Listing<Attachment> {
    return listAttachments(this.#http, pageId, options);
  }

  /** Reads one attachment, whatever its status. */
  getAttachmentById(id: string, options: CallOptions = {}): Promise<Attachment> {
    return fetchAttachment(this.#http, id, options);
  }

  /** Searches content by CQL. */
  searchCql(cql: string, options: SearchOptions = {}): Listing<SearchHit> {
    return searchContent(this.#http, cql, options);
  }

  /** Reads who the credentials belong to: `known`, or `anonymous` where they were silently ignored. */
  getCurrentUser(options: CallOptions = {}): Promise<CurrentUser> {
    return fetchCurrentUser(this.#http, options);
  }

  /** Reads the site's cloud id, without credentials. */
  getCloudId(options: CallOptions = {}): Promise<string> {
    return fetchCloudId(this.#http, options);
  }

  async #spaceId(key: string, operation: string, options: ListOptions): Promise<string> {
    const { signal, maxAttempts } = options;
    const known = this.#spaceIds.get(key.toLowerCase());
    if (known !== undefined) return known;
    for await (const space of this.getSpaces([key], { signal, maxAttempts })) {
      if (space.key.toLowerCase() === key.toLowerCase()) return space.id;
    }
    throw new ConfluenceNotFoundError(true, "no such space is visible to this account", {
      operation,
      url: `${this.siteUrl}/api/v2/spaces`,
      hint: "Check the key, and that the account may see the space.",
    });
  }
}
