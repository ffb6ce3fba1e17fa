/**
 * Searches that show nothing, though something is there: a mute search is believed in nothing.
 *
 * @module
 */
import { quoteCql } from "../confluence/mod.ts";
import { type Findable, lastFindable, newestPages } from "../database/mod.ts";
import type { Page } from "../model/mod.ts";
import type { SpaceContext } from "./context.ts";
import { searchBatches, showsNothing } from "./search_batches.ts";

/** So many pages tell for all: they are one request. */
const SOME = 250;
const MINUTE = 60_000;

/** Whether a search for everything, pages among them, that showed nothing should have shown a page: one that is there, and not brand-new. */
export async function isMute(space: SpaceContext): Promise<boolean> {
  const ids = (await space.store.pagesAfter(space, "", "all")).slice(0, SOME);
  if (ids.length === 0) return false;
  const indexed = indexedUntil(space);
  // An edit takes nothing out of a search for everything.
  return (await thereOf(space, ids)).some(({ createdAt }) => Date.parse(createdAt) <= indexed);
}

/**
 * When that changed which a search for changes must show, in milliseconds: what made the mark may be gone, and one that looks no further back
 * may rightly show nothing.
 *
 * @param types What it looks for.
 */
export async function lastShown(
  { database, space }: SpaceContext,
  types: readonly Findable[],
): Promise<number> {
  const last = await lastFindable(database, space.id, types);
  return last === null ? Infinity : Date.parse(last);
}

/**
 * Whether a search for changes that showed nothing should have shown something. What changed last may be gone, or too young; so the pages that
 * were changed before it are looked at too, and searched for.
 *
 * @param since How far back it looked, in milliseconds.
 */
export async function isMuteOnChanges(space: SpaceContext, since: number): Promise<boolean> {
  const ids = await newestPages(space.database, space.space.id, SOME);
  if (ids.length === 0) return false;
  const there = await thereOf(space, ids);
  // So many that are gone are looked at in a listing.
  if (there.length === 0) return true;
  const indexed = indexedUntil(space);
  const times = there.map(({ version }) => Date.parse(version.createdAt)).filter((time) => time <= indexed);
  if (times.length === 0) return false;
  const last = Math.max(...times);
  return last >= since + MINUTE || await isSilentSince(space, last);
}

/** Whether a search that must show a page shows none. */
async function isSilentSince(space: SpaceContext, time: number): Promise<boolean> {
  const minutes = Math.ceil((space.client.serverNow() - time) / MINUTE) + 1;
  const cql =
    `space = ${quoteCql(space.space.key)} and type = page and lastmodified >= now("-${minutes}m") ` +
    "order by lastmodified asc";
  for await (const batch of searchBatches(space, cql)) if (!showsNothing(batch, space)) return false;
  return true;
}

function indexedUntil({ client, settings }: SpaceContext): number {
  return client.serverNow() - settings.overlapMinutes * MINUTE;
}

/** Those of the pages that are in the space now. */
async function thereOf({ client, signal, space }: SpaceContext, ids: readonly string[]): Promise<Page[]> {
  const there: Page[] = [];
  for await (
    const { items } of client.getPagesByIds(ids, undefined, { statuses: ["current"], signal }).batches()
  ) {
    there.push(...items.filter(({ spaceId }) => spaceId === space.id));
  }
  return there;
}
