import type { BlockContent, ListItem } from "mdast";
import { list as listBlock, listItem } from "../tree/blocks.ts";
import type { Flow } from "../tree/flow.ts";
import { PLAIN, type Style } from "../tree/leaf.ts";
import type { ElementHandler, StorageConverter } from "./converter.ts";
import { attribute, childNamed, textContent, type XmlElement, type XmlNode } from "./element.ts";

/** `ul` and `ol`. A list that stands directly in another one belongs to the item before it. */
export const list: ElementHandler = (element, flow, style, converter) => {
  const start = element.name === "ol" ? startOf(element) : null;
  writeItems(element, flow, style, converter, start, (child) => ({
    content: child.children,
    checked: null,
  }), "li");
};

/** `ac:task-list`, with tasks and, beside them, lists of sub-tasks. */
export const taskList: ElementHandler = (element, flow, style, converter) => {
  writeItems(element, flow, style, converter, null, (child) => ({
    content: child.children,
    checked: textContent(childNamed(child, "ac:task-status")?.children ?? []).trim() === "complete",
  }), "ac:task");
};

interface SourceItem {
  readonly content: readonly XmlNode[];
  readonly checked: boolean | null;
}

function writeItems(
  element: XmlElement,
  flow: Flow,
  style: Style,
  converter: StorageConverter,
  start: number | null,
  read: (child: XmlElement) => SourceItem,
  itemName: string,
): void {
  const items = converter.conversion.nested(() => itemsOf(element, converter, read, itemName));
  if (items === null) {
    flow.flush();
    for (const child of element.children) {
      if (child.kind === "element" && child.name === itemName) {
        converter.walk(read(child).content, flow, PLAIN);
        flow.flush();
      } else {
        converter.walk([child], flow, style);
      }
    }
    flow.flush();
  } else if (items.length > 0) {
    flow.block(listBlock(items, start));
  }
}

function itemsOf(
  element: XmlElement,
  converter: StorageConverter,
  read: (child: XmlElement) => SourceItem,
  itemName: string,
): ListItem[] {
  const items: ListItem[] = [];
  let stray: XmlNode[] = [];
  const settleStray = () => {
    const blocks = converter.blocks(stray);
    stray = [];
    if (blocks.length === 0) return;
    const previous = items.pop();
    if (previous) items.push(listItem([...previous.children as BlockContent[], ...blocks], previous.checked));
    else items.push(listItem(blocks));
  };
  for (const child of element.children) {
    if (child.kind !== "element" || child.name !== itemName) {
      stray.push(child);
      continue;
    }
    settleStray();
    const { content, checked } = read(child);
    items.push(listItem(withParagraph(converter.blocks(content), checked), checked));
  }
  settleStray();
  return items;
}

/** A box to tick stands before text, so a task begins with a paragraph. */
function withParagraph(blocks: BlockContent[], checked: boolean | null): BlockContent[] {
  if (checked === null || blocks[0]?.type === "paragraph") return blocks;
  return [{ type: "paragraph", children: [] }, ...blocks];
}

function startOf(element: XmlElement): number {
  const start = attribute(element, "start");
  return /^\d+$/.test(start) ? Number(start) : 1;
}
