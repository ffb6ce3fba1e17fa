/**
 * Options of the fake Confluence: accounts, clock, seed, and the switches that change how the site behaves.
 * Faults, which make single requests go wrong, are in `faults.ts`.
 */

/** The time the site lives by. */
export interface FakeClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** How slow answers wait; real time when left out. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How a caller proves who they are. */
export type CredentialKind =
  /** Unscoped API token: Basic, on the site and on the gateway. */
  | "unscoped"
  /** Scoped API token: Basic, on the gateway only. */
  | "scoped"
  /** OAuth 2.0 access token: Bearer, on the gateway only. */
  | "oauth";

/** Somebody who may call the API. */
export interface Account {
  readonly email: string;
  readonly token: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly kind: CredentialKind;
  /** Granted scopes; looked at for `scoped` and `oauth` only. */
  readonly scopes: readonly string[];
  /** A revoked credential is treated like a wrong one. */
  revoked: boolean;
}

/** How the search index differs from the database. */
export interface SearchSettings {
  /** Milliseconds (site clock) until a change can be found. */
  lagMs: number;
  /** Where a found row's fields come from: the database as it is now, or the index as it was. */
  hydrate: "database" | "index";
  /** Answers 404 for a whole page of results when one row is gone from the database and something is expanded. */
  failOnLingering: boolean;
  /** Probability that an answer is cut short although more rows follow. */
  shortPages: number;
  /** Swaps neighbours at random when the query has no `order by`. */
  swapNeighbours: boolean;
  /** Probability that an answer repeats one of its rows. */
  duplicateRows: number;
  /** Probability that an answer holds one row that the query does not match. */
  strayRows: number;
  /** Makes `totalSize` of `/search` wander. */
  driftTotalSize: boolean;
  /** Most rows with `expand=body.export_view` or `body.styled_view`. */
  capExportView: number;
  /** Most rows with any other `body.*` expansion. */
  capBody: number;
  /** Most rows with other expansions. */
  capExpanded: number;
  /** Most rows without expansions. */
  capPlain: number;
}

/** Switches for behaviour that differs between sites or that nobody has measured. */
export interface Settings {
  /** What a v2 `limit` above 250 gets: 400, or 250 rows. */
  limitAboveMax: "reject" | "clamp";
  /** Whether rows the caller may not see are dropped before or after the page is cut. */
  permissionFilter: "after-cut" | "before-cut";
  /** Treats missing and wrong credentials as the anonymous user, who sees public spaces. */
  anonymousAccess: boolean;
  /** Whether v1 content and space routes are removed (410) or still answer with deprecation headers. */
  v1Content: "gone" | "deprecated";
  /** IANA zone in which CQL date literals are read. */
  timeZone: string;
  /** Real milliseconds each answer takes. */
  latencyMs: number;
  /**
   * A token bucket that answers 429 when it is empty: `size` requests at once, refilled with `perSecond` on the
   * site's clock. `retryAfter` tells the caller the seconds until the next token. Null lets everything pass.
   */
  burst: { readonly size: number; readonly perSecond: number; readonly retryAfter: boolean } | null;
  search: SearchSettings;
}

/** Options of `FakeConfluence`. */
export interface FakeOptions {
  /** Origin for injected use. @default "https://fake.atlassian.net" */
  readonly origin?: string;
  /** Gateway origin for injected use. @default "https://api.atlassian.com" */
  readonly gatewayOrigin?: string;
  /** Media origin for injected use. @default "https://api.media.atlassian.com" */
  readonly mediaOrigin?: string;
  /** @default "11223344-a1b2-3b33-c444-def123456789" */
  readonly cloudId?: string;
  /** @default "Fake Site" */
  readonly siteName?: string;
  /** @default one unscoped account, ana@example.com with token "test-token-ana" */
  readonly accounts?: readonly AccountOptions[];
  readonly clock?: FakeClock;
  /** Seed of everything random. @default 1 */
  readonly seed?: number;
  readonly settings?: Partial<Omit<Settings, "search">> & { readonly search?: Partial<SearchSettings> };
}

/** An account as tests write it; what is left out is made up. */
export interface AccountOptions {
  readonly email: string;
  readonly token: string;
  readonly accountId?: string;
  readonly displayName?: string;
  readonly kind?: CredentialKind;
  readonly scopes?: readonly string[];
}

/** The account every test may use: `ana@example.com` / `test-token-ana`. */
export const DEFAULT_ACCOUNT: AccountOptions = {
  email: "ana@example.com",
  token: "test-token-ana",
  accountId: "557058:ana",
  displayName: "Ana Example",
};

/** Fills the gaps of an {@linkcode AccountOptions}. */
export function toAccount(options: AccountOptions): Account {
  const local = options.email.split("@")[0] ?? options.email;
  return {
    email: options.email,
    token: options.token,
    accountId: options.accountId ?? `557058:${local}`,
    displayName: options.displayName ?? local,
    kind: options.kind ?? "unscoped",
    scopes: options.scopes ?? [],
    revoked: false,
  };
}

/** The defaults of every switch, with what a test wants otherwise. */
export function toSettings(options: FakeOptions["settings"] = {}): Settings {
  const { search, ...rest } = options;
  return {
    limitAboveMax: "reject",
    permissionFilter: "after-cut",
    anonymousAccess: false,
    v1Content: "gone",
    timeZone: "Europe/Berlin",
    latencyMs: 0,
    burst: null,
    ...rest,
    search: {
      lagMs: 0,
      hydrate: "database",
      failOnLingering: false,
      shortPages: 0,
      swapNeighbours: false,
      duplicateRows: 0,
      strayRows: 0,
      driftTotalSize: true,
      capExportView: 25,
      capBody: 50,
      capExpanded: 250,
      capPlain: 250,
      ...search,
    },
  };
}
