import type { BlockContent, ListItem } from "mdast";
import type { Conversion } from "../conversion.ts";
import { list } from "./blocks.ts";
import type { Flow } from "./flow.ts";

/** Decisions as a list with a diamond at each: they are not tasks, so they have no box to tick. */
export function writeDecisions(flow: Flow, conversion: Conversion, items: () => ListItem[]): void {
  const decisions = conversion.nested(items);
  if (decisions === null) flow.blocks(items().flatMap((item) => item.children as BlockContent[]));
  else if (decisions.length > 0) flow.block(list(decisions.map(withDiamond)));
}

function withDiamond(item: ListItem): ListItem {
  const [first, ...rest] = item.children;
  if (first?.type !== "paragraph") {
    return {
      ...item,
      children: [{ type: "paragraph", children: [{ type: "text", value: "◆" }] }, ...item.children],
    };
  }
  const [start, ...others] = first.children;
  const children = start?.type === "text" && !start.data
    ? [{ ...start, value: `◆ ${start.value}` }, ...others]
    : [{ type: "text" as const, value: "◆ " }, ...first.children];
  return { ...item, children: [{ ...first, children }, ...rest] };
}
