/**
 * The one way to Confluence: limited, retried, judged, counted, logged, and never with credentials to another place.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import { backoffMs } from "./backoff.ts";
import {
  ConfluenceAuthError,
  type ConfluenceError,
  type ConfluenceErrorDetails,
  ConfluenceRateLimitError,
} from "./errors.ts";
import { type Answer, exchange, ExchangeFailure } from "./exchange.ts";
import { isLogin, noAnswer, noWay, redirected, waitTooLong } from "./failures.ts";
import { judge, looksLikeHtml } from "./judge.ts";
import { Limiter, type Ticket, type Wait } from "./limiter.ts";
import { type Bases, isBelow } from "./links.ts";
import { log } from "./log.ts";
import type { MediaAnswer, MediaRequest } from "./media.ts";
import { MEDIA_ENDPOINT, MediaHost } from "./media_host.ts";
import type { Limits } from "./options.ts";
import { budgetLeft } from "./rate_headers.ts";
import { redactUrl, remoteText } from "./redact.ts";
import { retryAfterMs } from "./retry_after.ts";
import { Route } from "./route.ts";
import { ServerTime } from "./server_time.ts";
import { linkSignals } from "./signals.ts";
import { type ClientStats, Totals } from "./stats.ts";

/** One thing to get. */
export interface GetRequest {
  /** What is being done, in words that follow "Cannot". */
  readonly operation: string;
  /** The endpoint as a template, for counts and hints. */
  readonly endpoint: string;
  /** The absolute URL. */
  readonly url: string;
  /** The id in the path, which a believable 404 names. */
  readonly objectId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Fewer attempts than the client's. */
  readonly maxAttempts?: number | undefined;
  /** Whether to go without credentials, to the site itself. */
  readonly anonymous?: boolean | undefined;
  /** Whether a refusal is believed only the second time, for what is done without this is costly. */
  readonly doubtRefusal?: boolean | undefined;
  /** Whether a redirect is the answer that is wanted; its target comes instead of JSON, and is not asked. */
  readonly redirect?: boolean | undefined;
}

/** What came. */
export interface GetResult {
  readonly json: unknown;
  readonly headers: Headers;
  /** Bytes of the body after decompression. */
  readonly bytes: number;
  /** Server time of the arrival, milliseconds. */
  readonly receivedAt: number;
  /** When the request was sent, by the local clock, ISO 8601 UTC. */
  readonly askedAt: string;
  /** The request in terms of errors about the content. */
  readonly details: ConfluenceErrorDetails;
  /** Makes remote text fit to be shown. */
  readonly clean: (text: string) => string;
}

/** Options of {@linkcode Http}. */
export interface HttpOptions {
  readonly bases: Bases;
  /** The origin of the host that attachments come from. @default {null, there is none} */
  readonly mediaOrigin?: string | null;
  /** Finds the way through the gateway for a scoped token; left out, there is none. */
  readonly findGateway?: ((signal: AbortSignal) => Promise<Bases>) | undefined;
  /** Base64 of `email:token`. */
  readonly credentials: string;
  /** What must never be shown. */
  readonly secrets: readonly string[];
  readonly limits: Limits;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

interface Failure {
  readonly error: ConfluenceError;
  readonly again: "no" | "once" | "yes";
  readonly retryAfterMs: number | null;
}

/** Sends GET requests. */
export class Http {
  readonly time: ServerTime;
  readonly #limiter: Limiter;
  readonly #totals = new Totals();
  readonly #options: Omit<HttpOptions, "credentials" | "secrets">;
  // Private fields stay out of inspection output.
  readonly #credentials: string;
  readonly #secrets: readonly string[];
  readonly #clean = (text: string): string => remoteText(text, this.#secrets);
  readonly #route: Route;
  readonly #media: MediaHost;

  /** @param options Where to go, with what, how fast. */
  constructor(options: HttpOptions) {
    const { credentials, secrets, ...rest } = options;
    this.#route = new Route(options.bases, options.findGateway);
    this.#options = rest;
    this.#credentials = credentials;
    this.#secrets = secrets;
    this.time = new ServerTime(() => options.clock.now());
    this.#media = new MediaHost({
      origin: options.mediaOrigin ?? null,
      limits: options.limits,
      fetch: options.fetch,
      clock: options.clock,
      signal: options.signal,
      totals: this.#totals,
      details: ({ operation, url }, status) => ({
        ...this.#details({ operation, endpoint: MEDIA_ENDPOINT, url: url.href }, null),
        status,
      }),
      clean: this.#clean,
    });
    this.#limiter = new Limiter({
      requestsPerSecond: options.limits.requestsPerSecond,
      concurrency: options.limits.concurrency,
      clock: options.clock,
      onWait: options.onWait,
    });
  }

  /** Where requests go now: a scoped token turns from the site to the gateway. */
  get bases(): Bases {
    return this.#route.bases;
  }

  /** What requests may cost. */
  get limits(): Limits {
    return this.#options.limits;
  }

  /** Chance, for pauses. */
  random(): number {
    return this.#options.random();
  }

  /** Waits before another attempt. */
  async pause(ms: number, operation: string, signal: AbortSignal | undefined): Promise<void> {
    const linked = linkSignals(this.#options.signal, signal);
    try {
      this.#totals.retries++;
      this.#options.onWait?.({ ms, reason: "retry", operation });
      await this.#options.clock.sleep(ms, linked.signal);
    } finally {
      linked.unlink();
    }
  }

  /** Opens a file of the media host, without credentials. */
  media(request: MediaRequest): Promise<MediaAnswer> {
    return this.#media.open(request);
  }

  /** What was done so far. */
  get stats(): ClientStats {
    return {
      requests: this.#totals.requests,
      byEndpoint: this.#totals.byEndpoint,
      retries: this.#totals.retries,
      throttledMs: Math.round(this.#totals.retryThrottledMs + this.#limiter.throttledMs),
      bytesReceived: this.#totals.bytesReceived,
      inFlight: this.#limiter.inFlight,
    };
  }

  /**
   * Gets JSON, trying again where that is worth it.
   *
   * @throws {ConfluenceError} When it does not work.
   * @throws The reason of an aborted signal.
   */
  async get(request: GetRequest): Promise<GetResult> {
    const linked = linkSignals(this.#options.signal, request.signal);
    try {
      return await this.#getUntil(request, linked.signal).catch(async (error: unknown) => {
        if (!(error instanceof ConfluenceAuthError) || error.reason !== "scoped_token") throw error;
        if (!await this.#route.turnToGateway(linked.signal)) throw error;
        return await this.#getUntil(request, linked.signal);
      });
    } finally {
      linked.unlink();
    }
  }

  async #getUntil(request: GetRequest, signal: AbortSignal): Promise<GetResult> {
    const { maxAttempts } = this.#options.limits;
    const most = Math.max(1, Math.min(maxAttempts, request.maxAttempts ?? maxAttempts));
    let looks = 0;
    for (let attempt = 1;; attempt++) {
      if (attempt > 1) this.#totals.retries++;
      const result = await this.#attempt(request, attempt, signal);
      if (!("error" in result)) return result;
      if (result.again === "once") looks++;
      if (result.again === "no" || attempt >= most || looks > 1) throw result.error;
      await this.#pause(request, attempt, result, signal);
    }
  }

  async #attempt(asked: GetRequest, attempt: number, signal: AbortSignal): Promise<GetResult | Failure> {
    const ticket = await this.#limiter.acquire(asked.operation, signal);
    const request = asked.anonymous === true ? asked : { ...asked, url: this.#route.current(asked.url) };
    try {
      const startedAt = this.#options.clock.now();
      const answer = await this.#send(request, signal);
      if ("error" in answer) return answer;
      const result = this.#judge(request, answer, ticket, startedAt);
      log.debug("{endpoint} answered {status} in {ms} ms", {
        operation: request.operation,
        endpoint: request.endpoint,
        url: redactUrl(request.url, this.#secrets),
        attempt,
        status: answer.status,
        ms: this.#options.clock.now() - startedAt,
        bytes: answer.bytes,
      });
      return result;
    } catch (failure) {
      if (!(failure instanceof ExchangeFailure)) throw failure;
      const details = { ...this.#details(request, null), status: failure.status };
      const error = noAnswer(failure, details, this.#options.limits, this.#clean);
      const again = failure.kind === "refused" || failure.kind === "too_large" ? "no" : "yes";
      return { error, again, retryAfterMs: null };
    } finally {
      this.#limiter.release();
    }
  }

  // A redirect below the request base is followed once; anything else about redirects is an error.
  async #send(request: GetRequest, signal: AbortSignal): Promise<Answer | Failure> {
    const first = await this.#exchange(request, request.url, signal);
    if (!isRedirect(first)) return first;
    const location = first.headers.get("location") ?? "";
    const target = URL.canParse(location, request.url) ? new URL(location, request.url) : null;
    if (request.redirect === true && target !== null && !isLogin(target)) return first;
    if (target !== null && this.#mayFollow(request, target)) {
      const second = await this.#exchange(request, target.href, signal);
      if (!isRedirect(second)) return second;
    }
    const error = redirected(target, this.#details(request, first), this.#clean);
    return { error, again: "no", retryAfterMs: null };
  }

  #mayFollow(request: GetRequest, target: URL): boolean {
    return request.anonymous !== true && !isLogin(target) &&
      isBelow(target, new URL(this.bases.requestBase));
  }

  async #exchange(request: GetRequest, url: string, signal: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (request.anonymous !== true) {
      // The last gate: whatever a link said, credentials go below the request base or nowhere.
      if (!isBelow(new URL(url), new URL(this.bases.requestBase))) {
        throw new Error(`Cannot ${request.operation}: its URL is not below the request base`);
      }
      headers.authorization = `Basic ${this.#credentials}`;
    }
    this.#totals.sent(request.endpoint);
    const { fetch, clock, limits } = this.#options;
    const { timeoutMs, maxBodyBytes } = limits;
    const answer = await exchange(url, { fetch, clock, headers, timeoutMs, maxBodyBytes, signal });
    this.#totals.bytesReceived += answer.bytes;
    this.time.learn(answer.headers);
    return answer;
  }

  #judge(request: GetRequest, answer: Answer, ticket: Ticket, sentAt: number): GetResult | Failure {
    const { maxRetryAfterMs } = this.#options.limits;
    const receivedAt = this.time.now();
    const askedAt = new Date(sentAt).toISOString();
    const askedMs = retryAfterMs(answer.headers, receivedAt);
    const isTooLong = askedMs !== null && askedMs > maxRetryAfterMs;
    // A wait that is too long fails this request; the others need not stand still for it.
    if (answer.status === 429) this.#limiter.throttled(ticket, isTooLong ? 0 : askedMs ?? 0);
    else if (answer.status < 500) this.#limiter.answered(budgetLeft(answer.headers));
    const details = this.#details(request, answer);
    if (request.redirect === true && answer.status < 400) {
      return this.#target(request, answer, { receivedAt, askedAt, details, clean: this.#clean });
    }
    const verdict = judge(answer, {
      details,
      endpoint: request.endpoint,
      objectId: request.objectId,
      doubtRefusal: request.doubtRefusal ?? false,
      viaGateway: !this.#route.isOnSite(request.url),
      clean: this.#clean,
      retryAfterMs: askedMs,
    });
    if (verdict.ok) {
      const { headers, bytes } = answer;
      return { json: verdict.json, headers, bytes, receivedAt, askedAt, details, clean: this.#clean };
    }
    const { error, again } = verdict;
    if (again === "no" || !isTooLong) return { error, again, retryAfterMs: askedMs };
    return { error: waitTooLong(error, askedMs, maxRetryAfterMs), again: "no", retryAfterMs: askedMs };
  }

  /** Where a wanted redirect leads. */
  #target(
    request: GetRequest,
    answer: Answer,
    result: Pick<GetResult, "receivedAt" | "askedAt" | "details" | "clean">,
  ): GetResult | Failure {
    if (isRedirect(answer)) {
      const json = new URL(answer.headers.get("location")!, request.url).href;
      const { headers, bytes } = answer;
      return { json, headers, bytes, ...result };
    }
    const error = noWay(looksLikeHtml(answer), result.details);
    return { error, again: "yes", retryAfterMs: null };
  }

  async #pause(request: GetRequest, attempt: number, failure: Failure, signal: AbortSignal): Promise<void> {
    const { clock, random, onWait } = this.#options;
    const ms = Math.max(backoffMs(attempt, random()), failure.retryAfterMs ?? 0);
    const limited = failure.error instanceof ConfluenceRateLimitError;
    log.warn("{message}; trying again in {ms} ms", {
      message: failure.error.message,
      operation: request.operation,
      endpoint: request.endpoint,
      url: failure.error.url,
      status: failure.error.status,
      traceId: failure.error.traceId,
      attempt,
      ms,
    });
    onWait?.({ ms, reason: limited ? "rate_limit" : "retry", operation: request.operation });
    const startedAt = clock.now();
    await clock.sleep(ms, signal);
    if (limited) this.#totals.retryThrottledMs += clock.now() - startedAt;
  }

  #details(request: GetRequest, answer: Answer | null): ConfluenceErrorDetails {
    const headers = answer?.headers;
    const traceId = headers?.get("atl-traceid") ?? headers?.get("atl-request-id") ?? undefined;
    return {
      operation: request.operation,
      url: redactUrl(request.url, this.#secrets),
      status: answer?.status,
      traceId: traceId === undefined ? undefined : this.#clean(traceId),
      edge: /error from cloudfront/i.test(headers?.get("x-cache") ?? ""),
    };
  }
}

function isRedirect(answer: Answer): boolean {
  return answer.status >= 300 && answer.status < 400 && answer.status !== 304;
}
