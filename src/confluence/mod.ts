/**
 * Reading Confluence Cloud: the only place with `fetch`.
 *
 * @module
 */
export type { AttachmentsOptions } from "./attachments.ts";
export type { Downloadable, DownloadOptions, DownloadSink } from "./download.ts";
export { ConfluenceClient } from "./client.ts";
export { quoteCql } from "./cql.ts";
export {
  type AuthReason,
  ConfluenceAuthError,
  ConfluenceError,
  type ConfluenceErrorDetails,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  ConfluenceRateLimitError,
  type ConfluenceResponseDetails,
  ConfluenceResponseError,
  type NetworkFailure,
  type ResponseReason,
} from "./errors.ts";
export type { Wait } from "./limiter.ts";
export { absoluteUrl } from "./links.ts";
export type { Batch, Listing, ListOptions } from "./listing.ts";
export type { ConfluenceClientOptions, Limits } from "./options.ts";
export type { PageVersionsOptions } from "./page_versions.ts";
export type { PagesByIdsOptions, PagesOptions } from "./pages.ts";
export { probeScopes, type ScopeFinding } from "./probe_scopes.ts";
export { type Connector, type Reach, reach } from "./reach.ts";
export { redact } from "./redact.ts";
export type { SearchOptions } from "./search.ts";
export type { CallOptions } from "./single.ts";
export type { ClientStats } from "./stats.ts";
export { systemClock } from "./system_clock.ts";
