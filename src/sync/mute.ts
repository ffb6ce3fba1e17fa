/**
 * Searches that show nothing, though something is there: a mute search is believed in nothing.
 *
 * @module
 */
import type { Listing } from "../confluence/mod.ts";
import { type Newest, newestOfEachKind } from "../database/mod.ts";
import type { Page, Version } from "../model/mod.ts";
import type { SpaceContext } from "./context.ts";
import { isOneThingsTrouble } from "./trouble.ts";

/** So many pages tell for all. */
const SOME = 250;
const MINUTE = 60_000;

/** Whether a search for everything, pages among them, that showed nothing should have shown a page: one that is there, and not brand-new. */
export async function isMute(space: SpaceContext): Promise<boolean> {
  const ids = (await space.store.pagesAfter(space, "", "all")).slice(0, SOME);
  if (ids.length === 0) return false;
  const indexed = indexedUntil(space);
  // An edit takes nothing out of a search for everything.
  return await showsAny(
    space.client.getPagesByIds(ids, undefined, asNow(space)),
    ({ spaceId, createdAt }) => spaceId === space.space.id && Date.parse(createdAt) <= indexed,
  );
}

/**
 * When that changed which a search for changes must show, in milliseconds: what made the mark may be gone, and one that looks no further back
 * may rightly show nothing.
 *
 * @param types What it looks for.
 */
export async function lastShown(
  { database, space }: SpaceContext,
  types: readonly string[],
): Promise<number> {
  const newest = (await newestOfEachKind(database, space.id)).filter(({ type }) => types.includes(type));
  return newest.length === 0 ? Infinity : Math.max(...newest.map(({ updatedAt }) => Date.parse(updatedAt)));
}

/**
 * Whether a search for changes that showed nothing should have shown something: what is there, and was not changed just now.
 *
 * @param since How far back it looked, in milliseconds.
 * @param types What it looked for.
 */
export async function isMuteOnChanges(
  space: SpaceContext,
  since: number,
  types: readonly string[],
): Promise<boolean> {
  const { database } = space;
  const from = new Date(since + MINUTE).toISOString();
  for (const newest of await newestOfEachKind(database, space.space.id, from)) {
    if (types.includes(newest.type) && await isThere(space, newest)) return true;
  }
  return false;
}

async function isThere(space: SpaceContext, newest: Newest): Promise<boolean> {
  const { client, signal } = space;
  const { id } = newest;
  const indexed = indexedUntil(space);
  const isOld = ({ version }: { readonly version: Version }) => Date.parse(version.createdAt) <= indexed;
  const isHere = (page: Page) => page.spaceId === space.space.id && isOld(page);
  if (newest.type === "page") {
    return await showsAny(client.getPagesByIds([id], undefined, asNow(space)), isHere);
  }
  if (newest.type === "blogpost") {
    return await showsAny(client.getBlogPostsByIds([id], undefined, asNow(space)), isHere);
  }
  try {
    const found = newest.kind === null
      ? await client.getAttachmentById(id, { signal })
      : await client.getComment(newest.kind, id, undefined, { signal });
    return found.status === "current" && isOld(found);
  } catch (error) {
    if (isOneThingsTrouble(error)) return false;
    throw error;
  }
}

function indexedUntil({ client, settings }: SpaceContext): number {
  return client.serverNow() - settings.overlapMinutes * MINUTE;
}

function asNow(
  { signal }: SpaceContext,
): { readonly statuses: readonly string[]; readonly signal: AbortSignal } {
  return { statuses: ["current"], signal };
}

async function showsAny(listing: Listing<Page>, isMeant: (page: Page) => boolean): Promise<boolean> {
  for await (const { items } of listing.batches()) if (items.some(isMeant)) return true;
  return false;
}
