import type { Readable } from "./readable.ts";

/** How many rows with bodies an index has been found to give at once. */
const fitting = new WeakMap<Readable, number>();

/**
 * Reads rows with bodies, fewer at once where a server finds the answer too large.
 *
 * @param limit How many to ask for at most.
 * @param read Reads at most so many rows.
 * @param readLarge Reads a row that is too large even alone, in another way; the rows after it may be small again.
 */
export async function fittingRows<T>(
  index: Readable,
  limit: number,
  read: (limit: number) => Promise<T>,
  readLarge?: () => Promise<T>,
): Promise<T> {
  for (let rows = Math.min(limit, fitting.get(index) ?? limit);; rows = Math.ceil(rows / 2)) {
    try {
      return await read(rows);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (rows === 1) {
        if (readLarge === undefined) throw error;
        fitting.delete(index);
        return await readLarge();
      }
      fitting.set(index, Math.ceil(rows / 2));
    }
  }
}

/** Whether a server found an answer too large, or a value that it was to make for it. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /RESPONSE_TOO_LARGE|Response is too large|string or blob too big/.test(error.message) ||
    isTooLarge(error.cause);
}
