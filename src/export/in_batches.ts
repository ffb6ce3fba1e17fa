import type { Place } from "../database/reader.ts";

/**
 * Goes through rows in the order of their places, a batch at a time.
 *
 * @param next Reads the rows behind a place; none means the end.
 * @param signal Checked between batches.
 */
export async function* inBatches<Row extends Place>(
  next: (after: Place) => Promise<readonly Row[]>,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  for (let after: Place = { spaceKey: "", id: "" };;) {
    signal?.throwIfAborted();
    const rows = await next(after);
    if (rows.length === 0) return;
    yield rows;
    after = rows[rows.length - 1]!;
  }
}
