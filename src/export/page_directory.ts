/**
 * Which pages there are, for links between them: one small entry a page, the only thing an export holds of all of them at once.
 *
 * @module
 */
import { type PagePlace, pagePlaces, type Readable } from "../database/reader.ts";
import { inBatches } from "./in_batches.ts";

const PLACES = 2_000;

/** The current pages, by id and by title. */
export class PageDirectory {
  readonly #byId: ReadonlyMap<string, PagePlace>;
  readonly #byTitle = new Map<string, string>();

  /** @param pages Ordered by space key and id; of two pages with one title, the first is found by it. */
  constructor(pages: readonly PagePlace[]) {
    this.#byId = new Map(pages.map((page) => [page.id, page]));
    for (const page of pages) {
      const key = titleKey(page.spaceKey, page.title);
      if (!this.#byTitle.has(key)) this.#byTitle.set(key, page.id);
    }
  }

  /** All of them, in their order. */
  get pages(): PagePlace[] {
    return [...this.#byId.values()];
  }

  byId(id: string): PagePlace | undefined {
    return this.#byId.get(id);
  }

  /** Confluence has a title once in a space, whatever its case. */
  byTitle(spaceKey: string, title: string): PagePlace | undefined {
    const id = this.#byTitle.get(titleKey(spaceKey, title));
    return id === undefined ? undefined : this.#byId.get(id);
  }
}

/** Reads the directory of an index. */
export async function readDirectory(index: Readable): Promise<PageDirectory> {
  const pages: PagePlace[] = [];
  for await (const some of inBatches((after) => pagePlaces(index, after, PLACES))) {
    for (const page of some) pages.push(page);
  }
  return new PageDirectory(pages);
}

function titleKey(spaceKey: string, title: string): string {
  return `${spaceKey.toLowerCase()}\n${title.normalize("NFC").toLowerCase()}`;
}
