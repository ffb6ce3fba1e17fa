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
      const last = out.pop();
      const joined = last && join(last, item);
      if (joined) out.push(joined);
      else if (last) out.push(last, item);
      else out.push(item);
    }
  }
  return out;
}

/** Equal neighbours, which only the bold parted, as one. */
function join(a: PhrasingContent, b: PhrasingContent): PhrasingContent | null {
  if (a.type === "text" && b.type === "text" && !a.data && !b.data) return { ...a, value: a.value + b.value };
  if (a.type === "inlineCode" && b.type === "inlineCode") return { ...a, value: a.value + b.value };
  const marks = (a.type === "emphasis" && b.type === "emphasis") ||
    (a.type === "delete" && b.type === "delete");
  return marks ? { ...a, children: withoutStrong([...a.children, ...b.children]) } : null;
}

function withoutStrongInside(node: PhrasingContent): PhrasingContent {
  return "children" in node ? { ...node, children: withoutStrong(node.children) as never } : node;
}
