/**
 * Rows as a table that fits the terminal.
 *
 * @module
 */
import type { Answer, SqlValue } from "../../query/mod.ts";
import { printable } from "../printable.ts";
import { cutToWidth, textWidth } from "../text_width.ts";

/** Options of {@linkcode tableLines}. */
export interface TableOptions {
  /** The width there is; `Infinity` where nothing limits it. */
  readonly columns: number;
  /** Whether to set off the head and NULL by color. */
  readonly color: boolean;
}

/** Rows that decide the widths; the rest streams, so that a great answer needs no great memory. */
const SAMPLE = 1_000;
const GAP = "  ";
/** Columns narrower than this tell nothing; then each row becomes a block of lines instead. */
const NARROWEST = 8;
/** A cell shows its beginning only, so no more of it has to be looked at. */
const LONGEST_CELL = 10_000;

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly right: boolean;
  readonly faint: boolean;
}

/**
 * Draws a table.
 *
 * @param answer The rows.
 * @param options Width and color.
 * @returns Lines, each ended.
 */
export function* tableLines(answer: Answer, options: TableOptions): Generator<string> {
  const rows = answer.rows[Symbol.iterator]();
  const sample: Cell[][] = [];
  for (let next = rows.next(); !next.done; next = rows.next()) {
    sample.push(next.value.map(toCell));
    if (sample.length === SAMPLE) break;
  }
  const head = answer.columns.map((name) => toCell(name));
  const natural = head.map((cell, i) =>
    sample.reduce((width, row) => Math.max(width, row[i]!.width), cell.width)
  );
  const widths = fit(natural, options.columns);
  const all = function* (): Generator<Cell[]> {
    yield* sample;
    if (sample.length < SAMPLE) return;
    for (let next = rows.next(); !next.done; next = rows.next()) yield next.value.map(toCell);
  };
  if (widths === undefined) {
    yield* blocks(head, all(), options);
    return;
  }
  // A column of numbers has its name above the digits.
  const right = head.map((_, i) =>
    sample.some((row) => row[i]!.right) && sample.every((row) => row[i]!.right || row[i]!.faint)
  );
  const line = (cells: readonly Cell[]): string =>
    `${cells.map((cell, i) => pad(cell, widths[i]!, options.color)).join(GAP).trimEnd()}\n`;
  const title = line(head.map((cell, i) => ({ ...cell, right: right[i]! }))).trimEnd();
  yield `${options.color ? `\x1b[1m${title}\x1b[0m` : title}\n`;
  yield `${widths.map((width) => "─".repeat(width)).join(GAP)}\n`;
  for (const cells of all()) yield line(cells);
}

function toCell(value: SqlValue): Cell {
  const text = cellText(value);
  return {
    text,
    width: textWidth(text),
    right: typeof value === "number" || typeof value === "bigint",
    faint: value === null,
  };
}

function cellText(value: SqlValue): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (typeof value !== "string") return String(value);
  return printable(value.length > LONGEST_CELL ? `${value.slice(0, LONGEST_CELL)}…` : value);
}

/** Takes width from the widest columns until all fit; undefined where that leaves one too narrow to read. */
function fit(natural: readonly number[], columns: number): number[] | undefined {
  const room = columns - GAP.length * (natural.length - 1);
  let excess = natural.reduce((sum, width) => sum + width, 0) - room;
  const widths = natural.map((width) => Math.max(1, width));
  if (!(excess > 0)) return widths;
  // All columns wider than a common limit are cut to it; the greatest limit that fits is looked for from above.
  let limit = Math.max(...widths);
  while (excess > 0 && limit > 1) {
    limit--;
    excess -= widths.filter((width) => width > limit).length;
    for (let i = 0; i < widths.length; i++) widths[i] = Math.min(widths[i]!, limit);
  }
  if (limit < NARROWEST && natural.length > 1) return undefined;
  // What was taken too much goes to the first columns that were cut.
  for (let i = 0; i < widths.length && excess < 0; i++) {
    if (widths[i]! < natural[i]!) {
      widths[i]!++;
      excess++;
    }
  }
  return widths;
}

function pad(cell: Cell, width: number, color: boolean): string {
  const text = cell.width > width ? cutToWidth(cell.text, width) : cell.text;
  const space = " ".repeat(Math.max(0, width - (text === cell.text ? cell.width : textWidth(text))));
  const shown = cell.faint && color ? `\x1b[2m${text}\x1b[0m` : text;
  return cell.right ? space + shown : shown + space;
}

/** One block of `name  value` lines for each row. */
function* blocks(
  head: readonly Cell[],
  rows: Iterable<readonly Cell[]>,
  options: TableOptions,
): Generator<string> {
  const nameWidth = Math.min(Math.max(...head.map(({ width }) => width)), Math.floor(options.columns / 3));
  const valueWidth = Math.max(1, options.columns - nameWidth - GAP.length);
  let first = true;
  for (const row of rows) {
    if (!first) yield "\n";
    first = false;
    for (const [i, cell] of row.entries()) {
      const value = pad({ ...cell, right: false }, Math.min(cell.width, valueWidth), options.color);
      yield `${pad(head[i]!, nameWidth, false)}${GAP}${value}`.trimEnd() + "\n";
    }
  }
}
