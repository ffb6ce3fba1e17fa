/**
 * A container of pages with a key people know. Personal spaces have keys that start with `~`.
 *
 * Source: `GET /wiki/api/v2/spaces`.
 */
export interface Space {
  /** Numeric id as text; it may exceed 2^53. */
  readonly id: string;
  /** The short name in URLs, unique on the site, compared without case. */
  readonly key: string;
  readonly name: string;
  /** `global`, `personal`, `collaboration`, …; unknown values are kept as they come. */
  readonly type: string;
  /** `current` or `archived`; unknown values are kept as they come. */
  readonly status: string;
  /** Page id of the overview page; null where the space has none. */
  readonly homepageId: string | null;
  /** ISO 8601 UTC; null where the API left it out. */
  readonly createdAt: string | null;
  /** Absolute URL for people, on the site, never on the gateway. */
  readonly url: string;
}
