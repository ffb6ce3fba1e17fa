/**
 * The host that attachments are downloaded from: known by its origin, asked without credentials, and by so many requests at once as the
 * site. It has no part in the limiter's rate: it is another service.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import type { ConfluenceErrorDetails } from "./errors.ts";
import { noAnswer, wrongMediaHost } from "./failures.ts";
import { type MediaAnswer, type MediaRequest, openMedia } from "./media.ts";
import type { Limits } from "./options.ts";
import { linkSignals } from "./signals.ts";
import type { Totals } from "./stats.ts";

/** Options of {@linkcode MediaHost}. */
export interface MediaHostOptions {
  /** Null where there is none. */
  readonly origin: string | null;
  readonly limits: Limits;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly totals: Totals;
  readonly details: (request: MediaRequest, status: number | undefined) => ConfluenceErrorDetails;
  /** Makes foreign text fit to be shown. */
  readonly clean: (text: string) => string;
}

/** How counts name it. */
export const MEDIA_ENDPOINT = "GET (media) /file/{fileId}/binary";

/** Opens files, a few at once. */
export class MediaHost {
  readonly #options: MediaHostOptions;
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  /** @param options Which host, how many at once, and how errors are told. */
  constructor(options: MediaHostOptions) {
    this.#options = options;
  }

  /**
   * Opens a file; disposing of the answer lets the next one in.
   *
   * @throws {ConfluenceError} When it lies on another host, or that one does not answer.
   * @throws The reason of an aborted signal.
   */
  async open(request: MediaRequest): Promise<MediaAnswer> {
    const { origin, limits, totals, clean, fetch, clock } = this.#options;
    if (request.url.origin !== origin) {
      throw wrongMediaHost(request.url, origin, this.#options.details(request, undefined), clean);
    }
    await this.#enter();
    const linked = linkSignals(this.#options.signal, request.signal);
    const leave = () => {
      linked.unlink();
      this.#leave();
    };
    try {
      totals.sent(MEDIA_ENDPOINT);
      const details = (status: number | undefined) => this.#options.details(request, status);
      const answer = await openMedia(request, {
        fetch,
        clock,
        timeoutMs: limits.timeoutMs,
        signal: linked.signal,
        details,
        explain: (failure) => noAnswer(failure, details(failure.status), limits, clean),
        onBytes: (n) => {
          totals.bytesReceived += n;
        },
      });
      const close = answer[Symbol.asyncDispose];
      return Object.assign(answer, { [Symbol.asyncDispose]: () => Promise.resolve(close()).finally(leave) });
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #enter(): Promise<void> {
    if (this.#open >= this.#options.limits.concurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      // Whoever left has kept the place.
      return;
    }
    this.#open++;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#open--;
    else next();
  }
}
