/**
 * The structure of a tree as lines of text, the same for a tree this project built and for one that an independent
 * parser read from its Markdown. What Markdown cannot tell apart is written the same way.
 *
 * @module
 */
import type { Nodes, PhrasingContent, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** Markdown as an independent GitHub Markdown parser reads it. */
export function readMarkdown(markdown: string): Root {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** The structure as indented lines. */
export function structureOf(tree: Root): string {
  const lines: string[] = [];
  for (const node of tree.children) block(node, "", lines);
  return lines.join("\n");
}

/** Whether the tree holds Markdown that a macro passed through. */
export function hasPassedMarkdown(tree: Root): boolean {
  const search = (node: Nodes): boolean =>
    (node.type === "html" && node.data?.role === "markdown") ||
    ("children" in node && node.children.some(search));
  return search(tree);
}

function block(node: Nodes, indent: string, lines: string[]): void {
  switch (node.type) {
    case "paragraph":
      push(lines, indent, "p", inline(node.children));
      break;
    case "heading":
      lines.push(`${indent}h${node.depth} ${inline(node.children).replaceAll("⏎", " ").replace(/ +/g, " ")}`);
      break;
    case "blockquote": {
      lines.push(`${indent}quote`);
      const alert = node.data?.alert;
      const [first, ...rest] = node.children;
      if (alert === undefined) {
        for (const child of node.children) block(child, `${indent}  `, lines);
      } else if (first?.type === "paragraph") {
        lines.push(`${indent}  p [!${alert}] ${inline(first.children)}`.trimEnd());
        for (const child of rest) block(child, `${indent}  `, lines);
      } else {
        lines.push(`${indent}  p [!${alert}]`);
        for (const child of node.children) block(child, `${indent}  `, lines);
      }
      break;
    }
    case "list":
      lines.push(`${indent}list ${node.ordered ? node.start ?? 1 : "-"}`);
      for (const item of node.children) {
        const [first] = item.children;
        const emptyTask = typeof item.checked === "boolean" &&
          (first === undefined || (first.type === "paragraph" && inline(first.children) === ""));
        const box = item.checked === true ? "[x]" : item.checked === false ? "[ ]" : "";
        lines.push(`${indent}  item ${emptyTask ? "" : box}`.trimEnd());
        // A box without text behind it is text itself.
        if (emptyTask) lines.push(`${indent}    p ${box}`);
        for (const child of item.children) block(child, `${indent}    `, lines);
      }
      break;
    case "code":
      lines.push(`${indent}code ${node.lang ?? ""} ${JSON.stringify(node.value)}`);
      break;
    case "html":
      lines.push(`${indent}html ${JSON.stringify(node.value)}`);
      break;
    case "thematicBreak":
      lines.push(`${indent}rule`);
      break;
    case "table":
      lines.push(`${indent}table`);
      for (const row of node.children) {
        const cells = row.children.map((cell) => inline(cell.children).replaceAll("⏎", "<br>"));
        while (cells.length > 0 && cells[cells.length - 1] === "") cells.pop();
        lines.push(`${indent}  row ${cells.join(" ¦ ")}`.trimEnd());
      }
      break;
    default:
      lines.push(`${indent}${node.type}`);
  }
}

function push(lines: string[], indent: string, name: string, content: string): void {
  if (content !== "") lines.push(`${indent}${name} ${content}`);
}

function inline(nodes: readonly PhrasingContent[]): string {
  return nodes.map(phrase).join("").replace(/\s+/g, " ").trim();
}

function phrase(node: PhrasingContent): string {
  switch (node.type) {
    case "text":
      return node.value;
    case "inlineCode":
      return `‹code›${node.value}‹/code›`;
    case "break":
      return "⏎";
    case "strong":
      return tagged("strong", node.children);
    case "emphasis":
      return tagged("em", node.children);
    case "delete":
      return tagged("del", node.children);
    case "link": {
      const text = node.children.map(phrase).join("");
      // GitHub links bare addresses by itself.
      const bare = node.url === text || node.url === `mailto:${text}` || node.url === `http://${text}`;
      return bare ? text : `‹a ${address(node.url)}›${text}‹/a›`;
    }
    case "image":
      return `‹img ${address(node.url)} ${node.alt ?? ""}›`;
    case "html": {
      const tag = /^<(\/?)(strong|em|del|code)>$/.exec(node.value);
      return tag ? `‹${tag[1] ?? ""}${tag[2] ?? ""}›` : node.value.replaceAll("&#124;", "|");
    }
    default:
      return `‹${node.type}›`;
  }
}

function tagged(name: string, children: readonly PhrasingContent[]): string {
  return `‹${name}›${children.map(phrase).join("")}‹/${name}›`;
}

/** Percent-encoding is the writer's affair. */
function address(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
