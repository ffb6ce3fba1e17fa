/**
 * One valve for all requests of a client: so many a second, so many at once, first come first served.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import { NEAR } from "./rate_headers.ts";

/** A pause, told before it begins. */
export interface Wait {
  /** How long it will take, in milliseconds, as far as can be known. */
  readonly ms: number;
  /**
   * `retry` after a failure, `rate_limit` because the server asked for it, `pacing` to keep to the configured rate.
   */
  readonly reason: "retry" | "rate_limit" | "pacing";
  /** What waits. */
  readonly operation: string;
}

/** Options of {@linkcode Limiter}. */
export interface LimiterOptions {
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/** A right to send one request; give it back with its result. */
export interface Ticket {
  /** Grows with each slow-down, so that the answers of one burst count once. */
  readonly epoch: number;
}

interface Waiter {
  readonly since: number;
  throttled: boolean;
  readonly grant: (ticket: Ticket) => void;
}

/** The slowest the limiter gets, in requests a second. */
const SLOWEST = 0.5;
/** Above this, halving would take too many 429s to be felt; no documented burst limit is higher (api.md 9.2). */
const FASTEST_TO_HALVE = 100;
/** Answers without complaint before the next step up, and how many steps lead from zero to the full rate. */
const SUCCESSES_PER_STEP = 10;
const STEPS = 10;
/** Seconds of unused allowance that are kept: enough to even out late timers, too little for a burst. */
const BURST_SECONDS = 0.2;

/** A token bucket with a bound on requests in flight, which slows down when the server asks. */
export class Limiter {
  readonly #clock: Clock;
  readonly #ceiling: number;
  readonly #concurrency: number;
  readonly #onWait: ((wait: Wait) => void) | undefined;
  readonly #queue: Waiter[] = [];
  #rate: number;
  #tokens: number;
  #refilledAt: number;
  #pausedUntil = -Infinity;
  #inFlight = 0;
  #epoch = 0;
  #successes = 0;
  #throttledMs = 0;
  #timer: { readonly abort: AbortController; readonly at: number } | null = null;

  /** @param options Rate, bound and clock. */
  constructor(options: LimiterOptions) {
    this.#clock = options.clock;
    this.#ceiling = options.requestsPerSecond;
    this.#concurrency = options.concurrency;
    this.#onWait = options.onWait;
    this.#rate = options.requestsPerSecond;
    this.#tokens = this.#capacity;
    this.#refilledAt = options.clock.now();
  }

  /** Requests a second now. */
  get rate(): number {
    return this.#rate;
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Milliseconds that requests stood here because the server had asked to slow down, summed over requests. */
  get throttledMs(): number {
    return this.#throttledMs;
  }

  /**
   * Waits for the right to send.
   *
   * @param operation What waits, for `onWait`.
   * @param signal Ends the wait.
   * @returns A ticket, to be given back with {@linkcode Limiter.release}.
   */
  acquire(operation: string, signal: AbortSignal): Promise<Ticket> {
    if (signal.aborted) return Promise.reject(signal.reason);
    this.#refill();
    const pauseMs = this.#pausedUntil - this.#clock.now();
    const paceMs = ((this.#queue.length + 1 - this.#tokens) / this.#rate) * 1000;
    const ms = Math.ceil(Math.max(pauseMs, paceMs, 0));
    const throttled = ms > 0 && (pauseMs > 0 || this.#rate < this.#ceiling);
    if (ms > 0) this.#onWait?.({ ms, reason: throttled ? "rate_limit" : "pacing", operation });
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        this.#pump();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        since: this.#clock.now(),
        throttled,
        grant: (ticket) => {
          signal.removeEventListener("abort", onAbort);
          resolve(ticket);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiter);
      this.#pump();
    });
  }

  /** Gives the place of a finished request to the next one. */
  release(): void {
    this.#inFlight--;
    this.#pump();
  }

  /**
   * Tells that the server refused a request because there were too many.
   *
   * @param ticket The request's.
   * @param pauseMs How long nobody may send; 0 where the server did not say.
   */
  throttled(ticket: Ticket, pauseMs: number): void {
    this.#refill();
    if (ticket.epoch === this.#epoch) {
      this.#epoch++;
      this.#setRate(Math.min(this.#rate, FASTEST_TO_HALVE) / 2);
    }
    this.#successes = 0;
    this.#tokens = Math.min(this.#tokens, 0);
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + pauseMs);
    for (const waiter of this.#queue) waiter.throttled = true;
  }

  /**
   * Tells that a request was answered.
   *
   * @param budgetLeft The part of the budget that is left where it is nearly used, else null.
   */
  answered(budgetLeft: number | null): void {
    this.#refill();
    if (budgetLeft !== null) {
      this.#successes = 0;
      const part = Math.min(1, Math.max(0, budgetLeft / NEAR)) / 2;
      this.#setRate(Math.min(this.#rate, this.#ceiling * part));
      return;
    }
    if (this.#rate >= this.#ceiling || ++this.#successes < SUCCESSES_PER_STEP) return;
    this.#successes = 0;
    this.#setRate(this.#rate + this.#ceiling / STEPS);
    this.#pump();
  }

  get #capacity(): number {
    return Math.max(1, this.#rate * BURST_SECONDS);
  }

  #setRate(rate: number): void {
    this.#rate = Math.min(this.#ceiling, Math.max(rate, Math.min(SLOWEST, this.#ceiling)));
  }

  #refill(): void {
    const now = this.#clock.now();
    const passed = now - this.#refilledAt;
    // Somebody set the machine's clock back: a pause must not last longer for it.
    if (passed < 0) this.#pausedUntil += passed;
    const seconds = Math.max(0, passed) / 1000;
    this.#refilledAt = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#rate);
  }

  #pump(): void {
    this.#refill();
    while (this.#queue.length > 0 && this.#inFlight < this.#concurrency) {
      const now = this.#clock.now();
      const needMs = this.#tokens > 1 - 1e-6 ? 0 : ((1 - this.#tokens) / this.#rate) * 1000;
      const ms = Math.ceil(Math.max(this.#pausedUntil - now, needMs));
      if (ms > 0) return this.#wakeIn(ms, now);
      const waiter = this.#queue.shift();
      if (waiter === undefined) break;
      this.#tokens -= 1;
      this.#inFlight++;
      if (waiter.throttled) this.#throttledMs += now - waiter.since;
      waiter.grant({ epoch: this.#epoch });
    }
    // A timer that nobody waits for would keep the process alive.
    if (this.#queue.length === 0) this.#stopTimer();
  }

  #wakeIn(ms: number, now: number): void {
    const at = now + ms;
    if (this.#timer !== null && this.#timer.at <= at && this.#timer.at > now) return;
    this.#stopTimer();
    const abort = new AbortController();
    const timer = { abort, at };
    this.#timer = timer;
    this.#clock.sleep(ms, abort.signal).then(() => {
      if (this.#timer !== timer) return;
      this.#timer = null;
      this.#pump();
    }, () => {});
  }

  #stopTimer(): void {
    this.#timer?.abort.abort();
    this.#timer = null;
  }
}
