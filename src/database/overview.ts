/** What the index holds and how it fares, at a glance: counts come from indexes, no body is read. @module */
import type { RecordedFailure } from "./failures.ts";
import type { Readable } from "./readable.ts";
import type { DeletionMode } from "./sync_state.ts";

/** One space of the index. */
export interface SpaceOverview {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Pages that are not deleted. */
  readonly pages: number;
  /** Attachments that are not deleted. */
  readonly attachments: number;
  /** Pages and attachments of it on record as failed. */
  readonly failures: number;
  /** All changes up to this time are in the index; null before the first reading ended. */
  readonly mark: string | null;
  readonly bodyFormat: string | null;
  /** `current` or `current,archived`. */
  readonly scope: string | null;
  readonly deletions: DeletionMode | null;
  /** When the last complete reconciliation started. */
  readonly reconciledAt: string | null;
  /** When a run last ended well for it. */
  readonly syncedAt: string | null;
  /** When a first listing started that has not come to its end; null where there is none. */
  readonly unfinishedSince: string | null;
  /** Whether a first listing has not come to its end. */
  readonly unfinished: number;
}

/** Every space of the index, by key. */
export function spaceOverviews(database: Readable): Promise<SpaceOverview[]> {
  return database.all<SpaceOverview>(
    `SELECT s.id, s.key, s.name, coalesce(p.n, 0) AS pages, coalesce(a.n, 0) AS attachments, coalesce(f.n, 0) AS failures,
       t.mark, t.body_format AS bodyFormat, t.scope, t.deletions, t.reconciled_at AS reconciledAt,
       t.synced_at AS syncedAt, t.resume_since AS unfinishedSince, t.resume_link IS NOT NULL AS unfinished
     FROM spaces s
     LEFT JOIN (SELECT space_id, count(*) AS n FROM pages WHERE is_current = 1 AND deleted_at IS NULL
                GROUP BY space_id) p ON p.space_id = s.id
     LEFT JOIN (SELECT space_id, count(*) AS n FROM attachments WHERE is_current = 1 AND deleted_at IS NULL
                GROUP BY space_id) a ON a.space_id = s.id
     LEFT JOIN (SELECT space_id, count(*) AS n FROM failures GROUP BY space_id) f ON f.space_id = s.id
     LEFT JOIN sync_state t ON t.space_id = s.id
     ORDER BY s.key, s.id`,
  );
}

/** A failure with what people know it by. */
export interface FailureOverview extends RecordedFailure {
  readonly spaceKey: string | null;
  /** The page's title or the attachment's file name, as last seen; null where it was never read. */
  readonly title: string | null;
  /** Where people can look at it. */
  readonly url: string | null;
}

/** Failures on record, those that are tried next first, at most `limit`. */
export function failureOverviews(database: Readable, limit: number): Promise<FailureOverview[]> {
  return database.all<FailureOverview>(
    `SELECT f.kind, f.id, f.space_id AS spaceId, f.reason, f.message, f.attempts, f.first_failed_at AS firstFailedAt,
       f.last_failed_at AS lastFailedAt, f.next_try_at AS nextTryAt, f.run_id AS runId, s.key AS spaceKey,
       CASE WHEN f.kind IN ('attachment', 'file') THEN a.filename WHEN f.kind = 'space' THEN s.name
         WHEN f.kind = 'blogpost' THEN b.title ELSE p.title END AS title,
       CASE f.kind WHEN 'space' THEN s.url WHEN 'blogpost' THEN b.url ELSE p.url END AS url
     FROM failures f
     LEFT JOIN spaces s ON s.id = f.space_id
     LEFT JOIN blog_posts b ON f.kind = 'blogpost' AND b.id = f.id AND b.is_current = 1
     LEFT JOIN attachments a ON f.kind IN ('attachment', 'file') AND a.id = f.id AND a.is_current = 1
     LEFT JOIN pages p ON p.id = CASE WHEN f.kind IN ('attachment', 'file') THEN a.page_id ELSE f.id END AND p.is_current = 1
     ORDER BY f.next_try_at, f.kind, f.id LIMIT ?`,
    [limit],
  );
}

/** How many failures there are, by reason. */
export async function failureCounts(database: Readable): Promise<Map<string, number>> {
  const rows = await database.all<{ reason: string; n: number }>(
    "SELECT reason, count(*) AS n FROM failures GROUP BY reason ORDER BY n DESC, reason",
  );
  return new Map(rows.map(({ reason, n }) => [reason, n]));
}
