import type { PhrasingContent } from "mdast";

/** The content in bold, once: bold inside goes, and emphasis of all of it stays outside, where Markdown reads it. */
export function strong(children: readonly PhrasingContent[]): PhrasingContent[] {
  const plain = withoutStrong(children);
  const [only] = plain;
  if (only === undefined) return [];
  if (plain.length === 1 && (only.type === "emphasis" || only.type === "link")) {
    return [{ ...only, children: strong(only.children) as never }];
  }
  return [{ type: "strong", children: plain }];
}

function withoutStrong(children: readonly PhrasingContent[]): PhrasingContent[] {
  const out: PhrasingContent[] = [];
  for (const node of children) {
    const flat = node.type === "strong" ? withoutStrong(node.children) : [withoutStrongInside(node)];
    for (const item of flat) {
      const last = out[out.length - 1];
      if (item.type === "text" && !item.data && last?.type === "text" && !last.data) {
        out[out.length - 1] = { type: "text", value: last.value + item.value };
      } else {
        out.push(item);
      }
    }
  }
  return out;
}

function withoutStrongInside(node: PhrasingContent): PhrasingContent {
  return "children" in node ? { ...node, children: withoutStrong(node.children) as never } : node;
}
