/**
 * One question to the index: its values checked, its mistakes explained.
 *
 * @module
 */
import { type Answer, readCatalog, type Reader, type SqlParams } from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import { parametersOf } from "./parameters.ts";

/** Finds the known word that was probably meant. */
export type Suggest = (word: string, known: readonly string[]) => Promise<string | undefined>;

/**
 * Asks.
 *
 * @param reader The index.
 * @param sql One statement, with values as `:name`.
 * @param params The values.
 * @param suggest Used for names of tables and columns that are not there.
 * @throws {ConfluenceIndexError} `usage` when the statement, or a value, is wrong.
 */
export async function ask(
  reader: Reader,
  sql: string,
  params: SqlParams,
  suggest: Suggest,
): Promise<Answer> {
  checkParameters(sql, params);
  try {
    return await reader.stream(sql, params);
  } catch (error) {
    throw await withSuggestion(error, reader, suggest);
  }
}

function checkParameters(sql: string, params: SqlParams): void {
  const { names, anonymous } = parametersOf(sql);
  const refuse = (finding: string, hint: string): ConfluenceIndexError =>
    new ConfluenceIndexError("usage", `Cannot run the statement: ${finding}`, { hint });
  if (anonymous) {
    throw refuse("it has a ? that gets no value", "Give the value a name: :name, with --param name=…");
  }
  for (const name of names) {
    if (!Object.hasOwn(params, name)) throw refuse(`:${name} has no value`, `Add --param ${name}=…`);
  }
  for (const name of Object.keys(params)) {
    if (!names.has(name)) throw refuse(`it has no :${name}`, `Write :${name} where the value belongs.`);
  }
}

async function withSuggestion(error: unknown, reader: Reader, suggest: Suggest): Promise<unknown> {
  if (!(error instanceof ConfluenceIndexError) || error.code !== "usage") return error;
  const [, kind, name] = /no such (table|column): (\S+)/.exec(error.message) ?? [];
  if (kind === undefined || name === undefined) return error;
  const names = (await readCatalog(reader)).map(({ table, column }) => kind === "table" ? table : column);
  const meant = await suggest(name.replace(/^.*\./, ""), [...new Set(names)]);
  if (meant === undefined) return error;
  return new ConfluenceIndexError("usage", error.message, {
    hint: `Did you mean ${meant}? See confluence-index query --schema for all.`,
    cause: error,
  });
}
