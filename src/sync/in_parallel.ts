/**
 * Works on several things at the same time. Unlike `pooledMap` of std it throws what the work threw, and leaves no rejection
 * behind that nobody waits for, which would end the process.
 *
 * @param limit At most so many are under way.
 * @param items What to work on, taken in order.
 * @param work After a failure it is not called any more.
 * @returns The results, in the order of the items.
 * @throws The first error, once everything under way has ended.
 */
export async function inParallel<T, R>(
  limit: number,
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = Array.from(items).entries();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item);
      } catch (error) {
        failure ??= { error };
      }
      if (failure !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
