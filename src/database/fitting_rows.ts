import type { Readable } from "./readable.ts";

/** How many rows with bodies an index has been found to give at once. */
const fitting = new WeakMap<Readable, number>();

/**
 * Reads rows with bodies, fewer at once where a server finds the answer too large.
 *
 * @param limit How many to ask for at most.
 * @param read Reads at most so many rows.
 */
export async function fittingRows<T>(
  index: Readable,
  limit: number,
  read: (limit: number) => Promise<T>,
): Promise<T> {
  for (let rows = Math.min(limit, fitting.get(index) ?? limit);; rows = Math.ceil(rows / 2)) {
    try {
      return await read(rows);
    } catch (error) {
      if (rows === 1 || !isTooLarge(error)) throw error;
      fitting.set(index, Math.ceil(rows / 2));
    }
  }
}

/** Whether a server found an answer too large, or a value that it was to make for it. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /RESPONSE_TOO_LARGE|Response is too large|string or blob too big/.test(error.message) ||
    isTooLarge(error.cause);
}
