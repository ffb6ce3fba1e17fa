/**
 * Walking the versions of one page, in smaller and smaller requests where the server cannot answer larger ones.
 *
 * @module
 */
import type { BodyFormat, PageVersion } from "../model/mod.ts";
import { type Batch, type ConfluenceClient, ConfluenceError } from "../confluence/mod.ts";
import type { LackingPage } from "../database/mod.ts";

/** Versions in one answer: with bodies the server gives no more. */
const MOST = 50;
/** Smaller requests are a better answer to a failure than long waits. */
const ATTEMPTS = 3;

/** What came with one answer. */
export interface VersionsRead {
  /** Those that are wanted, in the order they came. */
  readonly versions: readonly PageVersion[];
  /** What could not be read, one sentence each. */
  readonly lost: readonly string[];
}

/** Options of {@linkcode walkVersions}. */
export interface WalkOptions {
  readonly bodyFormat: BodyFormat;
  readonly signal: AbortSignal;
}

/**
 * Reads the versions of a page from the one before the index's current one down to the lowest that is missing. A version whose body
 * cannot be had is passed over.
 *
 * @throws What the client throws when not even the list without bodies can be had.
 */
export async function* walkVersions(
  client: Pick<ConfluenceClient, "getPageVersions">,
  { id, version: current, lowest }: LackingPage,
  { bodyFormat, signal }: WalkOptions,
): AsyncGenerator<VersionsRead> {
  // The current version comes first.
  let limit = Math.min(MOST, current - lowest + 1);
  let from: string | undefined;
  const ask = (format: BodyFormat | undefined, rows: number) =>
    firstBatch(client.getPageVersions(id, format, { from, limit: rows, signal, maxAttempts: ATTEMPTS }));
  while (true) {
    let batch: Batch<PageVersion>;
    let broken: ConfluenceError | undefined;
    try {
      batch = await ask(bodyFormat, limit);
    } catch (error) {
      if (!(error instanceof ConfluenceError) || !error.mayShrink) throw error;
      if (limit > 1) {
        limit = Math.ceil(limit / 2);
        continue;
      }
      broken = error;
      batch = await ask(undefined, 1);
    }
    const wanted = batch.items.filter(({ version: { number } }) => number < current && number >= lowest);
    yield {
      versions: broken === undefined ? wanted : [],
      lost: broken === undefined
        ? batch.invalid.map(({ message }) => message)
        : wanted.map(({ version }) => `version ${version.number}: ${broken.message}`),
    };
    const reached = batch.items.some(({ version }) => version.number <= lowest);
    if (batch.next === null || reached) return;
    from = batch.next;
    limit = Math.min(MOST, limit * 2);
  }
}

async function firstBatch(listing: { batches(): AsyncIterable<Batch<PageVersion>> }) {
  for await (const batch of listing.batches()) return batch;
  throw new TypeError("Cannot list versions: no answer came");
}
