import type { PhrasingContent } from "mdast";
import type { LinkTarget } from "../link_target.ts";

/** Marks, as bits. */
export const EMPHASIS = 1;
export const STRONG = 2;
export const DELETE = 4;
export const SUB = 8;
export const SUP = 16;

/** Every mark with a form in Markdown; of two that cover the same text, the earlier one goes outside. */
export const MARKS: readonly number[] = [EMPHASIS, STRONG, DELETE, SUB, SUP];

/** What applies to a run of text. */
export interface Style {
  readonly marks: number;
  readonly link: LinkTarget | null;
  /** Text is code. */
  readonly code: boolean;
  /** Stands in a paragraph with other things; else it is a block of its own. */
  readonly inline: boolean;
}

/** No mark, no link, outside any paragraph. */
export const PLAIN: Style = { marks: 0, link: null, code: false, inline: false };

/** A smallest piece of a line. A line is a flat list of them; the tree of marks is built when the line is done. */
export interface Leaf {
  readonly kind: "text" | "code" | "break" | "atom";
  text: string;
  /** The finished node, for atoms. */
  readonly node: PhrasingContent | null;
  marks: number;
  link: LinkTarget | null;
  /** A space stands before it. */
  gap: boolean;
  /** Needs a space where it touches a word: dates, mentions, status, issue keys. */
  readonly lozenge: boolean;
}

/** A leaf of that kind in that style. */
export function leaf(
  kind: Leaf["kind"],
  text: string,
  style: Style,
  node: PhrasingContent | null = null,
): Leaf {
  return { kind, text, node, marks: style.marks, link: style.link, gap: false, lozenge: false };
}

/** A leaf that keeps its distance from the words around it. */
export function lozenge(
  kind: Leaf["kind"],
  text: string,
  style: Style,
  node: PhrasingContent | null = null,
): Leaf {
  return { kind, text, node, marks: style.marks, link: style.link, gap: false, lozenge: true };
}

/** The style, inside a paragraph. */
export function inParagraph(style: Style): Style {
  if (style.inline) return style;
  return style === PLAIN ? PLAIN_INLINE : { ...style, inline: true };
}

const PLAIN_INLINE: Style = { ...PLAIN, inline: true };
