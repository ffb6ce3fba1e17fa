/**
 * Looking pages up by id, without bodies, in smaller and smaller requests where the server cannot answer larger ones.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import type { Batch } from "../confluence/mod.ts";
import type { SpaceContext } from "./context.ts";
import { mayBeOneThings } from "./trouble.ts";

/** Pages per request; the API takes at most 250. */
const BATCH = 250;
/** After so many pages in a row that cannot be answered for, the server itself is the trouble. */
const OUTAGE = 10;

/**
 * Looks pages up. A page for which there is no answer, not even alone, is left out, as those are that the API does not show: who needs to
 * know which it is asks for it singly.
 *
 * @param space The space.
 * @param ids Ids of the pages.
 * @param statuses Those that they may have.
 * @throws What the client throws when smaller requests do not help, or when nothing is answered any more.
 */
export async function* lookUpPages(
  space: SpaceContext,
  ids: readonly string[],
  statuses: readonly string[],
): AsyncGenerator<Batch<Page>> {
  const { client, signal } = space;
  const queue: (readonly string[])[] = [];
  for (let i = 0; i < ids.length; i += BATCH) queue.push(ids.slice(i, i + BATCH));
  let failedInARow = 0;
  while (queue.length > 0) {
    const chunk = queue.shift()!;
    signal.throwIfAborted();
    try {
      const answers = await Array.fromAsync(
        client.getPagesByIds(chunk, undefined, { statuses, signal }).batches(),
      );
      failedInARow = 0;
      yield* answers;
    } catch (error) {
      if (!mayBeOneThings(error)) throw error;
      if (chunk.length > 1) {
        const half = Math.ceil(chunk.length / 2);
        queue.unshift(chunk.slice(0, half), chunk.slice(half));
      } else if (++failedInARow === OUTAGE) throw error;
    }
  }
}
