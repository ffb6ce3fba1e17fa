/**
 * What to read, what to write, what is gone. Tells what happens as events, never prints.
 *
 * @module
 */
export { Account, type AttachmentCounts, type HistoryCounts } from "./account.ts";
export type { SpaceMode, SpaceStatus, SyncEvent } from "./context.ts";
export type { Estimate } from "./estimate.ts";
export type { Expectation } from "./expect.ts";
export type { FileSink, FileStore, FileWishes } from "./fetch_files.ts";
export { ingest, type IngestOptions, type IngestResult } from "./ingest.ts";
export type { Metrics } from "./metrics.ts";
export { type Plan, plan, type PlanOptions, type SpacePlan } from "./plan.ts";
export type { Going } from "./plan_store.ts";
export { prune, type PruneOptions, type PruneResult } from "./prune.ts";
export type { ReadingOptions } from "./prepare.ts";
export type { SpaceSelection } from "./select_spaces.ts";
export type { SpaceResult } from "./space_result.ts";
export { outdated, reconvert, type ReconvertOptions, type ReconvertResult } from "./reconvert.ts";
