import { buildTable, type SourceCell } from "../tree/table.ts";
import type { AdfConverter, NodeHandler } from "./converter.ts";
import { type AdfNode, contentOf, numberOf, typeOf, valueOf } from "./node.ts";

/** `table`. Row numbers are drawn by the editor and in no cell, so they are added here. */
export const table: NodeHandler = (node, flow, style, converter) => {
  const rows = contentOf(node).filter((child) => typeOf(child) === "tableRow");
  const rest = contentOf(node).filter((child) => typeOf(child) !== "tableRow");
  if (rest.length > 0) converter.walk(rest, flow, style);
  const cells = rows.map((row) => contentOf(row).map((cell) => cellOf(cell, converter)));
  const numbered = valueOf(node, "isNumberColumnEnabled") === true ? withNumbers(cells) : cells;
  const built = buildTable(numbered, converter.conversion);
  if (built) flow.block(built);
};

function cellOf(node: AdfNode, converter: AdfConverter): SourceCell {
  const isCell = typeOf(node) === "tableCell" || typeOf(node) === "tableHeader";
  return {
    header: typeOf(node) === "tableHeader",
    columnSpan: Math.max(1, numberOf(node, "colspan", 1)),
    rowSpan: Math.max(1, numberOf(node, "rowspan", 1)),
    blocks: converter.blocks(isCell ? contentOf(node) : [node]),
  };
}

function withNumbers(rows: readonly (readonly SourceCell[])[]): SourceCell[][] {
  const headed = rows[0]?.every((cell) => cell.header) ?? false;
  return rows.map((row, index) => {
    const isHeader = headed && index === 0;
    const value = isHeader ? "" : String(headed ? index : index + 1);
    const blocks = value === ""
      ? []
      : [{ type: "paragraph" as const, children: [{ type: "text" as const, value }] }];
    return [{ header: isHeader, columnSpan: 1, rowSpan: 1, blocks }, ...row];
  });
}
