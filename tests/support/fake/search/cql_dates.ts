/**
 * Dates in CQL: literals of minute precision in the site's zone, and functions relative to the site's clock:
 * api.md section 6.3.
 */
import { CqlError } from "./cql_lexer.ts";
import type { CqlValue } from "./cql_parser.ts";

const LITERAL = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?: (\d{1,2}):(\d{2}))?$/;
const INCREMENT = /^([+-]?)(\d+)([yMwdhm])$/;
const MINUTE = 60_000;

interface Local {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** The first millisecond of the minute that a value means. @throws {CqlError} */
export function resolveDate(value: CqlValue, now: number, zone: string): number {
  if (value.kind === "call") return resolveCall(value.name, value.args[0], now, zone);
  const match = LITERAL.exec(value.text.trim());
  if (match === null) throw invalid(value.text);
  const [, year, , month, day, hour, minute] = match;
  const local = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
  };
  const utc = toUtc(local, zone);
  if (utc === null) throw invalid(value.text);
  return utc;
}

function invalid(text: string): CqlError {
  return new CqlError(`invalid date: '${text}' is not a valid date`);
}

function resolveCall(name: string, increment: string | undefined, now: number, zone: string): number {
  const minute = Math.floor(now / MINUTE) * MINUTE;
  if (name === "now") return increment === undefined ? minute : shift(minute, increment, zone);
  const match = /^(startof|endof)(day|week|month|year)$/.exec(name);
  if (match === null) throw new CqlError(`No function exists with the name: '${name}'`);
  const [, edge, unit] = match as unknown as [string, "startof" | "endof", "day" | "week" | "month" | "year"];
  const moved = increment === undefined ? minute : shift(minute, increment, zone);
  const start = startOf(toLocal(moved, zone), unit);
  if (edge === "startof") return needUtc(start, zone);
  return needUtc(forward(start, unit), zone) - MINUTE;
}

function shift(time: number, increment: string, zone: string): number {
  const match = INCREMENT.exec(increment);
  if (match === null) throw new CqlError(`Cannot read the increment '${increment}'`);
  const [, sign, digits, unit] = match as unknown as [string, string, string, string];
  const count = Number(digits) * (sign === "-" ? -1 : 1);
  const fixed: Record<string, number> = { m: 1, h: 60, d: 1440, w: 10_080 };
  const minutes = fixed[unit];
  if (minutes !== undefined) return time + count * minutes * MINUTE;
  const local = toLocal(time, zone);
  if (unit === "y") local.year += count;
  else local.month += count;
  return needUtc(local, zone);
}

function startOf(local: Local, unit: "day" | "week" | "month" | "year"): Local {
  const day = { ...local, hour: 0, minute: 0 };
  if (unit === "day") return day;
  if (unit === "month") return { ...day, day: 1 };
  if (unit === "year") return { ...day, month: 1, day: 1 };
  const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
  return { ...day, day: day.day - (weekday + 6) % 7 };
}

function forward(local: Local, unit: "day" | "week" | "month" | "year"): Local {
  if (unit === "day") return { ...local, day: local.day + 1 };
  if (unit === "week") return { ...local, day: local.day + 7 };
  if (unit === "month") return { ...local, month: local.month + 1 };
  return { ...local, year: local.year + 1 };
}

/** The time of a local date that calendar sums made; overflowing parts carry over. */
function needUtc(local: Local, zone: string): number {
  const carried = new Date(Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute));
  const normal = {
    year: carried.getUTCFullYear(),
    month: carried.getUTCMonth() + 1,
    day: carried.getUTCDate(),
    hour: carried.getUTCHours(),
    minute: carried.getUTCMinutes(),
  };
  return toUtc(normal, zone) ?? toUtc({ ...normal, hour: normal.hour + 1 }, zone)!;
}

/** The UTC time of a wall clock time; null where the calendar or the zone's clock has no such time. */
export function toUtc(local: Local, zone: string): number | null {
  const naive = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  for (
    const offset of [
      offsetAt(naive, zone),
      offsetAt(naive - 86_400_000, zone),
      offsetAt(naive + 86_400_000, zone),
    ]
  ) {
    const utc = naive - offset;
    const back = toLocal(utc, zone);
    if (
      back.year === local.year && back.month === local.month && back.day === local.day &&
      back.hour === local.hour && back.minute === local.minute
    ) return utc;
  }
  return null;
}

function offsetAt(utc: number, zone: string): number {
  const local = toLocal(utc, zone);
  const naive = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  return naive - Math.floor(utc / MINUTE) * MINUTE;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function toLocal(utc: number, zone: string): Local {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]));
  return {
    year: parts.year!,
    month: parts.month!,
    day: parts.day!,
    hour: parts.hour!,
    minute: parts.minute!,
  };
}
