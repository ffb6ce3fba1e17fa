import type { RootContent } from "mdast";
import { lengthOf, pack } from "./chunks/split.ts";
import { writeMarkdown } from "./markdown/writer.ts";
import type { ParsedBody } from "./parsed_body.ts";
import { textOfBlocks } from "./to_text.ts";
import { boldLine } from "./tree/blocks.ts";
import { textOf } from "./tree/text_of.ts";

/** Options of {@linkcode toChunks}. */
export interface ChunkOptions {
  /**
   * Characters of text in a chunk, at most; less than 100 counts as 100. The Markdown of a chunk may be longer, by its
   * signs and addresses.
   *
   * @default {2000}
   */
  readonly maxLength?: number;
}

/** A part of a body that makes sense on its own. */
export interface Chunk {
  /** 0, 1, 2, … in the order of the text. */
  readonly position: number;
  /** The headings above and of this part, from the outermost in. */
  readonly headingPath: readonly string[];
  /** As {@linkcode toText} writes it, headings included. */
  readonly text: string;
  /** As {@linkcode toMarkdown} writes it. */
  readonly markdown: string;
}

/**
 * Parts the body along its headings, and long sections further: between blocks where that is enough, else inside them.
 * Together the chunks hold all of the text. A heading without content of its own goes with the section below it.
 *
 * @param parsed What {@linkcode parseBody} made.
 * @param options The size.
 */
export function* toChunks(parsed: ParsedBody, options: ChunkOptions = {}): Generator<Chunk> {
  const max = Math.max(100, Math.floor(options.maxLength ?? 2000));
  let position = 0;
  for (const section of sectionsOf(parsed.tree.children)) {
    for (const blocks of pack(section.blocks, max)) {
      const text = textOfBlocks(blocks);
      if (text === "") continue;
      const markdown = writeMarkdown({ type: "root", children: blocks }, (node) => node.url);
      yield { position: position++, headingPath: section.path, text, markdown };
    }
  }
}

/** Characters of a heading in a path: every chunk below repeats them. */
const MAX_TITLE = 200;

interface Section {
  readonly path: readonly string[];
  readonly blocks: RootContent[];
}

function* sectionsOf(nodes: readonly RootContent[]): Generator<Section> {
  let open: { depth: number; title: string }[] = [];
  let blocks: RootContent[] = [];
  let onlyHeadings = true;
  for (const node of nodes) {
    if (node.type !== "heading") {
      const shown = withoutFolding(node);
      if (shown) blocks.push(shown);
      onlyHeadings &&= shown === null || lengthOf([shown]) === 0;
      continue;
    }
    const deepest = open[open.length - 1];
    const goesBelow = onlyHeadings && (deepest === undefined || node.depth > deepest.depth);
    if (!goesBelow && blocks.length > 0) {
      yield { path: open.map((heading) => heading.title), blocks };
      blocks = [];
    }
    open = [...open.filter((heading) => heading.depth < node.depth), {
      depth: node.depth,
      title: textOf(node.children).trim().slice(0, MAX_TITLE).toWellFormed(),
    }];
    blocks.push(node);
    onlyHeadings = true;
  }
  if (blocks.length > 0) yield { path: open.map((heading) => heading.title), blocks };
}

/** A chunk may hold the start of an expandable section without its end: the title as a bold line has no end. */
function withoutFolding(node: RootContent): RootContent | null {
  if (node.type !== "html") return node;
  if (node.data?.role === "end_details") return null;
  if (node.data?.role !== "details") return node;
  return node.data.text ? boldLine(node.data.text) : null;
}
