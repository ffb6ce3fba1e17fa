import type { BlockContent, ListItem } from "mdast";
import { alertOfPanel, writeAlert } from "../macros/containers.ts";
import { cleanLine } from "../text/clean.ts";
import { listItem } from "../tree/blocks.ts";
import { writeDecisions } from "../tree/decisions.ts";
import type { ElementHandler, StorageConverter } from "./converter.ts";
import { childNamed, childrenNamed, textContent, type XmlElement } from "./element.ts";

/** ADF inside storage: the node where it is known, else the rendering that stands beside it; never both. */
export const adfExtension: ElementHandler = (element, flow, style, converter) => {
  const node = childNamed(element, "ac:adf-node");
  const write = node && NODES.get(typeOf(node));
  if (node && write) return write(node, flow, style, converter);
  const fallback = childNamed(element, "ac:adf-fallback");
  const kept = fallback ? [fallback] : element.children;
  converter.conversion.notes.add(
    "approximated",
    node ? typeOf(node) : "ac:adf-extension",
    "unknown ADF node",
  );
  flow.flush();
  for (const child of kept) {
    converter.walk(child === node ? contentOf(node) : [child], flow, style);
  }
  flow.flush();
};

const panel: ElementHandler = (node, flow, _style, converter) => {
  const title = cleanLine(`${attributeOf(node, "panel-icon-text")} ${attributeOf(node, "panel-title")}`);
  const kind = alertOfPanel(attributeOf(node, "panel-type"));
  writeAlert(flow, converter.conversion, kind, title, () => converter.blocks(contentOf(node)));
};

const decisionList: ElementHandler = (node, flow, _style, converter) => {
  writeDecisions(flow, converter.conversion, () => decisionsIn(node, converter));
};

const NODES: ReadonlyMap<string, ElementHandler> = new Map([
  ["panel", panel],
  ["decision-list", decisionList],
]);

function decisionsIn(node: XmlElement, converter: StorageConverter): ListItem[] {
  const items: ListItem[] = [];
  const holders = [node, ...childrenNamed(node, "ac:adf-content")];
  for (const holder of holders) {
    for (const child of childrenNamed(holder, "ac:adf-node")) {
      const blocks: BlockContent[] = converter.blocks(contentOf(child));
      items.push(listItem(blocks));
    }
  }
  if (items.length === 0) {
    const blocks = converter.blocks(contentOf(node));
    if (blocks.length > 0) items.push(listItem(blocks));
  }
  return items;
}

function typeOf(node: XmlElement): string {
  return node.attributes.get("type") ?? "?";
}

/** What an ADF node in storage holds: its content elements, else whatever is no attribute. */
function contentOf(node: XmlElement) {
  const contents = childrenNamed(node, "ac:adf-content");
  return contents.length > 0 ? contents : node.children;
}

function attributeOf(node: XmlElement, key: string): string {
  const found = childrenNamed(node, "ac:adf-attribute").find((child) => child.attributes.get("key") === key);
  return found ? textContent(found.children).trim() : "";
}
