import type { Attachment } from "./attachment.ts";
import type { Label } from "./label.ts";

/**
 * One row of a CQL search: a hint that something changed, from an index that lags behind.
 *
 * Source: `GET /wiki/rest/api/content/search`.
 */
export interface SearchHit {
  readonly id: string;
  /** `page`, `attachment`, `blogpost`, …; unknown values are kept as they come. */
  readonly type: string;
  readonly status: string | null;
  readonly title: string;
  readonly spaceKey: string | null;
  /** Version number; null unless `version` was expanded. */
  readonly version: number | null;
  /** When that version was made, ISO 8601 UTC; null unless `version` was expanded. */
  readonly updatedAt: string | null;
  /** The whole attachment; null for other types and where too little was expanded. */
  readonly attachment: Attachment | null;
  /** All labels; null unless `metadata.labels` was expanded, and where the row does not tell all of them. */
  readonly labels: readonly Label[] | null;
}
