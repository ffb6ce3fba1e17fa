/**
 * The search index: a copy of the site that lags behind it. Changes wait in a queue until the site's clock has
 * passed them by the lag; until then deleted rows linger and new ones cannot be found.
 */
import type { IndexDocument } from "./documents.ts";

interface Change {
  readonly at: number;
  readonly key: string;
  readonly document: IndexDocument | null;
}

/** The delayed copy that CQL reads. */
export class SearchIndex {
  readonly #documents = new Map<string, IndexDocument>();
  #queue: Change[] = [];
  #head = 0;
  /** Rises with every applied change, so that results can be kept while it stands still. */
  version = 0;

  /** Tells the index of a change; null takes the entry away. */
  note(at: number, key: string, document: IndexDocument | null): void {
    this.#queue.push({ at, key, document });
  }

  /** Applies what is older than the lag. */
  catchUp(now: number, lagMs: number): void {
    while (this.#head < this.#queue.length && this.#queue[this.#head]!.at + lagMs <= now) {
      this.#apply(this.#queue[this.#head++]!);
    }
    if (this.#head > 0) {
      this.#queue = this.#head === this.#queue.length ? [] : this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Applies everything at once, whatever the lag. */
  flush(): void {
    this.catchUp(Infinity, 0);
  }

  /** Changes that cannot be found yet. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Every entry, in no order. */
  documents(): Iterable<IndexDocument> {
    return this.#documents.values();
  }

  get(key: string): IndexDocument | undefined {
    return this.#documents.get(key);
  }

  #apply(change: Change): void {
    if (change.document === null) this.#documents.delete(change.key);
    else this.#documents.set(change.key, change.document);
    this.version++;
  }
}
