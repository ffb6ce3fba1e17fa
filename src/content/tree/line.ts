/**
 * Makes inline content of a flat list of leaves: spaces collapse and move out of marks, equal neighbours merge, marks
 * nest, bare addresses become links.
 *
 * @module
 */
import type { Html, PhrasingContent, Text } from "mdast";
import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import { cleanProse } from "../text/clean.ts";
import { html } from "./html.ts";
import { type Leaf, leaf, MARKS, PLAIN, SUB, SUP } from "./leaf.ts";

/** Inline content between two empty lines. */
export interface Line {
  /** Comments that stood at the very start: in Markdown they have to be blocks of their own. */
  readonly before: Html[];
  readonly children: PhrasingContent[];
}

/** Paragraphs of the leaves; two line breaks in a row part them. */
export function buildLines(leaves: readonly Leaf[], conversion: Conversion): Line[] {
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
  return nest(clean, 0, clean.length, 0, false, conversion);
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
  const children = nest(line, 0, line.length, 0, false, conversion);
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
      out.push(...breaks, item);
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

const ADDRESS = /\bhttps?:\/\/[!#-;=?-Z_a-z~[\]]+/g;

/** Cuts addresses out of plain text: left alone, their underscores and stars would need escapes that break them. */
function linkAddresses(leaves: Leaf[], conversion: Conversion): Leaf[] {
  if (!leaves.some((item) => item.kind === "text" && item.link === null && item.text.includes("://"))) {
    return leaves;
  }
  const out: Leaf[] = [];
  for (const item of leaves) {
    if (item.kind !== "text" || item.link !== null || !item.text.includes("://")) {
      out.push(item);
      continue;
    }
    let position = 0;
    const piece = (text: string, link: Leaf["link"]) => {
      const lead = text.startsWith(" ");
      const core = text.trim();
      const gap = position === 0 ? item.gap : lead || trailing;
      trailing = text.endsWith(" ");
      if (core !== "") out.push({ ...item, text: core, link, gap });
      else if (lead) trailing = true;
    };
    let trailing = false;
    for (const match of item.text.matchAll(ADDRESS)) {
      const address = trimAddress(match[0]);
      if (address.length < 11) continue;
      piece(item.text.slice(position, match.index), null);
      position = match.index;
      const gap = trailing || (position === 0 && item.gap);
      out.push({ ...item, text: address, link: targetOfAddress(address, conversion.context), gap });
      position += address.length;
      trailing = false;
    }
    piece(item.text.slice(position), null);
  }
  return out;
}

/** Without the punctuation of the sentence around it; a bracket stays where it closes one inside. */
function trimAddress(address: string): string {
  const surplus = new Map([[")", 0], ["]", 0]]);
  for (const char of address) {
    if (char === "(" || char === ")") surplus.set(")", (surplus.get(")") ?? 0) + (char === ")" ? 1 : -1));
    if (char === "[" || char === "]") surplus.set("]", (surplus.get("]") ?? 0) + (char === "]" ? 1 : -1));
  }
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    const open = surplus.get(last);
    if (open !== undefined && open > 0) surplus.set(last, open - 1);
    else if (!".,;:!?'*_~".includes(last)) break;
  }
  return address.slice(0, end);
}

/** Nests the marks of leaves[start, end): at each place the mark that reaches furthest goes outside. */
function nest(
  leaves: readonly Leaf[],
  start: number,
  end: number,
  open: number,
  inLink: boolean,
  conversion: Conversion,
): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let i = start;
  while (i < end) {
    const item = leaves[i];
    if (!item) break;
    if (item.gap && i > start) pushText(nodes, " ");
    const marks = item.marks & ~open;
    const link = inLink ? null : item.link;
    if (marks === 0 && link === null) {
      pushLeaf(nodes, item);
      i++;
      continue;
    }
    let chosen = 0;
    let reach = i;
    if (link) {
      for (reach = i + 1; reach < end && leaves[reach]?.link === link; reach++);
    }
    for (const mark of MARKS) {
      if ((marks & mark) === 0) continue;
      let last = i + 1;
      while (last < end && ((leaves[last]?.marks ?? 0) & mark) !== 0) last++;
      if (last > reach) {
        chosen = mark;
        reach = last;
      }
    }
    const inner = nest(leaves, i, reach, open | chosen, inLink || chosen === 0, conversion);
    if (chosen !== 0 || !link) {
      pushMark(nodes, chosen, inner);
    } else {
      const resolved = conversion.resolve(link);
      if (resolved.href === null) pushAll(nodes, inner);
      else {nodes.push({
          type: "link",
          url: resolved.href,
          children: inner as never,
          data: { target: link, resolved },
        });}
    }
    i = reach;
  }
  return nodes;
}

function pushMark(nodes: PhrasingContent[], mark: number, children: PhrasingContent[]): void {
  if (mark === SUB) nodes.push(html("sub", "<sub>"), ...children, html("end_sub", "</sub>"));
  else if (mark === SUP) nodes.push(html("sup", "<sup>"), ...children, html("end_sup", "</sup>"));
  else nodes.push({ type: mark === 1 ? "emphasis" : mark === 2 ? "strong" : "delete", children });
}

function pushLeaf(nodes: PhrasingContent[], item: Leaf): void {
  if (item.kind === "text") pushText(nodes, item.text);
  else if (item.kind === "code") nodes.push({ type: "inlineCode", value: item.text });
  else if (item.kind === "break") nodes.push({ type: "break" });
  else if (item.node) nodes.push(item.node);
}

function pushAll(nodes: PhrasingContent[], more: readonly PhrasingContent[]): void {
  for (const node of more) {
    if (node.type === "text" && !node.data) pushText(nodes, node.value);
    else nodes.push(node);
  }
}

function pushText(nodes: PhrasingContent[], value: string): void {
  const last = nodes[nodes.length - 1];
  if (last?.type === "text" && !last.data) last.value += value;
  else nodes.push({ type: "text", value } satisfies Text);
}
