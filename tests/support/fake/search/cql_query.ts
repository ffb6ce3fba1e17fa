/** Runs CQL against the search index, in a stable order that cursors can continue. */
import { compareIds } from "../state/ids.ts";
import { compareValues, type SortValue } from "../state/ordered.ts";
import type { IndexDocument } from "./documents.ts";
import type { SearchIndex } from "./search_index.ts";
import { compileClause, type CqlContext, type Predicate } from "./cql_fields.ts";
import { CqlError } from "./cql_lexer.ts";
import { type CqlNode, type CqlOrder, parseCql } from "./cql_parser.ts";

/** The entries that fit a query, in its order. */
export interface CqlResult {
  readonly documents: readonly IndexDocument[];
  /** Whether the query says an order; without one neighbours may swap. */
  readonly ordered: boolean;
  /** The sort values of an entry, for cursors. */
  sortValues(document: IndexDocument): SortValue[];
  /** Compares an entry with the sort values and id of a cursor. */
  compare(document: IndexDocument, values: readonly SortValue[], id: string): number;
}

const ORDER_FIELDS: Readonly<Record<string, (document: IndexDocument) => SortValue>> = {
  lastmodified: (document) => document.modified,
  created: (document) => document.created,
  title: (document) => document.title.toLowerCase(),
  id: (document) => Number(document.id.replace(/^att/, "")),
  space: (document) => document.spaceKey.toLowerCase(),
  type: (document) => document.type,
  creator: (document) => document.creator,
};

/** Keeps the last few results while the index and the minute stand still: deep walks ask the same again and again. */
export class CqlRunner {
  readonly #kept = new Map<string, CqlResult>();

  /** @throws {CqlError} for what the site would not understand */
  run(index: SearchIndex, context: CqlContext, cql: string): CqlResult {
    const minute = Math.floor(context.now / 60_000);
    const key = JSON.stringify([index.version, minute, context.zone, context.accountId, cql]);
    // Ancestors are read from the live tree, so such results cannot be kept.
    const keep = !/ancestor/i.test(cql);
    let result = keep ? this.#kept.get(key) : undefined;
    if (result === undefined) {
      result = select(index, context, cql);
      if (keep) this.#kept.set(key, result);
      if (this.#kept.size > 8) this.#kept.delete(this.#kept.keys().next().value!);
    }
    return result;
  }
}

function select(index: SearchIndex, context: CqlContext, cql: string): CqlResult {
  const { where, order } = parseCql(cql);
  const fits = where === null ? () => true : compile(context, where);
  const keys = order.map(toKey);
  const documents: IndexDocument[] = [];
  for (const document of index.documents()) if (fits(document)) documents.push(document);
  const compare = (document: IndexDocument, values: readonly SortValue[], id: string) => {
    for (const [at, { read, sign }] of keys.entries()) {
      const difference = compareValues(read(document), values[at]!) * sign;
      if (difference !== 0) return difference;
    }
    return compareKeys(document.key, id);
  };
  const sortValues = (document: IndexDocument) => keys.map(({ read }) => read(document));
  if (keys.length === 0) documents.sort((a, b) => compareKeys(a.key, b.key));
  else if (keys.length === 1) {
    const { read, sign } = keys[0]!;
    documents.sort((a, b) => compareValues(read(a), read(b)) * sign || compareKeys(a.key, b.key));
  } else documents.sort((a, b) => compare(a, sortValues(b), b.key));
  return { documents, ordered: keys.length > 0, sortValues, compare };
}

function compile(context: CqlContext, node: CqlNode): Predicate {
  if (node.kind === "clause") return compileClause(context, node.field, node.operator, node.values);
  if (node.kind === "not") {
    const part = compile(context, node.part);
    return (document) => !part(document);
  }
  const parts = node.parts.map((part) => compile(context, part));
  return node.kind === "and"
    ? (document) => parts.every((part) => part(document))
    : (document) => parts.some((part) => part(document));
}

function toKey(
  { field, descending }: CqlOrder,
): { read: (document: IndexDocument) => SortValue; sign: 1 | -1 } {
  const read = ORDER_FIELDS[field];
  if (read === undefined) throw new CqlError(`Cannot order by the field: '${field}'`);
  return { read, sign: descending ? -1 : 1 };
}

/** Pages before attachments before spaces, each by number: any order will do as long as it is one. */
function compareKeys(a: string, b: string): number {
  return compareIds(a, b);
}
