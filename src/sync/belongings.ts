/**
 * What hangs on pages that a listing has brought in, or back, with a past: a search that does not show these yet shows nothing of it either.
 *
 * @module
 */
import { readAttachmentsOf } from "./attachments.ts";
import type { SpaceContext } from "./context.ts";

const MINUTE = 60_000;

/**
 * Reads the attachments of such pages, one request each.
 *
 * @param space The space; its listing has been taken in, and the search for attachments and labels has been answered.
 * @param listedAt When the listing began, by the site's clock, ISO 8601 UTC.
 * @returns Whether there are such pages, so that other searches may be behind as well.
 */
export async function readBelongings(space: SpaceContext, listedAt: string): Promise<boolean> {
  const { kinds, settings, store } = space;
  if (!kinds.has("labels") || settings.maxPages !== null) return false;
  // What hangs on younger pages is young as well: later runs look back that far.
  const before = new Date(Date.parse(listedAt) - settings.overlapMinutes * MINUTE).toISOString();
  let found = false;
  const next = (after: string) => store.unlabelledPages(space, after);
  for (let ids = await next(""); ids.length > 0; ids = await next(ids.at(-1)!)) {
    space.signal.throwIfAborted();
    const arrived = await store.arrivalsAmong(ids, before);
    await readAttachmentsOf(space, arrived);
    found ||= arrived.length > 0;
  }
  return found;
}
