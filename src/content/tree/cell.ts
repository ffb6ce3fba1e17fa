/**
 * Puts blocks into a table cell, which holds a single line: line breaks between them, signs for lists and tasks.
 *
 * @module
 */
import type { BlockContent, Blockquote, DefinitionContent, List, PhrasingContent, Table } from "mdast";
import { append } from "../append.ts";
import type { AlertKind } from "./hints.ts";
import { strong } from "./strong.ts";

type CellLine = PhrasingContent[];

const ALERT_LABELS: Record<AlertKind, string> = {
  NOTE: "Note:",
  TIP: "Tip:",
  IMPORTANT: "Important:",
  WARNING: "Warning:",
  CAUTION: "Caution:",
};

/** The blocks as one line of inline content; in bold for a row's header. */
export function cellContent(
  blocks: readonly (BlockContent | DefinitionContent)[],
  bold: boolean,
): PhrasingContent[] {
  const [first] = blocks;
  if (blocks.length === 1 && first?.type === "paragraph") {
    return bold ? strong(first.children) : first.children;
  }
  const lines = linesOf(blocks, 0);
  return joinLines(bold ? lines.map(strong) : lines);
}

/** Whether a block loses its form in a cell. */
export function needsFlattening(block: BlockContent | DefinitionContent): boolean {
  return block.type !== "paragraph" && block.type !== "html";
}

function linesOf(blocks: readonly (BlockContent | DefinitionContent)[], level: number): CellLine[] {
  return blocks.flatMap((block) => linesOfBlock(block, level));
}

function linesOfBlock(block: BlockContent | DefinitionContent, level: number): CellLine[] {
  switch (block.type) {
    case "paragraph":
      return [block.children];
    case "heading":
      return [strong(block.children)];
    case "blockquote":
      return linesOfQuote(block, level);
    case "list":
      return linesOfList(block, level);
    case "code":
      return block.value.split("\n").filter((line) => line.trim() !== "")
        .map((line) => [{ type: "inlineCode", value: line }]);
    case "table":
      return linesOfTable(block);
    case "html":
      if (block.data?.role === "details") {
        return block.data.text ? [strong([{ type: "text", value: block.data.text }])] : [];
      }
      if (block.data?.role === "end_details") return [];
      if (block.data?.role === "markdown") {
        return block.value.split("\n").map((line) => [{ type: "text", value: line.trim() }]);
      }
      return [[block]];
    default:
      return [];
  }
}

function linesOfQuote(quote: Blockquote, level: number): CellLine[] {
  const lines = linesOf(quote.children, level);
  const alert = quote.data?.alert;
  if (alert === undefined) return lines;
  const label: PhrasingContent = {
    type: "strong",
    children: [{ type: "text", value: ALERT_LABELS[alert], data: { unindexed: true } }],
  };
  const [first = [], ...rest] = lines;
  return [first.length === 0 ? [label] : [label, { type: "text", value: " " }, ...first], ...rest];
}

function linesOfList(list: List, level: number): CellLine[] {
  const indent = "\u2003".repeat(level);
  let number = list.start ?? 1;
  return list.children.flatMap((item) => {
    const sign = item.checked === true
      ? "☑ "
      : item.checked === false
      ? "☐ "
      : list.ordered
      ? `${number++}. `
      : "• ";
    const startsWithList = item.children[0]?.type === "list";
    const lines = linesOf(item.children, level + 1);
    const [first = [], ...rest] = startsWithList ? [[], ...lines] : lines;
    const value = first.length === 0 ? (indent + sign).trimEnd() : indent + sign;
    return [[{ type: "text", value, data: { unindexed: true } }, ...first], ...rest];
  });
}

function linesOfTable(table: Table): CellLine[] {
  const lines: CellLine[] = [];
  for (const row of table.children) {
    const line: CellLine = [];
    for (const cell of row.children) {
      if (cell.data?.filler || cell.children.length === 0) continue;
      if (line.length > 0) line.push({ type: "text", value: " / " });
      append(line, cell.children);
    }
    if (line.length > 0) lines.push(line);
  }
  return lines;
}

function joinLines(lines: readonly CellLine[]): PhrasingContent[] {
  const out: PhrasingContent[] = [];
  for (const line of lines) {
    if (line.length === 0) continue;
    if (out.length > 0) out.push({ type: "break" });
    for (const node of line) out.push(node);
  }
  return out;
}
