import type { BlockContent } from "mdast";
import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import { MAX_ELEMENT_DEPTH } from "../limits.ts";
import { Flow } from "../tree/flow.ts";
import { DELETE, EMPHASIS, PLAIN, STRONG, type Style, SUB, SUP } from "../tree/leaf.ts";
import { type AdfNode, attributeOf, contentOf, deepText, marksOf, typeOf } from "./node.ts";
import { NODES } from "./nodes.ts";

/** Writes a node into a flow. */
export type NodeHandler = (node: AdfNode, flow: Flow, style: Style, converter: AdfConverter) => void;

/** Marks that say nothing to a reader of the text. */
const SILENT_MARKS = new Set([
  "annotation",
  "breakout",
  "fragment",
  "dataConsumer",
  "border",
  "alignment",
  "indentation",
]);

/** Walks an ADF document and writes it into flows. */
export class AdfConverter {
  #depth = 0;
  /** The link of the previous text, so that a link over several texts stays one. */
  #link: { href: string; style: Style["link"] } | null = null;

  constructor(readonly conversion: Conversion) {}

  /** Writes the nodes into the flow. */
  walk(nodes: readonly AdfNode[], flow: Flow, style: Style): void {
    for (const node of nodes) this.node(node, flow, style);
  }

  /** The nodes as blocks of their own. */
  blocks(nodes: readonly AdfNode[]): BlockContent[] {
    const flow = new Flow(this.conversion);
    this.walk(nodes, flow, PLAIN);
    return flow.finish();
  }

  /** Writes one node into the flow. */
  node(node: AdfNode, flow: Flow, style: Style): void {
    if (this.#depth >= MAX_ELEMENT_DEPTH) {
      this.conversion.notes.add("approximated", "nesting", "deeper levels are shown as text");
      flow.text(` ${deepText(node)} `, style);
      return;
    }
    this.#depth++;
    try {
      const type = typeOf(node);
      const marked = this.#marked(node, style);
      if (type !== "text") this.#link = null;
      const handler = NODES.get(type);
      if (handler) handler(node, flow, marked, this);
      else this.#unknown(node, type, flow, marked);
    } finally {
      this.#depth--;
    }
  }

  #marked(node: AdfNode, style: Style): Style {
    let marked = style;
    for (const mark of marksOf(node)) {
      switch (typeOf(mark)) {
        case "strong":
          marked = { ...marked, marks: marked.marks | STRONG };
          break;
        case "em":
          marked = { ...marked, marks: marked.marks | EMPHASIS };
          break;
        case "strike":
          marked = { ...marked, marks: marked.marks | DELETE };
          break;
        case "subsup":
          marked = { ...marked, marks: marked.marks | (attributeOf(mark, "type") === "sup" ? SUP : SUB) };
          break;
        case "code":
          marked = { ...marked, code: true };
          break;
        case "link":
          marked = { ...marked, link: this.#linkTo(attributeOf(mark, "href")) };
          break;
        default:
          if (!SILENT_MARKS.has(typeOf(mark))) {
            this.conversion.notes.add("dropped", typeOf(mark) || "?", "formatting");
          }
      }
    }
    return marked;
  }

  #linkTo(href: string): Style["link"] {
    if (href.trim() === "") return null;
    if (this.#link?.href !== href) {
      this.#link = { href, style: targetOfAddress(href, this.conversion.context) };
    }
    return this.#link.style;
  }

  #unknown(node: AdfNode, type: string, flow: Flow, style: Style): void {
    this.conversion.notes.add("approximated", type || "?", "unknown node: its text is kept");
    flow.text(" ", style);
    if (typeof node.text === "string") flow.text(node.text, style);
    else if (contentOf(node).length === 0) flow.text(attributeOf(node, "text"), style);
    this.walk(contentOf(node), flow, style);
    flow.text(" ", style);
  }
}
