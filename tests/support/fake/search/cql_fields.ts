/** The fields CQL knows: which operators they take and how each is compared. */
import type { SiteState } from "../state/state.ts";
import { ContentRecord } from "../state/records.ts";
import type { IndexDocument } from "./documents.ts";
import { CqlError } from "./cql_lexer.ts";
import type { CqlOperator, CqlValue } from "./cql_parser.ts";
import { resolveDate } from "./cql_dates.ts";
import { words } from "./words.ts";

/** What a clause is evaluated with. */
export interface CqlContext {
  readonly state: SiteState;
  readonly now: number;
  readonly zone: string;
  readonly accountId: string | null;
}

/** Whether an entry fits a clause. */
export type Predicate = (document: IndexDocument) => boolean;

const EQUALITY: readonly CqlOperator[] = ["=", "!=", "in", "not in"];
const DATES: readonly CqlOperator[] = ["=", "!=", ">", ">=", "<", "<="];
const TITLE: readonly CqlOperator[] = ["=", "!=", "~", "!~", "in", "not in"];
const TEXT: readonly CqlOperator[] = ["~", "!~"];
const MINUTE = 60_000;

/** Every type of content that can be asked for. */
export const CQL_TYPES = [
  "page",
  "blogpost",
  "comment",
  "attachment",
  "whiteboard",
  "database",
  "embed",
  "slide",
  "folder",
  "space",
  "user",
];

/** Turns a clause into a test. @throws {CqlError} */
export function compileClause(
  context: CqlContext,
  field: string,
  operator: CqlOperator,
  values: readonly CqlValue[],
): Predicate {
  switch (field) {
    case "created":
    case "lastmodified":
      return compileDate(context, field, operator, values[0]!);
    case "text":
    case "sitesearch":
      return compileText(field, operator, values[0]!);
    case "title":
      return compileTitle(context, operator, values);
    case "type":
      return compileType(context, operator, values);
    default: {
      const read = READERS[field];
      if (read === undefined) throw new CqlError(`No field exists with the name: '${field}'`);
      return equality(context, field, operator, values, (document) => read(document, context.state));
    }
  }
}

/** What equality fields hold, in lower case. */
const READERS: Readonly<Record<string, (document: IndexDocument, state: SiteState) => readonly string[]>> = {
  space: (document) => [document.spaceKey.toLowerCase()],
  "space.key": (document) => [document.spaceKey.toLowerCase()],
  "space.type": (document, state) => [state.spacesById.get(document.spaceId)?.type ?? ""],
  "space.category": (document, state) => state.spacesById.get(document.spaceId)?.labels ?? [],
  id: (document) => [document.id.toLowerCase()],
  content: (document) => [document.id.toLowerCase()],
  label: (document) => document.labels,
  container: (document) => document.containerId === null ? [] : [document.containerId],
  parent: (document) => document.parentId === null ? [] : [document.parentId],
  ancestor: (document, state) =>
    document.record instanceof ContentRecord ? state.ancestorsOf(document.record).map(({ id }) => id) : [],
  creator: (document) => [document.creator.toLowerCase()],
  contributor: (document) => document.contributors.map((one) => one.toLowerCase()),
  mention: () => [],
  watcher: () => [],
  favourite: () => [],
  macro: (document) => [...document.text().matchAll(/macro:(\w+)/g)].map((match) => match[1]!),
};

function equality(
  context: CqlContext,
  field: string,
  operator: CqlOperator,
  values: readonly CqlValue[],
  read: Predicate2,
): Predicate {
  refuseOperator(field, operator, EQUALITY);
  const wanted = new Set(values.map((value) => textOf(context, value).toLowerCase()));
  const positive = operator === "=" || operator === "in";
  return (document) => read(document).some((one) => wanted.has(one)) === positive;
}

type Predicate2 = (document: IndexDocument) => readonly string[];

function compileType(context: CqlContext, operator: CqlOperator, values: readonly CqlValue[]): Predicate {
  for (const value of values) {
    const type = textOf(context, value);
    if (!CQL_TYPES.includes(type.toLowerCase())) {
      throw new CqlError(
        `Unsupported value for type: '${type}'. Supported values are: ${CQL_TYPES.join(", ")}`,
      );
    }
  }
  return equality(context, "type", operator, values, (document) => [document.type]);
}

function compileTitle(context: CqlContext, operator: CqlOperator, values: readonly CqlValue[]): Predicate {
  refuseOperator("title", operator, TITLE);
  if (operator !== "~" && operator !== "!~") {
    return equality(context, "title", operator, values, (document) => [document.title.toLowerCase()]);
  }
  const fits = wordsTest(textOf(context, values[0]!));
  return (document) => fits(document.title) === (operator === "~");
}

function compileText(field: string, operator: CqlOperator, value: CqlValue): Predicate {
  refuseOperator(field, operator, TEXT);
  if (value.kind === "call") throw new CqlError(`Expecting text for '${field}'`);
  if (value.text.trim() === "") throw new EmptyTextError();
  const fits = wordsTest(value.text);
  return (document) => fits(document.text()) === (operator === "~");
}

/** The site answers an empty full-text search with an internal error. */
export class EmptyTextError extends Error {
  override name = "EmptyTextError";
}

function wordsTest(wanted: string): (text: string) => boolean {
  const terms = words(wanted, true);
  return (text) => {
    const given = words(text);
    return terms.every((term) =>
      term.endsWith("*") ? given.some((word) => word.startsWith(term.slice(0, -1))) : given.includes(term)
    );
  };
}

/** A literal means a whole minute: `=` is within it, `>` after it, `<=` up to its end. */
function compileDate(
  context: CqlContext,
  field: "created" | "lastmodified",
  operator: CqlOperator,
  value: CqlValue,
): Predicate {
  refuseOperator(field, operator, DATES);
  const from = resolveDate(value, context.now, context.zone);
  const to = from + MINUTE;
  const time: (document: IndexDocument) => number = field === "created"
    ? (document) => document.created
    : (document) => document.modified;
  switch (operator) {
    case "=":
      return (document) => time(document) >= from && time(document) < to;
    case "!=":
      return (document) => time(document) < from || time(document) >= to;
    case ">":
      return (document) => time(document) >= to;
    case ">=":
      return (document) => time(document) >= from;
    case "<":
      return (document) => time(document) < from;
    default:
      return (document) => time(document) < to;
  }
}

function refuseOperator(field: string, operator: CqlOperator, allowed: readonly CqlOperator[]): void {
  if (!allowed.includes(operator)) {
    throw new CqlError(`The operator '${operator}' is not supported by the field '${field}'`);
  }
}

function textOf(context: CqlContext, value: CqlValue): string {
  if (value.kind === "text") return value.text;
  if (value.name === "currentuser") return context.accountId ?? "";
  throw new CqlError(`No function exists with the name: '${value.name}'`);
}
