/**
 * Getting one object, beside the lists of `listing.ts`.
 *
 * @module
 */
import { ConfluenceResponseError } from "./errors.ts";
import type { Http } from "./http.ts";
import { log } from "./log.ts";
import type { RowReader } from "./wire.ts";

/** Options of every method that gets one object. */
export interface CallOptions {
  /** Ends the call; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Fewer attempts than the client's. */
  readonly maxAttempts?: number | undefined;
}

/** One object to get. */
export interface Single<T> {
  readonly operation: string;
  readonly endpoint: string;
  /** Relative link, `/wiki/…`. */
  readonly link: string;
  /** The id in the path, which a believable 404 names. */
  readonly objectId?: string | undefined;
  readonly read: RowReader<T>;
}

/**
 * Gets and reads one object.
 *
 * @throws {ConfluenceResponseError} When it cannot be read.
 */
export function getOne<T>(http: Http, single: Single<T>, options: CallOptions): Promise<T> {
  const { operation, endpoint, objectId } = single;
  return logged(operation, async () => {
    const url = http.bases.requestBase + single.link.slice("/wiki".length);
    const { signal, maxAttempts } = options;
    const { json, details, clean, askedAt } = await http.get({
      operation,
      endpoint,
      url,
      objectId,
      signal,
      maxAttempts,
    });
    const value = single.read(json, { details, path: "", clean, askedAt });
    if (value instanceof ConfluenceResponseError) throw value;
    return value;
  });
}

/** Tells the log of start and end of a call. */
export async function logged<T>(operation: string, call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let outcome = "failed";
  log.info("start: {operation}", { operation });
  try {
    const value = await call();
    outcome = "complete";
    return value;
  } finally {
    const ms = Math.round(performance.now() - startedAt);
    log.info("end: {operation}: {outcome} in {ms} ms", { operation, outcome, ms });
  }
}
