/**
 * Makes inline content of a flat list of leaves: spaces collapse and move out of marks, equal neighbours merge.
 * Then bare addresses become links and marks nest.
 *
 * @module
 */
import type { Html, PhrasingContent } from "mdast";
import { append } from "../append.ts";
import type { Conversion } from "../conversion.ts";
import { cleanProse } from "../text/clean.ts";
import { linkAddresses } from "./bare_addresses.ts";
import { type Leaf, leaf, PLAIN } from "./leaf.ts";
import { nestMarks } from "./nest.ts";

/** Inline content between two empty lines. */
export interface Line {
  /** Comments that stood at the very start: in Markdown they have to be blocks of their own. */
  readonly before: Html[];
  readonly children: PhrasingContent[];
}

/** Paragraphs of the leaves; two line breaks in a row part them. */
export function buildLines(leaves: readonly Leaf[], conversion: Conversion): Line[] {
  const [only] = leaves;
  if (leaves.length === 1 && only?.kind === "text" && only.marks === 0 && only.link === null) {
    const value = cleanProse(only.text).trim();
    // Most paragraphs and cells are a single text: nothing to nest.
    if (value === "") return [];
    if (!value.includes("://")) return [{ before: [], children: [{ type: "text", value }] }];
  }
  const clean = linkAddresses(normalize(leaves), conversion);
  const lines: Line[] = [];
  let start = 0;
  for (let i = 0; i <= clean.length; i++) {
    const atEnd = i === clean.length;
    if (!atEnd && !(clean[i]?.kind === "break" && clean[i + 1]?.kind === "break")) continue;
    const line = buildLine(clean.slice(start, i), conversion);
    if (line) lines.push(line);
    while (clean[i]?.kind === "break") i++;
    start = i;
    if (!atEnd) i--;
  }
  return lines;
}

/** One line of the leaves, with spaces in place of line breaks: for headings and titles. */
export function buildSingleLine(leaves: readonly Leaf[], conversion: Conversion): PhrasingContent[] {
  const spaced = leaves.map((item) => item.kind === "break" ? leaf("text", " ", PLAIN) : item);
  const clean = linkAddresses(normalize(spaced), conversion);
  const [first] = clean;
  if (first) first.gap = false;
  return nestMarks(clean, conversion);
}

function buildLine(leaves: Leaf[], conversion: Conversion): Line | null {
  const ordered = commentsAwayFromLineStarts(leaves);
  const before: Html[] = [];
  let start = 0;
  let end = ordered.length;
  for (; start < end; start++) {
    const first = ordered[start];
    if (first?.node && isComment(first)) before.push(first.node as Html);
    else if (first?.kind !== "break") break;
  }
  while (end > start && ordered[end - 1]?.kind === "break") end--;
  const first = ordered[start];
  if (first) first.gap = false;
  const line = ordered.slice(start, end);
  line.forEach((item, index) => {
    if (line[index - 1]?.kind === "break") item.gap = false;
  });
  styleBetween(line);
  const children = nestMarks(line, conversion);
  return children.length > 0 || before.length > 0 ? { before, children } : null;
}

/** Trims texts into cores with gaps between them and merges what is alike. */
function normalize(leaves: readonly Leaf[]): Leaf[] {
  const out: Leaf[] = [];
  let gap = false;
  let last: Leaf | undefined;
  for (const item of leaves) {
    if (item.kind === "text") {
      const text = cleanProse(item.text);
      if (text === "") continue;
      if (text === " ") {
        gap = true;
        continue;
      }
      const leads = text.charCodeAt(0) === 32;
      const trails = text.charCodeAt(text.length - 1) === 32;
      item.text = leads || trails ? text.slice(leads ? 1 : 0, trails ? -1 : undefined) : text;
      item.gap = (gap || leads) && last !== undefined && last.kind !== "break";
      gap = trails;
    } else if (item.kind === "break") {
      item.gap = false;
      gap = false;
    } else {
      item.gap = gap && last !== undefined && last.kind !== "break";
      gap = false;
    }
    if (last && !item.gap && (item.lozenge || last.lozenge) && touches(last, item)) item.gap = true;
    if (last && mergeable(last, item)) {
      last.text = item.gap ? `${last.text} ${item.text}` : last.text + item.text;
    } else {
      out.push(item);
      last = item;
    }
  }
  return out;
}

function mergeable(a: Leaf, b: Leaf): boolean {
  return a.kind === b.kind && a.marks === b.marks && a.link === b.link && !a.lozenge && !b.lozenge &&
    (a.kind === "text" || (a.kind === "code" && !b.gap));
}

/** Whether a lozenge and its neighbour would read as one word. */
function touches(a: Leaf, b: Leaf): boolean {
  if (a.kind === "break" || b.kind === "break" || isComment(a) || isComment(b)) return false;
  const before = a.lozenge || a.kind !== "text" || /[\p{L}\p{N}\p{M}]$/u.test(a.text.slice(-2));
  const after = b.lozenge || b.kind !== "text" || /^[\p{L}\p{N}]/u.test(b.text.slice(0, 2));
  return before && after;
}

function isComment(item: Leaf): boolean {
  return item.node?.type === "html" && item.node.data?.role === "comment";
}

/** A comment at the start of a line would turn the rest of the line into raw HTML: it goes before the line break. */
function commentsAwayFromLineStarts(leaves: Leaf[]): Leaf[] {
  if (!leaves.some(isComment)) return leaves;
  const out: Leaf[] = [];
  let breaks: Leaf[] = [];
  for (const item of leaves) {
    if (item.kind === "break") {
      breaks.push(item);
    } else if (isComment(item)) {
      out.push(item);
    } else {
      append(out, breaks);
      out.push(item);
      breaks = [];
    }
  }
  return out;
}

/** Breaks and comments take the marks that both sides share, so that they do not cut a mark in two. */
function styleBetween(leaves: readonly Leaf[]): void {
  let nextMarks = 0;
  let nextLink: Leaf["link"] = null;
  for (let i = leaves.length - 1; i >= 0; i--) {
    const item = leaves[i];
    if (!item) continue;
    if (item.kind === "break" || isComment(item)) {
      item.marks = nextMarks;
      item.link = nextLink;
    } else {
      nextMarks = item.marks;
      nextLink = item.link;
    }
  }
  let marks = 0;
  let link: Leaf["link"] = null;
  for (const item of leaves) {
    if (item.kind === "break" || isComment(item)) {
      item.marks &= marks;
      if (item.link !== link) item.link = null;
    } else {
      marks = item.marks;
      link = item.link;
    }
  }
}
