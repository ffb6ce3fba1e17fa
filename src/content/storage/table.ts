import { append } from "../append.ts";
import { buildTable, type SourceCell } from "../tree/table.ts";
import type { ElementHandler, StorageConverter } from "./converter.ts";
import { attribute, type XmlElement, type XmlNode } from "./element.ts";

/** `table`, with or without groups of rows. What is no row goes above it. */
export const table: ElementHandler = (element, flow, style, converter) => {
  flow.flush();
  const { rows, rest } = rowsOf(element);
  converter.walk(rest, flow, style);
  flow.flush();
  const node = buildTable(rows.map((row) => cellsOf(row, converter)), flow.conversion);
  if (node) flow.block(node);
};

const GROUPS = new Set(["tbody", "thead", "tfoot"]);

function rowsOf(element: XmlElement): { rows: XmlElement[]; rest: XmlNode[] } {
  const rows: XmlElement[] = [];
  const rest: XmlNode[] = [];
  for (const child of element.children) {
    if (child.kind === "element" && child.name === "tr") {
      rows.push(child);
    } else if (child.kind === "element" && GROUPS.has(child.name)) {
      const inner = rowsOf(child);
      append(rows, inner.rows);
      append(rest, inner.rest);
    } else {
      rest.push(child);
    }
  }
  return { rows, rest };
}

function cellsOf(row: XmlElement, converter: StorageConverter): SourceCell[] {
  const cells: SourceCell[] = [];
  let stray: XmlNode[] = [];
  const settleStray = () => {
    const blocks = converter.blocks(stray);
    stray = [];
    if (blocks.length > 0) cells.push({ header: false, columnSpan: 1, rowSpan: 1, blocks });
  };
  for (const child of row.children) {
    if (child.kind !== "element" || (child.name !== "td" && child.name !== "th")) {
      stray.push(child);
      continue;
    }
    settleStray();
    cells.push({
      header: child.name === "th",
      columnSpan: spanOf(child, "colspan"),
      rowSpan: spanOf(child, "rowspan"),
      blocks: converter.blocks(child.children),
    });
  }
  settleStray();
  return cells;
}

function spanOf(cell: XmlElement, name: string): number {
  const value = attribute(cell, name).trim();
  return /^\d{1,6}$/.test(value) ? Math.max(1, Number(value)) : 1;
}
