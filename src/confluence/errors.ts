/**
 * What can go wrong between this program and Confluence, in five classes a caller may want to tell apart.
 *
 * Nothing in them is secret: URLs, messages and causes pass through `redact.ts` before they get here.
 *
 * @module
 */
import { ConfluenceIndexError, type ErrorCode } from "../errors.ts";

/** What every {@linkcode ConfluenceError} knows about the request that failed. */
export interface ConfluenceErrorDetails {
  /** What was being done, in words that follow "Cannot": `list pages of space 65601`. */
  readonly operation: string;
  /** The URL that was asked, without secrets. */
  readonly url: string;
  /** HTTP status; absent where no answer came. */
  readonly status?: number | undefined;
  /** The server's own id of the request, for Atlassian support. */
  readonly traceId?: string | undefined;
  /** Whether the answer came from the edge network in front of Confluence: it proves little. */
  readonly edge?: boolean | undefined;
  /** What the user can do about it. */
  readonly hint?: string | undefined;
  /** The error behind it. */
  readonly cause?: unknown;
}

/** For hints: with what a request is found again, where its answer came with it. */
export function withTrace({ traceId }: ConfluenceErrorDetails): string {
  return traceId === undefined ? "" : ` with the trace id ${traceId}`;
}

/** Anything the client throws for a request that did not work, except the reason of an aborted signal. */
export abstract class ConfluenceError extends ConfluenceIndexError {
  /** The class name. */
  override name = "ConfluenceError";
  /** What was being done, in words that follow "Cannot". */
  readonly operation: string;
  /** The URL that was asked, without secrets. */
  readonly url: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** The server's own id of the request. */
  readonly traceId: string | undefined;
  /** Whether the last answer carried the mark of the edge network: such a 403 or 404 proves nothing. */
  readonly edge: boolean;

  /**
   * Makes the error.
   *
   * @param code What kind of failure it is.
   * @param found What was found, one sentence without a stop; it follows `Cannot <operation>:`.
   * @param details The request it happened to.
   */
  constructor(code: ErrorCode, found: string, details: ConfluenceErrorDetails) {
    super(code, `Cannot ${details.operation}: ${found}`, { hint: details.hint, cause: details.cause });
    this.operation = details.operation;
    this.url = details.url;
    this.status = details.status;
    this.traceId = details.traceId;
    this.edge = details.edge ?? false;
  }

  /** Whether the very same request may work later. */
  get retryable(): boolean {
    return this.edge;
  }

  /** Whether asking for less at once (fewer rows, no bodies) may work now. */
  get mayShrink(): boolean {
    return false;
  }

  /** The facts as plain data, for logs and `--json`. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...Object.fromEntries(Object.entries(this)) };
  }
}

/**
 * Why credentials were not enough.
 *
 * - `rejected`: e-mail or token are wrong, revoked or expired.
 * - `scope`: the token is alive but lacks the scope of this request.
 * - `scoped_token`: a scoped token was used on the site URL; it works through the gateway only.
 * - `forbidden`: the account is known and may not do this.
 * - `login`: a log-in page came instead of data.
 */
export type AuthReason = "rejected" | "scope" | "scoped_token" | "forbidden" | "login";

/** The credentials were refused: 401, 403, or the 404 with the bare title "Not Found" of API v2. */
export class ConfluenceAuthError extends ConfluenceError {
  /** The class name. */
  override name = "ConfluenceAuthError";
  /** The likely cause. */
  readonly reason: AuthReason;

  /**
   * Makes the error.
   *
   * @param reason The likely cause.
   * @param found What was found.
   * @param details The request it happened to.
   */
  constructor(reason: AuthReason, found: string, details: ConfluenceErrorDetails) {
    super("authentication", found, details);
    this.reason = reason;
  }
}

/** The thing asked for is not there, or hidden from this account: the API does not tell which. */
export class ConfluenceNotFoundError extends ConfluenceError {
  /** The class name. */
  override name = "ConfluenceNotFoundError";
  /** Whether Confluence named what it could not find. Only then is the answer worth believing. */
  readonly named: boolean;

  /**
   * Makes the error.
   *
   * @param named Whether Confluence named what it could not find.
   * @param found What was found.
   * @param details The request it happened to.
   */
  constructor(named: boolean, found: string, details: ConfluenceErrorDetails) {
    super("not_found", found, details);
    this.named = named;
  }
}

/** The server asked for fewer requests, and waiting as long as allowed did not help. */
export class ConfluenceRateLimitError extends ConfluenceError {
  /** The class name. */
  override name = "ConfluenceRateLimitError";
  /** How long the server wants us to wait, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;

  /**
   * Makes the error.
   *
   * @param retryAfterMs How long the server wants us to wait; null where it did not say.
   * @param found What was found.
   * @param details The request it happened to.
   */
  constructor(retryAfterMs: number | null, found: string, details: ConfluenceErrorDetails) {
    super("rate_limit", found, details);
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the very same request may work later. */
  override get retryable(): boolean {
    return true;
  }
}

/**
 * What was wrong with an answer.
 *
 * - `shape`: a field is missing or of the wrong type.
 * - `truncated`: the JSON ends early or is broken.
 * - `not_json`: something else than JSON came, such as an HTML page.
 * - `server_error`: 5xx.
 * - `refused`: another 4xx, such as 400 or 413.
 * - `gone`: 410, the endpoint was removed.
 * - `edge`: a 403 or 404 made by the edge network, not by Confluence.
 * - `redirect`: a redirect that must not be followed.
 * - `foreign_link`: a next link that leads to another place.
 * - `repeated_link`: a next link that was followed before.
 */
export type ResponseReason =
  | "shape"
  | "truncated"
  | "not_json"
  | "server_error"
  | "refused"
  | "gone"
  | "edge"
  | "redirect"
  | "not_a_file"
  | "foreign_link"
  | "repeated_link";

/** Details of a {@linkcode ConfluenceResponseError}. */
export interface ConfluenceResponseDetails extends ConfluenceErrorDetails {
  /** The field, such as `results[3].version.number`. */
  readonly path?: string | undefined;
  /** The page, attachment or space it is about, where it could be read. */
  readonly objectId?: string | undefined;
}

/** An answer that cannot be used. */
export class ConfluenceResponseError extends ConfluenceError {
  /** The class name. */
  override name = "ConfluenceResponseError";
  /** What was wrong with the answer. */
  readonly reason: ResponseReason;
  /** The field, such as `results[3].version.number`; undefined where it is about the whole answer. */
  readonly path: string | undefined;
  /** The page, attachment or space it is about; undefined where it could not be read. */
  readonly objectId: string | undefined;

  /**
   * Makes the error.
   *
   * @param reason What was wrong with the answer.
   * @param found What was found.
   * @param details The request it happened to, field and object.
   */
  constructor(reason: ResponseReason, found: string, details: ConfluenceResponseDetails) {
    super("response", found, details);
    this.reason = reason;
    this.path = details.path;
    this.objectId = details.objectId;
  }

  /** Whether the very same request may work later. */
  override get retryable(): boolean {
    return this.edge || this.reason === "server_error" || this.reason === "truncated" ||
      this.reason === "not_json" || this.reason === "edge";
  }

  /** Whether asking for less at once may work now. */
  override get mayShrink(): boolean {
    // Something before Confluence may dislike what one body says: a web filter, a scanner for viruses.
    return this.reason === "server_error" || this.reason === "truncated" || this.reason === "edge" ||
      this.reason === "not_json" || this.status === 413 || this.status === 414;
  }
}

/**
 * How the connection failed.
 *
 * - `unreachable`: no connection (name, network, TLS, permission).
 * - `reset`: the connection broke.
 * - `timeout`: the answer took too long, or came too slowly.
 * - `too_large`: the answer is larger than allowed.
 */
export type NetworkFailure = "unreachable" | "reset" | "timeout" | "too_large";

/** No usable answer came. */
export class ConfluenceNetworkError extends ConfluenceError {
  /** The class name. */
  override name = "ConfluenceNetworkError";
  /** How the connection failed. */
  readonly kind: NetworkFailure;

  /**
   * Makes the error.
   *
   * @param kind How the connection failed.
   * @param found What was found.
   * @param details The request it happened to.
   */
  constructor(kind: NetworkFailure, found: string, details: ConfluenceErrorDetails) {
    super("network", found, details);
    this.kind = kind;
  }

  /** Whether the very same request may work later. */
  override get retryable(): boolean {
    return this.kind !== "too_large";
  }

  /** Whether asking for less at once may work now. */
  override get mayShrink(): boolean {
    return this.kind !== "unreachable";
  }
}
