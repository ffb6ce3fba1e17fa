import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import { decodePercent, encodeSegment } from "../safe_url.ts";
import { cleanLine } from "../text/clean.ts";
import type { Flow } from "../tree/flow.ts";
import { anchor } from "../tree/html.ts";
import type { Style } from "../tree/leaf.ts";
import { writeLink, writeMention } from "../tree/references.ts";
import type { ElementHandler, StorageConverter } from "./converter.ts";
import { attribute, textContent, type XmlElement, type XmlNode } from "./element.ts";

/** The target of an `ri:*` element; null where it names nothing. */
export function targetOfResource(
  element: XmlElement,
  conversion: Conversion,
  anchorName = "",
): LinkTarget | null {
  const at = cleanLine(anchorName) === "" ? null : cleanLine(decodePercent(anchorName));
  const spaceKey = cleanLine(attribute(element, "ri:space-key")) || null;
  switch (element.name) {
    case "ri:page":
    case "ri:blog-post": {
      const title = cleanLine(attribute(element, "ri:content-title"));
      const pageId = cleanLine(attribute(element, "ri:content-id")) || null;
      if (title === "" && pageId === null) return at === null ? null : { kind: "anchor", anchor: at };
      const kind = element.name === "ri:page" ? "page" : "blogpost";
      return { kind, spaceKey, title: title || null, pageId, anchor: at };
    }
    case "ri:content-entity": {
      const pageId = cleanLine(attribute(element, "ri:content-id"));
      return pageId === "" ? null : { kind: "page", pageId, anchor: at };
    }
    case "ri:attachment": {
      const filename = cleanLine(attribute(element, "ri:filename"));
      const inside = element.children.find((child) => child.kind === "element");
      const container = inside ? targetOfResource(inside, conversion) : null;
      return filename === "" ? null : { kind: "attachment", filename, container };
    }
    case "ri:url": {
      const url = attribute(element, "ri:value").trim();
      return url === "" ? null : targetOfAddress(url, conversion.context);
    }
    case "ri:space":
      return spaceKey === null ? null : { kind: "space", spaceKey };
    case "ri:shortcut": {
      const key = cleanLine(attribute(element, "ri:key"));
      const parameter = cleanLine(attribute(element, "ri:parameter"));
      return key === ""
        ? null
        : { kind: "shortcut", title: parameter, url: `${key}:${encodeSegment(parameter)}` };
    }
    case "ri:user": {
      const userId = cleanLine(
        attribute(element, "ri:account-id") || attribute(element, "ri:userkey") ||
          attribute(element, "ri:username"),
      );
      return userId === "" ? null : { kind: "user", userId };
    }
    default:
      return null;
  }
}

/** `ac:link`: a resource or an anchor, with a body or without one. */
export const link: ElementHandler = (element, flow, style, converter) => {
  const resourceElement = element.children.find((child): child is XmlElement =>
    child.kind === "element" && child.name.startsWith("ri:")
  );
  const anchorName = attribute(element, "ac:anchor");
  const target = resourceElement
    ? targetOfResource(resourceElement, converter.conversion, anchorName)
    : anchorTarget(anchorName);
  const body = element.children.filter((child) => child !== resourceElement);
  writeTarget(target, body, flow, style, converter);
};

/** A resource that stands alone. */
export const resource: ElementHandler = (element, flow, style, converter) => {
  writeTarget(targetOfResource(element, converter.conversion), [], flow, style, converter);
};

/** `a`: a link, a smart link, or a place to jump to. */
export const anchorElement: ElementHandler = (element, flow, style, converter) => {
  const href = attribute(element, "href").trim();
  const name = cleanLine(attribute(element, "name") || attribute(element, "id"));
  if (href === "") {
    if (name !== "") flow.atom(anchor(name), style);
    return converter.walk(element.children, flow, style);
  }
  const { conversion } = converter;
  const target = targetOfAddress(href, conversion.context);
  const linked: Style = { ...style, link: target };
  const appearance = attribute(element, "data-card-appearance");
  if (appearance === "") return converter.walk(element.children, flow, linked);
  const query = queryOf(attribute(element, "data-datasource"));
  const title = !target.pageId ? undefined : conversion.context.resolvePageId?.(target.pageId)?.title;
  const text = cleanLine(textContent(element.children));
  if (appearance !== "inline") flow.flush();
  if (query !== "") flow.text(`Jira: ${query}`, linked);
  else if (text === "" || (text === href && title !== undefined)) flow.text(title ?? href, linked);
  else converter.walk(element.children, flow, linked);
  if (appearance !== "inline") flow.flush();
};

/** The search behind a smart link that shows a list of issues. */
function queryOf(datasource: string): string {
  if (datasource === "") return "";
  return /"jql"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(datasource.slice(0, 20_000))?.[1]?.replace(/\\(.)/g, "$1") ??
    "";
}

function anchorTarget(name: string): LinkTarget | null {
  const line = cleanLine(decodePercent(name));
  return line === "" ? null : { kind: "anchor", anchor: line };
}

function writeTarget(
  target: LinkTarget | null,
  body: readonly XmlNode[],
  flow: Flow,
  style: Style,
  converter: StorageConverter,
): void {
  const text = cleanLine(textContent(body));
  if (target?.kind === "user" && target.userId) {
    return writeMention(flow, style, converter.conversion, target.userId, text);
  }
  const hasBody = text !== "" || hasPicture(body);
  if (target === null) {
    if (!hasBody) converter.conversion.notes.add("dropped", "ac:link", "neither target nor text");
    return converter.walk(body, flow, style);
  }
  if (hasBody) return converter.walk(body, flow, { ...style, link: target });
  writeLink(flow, style, target, nameOf(target));
}

function hasPicture(nodes: readonly XmlNode[]): boolean {
  return nodes.some((node) =>
    node.kind === "element" &&
    (node.name === "ac:image" || node.name === "img" || node.name === "ac:emoticon" ||
      node.name === "ac:structured-macro" || hasPicture(node.children))
  );
}

/** What a link without a body reads. */
function nameOf(target: LinkTarget): string {
  return target.title || target.filename || target.spaceKey || target.anchor || target.pageId || target.url ||
    "";
}
