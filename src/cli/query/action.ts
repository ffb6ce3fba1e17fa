import { ConfluenceIndexError } from "../../errors.ts";
import {
  type Answer,
  ask,
  csvLine,
  describeIndex,
  findQuestion,
  isQuestionName,
  jsonRow,
  listQuestions,
  openReader,
  questionParams,
  type SqlRow,
  type SqlValue,
} from "../../query/mod.ts";
import type { Action } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { Io } from "../io.ts";
import { printable, printableJson } from "../printable.ts";
import { readPlace } from "../read_place.ts";
import { suggest } from "../suggest.ts";
import type { QueryOptions } from "./command.ts";
import { questionFolder } from "./question_folder.ts";
import { readParams } from "./params.ts";
import { readStatement } from "./statement.ts";
import { tableLines } from "./table.ts";

/** Asks one question and prints its rows; `--schema` and `--list` ask what there is to ask for. */
export const action: Action = async ({ options: given, args, config, io }) => {
  const options = given as unknown as QueryOptions;
  refuseContradictions(options, args);
  const params = readParams(options.param);
  const folder = questionFolder(options.queries);
  const answer = options.list ? await listQuestions(folder) : undefined;
  if (answer !== undefined) return finish(answer, options, io);
  const [name] = args;
  const question = options.file === undefined && name !== undefined && isQuestionName(name)
    ? await findQuestion(name, folder, suggest)
    : undefined;
  const sql = options.schema ? undefined : question?.sql ?? await readStatement({
    argument: name,
    file: options.file,
    stdinIsTerminal: io.stdinIsTerminal,
    readFile: (path) => Deno.readTextFile(path),
    readStdin: () => new Response(Deno.stdin.readable).text(),
  });
  const values = question === undefined ? params : questionParams(question, params);
  const place = await readPlace(config, io);
  await using reader = await openReader(place.url, place.options);
  return finish(
    sql === undefined ? await describeIndex(reader) : await ask(reader, sql, values, suggest),
    options,
    io,
  );
};

function refuseContradictions(options: QueryOptions, args: readonly string[]): void {
  const asked = args.length > 0 || options.file !== undefined || options.param.length > 0;
  const refuse = (both: string) =>
    new ConfluenceIndexError("usage", `Cannot do both: ${both} were given`, {
      hint: "Leave out one of them.",
    });
  if (options.schema && options.list) throw refuse("--schema and --list");
  if (options.schema && asked) throw refuse("--schema and a statement");
  if (options.list && asked) throw refuse("--list and a statement");
}

function finish(answer: Answer, options: QueryOptions, io: Io): number {
  const format = options.format ?? (options.json ? "json" : io.stdoutIsTerminal ? "table" : "ndjson");
  const rows = print(answer, format, io);
  if (!options.quiet) io.err(`${rows} ${rows === 1 ? "row" : "rows"}\n`);
  return EXIT_CODES.complete;
}

type Format = NonNullable<QueryOptions["format"]>;

/** Prints the rows as they come, and returns their number. */
function print(answer: Answer, format: Format, io: Io): number {
  let count = 0;
  const counted = function* (): Generator<SqlRow> {
    for (const row of answer.rows) {
      count++;
      yield row;
    }
  };
  const out = buffered(io);
  for (const text of lines({ columns: answer.columns, rows: counted() }, format, io)) out.write(text);
  out.flush();
  return count;
}

function lines(answer: Answer, format: Format, io: Io): Iterable<string> {
  switch (format) {
    case "table":
      return tableLines(answer, { columns: io.columns, color: io.color });
    case "csv":
      return csv(answer, io);
    case "ndjson":
      return ndjson(answer);
    case "json":
      return json(answer);
  }
}

function* ndjson(answer: Answer): Generator<string> {
  const write = jsonRow(answer.columns);
  for (const row of answer.rows) yield `${printableJson(write(row))}\n`;
}

function* json(answer: Answer): Generator<string> {
  const write = jsonRow(answer.columns);
  let separator = "[\n";
  for (const row of answer.rows) {
    yield separator + printableJson(write(row));
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

/** A file gets the text as it is; a terminal is shown what it must not obey. */
function* csv(answer: Answer, io: Io): Generator<string> {
  const shown = (value: SqlValue): SqlValue =>
    io.stdoutIsTerminal && typeof value === "string" ? printable(value) : value;
  yield csvLine(answer.columns.map(shown));
  for (const row of answer.rows) yield csvLine(row.map(shown));
}

const BUFFER = 1 << 16;

/** Writing each row by itself would ask the system once a row. */
function buffered(io: Io): { write(text: string): void; flush(): void } {
  let pending = "";
  const flush = (): void => {
    if (pending !== "") io.out(pending);
    pending = "";
  };
  return {
    write(text) {
      pending += text;
      if (pending.length >= BUFFER) flush();
    },
    flush,
  };
}
