/**
 * The numbers of a run: the content of `metrics.json` and of `runs.metrics`.
 *
 * @module
 */
import type { ClientStats } from "../confluence/mod.ts";
import type { Account } from "./account.ts";
import type { Expectation } from "./expect.ts";

/** The numbers of one run. Names are a public contract. */
export interface Metrics {
  readonly run_id: string;
  readonly status: string;
  /** Whether everything was read and accounted for. */
  readonly complete: boolean;
  readonly spaces: number;
  /** Pages that the API listed. */
  readonly pages: number;
  /** Attachments that the API listed. */
  readonly attachments: number;
  readonly since: string | null;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly args: Readonly<Record<string, unknown>>;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Of the updated: those that were deleted before. */
  readonly restored: number;
  readonly deleted: number;
  readonly skipped: number;
  readonly failed: number;
  readonly skipped_by_reason: Readonly<Record<string, number>>;
  readonly failed_by_reason: Readonly<Record<string, number>>;
  readonly attachments_added: number;
  readonly attachments_updated: number;
  readonly attachments_unchanged: number;
  readonly attachments_deleted: number;
  readonly attachments_skipped: number;
  readonly attachments_failed: number;
  /** Earlier versions of pages that were read; see `ingest --history`. */
  readonly history_versions: number;
  /** Pages whose earlier versions could not all be read. */
  readonly history_failed: number;
  /** Pages whose labels are others than before. */
  readonly labels_changed: number;
  readonly labels_failed: number;
  /** Blog posts that the API listed, and what came of them. */
  readonly blogposts: number;
  readonly blogposts_added: number;
  readonly blogposts_updated: number;
  readonly blogposts_unchanged: number;
  readonly blogposts_deleted: number;
  readonly blogposts_skipped: number;
  readonly blogposts_failed: number;
  /** Files of attachments that were downloaded, and their bytes. */
  readonly files_stored: number;
  readonly files_bytes: number;
  /** Left out because of their size. */
  readonly files_too_large: number;
  /** Not downloaded: failed, waiting for their next try, or not tried on a bad day. */
  readonly files_failed: number;
  readonly requests: number;
  readonly requests_by_endpoint: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly throttled_ms: number;
  readonly bytes_received: number;
  /** What the run expected of itself at its start. */
  readonly estimate: Expectation;
}

/** What the sums are made of. */
export interface MetricsSource {
  readonly runId: string;
  readonly status: string;
  readonly complete: boolean;
  readonly since: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly args: Readonly<Record<string, unknown>>;
  readonly accounts: readonly Account[];
  readonly stats: ClientStats;
  readonly estimate: Expectation;
}

/** Adds up the accounts of a run. */
export function toMetrics(source: MetricsSource): Metrics {
  const { accounts, stats } = source;
  const sum = (pick: (account: Account) => number) =>
    accounts.reduce((total, account) => total + pick(account), 0);
  return {
    run_id: source.runId,
    status: source.status,
    complete: source.complete,
    spaces: accounts.length,
    pages: sum((account) => account.listed),
    attachments: sum((account) => account.attachments.listed),
    since: source.since,
    started_at: source.startedAt,
    duration_ms: source.durationMs,
    args: source.args,
    added: sum((account) => account.added),
    updated: sum((account) => account.updated),
    unchanged: sum((account) => account.unchanged),
    restored: sum((account) => account.restored),
    deleted: sum((account) => account.deleted),
    skipped: sum((account) => account.skippedTotal),
    failed: sum((account) => account.failedTotal),
    skipped_by_reason: merge(accounts.map((account) => account.skipped)),
    failed_by_reason: merge(accounts.map((account) => account.failed)),
    attachments_added: sum((account) => account.attachments.added),
    attachments_updated: sum((account) => account.attachments.updated),
    attachments_unchanged: sum((account) => account.attachments.unchanged),
    attachments_deleted: sum((account) => account.attachments.deleted),
    attachments_skipped: sum((account) => account.attachments.skipped),
    attachments_failed: sum((account) => account.attachments.failed),
    history_versions: sum((account) => account.history.versions),
    history_failed: sum((account) => account.history.failed),
    labels_changed: sum((account) => account.labels.changed),
    labels_failed: sum((account) => account.labels.failed),
    blogposts: sum(({ blogPosts }) => blogPosts.listed),
    blogposts_added: sum(({ blogPosts }) => blogPosts.added),
    blogposts_updated: sum(({ blogPosts }) => blogPosts.updated),
    blogposts_unchanged: sum(({ blogPosts }) => blogPosts.unchanged),
    blogposts_deleted: sum(({ blogPosts }) => blogPosts.deleted),
    blogposts_skipped: sum(({ blogPosts }) => blogPosts.skippedTotal),
    blogposts_failed: sum(({ blogPosts }) => blogPosts.failedTotal),
    files_stored: sum((account) => account.files.stored),
    files_bytes: sum((account) => account.files.bytes),
    files_too_large: sum((account) => account.files.tooLarge),
    files_failed: sum((account) => account.files.failed + account.files.left),
    requests: stats.requests,
    requests_by_endpoint: stats.byEndpoint,
    retries: stats.retries,
    throttled_ms: Math.round(stats.throttledMs),
    bytes_received: stats.bytesReceived,
    estimate: source.estimate,
  };
}

function merge(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const map of maps) {
    for (const [reason, n] of map) merged[reason] = (merged[reason] ?? 0) + n;
  }
  return merged;
}
