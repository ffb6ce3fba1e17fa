/** What a client has done so far. */
export interface ClientStats {
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** The same by endpoint, such as `GET /spaces/{id}/pages`; API v1 as `GET /rest/api/content/search`. */
  readonly byEndpoint: Readonly<Record<string, number>>;
  /** How many of them were further attempts. */
  readonly retries: number;
  /** Milliseconds that requests waited because the server asked to slow down, summed over requests. */
  readonly throttledMs: number;
  /** Bytes of all answers, after decompression. */
  readonly bytesReceived: number;
  /** Requests under way now. */
  readonly inFlight: number;
}

/** The running totals behind {@linkcode ClientStats}. */
export class Totals {
  requests = 0;
  retries = 0;
  retryThrottledMs = 0;
  bytesReceived = 0;
  readonly #byEndpoint = new Map<string, number>();

  /** Counts a request. */
  sent(endpoint: string): void {
    this.requests++;
    this.#byEndpoint.set(endpoint, (this.#byEndpoint.get(endpoint) ?? 0) + 1);
  }

  /** A copy that does not change any more. */
  get byEndpoint(): Record<string, number> {
    return Object.fromEntries(this.#byEndpoint);
  }
}
