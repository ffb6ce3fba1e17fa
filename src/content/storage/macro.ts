import { append } from "../append.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import type { MacroCall } from "../macros/macro_call.ts";
import { writeMacro } from "../macros/registry.ts";
import { cleanLine } from "../text/clean.ts";
import type { ElementHandler } from "./converter.ts";
import { attribute, plainText, textContent, type XmlNode } from "./element.ts";
import { targetOfResource } from "./link.ts";

/** `ac:structured-macro`, and `ac:macro` of old pages. */
export const macro: ElementHandler = (element, flow, style, converter) => {
  const parameters: [string, string][] = [];
  const targets: LinkTarget[] = [];
  const content: XmlNode[] = [];
  let plain: string | null = null;
  for (const child of element.children) {
    if (
      child.kind === "element" && (child.name === "ac:parameter" || child.name === "ac:default-parameter")
    ) {
      const found = targetsIn(child.children, converter.conversion);
      append(targets, found);
      parameters.push([attribute(child, "ac:name"), textContent(child.children).trim() || shownAs(found[0])]);
    } else if (child.kind === "element" && child.name === "ac:plain-text-body") {
      plain = plain === null ? plainText(child) : `${plain}\n${plainText(child)}`;
    } else {
      content.push(child);
    }
  }
  const call: MacroCall = {
    name: cleanLine(attribute(element, "ac:name")).toLowerCase(),
    parameters,
    targets,
    plain,
    hasContent: content.some(holdsSomething),
    placeholder: "",
    writeContent: (into, inStyle) => converter.walk(content, into, inStyle),
  };
  writeMacro(call, flow, style, converter.conversion);
};

const SETTINGS = new Set(["ac:adf-mark", "ac:adf-fragment-mark"]);

function holdsSomething(node: XmlNode): boolean {
  return node.kind === "element" ? !SETTINGS.has(node.name) : node.value.trim() !== "";
}

/** The resources a parameter names, also inside an `ac:link`. */
function targetsIn(nodes: readonly XmlNode[], conversion: Conversion): LinkTarget[] {
  const targets: LinkTarget[] = [];
  for (const node of nodes) {
    if (node.kind !== "element") continue;
    const target = targetOfResource(node, conversion, "");
    if (target) targets.push(target);
    else append(targets, targetsIn(node.children, conversion));
  }
  return targets;
}

function shownAs(target: LinkTarget | undefined): string {
  if (!target) return "";
  return target.title || target.filename || target.url || target.userId || target.spaceKey || target.pageId ||
    "";
}
