import { ConfluenceIndexError, type ErrorCode } from "../errors.ts";
import type { Option } from "./command.ts";
import { printable } from "./printable.ts";
import { suggest } from "./suggest.ts";

/** Where a text came from, for messages. */
export interface Origin {
  /** `--since` or `CONFLUENCE_BODY_FORMAT in .env`. */
  readonly name: string;
  readonly code: ErrorCode;
}

/**
 * What an option's text means.
 *
 * @param option The declaration.
 * @param text What was given.
 * @param origin Where, for the message.
 * @returns A string or a number; for a `choice` with `repeat`, a list.
 * @throws {ConfluenceIndexError} With the origin's code and the reason.
 */
export async function readOptionValue(
  option: Option,
  text: string,
  origin: Origin,
): Promise<string | number | readonly string[]> {
  switch (option.type) {
    case "integer":
    case "number":
      return readNumber(option, text, origin);
    case "time":
      return readTime(text, origin);
    case "size":
      return readSize(option, text, origin);
    case "duration":
      return readDuration(option, text, origin);
    case "id":
      if (/^\d+$/.test(text)) return text;
      throw refusal(
        origin,
        `"${printable(text)}" is no id`,
        "An id is a number like 98306. A space is also found by its key: --space KEY.",
      );
    case "choice":
      if (option.repeat !== true) return await readChoice(option, text, origin);
      return await Promise.all(text.split(",").map((part) => readChoice(option, part.trim(), origin)));
    default:
      if (text === "") throw refusal(origin, "it is empty", "Write a value after it, or leave it out.");
      return text;
  }
}

function readNumber(option: Option, text: string, origin: Origin): number {
  const whole = option.type === "integer";
  const number = (whole ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/).test(text) ? Number(text) : NaN;
  const min = option.min ?? -Infinity;
  const max = option.max ?? (whole ? Number.MAX_SAFE_INTEGER : Infinity);
  if (number >= min && number <= max) return number;
  const range = option.max !== undefined
    ? ` from ${option.min ?? 0} to ${option.max}`
    : option.min !== undefined
    ? `, ${option.min} or more`
    : "";
  throw refusal(
    origin,
    `"${printable(text)}" is not accepted`,
    `Write a ${whole ? "whole " : ""}number${range}.`,
  );
}

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

function readSize(option: Option, text: string, origin: Origin): number {
  const [, number, unit] = /^(\d{1,12}(?:\.\d+)?) ?([kmg]i?)?b?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (SIZES[(unit ?? "").toLowerCase()] ?? NaN));
  if (bytes >= (option.min ?? 0)) return bytes;
  throw refusal(
    origin,
    `"${printable(text)}" is not a size`,
    "Write bytes, or a number and its unit: 500kB, 100MB, 2GB.",
  );
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

function readDuration(option: Option, text: string, origin: Origin): number {
  const [, number, unit] = /^(\d{1,6})([smhdwy])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit ?? ""] ?? NaN);
  if (ms >= (option.min ?? 0) && ms <= (option.max ?? Infinity)) return ms;
  const units = "Write a number and its unit: 90s, 15m (minutes), 12h, 30d, 8w, 2y";
  const hint = option.min === undefined ? `${units}.` : `${units}; at least ${inUnit(option.min)}.`;
  const finding = Number.isNaN(ms)
    ? "is not a span of time"
    : ms > (option.max ?? Infinity)
    ? `is more than ${inUnit(option.max!)}`
    : `is less than ${inUnit(option.min ?? 0)}`;
  throw refusal(origin, `"${printable(text)}" ${finding}`, hint);
}

/** The greatest unit that says it in a whole number. */
function inUnit(ms: number): string {
  const [unit, size] = Object.entries(UNITS).filter(([, size]) => ms % size === 0).at(-1)!;
  return `${ms / size}${unit}`;
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A date alone is its first moment in UTC; a time without a zone is refused, because two people would read it differently. */
function readTime(text: string, origin: Origin): string {
  const hint = "Write a date like 2026-01-31, or a time with its zone like 2026-01-31T12:00:00Z.";
  const [, date, time, zone] = TIME.exec(text) ?? [];
  if (date === undefined) throw refusal(origin, `"${printable(text)}" is not a time`, hint);
  if (time !== undefined && zone === undefined) {
    throw refusal(origin, `"${printable(text)}" has no time zone`, hint);
  }
  const day = new Date(`${date}T00:00:00Z`);
  const offset = zone === undefined ? "Z" : zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const moment = new Date(`${date}T${time ?? "00:00"}${offset}`);
  // JavaScript reads the 30th of February as a day in March.
  if (Number.isNaN(moment.getTime()) || !(day.getTime() >= 0) || day.toISOString().slice(0, 10) !== date) {
    throw refusal(origin, `"${printable(text)}" is not a time that exists`, hint);
  }
  return moment.toISOString();
}

async function readChoice(option: Option, text: string, origin: Origin): Promise<string> {
  const choices = option.choices ?? [];
  if (choices.includes(text)) return text;
  const meant = await suggest(text, choices);
  const question = meant === undefined ? "" : ` Did you mean ${meant}?`;
  throw refusal(
    origin,
    `"${printable(text)}" is not one of its values`,
    `It takes ${listOf(choices)}.${question}`,
  );
}

function refusal(origin: Origin, finding: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError(origin.code, `Cannot read ${origin.name}: ${finding}`, { hint });
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
