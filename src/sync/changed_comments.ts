/**
 * Comments, of which the search for changes tells only that there are some: they are read by a search of their own, with bodies.
 *
 * @module
 */
import type { SearchHit } from "../model/mod.ts";
import type { Batch } from "../confluence/mod.ts";
import { commentsWereRead, listComments, readChangedComments } from "./comments.ts";
import { isAnew } from "./compare.ts";
import type { SpaceContext, SpaceStatus } from "./context.ts";
import type { SearchWindow } from "./search_window.ts";

/** Whether comments changed, and bringing them in. */
export class ChangedComments {
  readonly #space: SpaceContext;
  /** Whether there are comments that the index does not hold as they are. */
  #changed = false;

  /** @param space The space. */
  constructor(space: SpaceContext) {
    this.#space = space;
  }

  /** Looks for comments among the rows of a search. */
  async lookAt({ items, invalid }: Batch<SearchHit>): Promise<void> {
    const { kinds, store } = this.#space;
    // A row that cannot be used may be a comment's.
    if (commentsWereRead(this.#space)) {
      this.#changed ||= invalid.some(({ objectId }) => objectId?.startsWith("att") === false);
    }
    const places = kinds.has("blogposts") ? ["page", "blogpost"] : ["page"];
    const hits = items.filter(({ type, comment }) =>
      type === "comment" && (comment === null || places.includes(comment.containerType))
    );
    if (hits.length === 0) return;
    const known = await store.knownComments(hits.map(({ id }) => id));
    this.#changed ||= hits.some(({ id, version, updatedAt }) => {
      const held = known.get(id);
      return held === undefined || version === null || held.version < version || held.deletedAt !== null ||
        updatedAt !== null && isAnew({ number: version, createdAt: updatedAt }, held);
    });
  }

  /**
   * Reads what there is to read.
   *
   * @param window How far back the search looks.
   * @param wish Whether to read all of them; whether the window goes back to a time that the user named.
   */
  async bring(
    window: SearchWindow,
    { all, since }: { readonly all: boolean; readonly since: boolean },
  ): Promise<SpaceStatus> {
    const space = this.#space;
    if (!space.kinds.has("comments")) return "complete";
    if (!since && (all || !commentsWereRead(space))) return await listComments(space, false);
    let status: SpaceStatus = "complete";
    if (!since && !this.#changed) return status;
    await window.untilStill(async () => {
      status = await readChangedComments(space, window.minutes());
      return status === "incomplete" ? "cut" : "still";
    });
    return status;
  }
}
