/** Careful reading of ADF: every field may be missing or of another type. */

/** Any node or mark of the document, nothing about it believed. */
export interface AdfNode {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly attrs?: unknown;
  readonly content?: unknown;
  readonly marks?: unknown;
}

/** Whether the value can be read as a node. */
export function isNode(value: unknown): value is AdfNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The node's type, or an empty text. */
export function typeOf(node: AdfNode): string {
  return typeof node.type === "string" ? node.type : "";
}

/** The nodes inside. */
export function contentOf(node: AdfNode): AdfNode[] {
  return Array.isArray(node.content) ? node.content.filter(isNode) : [];
}

/** The marks on a text. */
export function marksOf(node: AdfNode): AdfNode[] {
  return Array.isArray(node.marks) ? node.marks.filter(isNode) : [];
}

/** The attribute as it is. */
export function valueOf(node: AdfNode, name: string): unknown {
  return isRecord(node.attrs) ? node.attrs[name] : undefined;
}

/** The attribute as text; numbers are written out, anything else is an empty text. */
export function attributeOf(node: AdfNode, name: string): string {
  return asText(valueOf(node, name));
}

/** The attribute as a number, or the given one. */
export function numberOf(node: AdfNode, name: string, otherwise: number): number {
  const value = valueOf(node, name);
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? Math.trunc(number) : otherwise;
}

/** Text of a text or a number. */
export function asText(value: unknown): string {
  return typeof value === "string"
    ? value
    : typeof value === "number" && Number.isFinite(value)
    ? String(value)
    : "";
}

/** An object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All text below the node, without recursion: for nodes nested too deep for anything else. */
export function deepText(node: AdfNode): string {
  const texts: string[] = [];
  const open: AdfNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.text === "string") texts.push(next.text);
    const children = contentOf(next);
    for (let i = children.length - 1; i >= 0; i--) open.push(children[i] as AdfNode);
  }
  return texts.join(" ");
}
