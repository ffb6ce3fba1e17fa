/**
 * Pages that a listing has passed by: the search that brings attachments and labels of the whole space shows its pages too, and what it alone
 * shows, or shows newer, is asked for by id.
 *
 * @module
 */
import { readAttachmentsOf } from "./attachments.ts";
import { note, type SpaceContext } from "./context.ts";
import { fetchPages } from "./fetch_pages.ts";

/**
 * Brings in what the listing has passed by.
 *
 * @param space The space; its listing has been taken in, and its labels have been searched for.
 * @param listedAt When the listing began, by the site's clock, ISO 8601 UTC.
 * @returns How many pages of the space it should have shown as they came.
 */
export async function readPassedBy(space: SpaceContext, listedAt: string): Promise<number> {
  const { store, account, settings } = space;
  if (!space.kinds.has("labels") || settings.maxPages !== null) return 0;
  let found = 0;
  let leftOut = 0;
  for (let after = "";;) {
    space.signal.throwIfAborted();
    const shown = await store.passedBy(space, after);
    if (shown.size === 0) break;
    const ids = [...shown.keys()];
    after = ids.at(-1)!;
    const known = await store.knownPages(ids);
    // Whoever asks for everything believes what comes.
    const fetched = await fetchPages(space, ids, settings.full ? undefined : shown);
    account.listed += ids.length;
    // A search that is behind shows what is gone.
    account.skip("vanished", fetched.absent.length);
    await store.savePages(space, fetched.pages, { failures: fetched.failures });
    const came = fetched.pages.filter(({ spaceId }) => spaceId === space.space.id).map(({ id }) => id);
    // The search has shown their attachments before they were there.
    const absent = came.filter((id) => known.get(id)?.deletedAt !== null);
    await readAttachmentsOf(space, absent);
    found += came.length;
    leftOut += came.filter((id) => absent.includes(id) || (shown.get(id)!.at ?? "") < listedAt).length;
  }
  if (found > 0) {
    note(space, `${found} pages were shown by the search alone, or in a newer version, and were asked for`);
  }
  return leftOut;
}
