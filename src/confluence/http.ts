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
  ConfluenceNetworkError,
  ConfluenceRateLimitError,
  ConfluenceResponseError,
} from "./errors.ts";
import { type Answer, exchange, ExchangeFailure } from "./exchange.ts";
import { judge, type Verdict } from "./judge.ts";
import { Limiter, type Ticket, type Wait } from "./limiter.ts";
import { type Bases, isBelow } from "./links.ts";
import { log } from "./log.ts";
import type { Limits } from "./options.ts";
import { budgetLeft } from "./rate_headers.ts";
import { redactUrl, remoteText } from "./redact.ts";
import { retryAfterMs } from "./retry_after.ts";
import { ServerTime } from "./server_time.ts";
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
}

/** What came. */
export interface GetResult {
  readonly json: unknown;
  readonly headers: Headers;
  /** Bytes of the body after decompression. */
  readonly bytes: number;
  /** Server time of the arrival, milliseconds. */
  readonly receivedAt: number;
  /** The request in terms of errors about the content. */
  readonly details: ConfluenceErrorDetails;
}

/** Options of {@linkcode Http}. */
export interface HttpOptions {
  readonly bases: Bases;
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
  readonly bases: Bases;
  readonly time: ServerTime;
  readonly #limiter: Limiter;
  readonly #totals = new Totals();
  readonly #options: Omit<HttpOptions, "credentials" | "secrets">;
  // Private fields stay out of inspection output.
  readonly #credentials: string;
  readonly #secrets: readonly string[];

  /** @param options Where to go, with what, how fast. */
  constructor(options: HttpOptions) {
    const { credentials, secrets, ...rest } = options;
    this.bases = options.bases;
    this.#options = rest;
    this.#credentials = credentials;
    this.#secrets = secrets;
    this.time = new ServerTime(() => options.clock.now());
    this.#limiter = new Limiter({
      requestsPerSecond: options.limits.requestsPerSecond,
      concurrency: options.limits.concurrency,
      clock: options.clock,
      onWait: options.onWait,
    });
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
      return await this.#getUntil(request, linked.signal);
    } finally {
      linked.unlink();
    }
  }

  async #getUntil(request: GetRequest, signal: AbortSignal): Promise<GetResult> {
    const most = Math.max(1, request.maxAttempts ?? this.#options.limits.maxAttempts);
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

  async #attempt(request: GetRequest, attempt: number, signal: AbortSignal): Promise<GetResult | Failure> {
    const ticket = await this.#limiter.acquire(request.operation, signal);
    const startedAt = this.#options.clock.now();
    let answer: Answer;
    try {
      const sent = await this.#send(request, signal);
      if ("error" in sent) return sent;
      answer = sent;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      return this.#noAnswer(request, error);
    } finally {
      this.#limiter.release();
    }
    const receivedAt = this.time.now();
    const details = this.#details(request, answer);
    log.debug("{endpoint} answered {status} in {ms} ms", {
      operation: request.operation,
      endpoint: request.endpoint,
      url: details.url,
      attempt,
      status: answer.status,
      ms: this.#options.clock.now() - startedAt,
      bytes: answer.bytes,
      traceId: details.traceId,
    });
    const asked = retryAfterMs(answer.headers, receivedAt);
    this.#tellLimiter(answer, ticket, asked);
    const verdict = judge(answer, {
      details,
      endpoint: request.endpoint,
      objectId: request.objectId,
      viaGateway: this.bases.requestBase !== this.bases.siteUrl,
      secrets: this.#secrets,
      retryAfterMs: asked,
    });
    if (!verdict.ok) return this.#failure(verdict, asked, answer.status);
    return { json: verdict.json, headers: answer.headers, bytes: answer.bytes, receivedAt, details };
  }

  // A redirect within the request base is followed once; anything else about redirects is an error.
  async #send(request: GetRequest, signal: AbortSignal): Promise<Answer | Failure> {
    const first = await this.#exchange(request, request.url, signal);
    if (first.status < 300 || first.status >= 400) return first;
    const location = first.headers.get("location") ?? "";
    const target = URL.canParse(location, request.url) ? new URL(location, request.url) : null;
    const isLogin = target !== null &&
      /(?:^|\/)login|^id\.atlassian\.com$/.test(target.pathname + target.host);
    const mayFollow = target !== null && !isLogin && request.anonymous !== true &&
      isBelow(target, new URL(this.bases.requestBase));
    if (mayFollow) {
      const second = await this.#exchange(request, target.href, signal);
      if (second.status < 300 || second.status >= 400) return second;
    }
    return { error: this.#redirected(request, first, target, isLogin), again: "no", retryAfterMs: null };
  }

  async #exchange(request: GetRequest, url: string, signal: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (request.anonymous !== true) {
      // The last gate: whatever a link said, credentials go below the request base or nowhere.
      if (!isBelow(new URL(url), new URL(this.bases.requestBase))) throw new Error("Foreign URL");
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

  #tellLimiter(answer: Answer, ticket: Ticket, asked: number | null): void {
    if (answer.status === 429) {
      // A wait that is too long fails this request; the others should not stand still for it.
      const pauseMs = asked !== null && asked <= this.#options.limits.maxRetryAfterMs ? asked : 0;
      this.#limiter.throttled(ticket, pauseMs);
    } else if (answer.status < 500) this.#limiter.answered(budgetLeft(answer.headers));
  }

  #failure(verdict: Verdict & { ok: false }, asked: number | null, status: number): Failure {
    const { error, again } = verdict;
    const { maxRetryAfterMs } = this.#options.limits;
    if (again === "no" || asked === null || asked <= maxRetryAfterMs) {
      return { error, again, retryAfterMs: asked };
    }
    const seconds = Math.ceil(asked / 1000);
    const found = `the server (${status}) asks to wait ${seconds} s, more than the ${
      Math.floor(maxRetryAfterMs / 1000)
    } s that are waited for`;
    const hint = `Run again in ${Math.ceil(seconds / 60)} min.`;
    const { operation, url, traceId } = error;
    const tooLong = new ConfluenceRateLimitError(asked, found, { operation, url, status, traceId, hint });
    return { error: tooLong, again: "no", retryAfterMs: asked };
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
      traceId: traceId === undefined ? undefined : remoteText(traceId, this.#secrets),
      edge: /error from cloudfront/i.test(headers?.get("x-cache") ?? ""),
    };
  }

  #noAnswer(request: GetRequest, failure: ExchangeFailure): Failure {
    const details = { ...this.#details(request, null), status: failure.status };
    const cause = failure.cause instanceof Error ? failure.cause.message : String(failure.cause);
    // The original error may hold whatever a foreign fetch put into it; only its cleaned words go on.
    const words = remoteText(cause, this.#secrets);
    const { timeoutMs, maxBodyBytes } = this.#options.limits;
    if (failure.kind === "timeout") {
      const found = `no complete answer within ${timeoutMs / 1000} s`;
      return {
        error: new ConfluenceNetworkError("timeout", found, details),
        again: "yes",
        retryAfterMs: null,
      };
    }
    if (failure.kind === "too_large") {
      const found = `the answer is larger than ${maxBodyBytes} bytes`;
      return {
        error: new ConfluenceNetworkError("too_large", found, details),
        again: "no",
        retryAfterMs: null,
      };
    }
    const broke = failure.kind === "broken_answer" || /reset|broken pipe|closed|incomplete/i.test(cause);
    const error = broke
      ? new ConfluenceNetworkError("reset", `the connection broke: ${words}`, details)
      : new ConfluenceNetworkError("unreachable", `no connection: ${words}`, {
        ...details,
        hint: "Check the base URL, the network and any proxy.",
      });
    return { error, again: failure.kind === "refused" ? "no" : "yes", retryAfterMs: null };
  }

  #redirected(request: GetRequest, answer: Answer, target: URL | null, isLogin: boolean): ConfluenceError {
    const details = this.#details(request, answer);
    if (isLogin) {
      return new ConfluenceAuthError("login", `the server sends us to a log-in page (${answer.status})`, {
        ...details,
        hint: "Check CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN.",
      });
    }
    const place = target === null ? "nowhere" : redactUrl(target.origin, this.#secrets);
    const found = `the server sends us on to ${place} (${answer.status}), where credentials must not go`;
    const hint = "If the site has moved, set its new base URL.";
    return new ConfluenceResponseError("redirect", found, { ...details, hint });
  }
}

// By hand instead of AbortSignal.any: a client's signal lives long, and must not gather one follower per request.
function linkSignals(...signals: (AbortSignal | undefined)[]): { signal: AbortSignal; unlink: () => void } {
  const controller = new AbortController();
  const unlinkers: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) controller.abort(signal.reason);
    const onAbort = () => controller.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    unlinkers.push(() => signal.removeEventListener("abort", onAbort));
  }
  return { signal: controller.signal, unlink: () => unlinkers.forEach((unlink) => unlink()) };
}
