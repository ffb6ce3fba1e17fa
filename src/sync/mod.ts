/**
 * What to read, what to write, what is gone. Tells what happens as events, never prints.
 *
 * @module
 */
export { Account, type AttachmentCounts } from "./account.ts";
export type { SpaceMode, SpaceStatus, SyncEvent } from "./context.ts";
export { ingest, type IngestOptions, type IngestResult } from "./ingest.ts";
export type { Metrics } from "./metrics.ts";
export type { SpaceSelection } from "./select_spaces.ts";
export type { SpaceResult } from "./space_result.ts";
