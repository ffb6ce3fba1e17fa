/** Keyset paging of v2 lists: api.md section 4.1. */
import type { Ordered, Position, SortValue } from "../state/ordered.ts";
import { type Answer, json } from "./answer.ts";
import { halt, v2BadParameter } from "./problems.ts";
import type { Exchange } from "./exchange.ts";
import { numberOf } from "./query.ts";

/** What a v2 list serves. */
export interface Listing<T extends { readonly id: string }> {
  readonly rows: Ordered<T>;
  /** Orders the caller may ask for, without sign. */
  readonly orders: readonly string[];
  /** The order when none is asked for. @default "id" */
  readonly order?: string;
  /** @default 25 */
  readonly limit?: number;
  /** Which rows belong to the list. */
  readonly match?: (row: T) => boolean;
  /** Which of them the caller may see. */
  readonly see?: (row: T) => boolean;
  /** A row as the caller gets it. */
  readonly show: (row: T) => unknown;
}

/** Answers one page of a list. */
export function answerList<T extends { readonly id: string }>(x: Exchange, list: Listing<T>): Answer {
  const limit = limitOf(x, list.limit ?? 25);
  const order = orderOf(x, list.orders, list.order ?? "id");
  const cursor = x.query.get("cursor");
  const position = cursor === null ? null : readCursor(cursor, order);
  const { found, last, more } = cut(x, list, order, position, limit);
  const results = found.map(list.show);
  const after = last === null ? position : list.rows.position(order, last);
  return envelope(
    x,
    results,
    more ? writeCursor(order, after, x.cutAt === null ? 0 : x.fake.nextNonce()) : null,
  );
}

/** The `{results, _links}` envelope with its `Link` header. */
export function envelope(x: Exchange, results: readonly unknown[], cursor: string | null): Answer {
  const next = cursor === null ? null : nextLink(x, cursor);
  return withNext(json({ results, _links: { base: x.base } }), next, x.base);
}

/** Sets or removes the `next` of an answer, in the body and in the header. */
export function withNext(answer: Answer, next: string | null, base: string): Answer {
  const body = answer.json as { _links: Record<string, string> };
  const { next: _, ...links } = body._links;
  const link = `${next === null ? "" : `<${next}>; rel="next", `}<${base}>; rel="base"`;
  return {
    ...answer,
    json: { ...body, _links: next === null ? links : { next, ...links } },
    headers: { ...answer.headers, link },
  };
}

function nextLink(x: Exchange, cursor: string): string {
  const query = new URLSearchParams([...x.query].filter(([name]) => name !== "cursor"));
  query.set("cursor", cursor);
  query.sort();
  return `${x.path}?${query}`;
}

function cut<T extends { readonly id: string }>(
  x: Exchange,
  list: Listing<T>,
  order: string,
  position: Position | null,
  limit: number,
): { found: T[]; last: T | null; more: boolean } {
  const room = Math.min(limit, x.cutAt ?? limit);
  const after = x.site.settings.permissionFilter === "after-cut";
  const { rows, start, step } = list.rows.from(order, position);
  const found: T[] = [];
  let last: T | null = null;
  let taken = 0;
  for (let index = start; index >= 0 && index < rows.length; index += step) {
    const row = rows[index]!;
    if (list.match !== undefined && !list.match(row)) continue;
    const seen = list.see === undefined || list.see(row);
    if (!seen && !after) continue;
    if (taken === room) return { found, last, more: true };
    if (seen) found.push(row);
    last = row;
    taken++;
  }
  return { found, last, more: false };
}

/** The `limit` of the request. */
export function limitOf(x: Exchange, otherwise: number): number {
  const max = 250;
  const clamp = x.site.settings.limitAboveMax === "clamp";
  const limit = numberOf(x, "limit", { min: 1, max: clamp ? 2_147_483_647 : max });
  return Math.min(limit ?? otherwise, max);
}

/** The `sort` of the request, with its sign. */
export function orderOf(x: Exchange, orders: readonly string[], otherwise: string): string {
  const sort = x.query.get("sort");
  if (sort === null || sort === "") return otherwise;
  if (!orders.includes(sort.replace(/^-/, ""))) halt(v2BadParameter("sort", sort, "sort order"));
  return sort;
}

/** An opaque cursor: where the last page ended, in which order. The nonce keeps cursors of equal places apart. */
export function writeCursor(order: string, position: Position | null, nonce = 0): string {
  const cursor = {
    ...(position === null ? { id: null } : { id: position.id }),
    contentOrder: order,
    ...(position === null ? {} : { contentOrderValue: position.value }),
    ...(nonce === 0 ? {} : { n: nonce }),
  };
  return toBase64(JSON.stringify(cursor));
}

/** Reads a cursor made for the same order; anything else is a 400. */
export function readCursor(text: string, order: string): Position | null {
  const bad = v2BadParameter("cursor", text, "Cursor");
  let cursor: unknown;
  try {
    cursor = JSON.parse(fromBase64(text));
  } catch {
    halt(bad);
  }
  if (typeof cursor !== "object" || cursor === null) halt(bad);
  const { id, contentOrder, contentOrderValue: value } = cursor as Record<string, unknown>;
  if (contentOrder !== order) halt(bad);
  if (id === null) return null;
  if (typeof id !== "string" || (typeof value !== "string" && typeof value !== "number")) halt(bad);
  return { id, value: value satisfies SortValue };
}

/** Base64 of text in UTF-8. */
export function toBase64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** Text of base64. @throws {SyntaxError} */
export function fromBase64(text: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(text));
}
