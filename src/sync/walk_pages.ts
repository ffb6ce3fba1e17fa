/**
 * Walking all pages of a space, with bodies as long as the server can deliver them that way.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import { type Batch, ConfluenceError } from "../confluence/mod.ts";
import { note, type SpaceContext } from "./context.ts";

/** Pages per request, at most. It stays the same from the first request to the last: cursors are bound to it. */
const LIMIT = 250;

/**
 * Yields the answers of the listing, one by one. Where an answer with bodies fails for good, the walk goes on at the same place
 * without bodies.
 *
 * @param space The space to walk.
 * @param options Whether to ask for bodies, and the link to resume at.
 * @throws What the client throws when the listing itself cannot be had.
 */
export async function* walkPages(
  space: SpaceContext,
  options: { readonly bodies: boolean; readonly from: string | null },
): AsyncGenerator<Batch<Page>> {
  let { bodies, from } = options;
  // Where bodies come along, none more than may be read.
  const limit = bodies ? Math.min(LIMIT, space.settings.maxPages ?? LIMIT) : LIMIT;
  while (true) {
    try {
      const listing = space.client.getPages(space.space.id, bodies ? space.bodyFormat : undefined, {
        statuses: space.statuses,
        limit,
        signal: space.signal,
        // Where bodies are too much, the walk without them is a better answer than waiting.
        ...(bodies ? { maxAttempts: 3 } : {}),
        ...(from === null ? {} : { from }),
      });
      for await (const batch of listing.batches()) {
        yield batch;
        from = batch.next;
      }
      return;
    } catch (error) {
      if (!bodies || !(error instanceof ConfluenceError) || !error.mayShrink) throw error;
      bodies = false;
      note(space, `${error.message}; the walk goes on without bodies and fetches them in smaller requests`);
    }
  }
}
