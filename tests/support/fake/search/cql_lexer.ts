/** Splits CQL into tokens. */

/** What a piece of CQL is. Words are bare values, field names and keywords alike. */
export type Token =
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "operator"; readonly text: string; readonly at: number }
  | { readonly kind: "mark"; readonly text: "(" | ")" | ","; readonly at: number };

/** Something is wrong with a query. */
export class CqlError extends Error {
  override name = "CqlError";
}

const OPERATORS = ["!=", "!~", ">=", "<=", "=", "~", ">", "<"];

/** Splits a query. @throws {CqlError} for an open quote or a character that means nothing */
export function tokenize(cql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < cql.length) {
    const character = cql[at]!;
    if (/\s/.test(character)) {
      at++;
    } else if (character === '"' || character === "'") {
      const { text, end } = readString(cql, at);
      tokens.push({ kind: "string", text, at });
      at = end;
    } else if (character === "(" || character === ")" || character === ",") {
      tokens.push({ kind: "mark", text: character, at });
      at++;
    } else {
      const operator = OPERATORS.find((one) => cql.startsWith(one, at));
      const text = operator ?? readWord(cql, at);
      tokens.push({ kind: operator === undefined ? "word" : "operator", text, at });
      at += text.length;
    }
  }
  return tokens;
}

function readString(cql: string, start: number): { text: string; end: number } {
  const quote = cql[start]!;
  let text = "";
  for (let at = start + 1; at < cql.length; at++) {
    const character = cql[at]!;
    if (character === "\\" && at + 1 < cql.length) text += cql[++at]!;
    else if (character === quote) return { text, end: at + 1 };
    else text += character;
  }
  throw new CqlError(`Expecting ${quote} at the end of the string that starts at character ${start + 1}`);
}

function readWord(cql: string, start: number): string {
  // A tilde may start a word only inside one: `space = ~abc` is refused, as on a real site.
  const word = /^[^\s"'(),=!<>~]+/.exec(cql.slice(start))?.[0];
  if (word === undefined) throw new CqlError(`Unexpected '${cql[start]}' at character ${start + 1}`);
  return word;
}
