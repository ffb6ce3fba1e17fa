/**
 * Rows of one listing, kept in the orders the API can be asked for, so that a page of a listing costs what it
 * holds and not what the space holds.
 */
import { compareIds } from "./ids.ts";

/** What a row is sorted by besides its id. */
export type SortValue = string | number;

/** A place in an order: the sort value and id of the last row served. */
export interface Position {
  readonly id: string;
  readonly value: SortValue;
}

/** How each named order reads its value from a row. `id` needs no entry. */
export type SortKeys<T> = Readonly<Record<string, (row: T) => SortValue>>;

/** A set of rows with ids, readable in several orders. */
export class Ordered<T extends { readonly id: string }> {
  readonly #keys: SortKeys<T>;
  readonly #byId: T[] = [];
  /** Orders other than by id, made when asked for; most small listings never are. */
  #sorted: Map<string, T[]> | null = null;

  constructor(keys: SortKeys<T>) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#byId.length;
  }

  /** All rows by rising id. Not a copy. */
  get rows(): readonly T[] {
    return this.#byId;
  }

  add(row: T): void {
    const last = this.#byId.at(-1);
    if (last === undefined || compareIds(last.id, row.id) < 0) this.#byId.push(row);
    else this.#byId.splice(firstAfter(this.#byId, (other) => compareIds(other.id, row.id)), 0, row);
    this.#sorted = null;
  }

  remove(row: T): void {
    const index = firstAfter(this.#byId, (other) => compareIds(other.id, row.id)) - 1;
    if (this.#byId[index]?.id === row.id) this.#byId.splice(index, 1);
    this.#sorted = null;
  }

  /** Tells that a row's title or times changed. */
  touch(): void {
    this.#sorted = null;
  }

  /** The rows in a named order and where in it to go on after `position`. */
  from(order: string, position: Position | null): { rows: readonly T[]; start: number; step: 1 | -1 } {
    const step = order.startsWith("-") ? -1 : 1;
    const name = order.replace(/^-/, "");
    const rows = this.#inOrder(name);
    if (position === null) return { rows, start: step === 1 ? 0 : rows.length - 1, step };
    const compare = this.#comparer(name);
    const after = firstAfter(rows, (row) => compare(row, position));
    if (step === 1) return { rows, start: after, step };
    const last = rows[after - 1];
    const same = last !== undefined && compare(last, position) === 0;
    return { rows, start: same ? after - 2 : after - 1, step };
  }

  /** The place of a row in a named order. */
  position(order: string, row: T): Position {
    const key = this.#keys[order.replace(/^-/, "")];
    return { id: row.id, value: key === undefined ? row.id : key(row) };
  }

  /** Whether the order is known. */
  knows(order: string): boolean {
    const name = order.replace(/^-/, "");
    return name === "id" || name in this.#keys;
  }

  #inOrder(name: string): readonly T[] {
    const key = this.#keys[name];
    if (key === undefined) return this.#byId;
    let rows = this.#sorted?.get(name);
    if (rows === undefined) {
      rows = [...this.#byId].sort((a, b) => compareValues(key(a), key(b)) || compareIds(a.id, b.id));
      (this.#sorted ??= new Map()).set(name, rows);
    }
    return rows;
  }

  #comparer(name: string): (row: T, position: Position) => number {
    const key = this.#keys[name];
    if (key === undefined) return (row, position) => compareIds(row.id, position.id);
    return (row, position) => compareValues(key(row), position.value) || compareIds(row.id, position.id);
  }
}

/** Index of the first row that `compare` puts after the searched place. */
export function firstAfter<T>(rows: readonly T[], compare: (row: T) => number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(rows[middle]!) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbers by size, text by code unit; a number sorts before text. */
export function compareValues(a: SortValue, b: SortValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
