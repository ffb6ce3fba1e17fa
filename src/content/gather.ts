import type { Nodes } from "mdast";
import type { ConversionContext } from "./context.ts";
import { bodyLink, type LinkTarget, type ResolvedTarget } from "./link_target.ts";
import type { BodyHeading, BodyLink } from "./parsed_body.ts";
import { textOf } from "./tree/text_of.ts";

/** The links and headings of a tree, in the order of the text. Repeated cells count once. */
export function gather(
  nodes: readonly Nodes[],
  context: ConversionContext,
): { links: BodyLink[]; headings: BodyHeading[] } {
  const links: BodyLink[] = [];
  const headings: BodyHeading[] = [];
  const visit = (node: Nodes) => {
    switch (node.type) {
      case "text":
        if (node.data?.target) add(node.data, node.value);
        return;
      case "image":
        add(node.data, node.alt ?? "");
        return;
      case "link":
        add(node.data, textOf(node.children));
        break;
      case "heading":
        headings.push({ depth: node.depth, text: textOf(node.children).trim() });
        break;
      case "tableCell":
        if (node.data?.repeated) return;
        break;
      default:
        break;
    }
    if ("children" in node) { for (const child of node.children) visit(child); }
  };
  const add = (data: { target?: LinkTarget; resolved?: ResolvedTarget } | undefined, text: string) => {
    if (data?.target && data.resolved) links.push(bodyLink(data.target, data.resolved, text.trim(), context));
  };
  for (const node of nodes) visit(node);
  return { links, headings };
}
