/**
 * confluence-index: a complete, versioned, queryable local copy of Confluence Cloud.
 *
 * The parts, from the outside in: {@linkcode ingest} reads spaces into a {@linkcode Database} through a
 * {@linkcode ConfluenceClient}, which works without the rest; {@linkcode writeRunArtifacts}, {@linkcode writeStateArtifacts},
 * {@linkcode writeMarkdownTree} and {@linkcode writeCsv} write files from the tables.
 *
 * @module
 */
export {
  absoluteUrl,
  type AuthReason,
  type Batch,
  type CallOptions,
  type ClientStats,
  ConfluenceAuthError,
  ConfluenceClient,
  type ConfluenceClientOptions,
  ConfluenceError,
  type ConfluenceErrorDetails,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  ConfluenceRateLimitError,
  type ConfluenceResponseDetails,
  ConfluenceResponseError,
  type Limits,
  type Listing,
  type ListOptions,
  type NetworkFailure,
  type PagesByIdsOptions,
  type PagesOptions,
  type PageVersionsOptions,
  quoteCql,
  type ResponseReason,
  type SearchOptions,
  type Wait,
} from "./confluence/mod.ts";
export {
  Database,
  type DatabaseOptions,
  type DeletionMode,
  openDatabase,
  type Readable,
  type Statement,
} from "./database/mod.ts";
export { ConfluenceIndexError, type ConfluenceIndexErrorOptions, type ErrorCode } from "./errors.ts";
export {
  type Artifacts,
  MADE_FIELDS,
  type MadeField,
  type MarkdownTree,
  type StateOptions,
  type TreeCounts,
  writeCsv,
  writeMarkdownTree,
  writeRunArtifacts,
  writeStateArtifacts,
  type WrittenFile,
} from "./export/mod.ts";
export {
  type Attachment,
  type Body,
  BODY_FORMATS,
  type BodyFormat,
  type Clock,
  type CurrentUser,
  type Kind,
  KINDS,
  type Label,
} from "./model/mod.ts";
export type { Page, PageId, PageVersion, SearchHit, Space, Version } from "./model/mod.ts";
export { Account, type AttachmentCounts, type HistoryCounts } from "./sync/mod.ts";
export { ingest, type IngestOptions, type IngestResult } from "./sync/mod.ts";
export type { Metrics, SpaceMode, SpaceResult, SpaceSelection, SpaceStatus, SyncEvent } from "./sync/mod.ts";
