import { ConfluenceIndexError } from "../../errors.ts";

/** Where a statement can come from. */
export interface StatementSources {
  /** The argument; `-` is stdin. */
  readonly argument: string | undefined;
  readonly file: string | undefined;
  readonly stdinIsTerminal: boolean;
  readonly readFile: (path: string) => Promise<string>;
  readonly readStdin: () => Promise<string>;
}

/**
 * Finds the statement: the argument, else the file, else what is piped in.
 *
 * @param sources Where to look.
 * @throws {ConfluenceIndexError} `usage` where there is none, or two.
 */
export async function readStatement(sources: StatementSources): Promise<string> {
  const { argument, file } = sources;
  if (argument !== undefined && file !== undefined) {
    throw refusal("there is one as argument and one in --file", "Keep one of them.");
  }
  if (file !== undefined) return required(await fileText(file, sources), `${file} is empty`);
  if (argument !== undefined && argument !== "-") return required(argument, "it is empty");
  if (argument === undefined && sources.stdinIsTerminal) {
    throw refusal("there is none", HINT);
  }
  return required(await sources.readStdin(), "there is none, and nothing was piped in");
}

const HINT = 'Write it in quotes: confluence-index query "SELECT title FROM current_pages LIMIT 5".';

async function fileText(file: string, sources: StatementSources): Promise<string> {
  try {
    return await sources.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const finding = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new ConfluenceIndexError("usage", `Cannot read ${file}: ${finding}`, {
      hint: "Name a file that holds one SQL statement.",
      cause: error,
    });
  }
}

function required(text: string, finding: string): string {
  // A byte order mark is no part of the statement.
  const sql = text.replace(/^\ufeff/, "");
  if (sql.trim() === "") throw refusal(finding, HINT);
  return sql;
}

function refusal(finding: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `Cannot find the statement: ${finding}`, { hint });
}
