/**
 * Writes the tree as GitHub Markdown.
 *
 * @module
 */
import type { Code, Html, List, ListItem, Root, RootContent, Table } from "mdast";
import { type LinePlace, phrasing } from "./phrasing.ts";

type Address = LinePlace["address"];

/** The blocks as Markdown, with a newline at the end unless there is nothing. */
export function writeMarkdown(tree: Root, address: Address): string {
  const writer = new Writer(address);
  writer.blocks(tree.children, "");
  const markdown = writer.pieces.join("");
  return markdown === "" ? "" : `${markdown}\n`;
}

/** Collects pieces; `prefix` goes to the start of every line but the first, which the caller has begun. */
class Writer {
  readonly pieces: string[] = [];
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  /** `itemSign` is the sign of the item the blocks stand in, if they do. */
  blocks(nodes: readonly RootContent[], prefix: string, itemSign = ""): void {
    const inItem = itemSign !== "";
    let previous: RootContent | undefined;
    let otherList = false;
    for (const node of nodes) {
      if (previous) {
        const tight = inItem && previous.type === "paragraph" && node.type === "list" &&
          isTightBehindText(node);
        this.pieces.push(tight ? `\n${prefix}` : `\n${prefix.trimEnd()}\n${prefix}`);
      }
      // Two lists in a row would be read as one, and `- - -` as a rule: every other list takes other signs.
      otherList = node.type === "list" &&
        (previous === undefined
          ? itemSign === "-" && !node.ordered
          : previous.type === "list" && previous.ordered === node.ordered && !otherList);
      this.#block(node, prefix, otherList);
      previous = node;
    }
  }

  #block(node: RootContent, prefix: string, otherList: boolean): void {
    switch (node.type) {
      case "paragraph":
        this.pieces.push(phrasing(node.children, this.#line(prefix)));
        break;
      case "heading":
        this.pieces.push(
          "#".repeat(node.depth),
          " ",
          closeHeading(phrasing(node.children, this.#line(prefix, true))),
        );
        break;
      case "blockquote":
        this.#quote(node, prefix);
        break;
      case "list":
        this.#list(node, prefix, otherList);
        break;
      case "code":
        this.#code(node, prefix);
        break;
      case "table":
        this.#table(node, prefix);
        break;
      case "thematicBreak":
        this.pieces.push("---");
        break;
      case "html":
        this.#html(node, prefix);
        break;
      default:
        break;
    }
  }

  #line(prefix: string, inHeading = false, inCell = false): LinePlace {
    return { prefix, inCell, inHeading, address: this.#address };
  }

  #quote(node: Extract<RootContent, { type: "blockquote" }>, prefix: string): void {
    const inner = `${prefix}> `;
    this.pieces.push("> ");
    const alert = node.data?.alert;
    if (alert !== undefined) {
      this.pieces.push(`[!${alert}]`);
      const startsWithText = node.children[0]?.type === "paragraph";
      this.pieces.push(startsWithText ? `\n${inner}` : `\n${inner.trimEnd()}\n${inner}`);
    }
    this.blocks(node.children, inner);
  }

  #list(node: List, prefix: string, other: boolean): void {
    let number = node.start ?? 1;
    const between = node.spread ? `\n${prefix.trimEnd()}\n${prefix}` : `\n${prefix}`;
    node.children.forEach((item, index) => {
      if (index > 0) this.pieces.push(between);
      const sign = node.ordered ? `${number++}${other ? ")" : "."}` : other ? "*" : "-";
      this.#item(item, sign, prefix);
    });
  }

  #item(item: ListItem, sign: string, prefix: string): void {
    const box = item.checked === true ? "[x] " : item.checked === false ? "[ ] " : "";
    const [first] = item.children;
    if (first === undefined) {
      this.pieces.push(sign);
      return;
    }
    const blank = first.type === "paragraph" && first.children.length === 0;
    this.pieces.push(blank ? `${sign} ${box}`.trimEnd() : `${sign} ${box}`);
    const inner = prefix + " ".repeat(sign.length + 1);
    if (first.type !== "thematicBreak") {
      this.blocks(item.children, inner, sign);
      return;
    }
    // A rule of hyphens behind a hyphen is one longer rule.
    this.pieces.push("___");
    if (item.children.length === 1) return;
    this.pieces.push(`\n${inner.trimEnd()}\n${inner}`);
    this.blocks(item.children.slice(1), inner, "_");
  }

  #code(node: Code, prefix: string): void {
    let longest = 2;
    if (node.value.includes("```")) {
      for (const run of node.value.matchAll(/`{3,}/g)) longest = Math.max(longest, run[0].length);
    }
    const fence = "`".repeat(longest + 1);
    this.pieces.push(fence, node.lang ?? "", "\n");
    // Code without a character is an empty fence; code of one empty line would be the same.
    if (node.value !== "") this.pieces.push(prefix, prefixed(node.value, prefix), "\n");
    this.pieces.push(prefix, fence);
  }

  #html(node: Html, prefix: string): void {
    this.pieces.push(prefix === "" ? node.value : prefixed(node.value, prefix));
  }

  #table(node: Table, prefix: string): void {
    const place = this.#line(prefix, false, true);
    node.children.forEach((row, index) => {
      if (index > 0) this.pieces.push(`\n${prefix}`);
      this.pieces.push("|");
      for (const cell of row.children) {
        const text = phrasing(cell.children, place);
        this.pieces.push(text === "" ? "  |" : ` ${text} |`);
      }
      if (row.children.length === 0) this.pieces.push("  |");
      if (index === 0) this.pieces.push(`\n${prefix}|`, " --- |".repeat(Math.max(1, row.children.length)));
    });
  }
}

/** Whether a list right below a line of text is read as a list by every parser: it has to begin with 1 and with text. */
function isTightBehindText(list: List): boolean {
  if (list.spread || (list.ordered && (list.start ?? 1) !== 1)) return false;
  const first = list.children[0]?.children[0];
  return first?.type === "paragraph" && first.children.length > 0;
}

/** Further lines with the prefix; empty ones without trailing spaces. */
function prefixed(value: string, prefix: string): string {
  if (prefix === "" || !value.includes("\n")) return value;
  const bare = prefix.trimEnd();
  return value.split("\n").map((line, index) => index === 0 ? line : line === "" ? bare : prefix + line).join(
    "\n",
  );
}

/** Hashes at the end of a heading would be taken for its closing. */
function closeHeading(text: string): string {
  return text.replace(/(^| )(#+)$/, "$1\\$2");
}
