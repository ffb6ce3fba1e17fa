/**
 * Labels of changed pages, of which the search for changes tells: they are written once their pages are.
 *
 * @module
 */
import type { LabelRow } from "../database/mod.ts";
import type { SpaceContext } from "./context.ts";
import { readLabelsOf } from "./labels.ts";

/** What a search for changes told of labels. */
export class ChangedLabels {
  readonly #space: SpaceContext;
  /** Labels of the pending pages, as far as the search told them. */
  readonly #waiting = new Map<string, LabelRow>();

  /** @param space The space. */
  constructor(space: SpaceContext) {
    this.#space = space;
  }

  /** Takes rows in; those of pages that are still to be fetched wait for these. */
  async take(rows: readonly LabelRow[], pendingIds: readonly string[]): Promise<void> {
    const pending = new Set(pendingIds);
    for (const row of rows) if (pending.has(row.pageId)) this.#waiting.set(row.pageId, row);
    await this.#space.store.saveLabels(this.#space, rows.filter(({ pageId }) => !pending.has(pageId)));
  }

  /** Saves the labels of pages that have come; asks for those that were not told. */
  async save(pageIds: readonly string[]): Promise<void> {
    const told = pageIds.flatMap((id) => this.#waiting.get(id) ?? []);
    this.#waiting.clear();
    await this.#space.store.saveLabels(this.#space, told);
    const ids = new Set(told.map(({ pageId }) => pageId));
    await readLabelsOf(this.#space, pageIds.filter((id) => !ids.has(id)));
  }
}
