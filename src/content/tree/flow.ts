import type { BlockContent, Html, PhrasingContent } from "mdast";
import { append } from "../append.ts";
import type { Conversion } from "../conversion.ts";
import { cleanCode } from "../text/clean.ts";
import { type Leaf, leaf, lozenge, PLAIN, type Style } from "./leaf.ts";
import { buildLines, buildSingleLine } from "./line.ts";

/**
 * Takes inline leaves and blocks in the order of the source and makes block content of them: a block ends the paragraph
 * that is under way, whatever marks are open, and what follows begins another one.
 */
export class Flow {
  #leaves: Leaf[] = [];
  readonly #blocks: BlockContent[] = [];
  readonly #singleLine: boolean;

  /**
   * @param conversion State of the conversion.
   * @param options With `singleLine` (headings, titles) nothing ends the line, and blocks wait until it is done.
   */
  constructor(readonly conversion: Conversion, options: { singleLine?: boolean } = {}) {
    this.#singleLine = options.singleLine ?? false;
  }

  /** Adds text. */
  text(value: string, style: Style): void {
    if (style.code) this.code(value, style);
    else this.#leaves.push(leaf("text", value, style));
  }

  /** Adds text in backticks. Spaces at its ends go outside. */
  code(value: string, style: Style): void {
    const line = cleanCode(value).replace(/[\n\t]/g, " ");
    const core = line.trim();
    if (line.startsWith(" ")) this.#leaves.push(leaf("text", " ", style));
    if (core !== "") this.#leaves.push(leaf("code", core, style));
    if (line.endsWith(" ")) this.#leaves.push(leaf("text", " ", style));
  }

  /** Adds a line break. */
  break(style: Style): void {
    this.#leaves.push(leaf("break", "", style));
  }

  /** Adds a finished inline node. */
  atom(node: PhrasingContent, style: Style): void {
    this.#leaves.push(leaf("atom", "", style, node));
  }

  /** Adds something that keeps a space between itself and a word: text, a node, or code. */
  lozenge(content: string | PhrasingContent, style: Style): void {
    if (typeof content === "string") this.#leaves.push(lozenge("text", content, style));
    else if (content.type === "inlineCode") this.#leaves.push(lozenge("code", content.value, style));
    else this.#leaves.push(lozenge("atom", "", style, content));
  }

  /** Adds the text of a link that keeps a space between itself and a word. */
  lozengeLink(text: string, style: Style): void {
    this.#leaves.push(lozenge(style.code ? "code" : "text", text, style));
  }

  /** Writes something that makes a paragraph of its own unless it stands among text. */
  standalone(style: Style, write: () => void): void {
    const alone = !style.inline &&
      this.#leaves.every((item) => item.kind === "text" && item.text.trim() === "");
    write();
    if (alone) this.flush();
  }

  /** Adds an invisible comment. On a single line it waits with the blocks. */
  comment(node: Html, style: Style): void {
    if (this.#singleLine) this.#blocks.push(node);
    else this.atom(node, style);
  }

  /** Adds a block of its own. */
  block(node: BlockContent): void {
    this.flush();
    this.#blocks.push(node);
  }

  /** Adds blocks. */
  blocks(nodes: readonly BlockContent[]): void {
    if (nodes.length > 0) this.flush();
    append(this.#blocks, nodes);
  }

  /** Ends the paragraph under way. On a single line, only a space. */
  flush(): void {
    if (this.#leaves.length === 0) return;
    if (this.#singleLine) {
      this.#leaves.push(leaf("text", " ", PLAIN));
      return;
    }
    const leaves = this.#leaves;
    this.#leaves = [];
    for (const line of buildLines(leaves, this.conversion)) {
      append(this.#blocks, line.before);
      if (line.children.length > 0) this.#blocks.push({ type: "paragraph", children: line.children });
    }
  }

  /** The blocks so far, the paragraph under way included. */
  finish(): BlockContent[] {
    if (!this.#singleLine) this.flush();
    return this.#blocks;
  }

  /** The inline content of a single line; {@linkcode finish} has the blocks that stood in it. */
  line(): PhrasingContent[] {
    const leaves = this.#leaves;
    this.#leaves = [];
    return buildSingleLine(leaves, this.conversion);
  }
}
