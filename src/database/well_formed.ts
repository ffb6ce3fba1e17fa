import type { InArgs, InStatement, InValue } from "@libsql/client";

/**
 * A statement whose texts are Unicode. What a site sends may hold half a surrogate pair, which a file takes as U+FFFD and
 * a server refuses together with everything around it: so it is U+FFFD everywhere.
 */
export function wellFormed(statement: InStatement): InStatement {
  if (typeof statement === "string" || statement.args === undefined) return statement;
  return { ...statement, args: wellFormedArgs(statement.args) };
}

/** The same for values alone. */
export function wellFormedArgs<Args extends InArgs>(args: Args): Args {
  const made = Array.isArray(args)
    ? args.map(wellFormedValue)
    : Object.fromEntries(Object.entries(args).map(([name, value]) => [name, wellFormedValue(value)]));
  return made as Args;
}

function wellFormedValue(value: InValue): InValue {
  return typeof value === "string" && !value.isWellFormed() ? value.toWellFormed() : value;
}
