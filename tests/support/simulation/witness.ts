/** Sees which pages and attachments a run looked at a second time, and how they were at that moment. */
import type { FaultRequest } from "../fake/mod.ts";
import { currentRows, type Ledger, newlyBuried } from "./ledger.ts";
import type { Seen } from "./sight.ts";
import type { SyncState } from "../../../src/database/mod.ts";
import type { IngestOptions } from "../../../src/sync/mod.ts";
import type { World } from "./world.ts";

/** Watches one run. */
export class Witness {
  readonly #world: World;
  /** One for each answer of the last look: which of an answer in pages told of a page is not known. */
  readonly #pages = new Map<string, (Seen | undefined)[]>();
  readonly #files = new Map<string, Seen | undefined>();

  readonly #asked: readonly Partial<IngestOptions>[];

  /** @param asked What the runs were asked to do. */
  constructor(world: World, asked: readonly Partial<IngestOptions>[]) {
    this.#asked = asked;
    this.#world = world;
  }

  /** Notes what a request looks at; to be called after everything that may change the site before it is answered. */
  see({ endpoint, path, query }: FaultRequest): void {
    const { sight } = this.#world;
    const last = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
    if (endpoint === "GET /wiki/api/v2/pages/{id}") this.#pages.set(last, [sight.page(last)]);
    if (endpoint === "GET /wiki/api/v2/attachments/{id}") this.#files.set(last, sight.file(last));
    if (endpoint === "GET /wiki/api/v2/pages" && query.getAll("status").join(",").includes("trashed")) {
      const ids = query.getAll("id").flatMap((text) => text.split(","));
      for (const id of ids) {
        const earlier = query.has("cursor") ? this.#pages.get(id) ?? [] : [];
        this.#pages.set(id, [...earlier, sight.page(id)]);
      }
    }
  }

  /** One sentence for each tombstone of this run that stands on a good thing, or on one that nobody looked at. */
  wrongBurials(
    before: Ledger,
    after: Ledger,
    trackedIds: ReadonlySet<string>,
    statesBefore: ReadonlyMap<string, SyncState>,
  ): string[] {
    const found: string[] = [];
    const narrowed = this.#asked.some(({ includeArchived }) => includeArchived === false);
    const isInScope = ({ spaceId, status }: Seen) =>
      status === "current" ||
      !narrowed && status === "archived" && this.#world.statuses(spaceId).includes("archived") &&
        statesBefore.get(spaceId)?.scope.includes("archived") === true;
    const isGood = (seen: Seen | undefined) =>
      seen !== undefined && trackedIds.has(seen.spaceId) && isInScope(seen);
    const pages = newlyBuried(before.pages, after.pages);
    for (const { id, deletion_reason: reason } of pages) {
      const looks = this.#pages.get(id);
      if (looks === undefined) found.push(`page ${id} was buried (${reason}) without a second look`);
      else if (looks.every(isGood)) found.push(`page ${id} was buried (${reason}) alive`);
    }
    const buriedPages = currentRows(after.pages);
    for (
      const { id, page_id: pageId, deletion_reason: reason } of newlyBuried(
        before.attachments,
        after.attachments,
      )
    ) {
      if ((buriedPages.get(String(pageId))?.deleted_at ?? null) !== null) continue;
      if (!this.#files.has(id)) found.push(`attachment ${id} was buried (${reason}) without a second look`);
      else if (isGood(this.#files.get(id))) found.push(`attachment ${id} was buried (${reason}) alive`);
    }
    return found;
  }
}
