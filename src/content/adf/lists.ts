import type { BlockContent, ListItem } from "mdast";
import { append } from "../append.ts";
import { writeDecisions } from "../tree/decisions.ts";
import { list, listItem } from "../tree/blocks.ts";
import type { Flow } from "../tree/flow.ts";
import { PLAIN } from "../tree/leaf.ts";
import type { AdfConverter, NodeHandler } from "./converter.ts";
import { type AdfNode, attributeOf, contentOf, numberOf, typeOf } from "./node.ts";

/** `bulletList`. */
export const bulletList: NodeHandler = (node, flow, _style, converter) =>
  writeList(node, flow, converter, null);

/** `orderedList`, from its `order` on. */
export const orderedList: NodeHandler = (node, flow, _style, converter) => {
  writeList(node, flow, converter, Math.max(0, numberOf(node, "order", 1)));
};

/** `taskList`. A list inside a list belongs to the task before it. */
export const taskList: NodeHandler = (node, flow, _style, converter) =>
  writeList(node, flow, converter, null);

/** `decisionList`. */
export const decisionList: NodeHandler = (node, flow, _style, converter) => {
  const { conversion } = converter;
  writeDecisions(
    flow,
    conversion,
    () =>
      contentOf(node).map((item) => listItem(converter.blocks(contentOf(item)))).filter((item) =>
        item.children.length > 0
      ),
  );
};

const ITEMS = new Set(["listItem", "taskItem", "blockTaskItem"]);

function writeList(node: AdfNode, flow: Flow, converter: AdfConverter, start: number | null): void {
  const items = converter.conversion.nested(() => itemsOf(node, converter));
  if (items !== null) {
    if (items.length > 0) flow.block(list(items, start));
    return;
  }
  flow.flush();
  for (const child of contentOf(node)) {
    converter.walk(ITEMS.has(typeOf(child)) ? contentOf(child) : [child], flow, PLAIN);
    flow.flush();
  }
}

function itemsOf(node: AdfNode, converter: AdfConverter): ListItem[] {
  const items: ListItem[] = [];
  for (const child of contentOf(node)) {
    if (ITEMS.has(typeOf(child))) {
      items.push(itemOf(child, converter));
      continue;
    }
    const blocks = converter.blocks([child]);
    const last = items[items.length - 1];
    if (last) append(last.children, blocks);
    else if (blocks.length > 0) items.push(listItem(blocks));
  }
  return items;
}

function itemOf(node: AdfNode, converter: AdfConverter): ListItem {
  const blocks: BlockContent[] = converter.blocks(contentOf(node));
  if (typeOf(node) === "listItem") return listItem(blocks);
  const checked = attributeOf(node, "state") === "DONE";
  // A box to tick stands before text, so a task begins with a paragraph.
  return listItem(
    blocks[0]?.type === "paragraph" ? blocks : [{ type: "paragraph", children: [] }, ...blocks],
    checked,
  );
}
