/**
 * Times that were written by a clock that was wrong: nothing may wait until they come.
 *
 * @module
 */
import type { Statement } from "./database.ts";

/** In milliseconds; two clocks that are right never differ by so much. */
export const CLOCK_ERROR = 24 * 60 * 60 * 1000;

/**
 * From when on a time is not believed, ISO 8601 UTC.
 *
 * @param now ISO 8601 UTC.
 */
export function beyondBelief(now: string): string {
  return new Date(Date.parse(now) + CLOCK_ERROR).toISOString();
}

/** Has what failed by a clock that was wrong tried again now. */
export function correctFailureTimes(now: string): Statement[] {
  return [{
    sql: "UPDATE failures SET last_failed_at = ?1, next_try_at = ?1 WHERE last_failed_at > ?2",
    args: [now, beyondBelief(now)],
  }];
}
