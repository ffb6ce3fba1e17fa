/**
 * Looking pages up by id, without bodies. They may be anywhere, so that the spaces of the index are looked up with them.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import type { Batch } from "../confluence/mod.ts";
import type { SpaceContext } from "./context.ts";
import { inHalves } from "./in_halves.ts";
import { trackNewcomers } from "./prepare.ts";

/** After so many pages in a row that cannot be answered for, the server itself is the trouble. */
const OUTAGE = 10;

/**
 * Looks pages up. A page for which there is no answer, not even alone, is left out, as those are that the API does not show: who needs to
 * know which it is asks for it singly.
 *
 * @param space The space.
 * @param ids Ids of the pages.
 * @param statuses Those that they may have.
 * @throws What the client throws when smaller requests do not help, or when nothing is answered any more.
 */
export async function* lookUpPages(
  space: SpaceContext,
  ids: readonly string[],
  statuses: readonly string[],
): AsyncGenerator<Batch<Page>> {
  const { client, signal } = space;
  const answers = inHalves(
    ids,
    (some) => Array.fromAsync(client.getPagesByIds(some, undefined, { statuses, signal }).batches()),
    (_id, error, inARow) => {
      if (inARow === OUTAGE) throw error;
    },
    signal,
  );
  for await (const batches of answers) {
    await trackNewcomers(space, batches.flatMap(({ items }) => items));
    yield* batches;
  }
}

/**
 * Looks one page up, whatever its status.
 *
 * @param space The space.
 * @param id The page.
 * @throws What the client throws; of a page that is gone, an error that names it.
 */
export async function lookUpPage(space: SpaceContext, id: string): Promise<Page> {
  const page = await space.client.getPageById(id, undefined, { signal: space.signal });
  await trackNewcomers(space, [page]);
  return page;
}
