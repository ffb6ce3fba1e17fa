import { setImmediate } from "node:timers";

import type { Clock } from "../../src/model/mod.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on: tests that wait for minutes take milliseconds. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers: Sleeper[] = [];
  readonly #outside = new Set<Promise<unknown>>();
  /** Every `sleep` that was asked for, in milliseconds, in order. */
  readonly slept: number[] = [];

  /** @param start Milliseconds since 1970, or a time as text. */
  constructor(start: number | string = "2026-03-01T12:00:00Z") {
    this.#now = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      const remove = () => this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      const onAbort = () => {
        remove();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          remove();
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Names real input or output: {@linkcode VirtualClock.run} waits for it before time goes by. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.#outside.add(work);
    try {
      return await work;
    } finally {
      this.#outside.delete(work);
    }
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Sets the time without waking anybody, as somebody who changes the machine's clock does. */
  set(time: number | string): void {
    this.#now = typeof time === "number" ? time : Date.parse(time);
  }

  /** Goes on by `ms`, waking each sleeper at its moment and letting it act before the next. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turns();
    for (let next = this.#next(); next !== null && next.at <= until; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await turns();
    }
    this.#now = until;
  }

  /**
   * Goes on from sleeper to sleeper until a promise is settled. Whatever is still under way after a few turns of the
   * event loop, and is not named as {@linkcode VirtualClock.outside}, is taken to wait for the clock.
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    for (let idle = 0; !settled;) {
      await turns();
      if (settled) break;
      if (this.#outside.size > 0) {
        await Promise.race(this.#outside).catch(() => {});
        continue;
      }
      const next = this.#next();
      if (next === null) {
        if (++idle > 1000) throw new Error("Cannot run on: nobody sleeps, and the promise is not settled");
        continue;
      }
      idle = 0;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return await promise;
  }

  #next(): Sleeper | null {
    return this.#sleepers.reduce<Sleeper | null>(
      (first, one) => first === null || one.at < first.at ? one : first,
      null,
    );
  }
}

/** Lets everything that is ready run: a few turns of the event loop, no time. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
