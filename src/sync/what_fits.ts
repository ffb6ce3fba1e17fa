/**
 * Writing rows to a server that takes none above some megabytes: one that is too long keeps no other out.
 *
 * @module
 */
import { RowTooLargeError } from "../database/mod.ts";

/**
 * Writes rows together or, where that is too much for the server, in halves, down to the one that is too large.
 *
 * @param rows In any order, which is kept.
 * @param write Writes some of them in one transaction; `isLast` where none come after these.
 * @param giveUp Told of each that does not fit, in its turn.
 */
export async function writeWhatFits<T>(
  rows: readonly T[],
  write: (rows: readonly T[], isLast: boolean) => Promise<void>,
  giveUp: (row: T, isLast: boolean) => Promise<void> | void,
  isLast = true,
): Promise<void> {
  try {
    return await write(rows, isLast);
  } catch (error) {
    if (!(error instanceof RowTooLargeError) || rows.length === 0) throw error;
  }
  if (rows.length === 1) return await giveUp(rows[0]!, isLast);
  const middle = Math.ceil(rows.length / 2);
  await writeWhatFits(rows.slice(0, middle), write, giveUp, false);
  await writeWhatFits(rows.slice(middle), write, giveUp, isLast);
}
