/** Longest wait between two attempts before jitter, in milliseconds. */
export const MAX_BACKOFF_MS = 30_000;

/**
 * How long to wait before trying again: 1 s, 2 s, 4 s … at most 30 s, times 0.7 to 1.3.
 *
 * Source: api.md 9.4.
 *
 * @param failures How many attempts failed, from 1.
 * @param random A number from 0 to 1.
 * @returns Milliseconds.
 */
export function backoffMs(failures: number, random: number): number {
  const base = Math.min(MAX_BACKOFF_MS, 1000 * 2 ** (failures - 1));
  return Math.round(base * (0.7 + 0.6 * random));
}
