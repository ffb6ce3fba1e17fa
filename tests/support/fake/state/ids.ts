/** Ids: numeric text that only grows, compared as numbers of any size. */

/** Compares numeric ids without losing digits beyond 2^53; an `att` prefix on both sides is fine. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Hands out ids with irregular gaps, always above every id it has heard of. */
export class IdSource {
  #last: number;
  readonly #random: () => number;

  constructor(start: number, random: () => number) {
    this.#last = start;
    this.#random = random;
  }

  /** A new id, larger than all before. */
  next(): string {
    this.#last += 1 + Math.floor(this.#random() * 48);
    return String(this.#last);
  }

  /** Keeps later ids above `id`. Ids beyond 2^53 are left alone: the counter cannot step over them. */
  heard(id: string): void {
    const value = Number(id.replace(/^att/, ""));
    if (Number.isSafeInteger(value) && value > this.#last) this.#last = value;
  }
}
