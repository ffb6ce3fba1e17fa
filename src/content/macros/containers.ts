import { append } from "../append.ts";
import type { BlockContent } from "mdast";
import type { Conversion } from "../conversion.ts";
import { cleanLine } from "../text/clean.ts";
import { alert, boldLine } from "../tree/blocks.ts";
import { Flow } from "../tree/flow.ts";
import type { AlertKind } from "../tree/hints.ts";
import { details, endDetails } from "../tree/html.ts";
import { PLAIN } from "../tree/leaf.ts";
import { type MacroCall, parameter } from "./macro_call.ts";
import { readProperties } from "./properties.ts";
import type { MacroHandler } from "./registry.ts";
import { writeEverything } from "./unknown.ts";

/** Panel types of ADF, the common names for the panels of both formats. */
const ALERTS: ReadonlyMap<string, AlertKind> = new Map([
  ["info", "NOTE"],
  ["custom", "NOTE"],
  ["note", "IMPORTANT"],
  ["success", "TIP"],
  ["tip", "TIP"],
  ["warning", "WARNING"],
  ["error", "CAUTION"],
]);

/** The alert for a panel type of ADF; an unknown one is a note. */
export function alertOfPanel(panelType: string): AlertKind {
  return ALERTS.get(panelType.toLowerCase()) ?? "NOTE";
}

/** Puts blocks into an alert, or shows them bare where the nesting is too deep. */
export function writeAlert(
  flow: Flow,
  conversion: Conversion,
  kind: AlertKind,
  title: string,
  content: () => readonly BlockContent[],
): void {
  const node = conversion.nested(() => alert(kind, title, content()));
  if (node === null) flow.blocks(content());
  else if (node.children.length > 0) flow.block(node);
}

/** A panel macro. Its names cross over with those of ADF: storage `note` is the yellow one, `warning` the red one. */
export function panelMacro(kind: AlertKind): MacroHandler {
  return (call, flow, _style, conversion) => {
    const icon = parameter(call, "panelicontext");
    const title = cleanLine(`${icon} ${parameter(call, "title")}`);
    writeAlert(flow, conversion, kind, title, () => contentOf(call, conversion));
  };
}

/** An expandable section. */
export const expandMacro: MacroHandler = (call, flow, _style, conversion) => {
  const title = cleanLine(parameter(call, "title") || parameter(call, ""));
  flow.blocks(expandable(title, contentOf(call, conversion)));
};

/** An expandable section around the blocks. */
export function expandable(title: string, blocks: readonly BlockContent[]): BlockContent[] {
  return [details(title), ...blocks, endDetails()];
}

/** A macro that only arranges what it holds. */
export const bodyMacro: MacroHandler = (call, flow, style) => {
  if (style.inline) {
    writeEverything(call, flow, style);
    return;
  }
  flow.flush();
  writeEverything(call, flow, style);
  flow.flush();
};

/** A part with a title of its own: a tab, a step, a card. */
export const titledMacro: MacroHandler = (call, flow, style) => {
  const title = cleanLine(parameter(call, "title", "label", "name") || parameter(call, ""));
  if (title !== "") flow.block(boldLine(title));
  flow.flush();
  writeEverything(call, flow, { ...style, inline: false });
  flow.flush();
};

/** Page properties: the table as it is; its pairs are also kept apart. */
export const propertiesMacro: MacroHandler = (call, flow, _style, conversion) => {
  const blocks = contentOf(call, conversion);
  append(conversion.properties, readProperties(blocks));
  flow.blocks(blocks);
};

/** All content of a macro as blocks. */
function contentOf(call: MacroCall, conversion: Conversion): BlockContent[] {
  const inner = new Flow(conversion);
  writeEverything(call, inner, PLAIN);
  return inner.finish();
}
