import type { Nodes, Table } from "mdast";
import type { ParsedBody } from "./parsed_body.ts";

/**
 * The body as plain text for search: one line for each block, tabs between cells, no markup inside words. Code keeps its
 * lines. Addresses, comments, account ids and repeated cells are left out.
 *
 * @param parsed What {@linkcode parseBody} made.
 * @returns Lines with `\n` between them, none at the end.
 */
export function toText(parsed: ParsedBody): string {
  return textOfBlocks(parsed.tree.children);
}

/** The text of some blocks. */
export function textOfBlocks(nodes: readonly Nodes[]): string {
  const lines: string[] = [];
  for (const node of nodes) blockLines(node, lines);
  // Search puts U+200A between words (see words.ts): code is the one place where a body could bring its own.
  return lines.join("\n").replaceAll("\u200a", " ");
}

function blockLines(node: Nodes, lines: string[]): void {
  switch (node.type) {
    case "paragraph":
    case "heading":
      push(lines, inlineText(node.children));
      break;
    case "code":
      if (node.value.trim() !== "") lines.push(node.value.replace(/^\n+|\n+$/g, ""));
      break;
    case "html":
      if (node.data?.role === "markdown") push(lines, node.value);
      else if (node.data?.text) push(lines, node.data.text);
      break;
    case "table":
      tableLines(node, lines);
      break;
    default:
      if ("children" in node) { for (const child of node.children) blockLines(child, lines); }
  }
}

function tableLines(table: Table, lines: string[]): void {
  for (const row of table.children) {
    const cells: string[] = [];
    for (const cell of row.children) {
      if (!cell.data?.repeated && !cell.data?.filler) cells.push(inlineText(cell.children).trim());
    }
    if (cells.some((cell) => cell !== "")) lines.push(cells.join("\t"));
  }
}

function push(lines: string[], text: string): void {
  const line = text.trim();
  if (line !== "") lines.push(line);
}

/** The text of inline content, as search sees it. */
export function inlineText(nodes: readonly Nodes[]): string {
  let text = "";
  for (const node of nodes) {
    switch (node.type) {
      case "text":
        if (!node.data?.unindexed) text += node.value;
        break;
      case "inlineCode":
        text += node.value;
        break;
      case "break":
        text += " ";
        break;
      case "image":
        if (!node.data?.unindexed) text += ` ${node.alt ?? ""} `;
        break;
      default:
        if ("children" in node) text += inlineText(node.children);
    }
  }
  return text;
}
