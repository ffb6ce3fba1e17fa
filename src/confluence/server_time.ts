/** Tells the server's time from the local clock and what answers say. */
export class ServerTime {
  #offsetMs = 0;
  readonly #local: () => number;

  /** @param local The local clock, in milliseconds. */
  constructor(local: () => number) {
    this.#local = local;
  }

  /** Milliseconds; the local clock until the first answer. */
  now(): number {
    return this.#local() + this.#offsetMs;
  }

  /** Learns from an answer: `x-confluence-request-time` has milliseconds, `Date` only seconds. */
  learn(headers: Headers): void {
    const exact = headers.get("x-confluence-request-time")?.trim() ?? "";
    const time = /^\d{12,14}$/.test(exact) ? Number(exact) : Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(time)) this.#offsetMs = time - this.#local();
  }
}
