/**
 * The client of Confluence Cloud's REST API, for reading.
 *
 * @module
 */
import type {
  Attachment,
  BodyFormat,
  Comment,
  CommentKind,
  Container,
  ContainerType,
  CurrentUser,
  Label,
  Page,
  PageId,
  PageVersion,
  SearchHit,
  Space,
} from "../model/mod.ts";
import { type AttachmentsOptions, fetchAttachment, listAttachments } from "./attachments.ts";
import { digestFor } from "./credentials_digest.ts";
import { download, type Downloadable, type DownloadOptions, type DownloadSink } from "./download.ts";
import { fetchComment } from "./comments.ts";
import { fetchContainer } from "./containers.ts";
import { ConfluenceNotFoundError } from "./errors.ts";
import { Http } from "./http.ts";
import { listLabels } from "./labels.ts";
import type { Listing, ListOptions } from "./listing.ts";
import {
  base64,
  basicCredentials,
  type ConfluenceClientOptions,
  mayTurnToGateway,
  resolveBases,
  resolveLimits,
  resolveMediaOrigin,
} from "./options.ts";
import { listPageVersions, type PageVersionsOptions } from "./page_versions.ts";
import { fetchPage, listPageIds, listPages, listPagesByIds } from "./pages.ts";
import type { PagesByIdsOptions, PagesOptions } from "./pages.ts";
import { searchContent, type SearchOptions } from "./search.ts";
import type { CallOptions } from "./single.ts";
import { listSpaces } from "./spaces.ts";
import type { ClientStats } from "./stats.ts";
import { systemClock } from "./system_clock.ts";
import { fetchCloudId, fetchCurrentUser } from "./users.ts";

/**
 * Reads Confluence Cloud. All requests of one client share one limiter; everything is tried again where that is worth
 * it; credentials go to the site or the gateway only.
 *
 * Lists are asked for while they are walked: `for await (const page of client.getPages(id))`. A row that cannot be
 * used does not end a list; see {@linkcode ListOptions.onInvalid}.
 *
 * @example Usage
 * ```ts
 * import { ConfluenceClient } from "@confluence-index/confluence-index";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new ConfluenceClient({
 *   baseUrl: "https://example.atlassian.net/wiki",
 *   email: "me@example.com",
 *   apiToken: "secret",
 *   // Left out, requests go to the site.
 *   fetch: () => Promise.resolve(Response.json({ results: [{ id: "1", key: "DOCS", name: "Documents" }] })),
 * });
 * const keys = await Array.fromAsync(client.getSpaces(), (space) => space.key);
 * assertEquals(keys, ["DOCS"]);
 * assertEquals(client.stats.requests, 1);
 * ```
 */
export class ConfluenceClient {
  /** The site for people, `https://site.atlassian.net/wiki`, also when requests go to the gateway. */
  readonly siteUrl: string;
  /** A digest of the credentials at this site, 16 hexadecimal digits: the same for the same ones. It tells nothing else about them. */
  readonly credentialsDigest: string;
  readonly #http: Http;
  readonly #spaceIds = new Map<string, string>();

  /**
   * Makes a client; sends nothing yet.
   *
   * @param options Site and credentials; the rest has defaults.
   * @throws {ConfluenceIndexError} `configuration` for a base URL, credentials or limits that cannot work.
   */
  constructor(options: ConfluenceClientOptions) {
    const bases = resolveBases(options);
    const credentials = basicCredentials(options.email, options.apiToken);
    const token = options.apiToken.trim();
    this.siteUrl = bases.siteUrl;
    this.credentialsDigest = digestFor(credentials, bases.siteUrl);
    this.#http = new Http({
      bases,
      mediaOrigin: resolveMediaOrigin(options),
      findGateway: !mayTurnToGateway(options)
        ? undefined
        : async (signal) => resolveBases({ ...options, cloudId: await this.getCloudId({ signal }) }),
      credentials,
      secrets: [credentials, token, base64(token)],
      limits: resolveLimits(options.limits),
      fetch: options.fetch ?? globalThis.fetch,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      signal: options.signal,
      onWait: options.onWait,
    });
  }

  /** The cloud id that requests go through the gateway with; null while they go to the site. */
  get cloudId(): string | null {
    return /\/ex\/confluence\/([^/]+)\/wiki$/.exec(this.#http.bases.requestBase)?.[1] ?? null;
  }

  /** What was done so far; a copy that does not change. */
  get stats(): ClientStats {
    return this.#http.stats;
  }

  /**
   * The server's time, learned from its newest answer; the local clock before the first.
   *
   * @returns Milliseconds since 1970.
   */
  serverNow(): number {
    return this.#http.time.now();
  }

  /**
   * Lists spaces by id, 250 at a time.
   *
   * Source: `GET /wiki/api/v2/spaces`.
   *
   * @example One space by its key
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [{ id: 7, key: "~me", name: "Mine", type: "personal" }] })),
   * });
   * const [space] = await Array.fromAsync(client.getSpaces(["~ME"]));
   * assertEquals(space?.id, "7");
   * assertEquals(space?.url, "https://example.atlassian.net/wiki/spaces/~me");
   * ```
   *
   * @param keys Keys in any case; left out, all spaces the account can see. Unknown keys are simply not in the list.
   * @param options Ids instead of or beside keys, and options of every list.
   * @throws {ConfluenceError} While it is walked.
   */
  getSpaces(
    keys?: readonly string[],
    options: { readonly ids?: readonly string[] | undefined } & ListOptions = {},
  ): Listing<Space> {
    return listSpaces(this.#http, { keys, ids: options.ids }, options, (space) => {
      this.#spaceIds.set(space.key.toLowerCase(), space.id);
    });
  }

  /**
   * Lists the pages of a space by id, with bodies where a format is given.
   *
   * Source: `GET /wiki/api/v2/spaces/{id}/pages`.
   *
   * @example Pages with bodies, and where to go on after an interruption
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const time = "2026-01-02T03:04:05Z";
   * const page = { id: "5", status: "current", title: "Hi", spaceId: "1", createdAt: time };
   * const row = { ...page, version: { number: 2, createdAt: time }, body: { storage: { value: "<p>Hi</p>" } } };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [row], _links: {} })),
   * });
   * for await (const batch of client.getPages("1", "storage").batches()) {
   *   assertEquals(batch.items[0]?.body, { format: "storage", value: "<p>Hi</p>" });
   *   assertEquals(batch.next, null); // else: getPages("1", "storage", { from: batch.next })
   * }
   * ```
   *
   * @param spaceId Numeric id as text.
   * @param bodyFormat Left out, pages come without bodies.
   * @param options Statuses, rows in one answer, a link to resume at, and options of every list.
   * @throws {ConfluenceIndexError} `usage` for an impossible id, limit or link; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getPages(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return listPages(this.#http, spaceId, bodyFormat, options);
  }

  /**
   * Reads many pages by id, up to 250 in one request. Ids that are absent or hidden are simply not in it.
   *
   * Source: `GET /wiki/api/v2/pages?id=…`.
   *
   * @example Which of these pages can I see?
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const time = "2026-01-02T03:04:05Z";
   * const page = { id: "5", status: "trashed", title: "Hi", spaceId: "1", createdAt: time };
   * const row = { ...page, version: { number: 2, createdAt: time } };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [row], _links: {} })),
   * });
   * const statuses = ["current", "archived", "trashed"];
   * const pages = await Array.fromAsync(client.getPagesByIds(["5", "6"], undefined, { statuses }));
   * assertEquals(pages.map((page) => [page.id, page.status]), [["5", "trashed"]]);
   * ```
   *
   * @param ids Numeric ids as text; repeated ones are asked for once.
   * @param bodyFormat Left out, pages come without bodies.
   * @param options Statuses, ids in one request, and options of every list.
   * @throws {ConfluenceIndexError} `usage` for an impossible id or chunk size; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getPagesByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return listPagesByIds(this.#http, ids, bodyFormat, options);
  }

  /**
   * Reads one page, whatever its status: a trashed one is an answer, not an error.
   *
   * Source: `GET /wiki/api/v2/pages/{id}`.
   *
   * @example A page that is gone, or hidden
   * ```ts
   * import { ConfluenceClient, ConfluenceNotFoundError } from "@confluence-index/confluence-index";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const body = { errors: [{ status: 404, title: "Cannot find a page with id [5]" }] };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json(body, { status: 404 })),
   * });
   * const error = await assertRejects(() => client.getPageById("5"), ConfluenceNotFoundError);
   * assertEquals(error.named, true);
   * ```
   *
   * @param id Numeric id as text.
   * @param bodyFormat Left out, the page comes without a body.
   * @throws {ConfluenceNotFoundError} When it is absent or hidden.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getPageById(id: string, bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    return fetchPage(this.#http, id, bodyFormat, options);
  }

  /**
   * Lists the versions of a page, the newest first, the current one included.
   *
   * Source: `GET /wiki/api/v2/pages/{id}/versions`.
   *
   * @example What the first version said
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const version = { number: 1, createdAt: "2026-01-02T03:04:05Z", message: "first draft" };
   * const row = { ...version, page: { id: "5", title: "Hi", body: { storage: { value: "<p>Hi</p>" } } } };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [row], _links: {} })),
   * });
   * const versions = await Array.fromAsync(client.getPageVersions("5", "storage"));
   * assertEquals(versions.at(-1)?.body?.value, "<p>Hi</p>");
   * ```
   *
   * @param pageId Numeric id as text.
   * @param bodyFormat Left out, versions come without bodies.
   * @param options Rows in one answer, a link to resume at, and options of every list.
   * @throws {ConfluenceIndexError} `usage` for an impossible id, limit or link; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getPageVersions(
    pageId: string,
    bodyFormat?: BodyFormat,
    options: PageVersionsOptions = {},
  ): Listing<PageVersion> {
    return listPageVersions(this.#http, pageId, bodyFormat, options);
  }

  /**
   * Lists ids and versions of the pages of a space, without bodies: the cheap listing, 250 pages a request.
   *
   * Source: `GET /wiki/api/v2/spaces/{id}/pages`; for the id of the space, `GET /wiki/api/v2/spaces?keys=…`.
   *
   * @example Versions by id
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: (url) => {
   *     const isSpaces = String(url).includes("/spaces?");
   *     const row = isSpaces ? { id: "1", key: "DOCS" } : { id: "5", version: { number: 2 } };
   *     return Promise.resolve(Response.json({ results: [row], _links: {} }));
   *   },
   * });
   * assertEquals(await Array.fromAsync(client.getSpacePageIds("docs")), [{ id: "5", version: 2 }]);
   * ```
   *
   * @param spaceKey In any case. Its id is remembered from here and from {@linkcode ConfluenceClient.getSpaces}.
   * @param options Statuses, rows in one answer, a link to resume at, and options of every list.
   * @throws {ConfluenceNotFoundError} While it is walked, when the account can see no such space.
   * @throws {ConfluenceError} While it is walked.
   */
  getSpacePageIds(spaceKey: string, options: PagesOptions = {}): Listing<PageId> {
    const spaceId = (operation: string) => this.#spaceId(spaceKey, operation, options);
    return listPageIds(this.#http, spaceKey, spaceId, options);
  }

  /**
   * Lists the attachments of a page.
   *
   * Source: `GET /wiki/api/v2/pages/{id}/attachments`.
   *
   * @example Names and sizes
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const version = { number: 1, createdAt: "2026-01-02T03:04:05Z" };
   * const row = { id: "att9", status: "current", title: "plan.pdf", pageId: "5", fileSize: 42, version };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [row], _links: {} })),
   * });
   * const [file] = await Array.fromAsync(client.getAttachmentsForPage("5"));
   * assertEquals([file?.filename, file?.fileSize], ["plan.pdf", 42]);
   * ```
   *
   * @param pageId Numeric id as text.
   * @throws {ConfluenceIndexError} `usage` for an impossible id; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getAttachmentsForPage(pageId: string, options: AttachmentsOptions = {}): Listing<Attachment> {
    return listAttachments(this.#http, pageId, options);
  }

  /**
   * Reads one attachment, whatever its status.
   *
   * Source: `GET /wiki/api/v2/attachments/{id}`.
   *
   * @example Where to download it
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const version = { number: 1, createdAt: "2026-01-02T03:04:05Z" };
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ id: "att9", status: "current", title: "a", pageId: "5", version })),
   * });
   * const { downloadUrl } = await client.getAttachmentById("att9");
   * assertStringIncludes(downloadUrl, "/wiki/rest/api/content/5/child/attachment/att9/download");
   * ```
   *
   * @param id `att` and a number.
   * @throws {ConfluenceNotFoundError} When it is absent or hidden.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getAttachmentById(id: string, options: CallOptions = {}): Promise<Attachment> {
    return fetchAttachment(this.#http, id, options);
  }

  /**
   * Lists the blog posts of a space by id, with bodies where a format is given. A blog post is a page that hangs nowhere.
   *
   * Source: `GET /wiki/api/v2/spaces/{id}/blogposts`.
   *
   * @param spaceId Numeric id as text.
   * @param bodyFormat Left out, they come without bodies.
   * @param options As for {@linkcode ConfluenceClient.getPages}; the statuses are `current`, `trashed` and `deleted`.
   * @throws {ConfluenceIndexError} `usage` for an impossible id, limit or link; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getBlogPosts(spaceId: string, bodyFormat?: BodyFormat, options: PagesOptions = {}): Listing<Page> {
    return listPages(this.#http, spaceId, bodyFormat, options, "blogpost");
  }

  /**
   * Reads many blog posts by id, up to 250 in one request. Ids that are absent or hidden are simply not in it.
   *
   * Source: `GET /wiki/api/v2/blogposts?id=…`.
   *
   * @param ids Numeric ids as text; repeated ones are asked for once.
   * @param bodyFormat Left out, they come without bodies.
   * @param options As for {@linkcode ConfluenceClient.getPagesByIds}; the statuses are `current`, `trashed` and `deleted`.
   * @throws {ConfluenceIndexError} `usage` for an impossible id or chunk size; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getBlogPostsByIds(
    ids: readonly string[],
    bodyFormat?: BodyFormat,
    options: PagesByIdsOptions = {},
  ): Listing<Page> {
    return listPagesByIds(this.#http, ids, bodyFormat, options, "blogpost");
  }

  /**
   * Reads one blog post, whatever its status.
   *
   * Source: `GET /wiki/api/v2/blogposts/{id}`.
   *
   * @param id Numeric id as text.
   * @param bodyFormat Left out, it comes without a body.
   * @throws {ConfluenceNotFoundError} When it is absent or hidden.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getBlogPostById(id: string, bodyFormat?: BodyFormat, options: CallOptions = {}): Promise<Page> {
    return fetchPage(this.#http, id, bodyFormat, options, "blogpost");
  }

  /**
   * Downloads one version of an attachment into a sink, which keeps what came when it breaks: the next call goes on there. The bytes come
   * from the media host, without credentials; the length is checked.
   *
   * Source: `GET /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download`.
   *
   * @param file As {@linkcode ConfluenceClient.getAttachmentById} gives it.
   * @param sink Where the bytes go.
   * @param options The largest file that is taken, and what ends it.
   * @throws {ConfluenceNotFoundError} When the attachment or this version of it is absent or hidden.
   * @throws {ConfluenceNetworkError} `too_large`, or when the connection breaks again and again.
   * @throws {ConfluenceError} When it does not come, or something else comes in its place.
   */
  downloadAttachment(file: Downloadable, sink: DownloadSink, options: DownloadOptions = {}): Promise<void> {
    return download(this.#http, file, sink, options);
  }

  /**
   * Reads one comment, whatever its status.
   *
   * Source: `GET /wiki/api/v2/footer-comments/{comment-id}`, `GET /wiki/api/v2/inline-comments/{comment-id}`.
   *
   * @param kind Below the content, or on a part of its text: they are asked for at different places.
   * @param id Numeric id as text.
   * @param bodyFormat Left out, it comes without a body.
   * @throws {ConfluenceNotFoundError} When it is absent or hidden.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getComment(
    kind: CommentKind,
    id: string,
    bodyFormat?: BodyFormat,
    options: CallOptions = {},
  ): Promise<Comment> {
    return fetchComment(this.#http, kind, id, bodyFormat, options);
  }

  /**
   * Reads a folder, whiteboard, database or embed: what pages may hang under besides pages.
   *
   * Source: `GET /wiki/api/v2/folders/{id}`, `/whiteboards/{id}`, `/databases/{id}`, `/embeds/{id}`.
   *
   * @example The folder of a page
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ id: "8", type: "folder", title: "Plans", spaceId: "1" })),
   * });
   * const folder = await client.getContainer("folder", "8");
   * assertEquals([folder.title, folder.parentId], ["Plans", null]);
   * ```
   *
   * @param type What it is, as pages tell by their parent's type.
   * @param id Numeric id as text.
   * @throws {ConfluenceNotFoundError} When it is absent or hidden.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getContainer(type: ContainerType, id: string, options: CallOptions = {}): Promise<Container> {
    return fetchContainer(this.#http, type, id, options);
  }

  /**
   * Lists the labels of a page.
   *
   * Source: `GET /wiki/api/v2/pages/{id}/labels`.
   *
   * @example Their names
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [{ id: "7", name: "how-to", prefix: "global" }] })),
   * });
   * const labels = await Array.fromAsync(client.getLabelsForPage("5"));
   * assertEquals(labels, [{ name: "how-to", prefix: "global" }]);
   * ```
   *
   * @param pageId Numeric id as text.
   * @throws {ConfluenceIndexError} `usage` for an impossible id; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  getLabelsForPage(pageId: string, options: ListOptions = {}): Listing<Label> {
    return listLabels(this.#http, pageId, options);
  }

  /**
   * Searches content by CQL. The index lags behind by seconds to minutes and leaves archived pages out: a hint what has
   * changed, no proof of anything. Order and limit stay the same from first to last; end the query with `order by`.
   *
   * Source: `GET /wiki/rest/api/content/search`.
   *
   * @example What changed in the last hour and a half
   * ```ts
   * import { ConfluenceClient, quoteCql } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ results: [{ id: "5", type: "page", version: { number: 2 } }] })),
   * });
   * const cql = `space = ${quoteCql("~me")} and lastmodified >= now("-90m") order by lastmodified`;
   * const hits = await Array.fromAsync(client.searchCql(cql, { expand: ["version"] }));
   * assertEquals(hits.map((hit) => [hit.id, hit.version]), [["5", 2]]);
   * ```
   *
   * @param cql The query; put values through {@linkcode quoteCql}.
   * @param options What to expand, rows in one answer, and options of every list.
   * @throws {ConfluenceIndexError} `usage` for an empty query or an impossible limit; at once.
   * @throws {ConfluenceError} While it is walked.
   */
  searchCql(cql: string, options: SearchOptions = {}): Listing<SearchHit> {
    return searchContent(this.#http, cql, options);
  }

  /**
   * Reads who the credentials belong to. A site with public spaces takes wrong credentials for an anonymous visitor:
   * only the type `known` proves that they are accepted.
   *
   * Source: `GET /wiki/rest/api/user/current`.
   *
   * @example Are these credentials accepted?
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new ConfluenceClient({
   *   baseUrl: "https://example.atlassian.net/wiki",
   *   email: "me@example.com",
   *   apiToken: "secret",
   *   fetch: () => Promise.resolve(Response.json({ type: "anonymous", displayName: "Anonymous" })),
   * });
   * assertEquals((await client.getCurrentUser()).type === "known", false);
   * ```
   *
   * @throws {ConfluenceAuthError} When they are refused.
   * @throws {ConfluenceError} When it cannot be read.
   */
  getCurrentUser(options: CallOptions = {}): Promise<CurrentUser> {
    return fetchCurrentUser(this.#http, options);
  }

  /**
   * Reads the site's cloud id, which scoped tokens need; the client finds it by itself when the site refuses a scoped
   * token. Asks the site, without credentials.
   *
   * Source: `GET /_edge/tenant_info`.
   *
   * @example From a site to the gateway
   * ```ts
   * import { ConfluenceClient } from "@confluence-index/confluence-index";
   * import { assertEquals } from "@std/assert";
   *
   * const site = { baseUrl: "https://example.atlassian.net/wiki", email: "me@example.com", apiToken: "secret" };
   * const fetch = () => Promise.resolve(Response.json({ cloudId: "1122-3344" }));
   * const cloudId = await new ConfluenceClient({ ...site, fetch }).getCloudId();
   * const gateway = new ConfluenceClient({ ...site, fetch, cloudId });
   * assertEquals(gateway.siteUrl, "https://example.atlassian.net/wiki");
   * ```
   *
   * @throws {ConfluenceError} When it cannot be read.
   */
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
