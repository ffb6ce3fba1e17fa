import type { BlockContent } from "mdast";
import type { Conversion } from "../conversion.ts";
import { Flow } from "../tree/flow.ts";
import { DELETE, EMPHASIS, inParagraph, PLAIN, STRONG, type Style, SUB, SUP } from "../tree/leaf.ts";
import { attribute, type XmlElement, type XmlNode } from "./element.ts";
import { ELEMENTS } from "./elements.ts";

/** Writes an element into a flow. */
export type ElementHandler = (
  element: XmlElement,
  flow: Flow,
  style: Style,
  converter: StorageConverter,
) => void;

/** Elements that only mark their text. */
const MARKS: ReadonlyMap<string, number> = new Map([
  ["strong", STRONG],
  ["b", STRONG],
  ["em", EMPHASIS],
  ["i", EMPHASIS],
  ["cite", EMPHASIS],
  ["var", EMPHASIS],
  ["dfn", EMPHASIS],
  ["del", DELETE],
  ["s", DELETE],
  ["strike", DELETE],
  ["sub", SUB],
  ["sup", SUP],
]);

const CODE = new Set(["code", "tt", "kbd", "samp"]);

/** Marks without a form in Markdown. */
const DROPPED_MARKS = new Set(["u", "ins", "small", "big", "font", "mark"]);

const TRANSPARENT = new Set([
  "span",
  "abbr",
  "acronym",
  "bdi",
  "bdo",
  "label",
  "q",
  "ac:inline-comment-marker",
  "ac:link-body",
  "ac:plain-text-link-body",
  "ac:adf-content",
  "ac:annotation",
]);

const BLOCKS = new Set([
  "p",
  "div",
  "section",
  "article",
  "header",
  "footer",
  "main",
  "aside",
  "nav",
  "figure",
  "figcaption",
  "fieldset",
  "form",
  "center",
  "address",
  "html",
  "body",
  "dl",
  "dt",
  "dd",
  "tr",
  "tbody",
  "thead",
  "tfoot",
  "li",
  "caption",
  "ac:confluence",
  "ac:layout",
  "ac:layout-section",
  "ac:layout-cell",
  "ac:rich-text-body",
  "ac:plain-text-body",
  "ac:task",
  "ac:task-body",
  "ac:caption",
  "ac:adf-fallback",
]);

/** Walks the element tree and writes it into flows. */
export class StorageConverter {
  constructor(readonly conversion: Conversion) {}

  /** Writes the nodes into the flow. */
  walk(nodes: readonly XmlNode[], flow: Flow, style: Style): void {
    for (const node of nodes) {
      if (node.kind === "element") this.element(node, flow, style);
      else flow.text(node.value, style);
    }
  }

  /** The nodes as blocks of their own. */
  blocks(nodes: readonly XmlNode[]): BlockContent[] {
    const flow = new Flow(this.conversion);
    this.walk(nodes, flow, PLAIN);
    return flow.finish();
  }

  /** Writes one element into the flow. */
  element(element: XmlElement, flow: Flow, style: Style): void {
    const { name } = element;
    if (name === "p") return this.#paragraph(element, flow, style);
    if (name === "span") return this.#span(element, flow, style);
    const mark = MARKS.get(name);
    if (mark !== undefined) return this.walk(element.children, flow, { ...style, marks: style.marks | mark });
    if (CODE.has(name)) return this.walk(element.children, flow, { ...style, code: true });
    const handler = ELEMENTS.get(name);
    if (handler) return handler(element, flow, style, this);
    if (BLOCKS.has(name)) return this.#block(element, flow, style);
    if (DROPPED_MARKS.has(name)) this.conversion.notes.add("dropped", name, "formatting");
    else if (!TRANSPARENT.has(name)) return this.#unknown(element, flow, style);
    this.walk(element.children, flow, style);
  }

  #paragraph(element: XmlElement, flow: Flow, style: Style): void {
    flow.flush();
    this.walk(element.children, flow, inParagraph(style));
    flow.flush();
  }

  #block(element: XmlElement, flow: Flow, style: Style): void {
    // A macro among text holds text: its body is no block.
    if (style.inline && element.name === "ac:rich-text-body") return this.walk(element.children, flow, style);
    flow.flush();
    this.walk(element.children, flow, style.inline ? { ...style, inline: false } : style);
    flow.flush();
  }

  #span(element: XmlElement, flow: Flow, style: Style): void {
    const css = attribute(element, "style");
    const struck = css !== "" && /line-through/.test(css);
    if (css !== "" && !struck) this.conversion.notes.add("dropped", "span", "formatting");
    this.walk(element.children, flow, struck ? { ...style, marks: style.marks | DELETE } : style);
  }

  /** Its text is kept, with spaces around: nobody knows whether it stands inside a word. */
  #unknown(element: XmlElement, flow: Flow, style: Style): void {
    this.conversion.notes.add("approximated", element.name, "unknown element: its text is kept");
    flow.text(" ", style);
    this.walk(element.children, flow, style);
    flow.text(" ", style);
  }
}
