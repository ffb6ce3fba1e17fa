/**
 * Doing something again and again: the schedule behind `--every`.
 *
 * @module
 */
import { EXIT_CODES } from "./exit_code.ts";

/** How a round ended. */
export interface Outcome {
  /** The exit code. */
  readonly code: number;
  /** Whether the same can never work, however often it is tried. */
  readonly hopeless: boolean;
}

/** What repeating needs. */
export interface RepeatOptions {
  /** From the beginning of one round to that of the next, in milliseconds. */
  readonly every: number;
  /** Aborted when it is to end; the round in hand learns of it by itself. */
  readonly signal: AbortSignal;
  /** Milliseconds, only ever rising. */
  readonly now: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told before each pause how long it is, in milliseconds. */
  readonly onPause: (ms: number) => void;
  /** Told of a round that threw. The first may not: it ends all, for nothing has shown yet that it can work. */
  readonly onError: (error: unknown) => Promise<void>;
}

/** Each round begins up to this part of the interval late, so that many machines with one crontab do not ask at once. */
const JITTER = 0.1;
const MOST_JITTER = 5 * 60_000;

/**
 * Runs rounds one after the other, the first at once, until the signal is aborted. They never overlap: a round that takes longer
 * than the interval lets the beginnings pass that it misses. One that fails does not end it.
 *
 * @param round What to do.
 * @returns The exit code: of the round that was interrupted or is hopeless, or 0 between two.
 * @throws What the first round throws.
 */
export async function repeat(round: () => Promise<Outcome>, options: RepeatOptions): Promise<number> {
  const { every, signal } = options;
  const start = options.now();
  for (let first = true; !signal.aborted; first = false) {
    try {
      const { code, hopeless } = await round();
      if (hopeless || code === EXIT_CODES.interrupted || signal.aborted) return code;
    } catch (error) {
      if (first) throw error;
      await options.onError(error);
    }
    const passed = options.now() - start;
    const jitter = options.random() * Math.min(every * JITTER, MOST_JITTER);
    const pause = (Math.floor(passed / every) + 1) * every + jitter - passed;
    options.onPause(pause);
    await options.sleep(pause, signal);
  }
  return EXIT_CODES.complete;
}

/** Waits in real time. */
export function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
