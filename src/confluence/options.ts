/**
 * What a client is made of, checked before the first request.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Clock } from "../model/mod.ts";
import type { Bases } from "./links.ts";
import type { Wait } from "./limiter.ts";

/** What the client may cost, on both sides. */
export interface Limits {
  /**
   * Requests a second at most, over everything this client does.
   *
   * @default {10}
   */
  readonly requestsPerSecond: number;
  /**
   * Requests in flight at most.
   *
   * @default {5}
   */
  readonly concurrency: number;
  /**
   * Milliseconds for one attempt from sending to the last byte.
   *
   * @default {60_000}
   */
  readonly timeoutMs: number;
  /**
   * Attempts for one request, the first included.
   *
   * @default {5}
   */
  readonly maxAttempts: number;
  /**
   * The longest `Retry-After` that is waited for, in milliseconds; more is an error.
   *
   * @default {600_000}
   */
  readonly maxRetryAfterMs: number;
  /**
   * The largest answer that is read, in bytes after decompression.
   *
   * @default {268_435_456}
   */
  readonly maxBodyBytes: number;
}

/** Options of `ConfluenceClient`. */
export interface ConfluenceClientOptions {
  /** `https://site.atlassian.net/wiki`; the `/wiki` may be missing. Plain `http:` is for loopback hosts only. */
  readonly baseUrl: string;
  /** The e-mail address of the account the token belongs to. */
  readonly email: string;
  /** An API token of that account. */
  readonly apiToken: string;
  /** With it every request goes through the gateway from the start; without it only once the site refuses a scoped token. */
  readonly cloudId?: string | undefined;
  /**
   * The gateway.
   *
   * @default {"https://api.atlassian.com"}
   */
  readonly gatewayUrl?: string | undefined;
  /**
   * The host that attachments are downloaded from. A site on this machine has none but the one given here.
   *
   * @default {"https://api.media.atlassian.com"}
   */
  readonly mediaUrl?: string | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Used instead of the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Used instead of `Math.random`, for jitter. */
  readonly random?: (() => number) | undefined;
  /** What the client may cost. */
  readonly limits?: Partial<Limits> | undefined;
  /** Aborts everything. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each wait. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

const DEFAULT_LIMITS: Limits = {
  requestsPerSecond: 10,
  concurrency: 5,
  timeoutMs: 60_000,
  maxAttempts: 5,
  maxRetryAfterMs: 600_000,
  maxBodyBytes: 256 * 1024 * 1024,
};

/**
 * Fills in defaults and refuses limits that cannot hold.
 *
 * @throws {ConfluenceIndexError} `configuration` for a limit that is not a positive number.
 */
export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  const resolved: Limits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    const whole = name === "concurrency" || name === "maxAttempts";
    const positive = name === "maxRetryAfterMs" ? value >= 0 : value > 0;
    if (Number.isFinite(value) && positive && (!whole || Number.isInteger(value))) continue;
    throw new ConfluenceIndexError(
      "configuration",
      `Cannot use the limit ${name}: ${value} is not possible`,
      {
        hint: whole ? "Give a whole number from 1." : "Give a number above 0.",
      },
    );
  }
  return resolved;
}

/**
 * Finds where requests and people go.
 *
 * @throws {ConfluenceIndexError} `configuration` for a URL that is no Confluence Cloud base.
 */
export function resolveBases(
  options: Pick<ConfluenceClientOptions, "baseUrl" | "cloudId" | "gatewayUrl">,
): Bases {
  const site = parseHttpUrl("the Confluence base URL", options.baseUrl);
  const path = site.pathname.replace(/\/+$/, "");
  if (path !== "" && path !== "/wiki") {
    throw refused("the Confluence base URL", `its path is not /wiki`, SITE_HINT);
  }
  const siteUrl = `${site.origin}/wiki`;
  if (options.cloudId === undefined || options.cloudId === "") return { siteUrl, requestBase: siteUrl };
  if (!/^[A-Za-z0-9-]+$/.test(options.cloudId)) {
    throw refused("the cloud id", "it has other characters than letters, digits and dashes", CLOUD_HINT);
  }
  const gateway = parseHttpUrl("the gateway URL", options.gatewayUrl ?? "https://api.atlassian.com");
  const prefix = gateway.pathname.replace(/\/+$/, "");
  return { siteUrl, requestBase: `${gateway.origin}${prefix}/ex/confluence/${options.cloudId}/wiki` };
}

/**
 * The origin of the media host; null where a site on this machine was given none.
 *
 * @throws {ConfluenceIndexError} `configuration` for a URL that cannot be used.
 */
export function resolveMediaOrigin(
  options: Pick<ConfluenceClientOptions, "baseUrl" | "mediaUrl">,
): string | null {
  if (options.mediaUrl !== undefined && options.mediaUrl !== "") {
    return parseHttpUrl("the media URL", options.mediaUrl).origin;
  }
  return isLoopback(new URL(options.baseUrl.trim()).hostname) ? null : "https://api.media.atlassian.com";
}

/**
 * Whether a token that the site takes for a scoped one may be tried at the gateway. Never from a site on this machine to the
 * public gateway: a test's credentials would leave the machine.
 */
export function mayTurnToGateway(
  options: Pick<ConfluenceClientOptions, "baseUrl" | "cloudId" | "gatewayUrl">,
): boolean {
  if (options.cloudId !== undefined && options.cloudId !== "") return false;
  return options.gatewayUrl !== undefined || !isLoopback(new URL(options.baseUrl.trim()).hostname);
}

/**
 * Makes the header value of Basic authentication.
 *
 * @throws {ConfluenceIndexError} `configuration` for missing or impossible credentials.
 */
export function basicCredentials(email: string, apiToken: string): string {
  const name = email.trim();
  const token = apiToken.trim();
  if (name === "" || token === "") {
    throw new ConfluenceIndexError(
      "configuration",
      `Cannot sign in: the ${name === "" ? "e-mail address" : "API token"} is empty`,
      { hint: "Set CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN." },
    );
  }
  if (name.includes(":")) {
    throw new ConfluenceIndexError("configuration", "Cannot sign in: the e-mail address contains a colon", {
      hint: "Set CONFLUENCE_EMAIL to the address of the account the token belongs to.",
    });
  }
  return base64(`${name}:${token}`);
}

/** Base64 of the UTF-8 form of a text. */
export function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const SITE_HINT = "Give the site alone, like https://example.atlassian.net/wiki.";
const CLOUD_HINT = "The cloud id is in the answer of https://<site>.atlassian.net/_edge/tenant_info.";

// The value itself stays out of the messages: people paste URLs with credentials in them.
function parseHttpUrl(what: string, value: string): URL {
  const text = value.trim();
  if (!URL.canParse(text)) throw refused(what, "it is not an absolute URL", SITE_HINT);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw refused(what, "it contains a user name or password", "Credentials have options of their own.");
  }
  if (url.search !== "" || url.hash !== "") throw refused(what, "it has a query or a fragment", SITE_HINT);
  if (url.protocol === "https:") return url;
  if (url.protocol !== "http:") throw refused(what, `${url.protocol} is not https:`, SITE_HINT);
  if (isLoopback(url.hostname)) return url;
  throw refused(
    what,
    "plain http: would send the token unprotected",
    "Use https:; http: is for loopback hosts only.",
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || /^127(\.\d{1,3}){3}$/.test(host) ||
    host === "[::1]";
}

function refused(what: string, found: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError("configuration", `Cannot use ${what}: ${found}`, { hint });
}
