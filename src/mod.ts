/**
 * confluence-index: a complete, versioned, queryable local copy of Confluence Cloud.
 *
 * @module
 */
export { ConfluenceIndexError, type ConfluenceIndexErrorOptions, type ErrorCode } from "./errors.ts";
export {
  type Attachment,
  type Body,
  BODY_FORMATS,
  type BodyFormat,
  type Clock,
  type CurrentUser,
} from "./model/mod.ts";
export { Database, type DatabaseOptions, openDatabase } from "./database/mod.ts";
export type { Page, PageId, SearchHit, Space, Version } from "./model/mod.ts";
