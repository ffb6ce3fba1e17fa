/**
 * The account that asks.
 *
 * Source: `GET /wiki/rest/api/user/current`.
 */
export interface CurrentUser {
  /** `known` for accepted credentials; `anonymous` means they were silently ignored. */
  readonly type: string;
  /** Null for the anonymous user. */
  readonly accountId: string | null;
  readonly displayName: string | null;
}
