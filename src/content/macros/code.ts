import { textOf } from "../tree/text_of.ts";
import { codeBlocks } from "../tree/blocks.ts";
import { Flow } from "../tree/flow.ts";
import { PLAIN } from "../tree/leaf.ts";
import { decodePercent } from "../safe_url.ts";
import { type MacroCall, parameter } from "./macro_call.ts";
import type { MacroHandler } from "./registry.ts";
import { packedSource } from "./packed.ts";
import { unknownMacro } from "./unknown.ts";

/** The `code` macro: language and title count, themes and line numbers do not. */
export const codeMacro: MacroHandler = (call, flow, _style, conversion) => {
  const language = parameter(call, "language", "lang") || parameter(call, "");
  flow.blocks(codeBlocks(sourceOf(call, conversion), language, parameter(call, "title")));
};

/** A macro whose plain body is in a language of its own. */
export function fencedMacro(language: string): MacroHandler {
  return (call, flow, _style, conversion) => {
    flow.blocks(codeBlocks(sourceOf(call, conversion), language, parameter(call, "title")));
  };
}

/** A diagram as text: in the body, or packed into a parameter or JSON. */
export function diagramMacro(language: string): MacroHandler {
  return (call, flow, style, conversion) => {
    const source = packedSource(call, conversion);
    if (source === null) unknownMacro(call, flow, style, conversion);
    else flow.blocks(codeBlocks(source, language, parameter(call, "title")));
  };
}

/** A formula on its own. */
export const mathBlockMacro: MacroHandler = (call, flow, _style, conversion) => {
  flow.blocks(codeBlocks(formula(call, conversion), "math"));
};

/** A formula among text. */
export const mathInlineMacro: MacroHandler = (call, flow, style, conversion) => {
  flow.code(formula(call, conversion), style);
};

type State = Parameters<MacroHandler>[3];

function formula(call: MacroCall, conversion: State): string {
  const body = parameter(call, "body", "equation", "formula") || sourceOf(call, conversion);
  return body.startsWith("--uriencoded--") ? decodePercent(body.slice(14)) : body;
}

/** The plain body; where an editor made a rich one, its text, a line for each paragraph. */
function sourceOf(call: MacroCall, conversion: State): string {
  if (call.plain !== null || !call.hasContent) return call.plain ?? "";
  const flow = new Flow(conversion);
  call.writeContent(flow, PLAIN);
  return flow.finish().map((block) => block.type === "code" ? block.value : textOf([block])).join("\n");
}
