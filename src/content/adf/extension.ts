import { targetOfAddress } from "../address.ts";
import type { LinkTarget } from "../link_target.ts";
import type { MacroCall } from "../macros/macro_call.ts";
import { writeMacro } from "../macros/registry.ts";
import { cleanLine } from "../text/clean.ts";
import { StorageConverter } from "../storage/converter.ts";
import { parseXhtml } from "../storage/parse_xhtml.ts";
import type { NodeHandler } from "./converter.ts";
import { type AdfNode, asText, attributeOf, contentOf, isRecord, typeOf, valueOf } from "./node.ts";

/** `extension`, `bodiedExtension`, `multiBodiedExtension`, `syncBlock`: a macro as a block. */
export const extension: NodeHandler = (node, flow, style, converter) => {
  flow.flush();
  inlineExtension(node, flow, { ...style, inline: false }, converter);
  flow.flush();
};

/** `inlineExtension`: a macro among text. */
export const inlineExtension: NodeHandler = (node, flow, style, converter) => {
  const parameters = parametersOf(node);
  const content = contentOf(node);
  const call: MacroCall = {
    name: nameOf(node),
    parameters: parameters.filter(([name]) => name !== BODY),
    targets: targetsOf(parameters),
    plain: parameters.find(([name]) => name === BODY)?.[1] ?? null,
    hasContent: content.length > 0,
    placeholder: cleanLine(attributeOf(node, "text")),
    writeContent: (into, inStyle) => converter.walk(content, into, inStyle),
  };
  writeMacro(call, flow, style, converter.conversion);
};

/** What the editor of this site could not show: storage format, kept in an attribute. */
export const unsupported: NodeHandler = (node, flow, style, converter) => {
  const original = valueOf(node, "originalValue");
  const cxhtml = attributeOf(node, "cxhtml");
  if (isRecord(original)) {
    converter.node(original, flow, style);
  } else if (cxhtml !== "") {
    const block = typeOf(node).endsWith("Block");
    if (block) flow.flush();
    new StorageConverter(converter.conversion).walk(parseXhtml(cxhtml).children, flow, style);
    if (block) flow.flush();
  } else {
    converter.conversion.notes.add("approximated", typeOf(node), "unknown node: its text is kept");
    converter.walk(contentOf(node), flow, style);
  }
};

/** Where the editor keeps a plain-text body. */
const BODY = "__bodyContent";

/** Core macros go by their own name; an app's key is `app-id/…/module`, of which the last part is the macro. */
function nameOf(node: AdfNode): string {
  const key = cleanLine(attributeOf(node, "extensionKey")) || typeOf(node);
  return (key.includes("/") ? key.slice(key.lastIndexOf("/") + 1) || key : key).toLowerCase();
}

/** `parameters.macroParams.NAME.value` as the editor writes it, or plain fields as other tools do. */
function parametersOf(node: AdfNode): [name: string, value: string][] {
  const parameters = valueOf(node, "parameters");
  if (!isRecord(parameters)) return [];
  const source = parameters["macroParams"] ?? parameters["macroparams"] ?? parameters["guestParams"] ??
    parameters;
  if (!isRecord(source)) return [];
  const found: [string, string][] = [];
  for (const [name, field] of Object.entries(source)) {
    const value = asText(isRecord(field) ? field["value"] : field);
    if (value !== "") found.push([name === "_parentId" ? "parentId" : name, value]);
  }
  return found;
}

/** Parameters that name pages and files are plain text in ADF; these are the ones that are addresses. */
function targetsOf(parameters: readonly (readonly [string, string])[]): LinkTarget[] {
  return parameters.filter(([name, value]) => name === "url" && /^https?:/.test(value))
    .map(([, value]) => targetOfAddress(value, {}));
}
