/**
 * The state of an index for programs. Names are a public contract, told in the command's help.
 *
 * @module
 */
import type { IndexStatus } from "../../query/mod.ts";
import { adviceOn } from "./advice.ts";

/**
 * Makes the object that is printed.
 *
 * @param status What was read.
 * @param database Where the index is.
 */
export function statusJson(status: IndexStatus, database: string): Record<string, unknown> {
  const { writer, failures } = status;
  return {
    database,
    site: status.site,
    writer: writer === null ? null : {
      run_id: writer.runId,
      since: writer.since,
      expires_at: writer.expiresAt,
      stale: writer.stale,
    },
    spaces: status.spaces.map((space) => ({
      id: space.id,
      key: space.key,
      name: space.name,
      pages: space.pages,
      attachments: space.attachments,
      failures: space.failures,
      mark: space.mark,
      mark_age_seconds: seconds(space.markAgeMs),
      body_format: space.bodyFormat,
      scope: space.scope?.split(",") ?? null,
      include: space.kinds === null ? [] : space.kinds.split(","),
      deletions: space.deletions,
      reconciled_at: space.reconciledAt,
      reconciled_age_seconds: seconds(space.reconciledAgeMs),
      reconciliation_due: space.reconciliationDue,
      synced_at: space.syncedAt,
      unfinished: space.unfinished,
      unfinished_since: space.unfinishedSince,
    })),
    runs: status.runs.map((run) => ({
      id: run.id,
      command: run.command,
      status: run.status,
      started_at: run.startedAt,
      completed_at: run.completedAt,
      duration_ms: run.durationMs,
      spaces: run.spaces,
      added: run.added,
      updated: run.updated,
      deleted: run.deleted,
      failed: run.failed,
      requests: run.requests,
    })),
    failures: {
      total: failures.total,
      by_reason: Object.fromEntries(failures.byReason),
      next: failures.next.map((failure) => ({
        kind: failure.kind,
        id: failure.id,
        space_key: failure.spaceKey,
        title: failure.title,
        url: failure.url,
        reason: failure.reason,
        message: failure.message,
        attempts: failure.attempts,
        first_failed_at: failure.firstFailedAt,
        last_failed_at: failure.lastFailedAt,
        next_try_at: failure.nextTryAt,
        advice: adviceOn(failure.reason),
      })),
    },
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
