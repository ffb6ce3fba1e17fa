/** The light tree that storage format is read into, and the few questions asked of it. */

/** Character data, with entities decoded unless it came as CDATA. */
export interface XmlText {
  readonly kind: "text" | "cdata";
  value: string;
}

/** An element. Names are lower case; the first of two equal attributes counts. */
export interface XmlElement {
  readonly kind: "element";
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlNode[];
}

/** Either. */
export type XmlNode = XmlText | XmlElement;

/** The first child element of that name. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) if (child.kind === "element" && child.name === name) return child;
  return undefined;
}

/** The child elements of that name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement =>
    child.kind === "element" && child.name === name
  );
}

/** The attribute, or an empty text. */
export function attribute(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? "";
}

/** All text inside, with line ends for `br`. */
export function textContent(nodes: readonly XmlNode[]): string {
  let text = "";
  for (const node of nodes) {
    if (node.kind !== "element") text += node.value;
    else if (node.name === "br") text += "\n";
    else text += textContent(node.children);
  }
  return text;
}

/** The content of a plain-text body: its CDATA sections joined, or its text where there is none. */
export function plainText(element: XmlElement): string {
  const sections = element.children.filter((child) => child.kind === "cdata");
  return textContent(sections.length > 0 ? sections : element.children);
}
