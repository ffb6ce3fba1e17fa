import { append } from "../append.ts";
import type { BlockContent, DefinitionContent, Table, TableCell, TableRow } from "mdast";
import type { Conversion } from "../conversion.ts";
import { MAX_COLUMN_SPAN } from "../limits.ts";
import { cellContent, needsFlattening } from "./cell.ts";
import { textOf } from "./text_of.ts";

/** A cell as the source has it. */
export interface SourceCell {
  readonly header: boolean;
  readonly columnSpan: number;
  readonly rowSpan: number;
  readonly blocks: readonly (BlockContent | DefinitionContent)[];
}

/** A cell that reaches into the rows below. */
interface Carry {
  rows: number;
  readonly cell: TableCell;
  readonly cost: number;
}

/**
 * A table of the source's rows. The first row becomes the header where all its cells are headers; else the header is
 * empty. A cell over several columns stands in the first one, a cell over several rows is repeated in each.
 *
 * @returns The table, or null where no row has a cell.
 */
export function buildTable(source: readonly (readonly SourceCell[])[], conversion: Conversion): Table | null {
  const [first] = source;
  const hasHeader = first !== undefined && first.length > 0 && first.every((cell) => cell.header);
  const rows: TableRow[] = [];
  const carried: (Carry | undefined)[] = [];
  let width = 0;
  source.forEach((cells, index) => {
    const row = new RowBuilder(carried, conversion);
    for (const cell of cells) row.add(cell, hasHeader && index === 0, source.length - index);
    row.finish();
    if (row.cells.length > 0) rows.push({ type: "tableRow", children: row.cells });
    width = Math.max(width, row.cells.length);
  });
  if (width === 0) return null;
  if (!hasHeader) rows.unshift({ type: "tableRow", children: emptyCells(width) });
  else if (rows[0]) append(rows[0].children, emptyCells(width - rows[0].children.length));
  return { type: "table", align: new Array(width).fill(null), children: rows };
}

class RowBuilder {
  readonly cells: TableCell[] = [];

  constructor(readonly carried: (Carry | undefined)[], readonly conversion: Conversion) {}

  add(source: SourceCell, inHeader: boolean, rowsLeft: number): void {
    this.#repeat();
    if (source.blocks.some(needsFlattening)) {
      this.conversion.notes.add("approximated", "table cell", "blocks inside a cell are shown on one line");
    }
    const cell: TableCell = {
      type: "tableCell",
      children: cellContent(source.blocks, source.header && !inHeader),
    };
    const columns = this.#columns(source.columnSpan);
    const rows = Math.min(source.rowSpan, rowsLeft) - 1;
    if (columns > 1 || rows > 0) {
      this.conversion.notes.add("approximated", "table", "merged cells are parted");
    }
    for (let column = 0; column < columns; column++) {
      const placed: TableCell = column === 0
        ? cell
        : { type: "tableCell", children: [], data: { filler: true } };
      if (rows > 0) this.#carry(placed, rows);
      this.cells.push(placed);
    }
  }

  finish(): void {
    this.#repeat();
    while (this.cells.length < this.carried.length) {
      if (this.carried[this.cells.length] !== undefined) {
        this.#repeat();
      } else {
        this.conversion.repeatsLeft--;
        this.cells.push({ type: "tableCell", children: [], data: { filler: true } });
      }
    }
    while (this.carried.length > 0 && this.carried[this.carried.length - 1] === undefined) this.carried.pop();
  }

  #columns(span: number): number {
    const columns = Math.min(span, MAX_COLUMN_SPAN);
    if (columns <= 1) return 1;
    this.conversion.repeatsLeft -= columns;
    return this.conversion.repeatsLeft < 0 ? 1 : columns;
  }

  #carry(cell: TableCell, rows: number): void {
    const repeated: TableCell = {
      type: "tableCell",
      children: cell.children,
      data: { ...cell.data, repeated: true },
    };
    this.carried[this.cells.length] = { rows, cell: repeated, cost: 4 + 2 * textOf(cell.children).length };
  }

  /** Adds the cells from above that reach into this row here. */
  #repeat(): void {
    for (;;) {
      const column = this.cells.length;
      const carry = this.carried[column];
      if (carry === undefined) return;
      this.conversion.repeatsLeft -= carry.cost;
      if (this.conversion.repeatsLeft < 0) {
        this.carried.length = 0;
        this.conversion.notes.add("approximated", "table", "merged cells are not repeated: too many");
        return;
      }
      this.cells.push(carry.cell);
      if (--carry.rows === 0) this.carried[column] = undefined;
    }
  }
}

function emptyCells(count: number): TableCell[] {
  return Array.from({ length: Math.max(0, count) }, () => ({ type: "tableCell", children: [] }));
}
