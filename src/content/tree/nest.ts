import type { PhrasingContent, Text } from "mdast";
import { append } from "../append.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import { html } from "./html.ts";
import { EMPHASIS, type Leaf, MARKS, STRONG, SUB, SUP } from "./leaf.ts";

/** The leaves as a tree of marks and links. */
export function nestMarks(leaves: readonly Leaf[], conversion: Conversion): PhrasingContent[] {
  return nest(leaves, 0, leaves.length, 0, false, conversion);
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
    if (chosen !== 0 || !link) pushMark(nodes, chosen, inner);
    else pushLink(nodes, link, inner, conversion);
    i = reach;
  }
  return nodes;
}

/** The link around its text; only the text where the target has no address that may be written. */
function pushLink(
  nodes: PhrasingContent[],
  target: LinkTarget,
  children: PhrasingContent[],
  conversion: Conversion,
): void {
  const resolved = conversion.resolve(target);
  if (resolved.href === null || !conversion.mayLink(target, resolved.href)) {
    pushAll(nodes, children);
  } else {
    nodes.push({ type: "link", url: resolved.href, children: children as never, data: { target, resolved } });
  }
}

function pushMark(nodes: PhrasingContent[], mark: number, children: PhrasingContent[]): void {
  switch (mark) {
    case SUB:
    case SUP:
      nodes.push(mark === SUB ? html("sub", "<sub>") : html("sup", "<sup>"));
      append(nodes, children);
      nodes.push(mark === SUB ? html("end_sub", "</sub>") : html("end_sup", "</sup>"));
      break;
    default:
      nodes.push({ type: mark === EMPHASIS ? "emphasis" : mark === STRONG ? "strong" : "delete", children });
  }
}

function pushLeaf(nodes: PhrasingContent[], item: Leaf): void {
  if (item.kind === "text") pushText(nodes, item.text);
  else if (item.kind === "code") pushCode(nodes, item.text);
  else if (item.kind === "break") nodes.push({ type: "break" });
  else if (item.node) nodes.push(item.node);
}

function pushAll(nodes: PhrasingContent[], more: readonly PhrasingContent[]): void {
  for (const node of more) {
    if (node.type === "text" && !node.data) pushText(nodes, node.value);
    else if (node.type === "inlineCode") pushCode(nodes, node.value);
    else nodes.push(node);
  }
}

function pushText(nodes: PhrasingContent[], value: string): void {
  const last = nodes[nodes.length - 1];
  if (last?.type === "text" && !last.data) last.value += value;
  else nodes.push({ type: "text", value } satisfies Text);
}

/** Two codes in a row would share their backticks. */
function pushCode(nodes: PhrasingContent[], value: string): void {
  const last = nodes[nodes.length - 1];
  if (last?.type === "inlineCode") last.value += value;
  else nodes.push({ type: "inlineCode", value });
}
