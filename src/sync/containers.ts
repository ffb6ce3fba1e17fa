/**
 * Folders, whiteboards, databases and embeds, so that the tree of pages is whole. No list tells of them: they are found as parents of
 * pages, and of each other, and asked for by id.
 *
 * @module
 */
import { type Container, CONTAINER_TYPES, type ContainerType } from "../model/mod.ts";
import { ConfluenceAuthError, type ConfluenceError, ConfluenceNotFoundError } from "../confluence/mod.ts";
import type { ContainerRef, UnreadContainer } from "../database/mod.ts";
import { note, type SpaceContext } from "./context.ts";
import { inParallel } from "./in_parallel.ts";
import { isOneThingsTrouble } from "./trouble.ts";

const AT_ONCE = 5;

/**
 * Reads what the pages of the space hang under, and climbs up from there. One that cannot be had becomes a row that says why; it is asked
 * for again with the next listing.
 *
 * @param space The space; its pages have been read.
 * @param again Whether those that an earlier run has read are read again, since nothing tells when one is renamed or moved.
 */
export async function readContainers(space: SpaceContext, again: boolean): Promise<void> {
  const refused = new Map<string, string>();
  while (true) {
    const refs = await space.store.containersToRead(space, again);
    if (refs.length === 0) break;
    const found: Container[] = [];
    const unread: UnreadContainer[] = [];
    await inParallel(AT_ONCE, refs, async (ref) => {
      const answer = refused.get(ref.type) ?? await readOne(space, ref, refused);
      if (typeof answer === "string") unread.push({ ...ref, spaceId: space.space.id, note: answer });
      else found.push(answer);
    });
    await space.store.saveContainers(space, found, unread);
    space.signal.throwIfAborted();
  }
  for (const text of refused.values()) note(space, `${text}; what is of this kind is kept by its id`);
}

/** The container, or why there is none. A type that may not be read is not asked for again. */
async function readOne(
  space: SpaceContext,
  { id, type }: ContainerRef,
  refused: Map<string, string>,
): Promise<Container | string> {
  if (!isKnownType(type)) return `this program does not know how to read what is called ${type}`;
  try {
    return await space.client.getContainer(type, id, { signal: space.signal });
  } catch (error) {
    if (!isOneThingsTrouble(error) && !isMissingScope(error)) throw error;
    if (error instanceof ConfluenceAuthError) refused.set(type, sentence(error));
    if (error instanceof ConfluenceNotFoundError && error.named) {
      return "gone, or not visible to this account";
    }
    return sentence(error);
  }
}

function sentence(error: ConfluenceError): string {
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}

function isKnownType(type: string): type is ContainerType {
  return CONTAINER_TYPES.some((known) => known === type);
}

function isMissingScope(error: unknown): error is ConfluenceAuthError {
  return error instanceof ConfluenceAuthError && error.reason === "scope";
}
