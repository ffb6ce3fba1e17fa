/**
 * Asking for many things by id, in smaller and smaller requests where the server cannot answer larger ones.
 *
 * @module
 */
import type { ConfluenceError } from "../confluence/mod.ts";
import { mayBeOneThings } from "./trouble.ts";

/** Ids per request; the API takes at most 250. */
const BATCH = 250;

/**
 * Asks for things together or, where an error may be the trouble of one of them, in halves, down to that one.
 *
 * @param ids Ids of the things.
 * @param ask Asks for some of them in one request.
 * @param giveUp Told of each for which there is no answer, not even alone, and how many these are in a row by now.
 * @param signal Stops before the next request.
 * @returns The answers.
 * @throws Errors that are no one thing's trouble, and what `giveUp` throws.
 */
export async function* inHalves<T>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<T>,
  giveUp: (id: string, error: ConfluenceError, inARow: number) => Promise<void> | void,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const queue: (readonly string[])[] = [];
  for (let i = 0; i < ids.length; i += BATCH) queue.push(ids.slice(i, i + BATCH));
  let inARow = 0;
  while (queue.length > 0) {
    const chunk = queue.shift()!;
    signal.throwIfAborted();
    let answer: T;
    try {
      answer = await ask(chunk);
    } catch (error) {
      if (!mayBeOneThings(error)) throw error;
      if (chunk.length > 1) {
        const half = Math.ceil(chunk.length / 2);
        queue.unshift(chunk.slice(0, half), chunk.slice(half));
      } else await giveUp(chunk[0]!, error, ++inARow);
      continue;
    }
    inARow = 0;
    yield answer;
  }
}
