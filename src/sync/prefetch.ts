/**
 * Reading the next batch while the last one is written.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/**
 * Yields what `source` yields, always one step ahead.
 *
 * @example Usage
 * ```ts ignore
 * for await (const batch of prefetch(listing.batches())) await save(batch);
 * ```
 */
export async function* prefetch<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (true) {
      const { value, done } = await next;
      if (done) return;
      next = iterator.next();
      // A rejection is thrown at the next round, or dropped together with the iteration.
      next.catch(() => {});
      await departure();
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await iterator.return?.();
  }
}

/** Writing to a local file holds the only thread: a request that has not left by then leaves when the writing is over. */
async function departure(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
