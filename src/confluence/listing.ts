/**
 * The lists a client hands out: rows for simple uses, whole answers for those who want to resume.
 *
 * @module
 */
import type { ConfluenceResponseError } from "./errors.ts";
import { log } from "./log.ts";

/** Options of every list. */
export interface ListOptions {
  /** Ends the list; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each row that cannot be used. */
  readonly onInvalid?: ((error: ConfluenceResponseError) => void) | undefined;
  /** Fewer attempts for each request than the client's. */
  readonly maxAttempts?: number | undefined;
}

/** What came with one HTTP answer. */
export interface Batch<T> {
  /** The rows, in the order they came. */
  readonly items: readonly T[];
  /** Rows that could not be used. */
  readonly invalid: readonly ConfluenceResponseError[];
  /** The relative link to go on at, the same through site and gateway; null at the end. */
  readonly next: string | null;
  /** Bytes of the answer after decompression. */
  readonly bytes: number;
  /** Server time of the arrival, milliseconds. */
  readonly receivedAt: number;
}

/** A list that is read while it is walked. Each walk asks the server anew. */
export interface Listing<T> extends AsyncIterable<T> {
  /** The same list, one batch for each HTTP answer; empty batches occur. */
  batches(): AsyncIterable<Batch<T>>;
}

/**
 * Makes a list from a source of batches; tells the log of start, batches, end and unusable rows.
 *
 * @param operation What it is, in words that follow "Cannot".
 * @param options Of the list.
 * @param source Asks for the batches, in order.
 */
export function listing<T>(
  operation: string,
  options: ListOptions,
  source: () => AsyncIterable<Batch<T>>,
): Listing<T> {
  async function* batches(): AsyncGenerator<Batch<T>> {
    const startedAt = performance.now();
    const count = { batches: 0, items: 0, invalid: 0, bytes: 0 };
    let outcome = "left early";
    log.info("start: {operation}", { operation });
    try {
      for await (const batch of source()) {
        count.batches++;
        count.items += batch.items.length;
        count.invalid += batch.invalid.length;
        count.bytes += batch.bytes;
        log.debug("batch {number}: {items} rows, {operation}", {
          operation,
          number: count.batches,
          items: batch.items.length,
          invalid: batch.invalid.length,
          bytes: batch.bytes,
          last: batch.next === null,
        });
        for (const error of batch.invalid) tellInvalid(error, options);
        yield batch;
      }
      outcome = "complete";
    } catch (error) {
      outcome = "failed";
      throw error;
    } finally {
      const ms = Math.round(performance.now() - startedAt);
      log.info("end: {operation}: {outcome}, {items} rows in {ms} ms", { operation, outcome, ms, ...count });
    }
  }
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* batch.items;
    },
  };
}

function tellInvalid(error: ConfluenceResponseError, options: ListOptions): void {
  log.warn("{message}", {
    message: error.message,
    operation: error.operation,
    path: error.path,
    objectId: error.objectId,
    url: error.url,
    traceId: error.traceId,
  });
  options.onInvalid?.(error);
}
