import type { Nodes } from "mdast";

/** The text of inline content as one line, for titles, link texts and headings. */
export function textOf(nodes: readonly Nodes[]): string {
  let text = "";
  for (const node of nodes) {
    switch (node.type) {
      case "text":
      case "inlineCode":
        text += node.value;
        break;
      case "image":
        text += node.alt ?? "";
        break;
      case "break":
        text += " ";
        break;
      default:
        if ("children" in node) text += textOf(node.children);
    }
  }
  return text;
}
