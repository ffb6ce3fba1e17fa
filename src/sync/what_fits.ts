/**
 * Writing rows to a server that takes none above some megabytes: one that is too long keeps no other out.
 *
 * @module
 */
import { type Failure, RowTooLargeError } from "../database/mod.ts";
import type { Alongside } from "./store.ts";

/**
 * Commits rows together or, where that is too much for the server, in halves, down to the one that is too large: that one fails alone.
 *
 * @param rows What to write.
 * @param alongside What goes with the last of them; what is owed for any is owed from the first on.
 * @param commit Writes some of them in one transaction.
 * @param fail What to put on record of one that does not fit.
 */
export async function writeWhatFits<T>(
  rows: readonly T[],
  alongside: Alongside,
  commit: (rows: readonly T[], alongside: Alongside) => Promise<void>,
  fail: (row: T) => Failure,
): Promise<void> {
  try {
    return await commit(rows, alongside);
  } catch (error) {
    if (!(error instanceof RowTooLargeError) || rows.length === 0) throw error;
  }
  if (rows.length === 1) {
    return await commit([], { ...alongside, failures: [...alongside.failures ?? [], fail(rows[0]!)] });
  }
  const middle = Math.ceil(rows.length / 2);
  await writeWhatFits(rows.slice(0, middle), { owing: alongside.owing }, commit, fail);
  await writeWhatFits(rows.slice(middle), alongside, commit, fail);
}
