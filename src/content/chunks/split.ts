/**
 * Cuts blocks that are too long for one chunk, where it hurts least: between items, rows, lines, sentences, words.
 *
 * @module
 */
import type {
  BlockContent,
  Code,
  List,
  ListItem,
  PhrasingContent,
  RootContent,
  Table,
  TableRow,
} from "mdast";
import { append } from "../append.ts";
import { inlineText, textOfBlocks } from "../to_text.ts";
import { cutText } from "./cut_text.ts";

/** Characters of text in the blocks. */
export function lengthOf(blocks: readonly RootContent[]): number {
  return textOfBlocks(blocks).length;
}

/** Fills pieces with as many blocks as fit; a block that is too long on its own is cut. */
export function pack(blocks: readonly RootContent[], max: number): RootContent[][] {
  const pieces: RootContent[][] = [];
  let piece: RootContent[] = [];
  let filled = 0;
  const add = (block: RootContent, length: number) => {
    if (piece.length > 0 && filled + 1 + length > max) {
      pieces.push(piece);
      piece = [];
      filled = 0;
    }
    filled += length + (piece.length > 0 ? 1 : 0);
    piece.push(block);
  };
  for (const block of blocks) {
    const length = lengthOf([block]);
    if (length <= max) add(block, length);
    else for (const part of cutBlock(block, max)) add(part, lengthOf([part]));
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

function cutBlock(block: RootContent, max: number): RootContent[] {
  switch (block.type) {
    case "paragraph":
    case "heading":
      return cutPhrasing(block.children, max).map((children) => ({ type: "paragraph", children }));
    case "blockquote":
      return pack(block.children, max).map((children) => ({
        ...block,
        children: children as BlockContent[],
      }));
    case "list":
      return cutList(block, max);
    case "code":
      return cutCode(block, max);
    case "table":
      return cutTable(block, max);
    default:
      return cutText(textOfBlocks([block]), max).map(textParagraph);
  }
}

function cutList(list: List, max: number): RootContent[] {
  const pieces: RootContent[] = [];
  let items: ListItem[] = [];
  let filled = 0;
  let start = list.start ?? 1;
  const flush = () => {
    if (items.length > 0) pieces.push({ ...list, ...(list.ordered ? { start } : {}), children: items });
    start += items.length;
    items = [];
    filled = 0;
  };
  for (const item of list.children) {
    const length = lengthOf([item]);
    if (filled + 1 + length > max) flush();
    if (length <= max) {
      filled += length + 1;
      items.push(item);
      continue;
    }
    const parts = pack(item.children, max);
    for (const [index, children] of parts.entries()) {
      const checked = index === 0 ? item.checked ?? null : null;
      const part: ListItem = { ...item, checked, children: children as BlockContent[] };
      pieces.push({ ...list, ...(list.ordered ? { start } : {}), children: [part] });
    }
    start++;
  }
  flush();
  return pieces;
}

function cutCode(code: Code, max: number): RootContent[] {
  const pieces: RootContent[] = [];
  let lines: string[] = [];
  let filled = 0;
  const flush = () => {
    if (lines.length > 0) pieces.push({ ...code, value: lines.join("\n") });
    lines = [];
    filled = 0;
  };
  for (
    const line of code.value.split("\n").flatMap((whole) =>
      whole.length > max ? cutText(whole, max) : [whole]
    )
  ) {
    if (lines.length > 0 && filled + 1 + line.length > max) flush();
    filled += line.length + (lines.length > 0 ? 1 : 0);
    lines.push(line);
  }
  flush();
  return pieces;
}

/** Every piece has the header again. A row that is too long becomes paragraphs. */
function cutTable(table: Table, max: number): RootContent[] {
  const [header, ...rows] = table.children;
  if (header === undefined) return [];
  const headerLength = lengthOf([{ ...table, children: [header] }]);
  if (headerLength > max / 2) return rowsAsText(table, table.children, max);
  const pieces: RootContent[] = [];
  let kept: TableRow[] = [];
  let filled = headerLength;
  const flush = () => {
    if (kept.length > 0) pieces.push({ ...table, children: [header, ...kept] });
    kept = [];
    filled = headerLength;
  };
  for (const row of rows) {
    const length = lengthOf([{ ...table, children: [row] }]);
    if (headerLength + 1 + length > max) {
      flush();
      append(pieces, rowsAsText(table, [row], max));
      continue;
    }
    if (filled + 1 + length > max) flush();
    filled += length + 1;
    kept.push(row);
  }
  flush();
  if (pieces.length === 0) pieces.push({ ...table, children: [header] });
  return pieces;
}

function rowsAsText(table: Table, rows: readonly TableRow[], max: number): RootContent[] {
  return rows.flatMap((row) => cutText(textOfRow(table, row), max)).map(textParagraph);
}

function textOfRow(table: Table, row: TableRow): string {
  return textOfBlocks([{ ...table, children: [row] }]).replace(/\t/g, " ");
}

function textParagraph(value: string): RootContent {
  return { type: "paragraph", children: [{ type: "text", value }] };
}

function cutPhrasing(nodes: readonly PhrasingContent[], max: number): PhrasingContent[][] {
  const pieces: PhrasingContent[][] = [];
  let piece: PhrasingContent[] = [];
  let filled = 0;
  const flush = () => {
    if (piece.length > 0) pieces.push(piece);
    piece = [];
    filled = 0;
  };
  for (const node of nodes) {
    // A tag without its partner would be worse than none.
    if (node.type === "html" && node.data?.role !== "comment") continue;
    const length = inlineText([node]).length;
    if (filled + length <= max) {
      filled += length;
      piece.push(node);
      continue;
    }
    if (length <= max && node.type !== "text") {
      flush();
      filled = length;
      piece.push(node);
      continue;
    }
    for (const part of cutInline(node, max, max - filled)) {
      const partLength = inlineText([part]).length;
      if (filled + partLength > max) flush();
      filled += partLength;
      piece.push(part);
    }
  }
  flush();
  return pieces;
}

/** The node in parts; the first one may have to fit into less room. */
function cutInline(node: PhrasingContent, max: number, room: number): PhrasingContent[] {
  switch (node.type) {
    case "text":
      return cutText(node.value, max, room).map((value) => ({ ...node, value }));
    case "inlineCode":
      return cutText(node.value, max).map((value) => ({ ...node, value }));
    case "link":
      // Every part repeats the address.
      if (node.url.length > max) return cutPhrasing(node.children, max).flat();
      return cutPhrasing(node.children, max).map((children) => ({ ...node, children: children as never }));
    case "strong":
    case "emphasis":
    case "delete":
      return cutPhrasing(node.children, max).map((children) => ({ ...node, children: children as never }));
    default:
      return cutText(inlineText([node]), max).map((value) => ({ type: "text", value }));
  }
}
