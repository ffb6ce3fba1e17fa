/**
 * Searching in one space, and why that may be of no use.
 *
 * Source: `GET /wiki/rest/api/content/search`.
 *
 * @module
 */
import type { SearchHit } from "../model/mod.ts";
import {
  type Batch,
  ConfluenceAuthError,
  ConfluenceError,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  ConfluenceResponseError,
} from "../confluence/mod.ts";
import { note, type SpaceContext } from "./context.ts";
import { prefetch } from "./prefetch.ts";
import { isAsChosen } from "./prove.ts";

/** Why the search cannot tell what is in a space, or what changed in it. */
export type Unsearchable = "forbidden" | "archived" | "broken" | "mute" | "unanswered";

/** The reasons in words, for notes. */
export const UNSEARCHABLE: Readonly<Record<Unsearchable, string>> = {
  forbidden: "this account may not search",
  archived: "archived spaces are not searched",
  broken: "the search stumbles over something that is gone or broken",
  mute: "the search does not show what is there",
  unanswered: "the search does not answer",
};

/** The search itself is of no use here, whatever its rows would have been. */
export class NoSearch extends Error {
  override name = "NoSearch";
  /** Why. */
  readonly why: Unsearchable;

  /** @param why Why. */
  constructor(why: Unsearchable) {
    super(UNSEARCHABLE[why]);
    this.why = why;
  }
}

/** What must be expanded for a search row to be a whole attachment, and to tell its space. */
const EXPAND: readonly string[] = ["version", "history", "container", "extensions", "space"];
const LIMIT = 250;

/**
 * The answers of a search, one by one, always one ahead.
 *
 * @param more What is expanded besides the usual.
 * @throws {NoSearch} Where another way must be taken.
 */
export async function* searchBatches(
  space: SpaceContext,
  cql: string,
  more: readonly string[] = [],
): AsyncGenerator<Batch<SearchHit>> {
  if (space.space.status === "archived") throw new NoSearch("archived");
  try {
    const listing = space.client.searchCql(cql, {
      expand: [...EXPAND, ...(space.kinds.has("labels") ? ["metadata.labels"] : []), ...more],
      limit: LIMIT,
      signal: space.signal,
    });
    yield* prefetch(listing.batches());
  } catch (error) {
    // A bare 404 is another matter: that is how unknown credentials are answered.
    if (error instanceof ConfluenceAuthError && error.status !== 404) throw new NoSearch("forbidden");
    // One row that is gone, and whose parts were asked for, makes the whole answer a 404 (CONFCLOUD-77618).
    if (error instanceof ConfluenceNotFoundError && error.named) throw new NoSearch("broken");
    // Or, time and again, the server stumbles, or something before it gives up.
    const isSearchs = error instanceof ConfluenceResponseError || error instanceof ConfluenceNetworkError;
    if (isSearchs && space.mode !== "since" && await answersOthers(space)) {
      throw new NoSearch(error.status === 500 ? "broken" : "unanswered");
    }
    throw error;
  }
}

/** Whether other questions are answered, of the space that was chosen. */
async function answersOthers({ client, space, signal }: SpaceContext): Promise<boolean> {
  try {
    return await isAsChosen(client, space, signal);
  } catch (error) {
    if (error instanceof ConfluenceError) return false;
    throw error;
  }
}

/**
 * Whether a search for all there is in a space may have shown nothing. One for what is not called so any more shows nothing, and with no
 * error; so a space that has pages is asked for again.
 */
export async function mayBeNothing(space: SpaceContext): Promise<boolean> {
  if ((await space.store.pagesAfter(space, "", "all")).length === 0) return true;
  if (await isAsChosen(space.client, space.space, space.signal)) return true;
  note(space, "the space was renamed or archived while it was read: the next run reads the rest of it");
  return false;
}

/** Whether an answer has no row of the space, not even one that cannot be read. */
export function showsNothing({ items, invalid }: Batch<SearchHit>, space: SpaceContext): boolean {
  return invalid.length === 0 && items.every((hit) => isStray(hit, space));
}

/** Whether a row is of another space: the search does not always keep to what was asked. */
export function isStray({ spaceKey }: SearchHit, { space }: Pick<SpaceContext, "space">): boolean {
  return spaceKey !== null && spaceKey.toLowerCase() !== space.key.toLowerCase();
}
