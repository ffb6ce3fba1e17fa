/** Reads CQL into a tree: api.md section 6.1. */
import { CqlError, type Token, tokenize } from "./cql_lexer.ts";

/** A value: text, or a function such as `now("-90m")`. */
export type CqlValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly string[] };

export type CqlOperator = "=" | "!=" | "~" | "!~" | ">" | ">=" | "<" | "<=" | "in" | "not in";

/** A condition. */
export type CqlNode =
  | { readonly kind: "and" | "or"; readonly parts: readonly CqlNode[] }
  | { readonly kind: "not"; readonly part: CqlNode }
  | {
    readonly kind: "clause";
    readonly field: string;
    readonly operator: CqlOperator;
    readonly values: readonly CqlValue[];
  };

/** One criterion of `order by`. */
export interface CqlOrder {
  readonly field: string;
  readonly descending: boolean;
}

/** A whole query; without a condition it matches everything. */
export interface CqlQuery {
  readonly where: CqlNode | null;
  readonly order: readonly CqlOrder[];
}

/** Reads a query. @throws {CqlError} */
export function parseCql(cql: string): CqlQuery {
  const parser = new Parser(tokenize(cql));
  return parser.query();
}

const COMPARISONS = new Set(["=", "!=", "~", "!~", ">", ">=", "<", "<="]);
const RESERVED = new Set(["and", "or", "not", "in", "order", "by"]);

class Parser {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): CqlQuery {
    if (this.#isWord("not")) throw new CqlError("NOT cannot be the first clause");
    const where = this.#peek() === undefined || this.#isWord("order") ? null : this.#or();
    const order = this.#order();
    const rest = this.#peek();
    if (rest !== undefined) throw new CqlError(`Unexpected '${rest.text}' at character ${rest.at + 1}`);
    if (where !== null) refuseNegativeStart(where);
    return { where, order };
  }

  #or(): CqlNode {
    return this.#joined("or", () => this.#joined("and", () => this.#unary()));
  }

  #joined(kind: "and" | "or", part: () => CqlNode): CqlNode {
    const parts = [part()];
    while (this.#isWord(kind)) {
      this.#at++;
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { kind, parts };
  }

  #unary(): CqlNode {
    if (this.#isWord("not")) {
      this.#at++;
      return { kind: "not", part: this.#unary() };
    }
    if (this.#isMark("(")) {
      this.#at++;
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    return this.#clause();
  }

  #clause(): CqlNode {
    const token = this.#next("a field");
    if (token.kind !== "word" || RESERVED.has(token.text.toLowerCase())) {
      throw new CqlError(`Expecting a field but got '${token.text}' at character ${token.at + 1}`);
    }
    const field = token.text.toLowerCase();
    if (this.#isWord("not")) {
      this.#at++;
      if (!this.#isWord("in")) throw new CqlError("Expecting IN after NOT");
      this.#at++;
      return { kind: "clause", field, operator: "not in", values: this.#list() };
    }
    if (this.#isWord("in")) {
      this.#at++;
      return { kind: "clause", field, operator: "in", values: this.#list() };
    }
    const operator = this.#next("an operator");
    if (operator.kind !== "operator" || !COMPARISONS.has(operator.text)) {
      throw new CqlError(`Expecting an operator but got '${operator.text}' at character ${operator.at + 1}`);
    }
    return { kind: "clause", field, operator: operator.text as CqlOperator, values: [this.#value()] };
  }

  #list(): CqlValue[] {
    this.#expect("(");
    const values = [this.#value()];
    while (this.#isMark(",")) {
      this.#at++;
      values.push(this.#value());
    }
    this.#expect(")");
    return values;
  }

  #value(): CqlValue {
    const token = this.#next("a value");
    if (token.kind === "string") return { kind: "text", text: token.text };
    if (token.kind !== "word" || RESERVED.has(token.text.toLowerCase())) {
      throw new CqlError(`Expecting a value but got '${token.text}' at character ${token.at + 1}`);
    }
    if (!this.#isMark("(")) return { kind: "text", text: token.text };
    this.#at++;
    const args: string[] = [];
    while (!this.#isMark(")")) {
      if (args.length > 0) this.#expect(",");
      const arg = this.#next("an argument");
      if (arg.kind !== "string" && arg.kind !== "word") {
        throw new CqlError(`Expecting an argument but got '${arg.text}' at character ${arg.at + 1}`);
      }
      args.push(arg.text);
    }
    this.#expect(")");
    return { kind: "call", name: token.text.toLowerCase(), args };
  }

  #order(): CqlOrder[] {
    if (!this.#isWord("order")) return [];
    this.#at++;
    if (!this.#isWord("by")) throw new CqlError("Expecting BY after ORDER");
    this.#at++;
    const order = [this.#criterion()];
    while (this.#isMark(",")) {
      this.#at++;
      order.push(this.#criterion());
    }
    return order;
  }

  #criterion(): CqlOrder {
    const token = this.#next("a field to order by");
    if (token.kind !== "word") throw new CqlError(`Expecting a field to order by but got '${token.text}'`);
    const descending = this.#isWord("desc");
    if (descending || this.#isWord("asc")) this.#at++;
    return { field: token.text.toLowerCase(), descending };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new CqlError(`Expecting ${expected} but the query ends`);
    return token;
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token?.kind === "word" && token.text.toLowerCase() === word;
  }

  #isMark(mark: string): boolean {
    const token = this.#peek();
    return token?.kind === "mark" && token.text === mark;
  }

  #expect(mark: string): void {
    const token = this.#next(`'${mark}'`);
    if (token.kind !== "mark" || token.text !== mark) {
      throw new CqlError(`Expecting '${mark}' but got '${token.text}' at character ${token.at + 1}`);
    }
  }
}

/** The operators page forbids a query to begin with a negation. */
function refuseNegativeStart(node: CqlNode): void {
  if ("parts" in node) return refuseNegativeStart(node.parts[0]!);
  if (node.kind === "not") throw new CqlError("NOT cannot be the first clause");
  if (node.operator.startsWith("!") || node.operator === "not in") {
    throw new CqlError(`${node.operator.toUpperCase()} cannot be in the first clause`);
  }
}
