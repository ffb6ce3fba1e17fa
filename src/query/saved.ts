/**
 * Questions with a name: those that come with the program, and people's own, one file of SQL each.
 *
 * @module
 */
import {
  type Answer,
  SAVED_QUESTIONS,
  type SavedQuestion,
  type SqlParams,
  type SqlValue,
} from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import type { Suggest } from "./ask.ts";
import { parametersOf } from "./parameters.ts";

/** A folder of questions: `NAME.sql`, whose first line may be a comment that says what it answers. */
export interface QuestionFolder {
  /** Where it is, for messages. */
  readonly path: string;
  /** Names of its files; none where there is no such folder. */
  list(): Promise<readonly string[]>;
  /** The text of a file; undefined where there is no such file. */
  read(file: string): Promise<string | undefined>;
}

const NAME = /^[a-z][a-z0-9_-]*$/i;
/** Statements of one word, which would otherwise be taken for names. */
const STATEMENTS = /^(analyze|begin|commit|end|explain|reindex|rollback|vacuum|values|select)$/i;

/** Whether a text is the name of a question and not a statement. */
export function isQuestionName(text: string): boolean {
  return NAME.test(text) && !STATEMENTS.test(text);
}

/**
 * Finds a question; people's own come before those of the same name that come with the program.
 *
 * @throws {ConfluenceIndexError} `usage`, when there is none of that name.
 */
export async function findQuestion(
  name: string,
  folder: QuestionFolder,
  suggest: Suggest,
): Promise<SavedQuestion> {
  const own = await folder.read(`${name}.sql`);
  if (own !== undefined) return toQuestion(name, own);
  const known = SAVED_QUESTIONS.find((question) => question.name === name.toLowerCase());
  if (known !== undefined) return known;
  const names = [...await ownNames(folder), ...SAVED_QUESTIONS.map((question) => question.name)];
  const meant = await suggest(name, names);
  throw new ConfluenceIndexError(
    "usage",
    `Cannot ask ${JSON.stringify(name)}: no saved question has that name`,
    {
      hint:
        `${meant === undefined ? "" : `Did you mean ${meant}? `}confluence-index query --list shows all; ` +
        `your own go into ${folder.path}/NAME.sql.`,
    },
  );
}

/**
 * The values a question runs with: those given, else its own.
 *
 * @throws {ConfluenceIndexError} `usage`, for a value that SQLite would make nothing of without a word, and so find no rows.
 */
export function questionParams(question: SavedQuestion, given: SqlParams): SqlParams {
  for (const [name, value] of Object.entries(given)) {
    if (name === "time" && SAVED_QUESTIONS.includes(question) && !isTime(value)) {
      throw unusable(question, name, "it is no time", "2026-01-31, or 2026-01-31T12:00:00Z");
    }
    const usual = question.defaults[name];
    if (typeof usual === "bigint" && !WHOLE.test(String(value))) {
      throw unusable(question, name, "it is no whole number", String(usual));
    }
  }
  return { ...question.defaults, ...given };
}

const WHOLE = /^\d+$/;
const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

function isTime(value: SqlValue | undefined): boolean {
  return value === "now" || typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value));
}

function unusable({ name }: SavedQuestion, param: string, finding: string, example: string) {
  return new ConfluenceIndexError("usage", `Cannot ask ${name} with this --param ${param}: ${finding}`, {
    hint: `Write it like ${example}.`,
  });
}

/** All questions by name, with what they answer, the values they take and where they come from. */
export async function listQuestions(folder: QuestionFolder): Promise<Answer> {
  const questions = new Map(
    SAVED_QUESTIONS.map((question) => [question.name, { question, from: "built in" }]),
  );
  for (const name of await ownNames(folder)) {
    const text = await folder.read(`${name}.sql`);
    if (text !== undefined) {
      questions.set(name, { question: toQuestion(name, text), from: `${folder.path}/${name}.sql` });
    }
  }
  const rows = [...questions].sort(([a], [b]) => a < b ? -1 : 1).map(([name, { question, from }]) => [
    name,
    question.meaning,
    [...parametersOf(question.sql).names].map((key) => {
      const value = question.defaults[key];
      return value === undefined ? key : `${key}=${value}`;
    }).join(", "),
    from,
  ]);
  return { columns: ["name", "answers", "params", "from"], rows };
}

async function ownNames(folder: QuestionFolder): Promise<string[]> {
  return (await folder.list()).flatMap((file) => {
    const name = /^(.+)\.sql$/.exec(file)?.[1];
    return name !== undefined && isQuestionName(name) ? [name] : [];
  });
}

function toQuestion(name: string, text: string): SavedQuestion {
  const sql = text.replace(/^\ufeff/, "");
  const [, line, block] = /^\s*(?:--+\s*(.*)|\/\*+\s*([\s\S]*?)\*\/)/.exec(sql) ?? [];
  const meaning = (line ?? block ?? "").replace(/\s+/g, " ").replace(/[\s.]+$/, "");
  return { name, meaning, sql, defaults: {} };
}
