import type { Conversion } from "../conversion.ts";
import { MAX_PARAMETER_COMMENT } from "../limits.ts";
import { cleanLine } from "../text/clean.ts";
import { boldLine, codeBlocks } from "../tree/blocks.ts";
import type { Flow } from "../tree/flow.ts";
import { comment } from "../tree/html.ts";
import type { Style } from "../tree/leaf.ts";
import { DYNAMIC_MACROS } from "./dynamic.ts";
import { type MacroCall, parameter } from "./macro_call.ts";

/** Settings of the editor that say nothing about the content. */
const SILENT = new Set([
  "",
  "localid",
  "local-id",
  "breakoutmode",
  "breakoutwidth",
  "atlassian-macro-output-type",
]);

/** Parameters that may be secrets: their presence is shown, their value is not. */
const SECRET = /pass(?:word|wd)?$|secret|token|api-?key|credential/i;

/** Shows the macro as a comment with its parameters, cut at a bound. */
function macroComment(call: MacroCall, flow: Flow, style: Style): void {
  const parameters: string[] = [];
  let length = 0;
  for (const [name, value] of call.parameters) {
    const shown = SECRET.test(name) ? "…" : cleanLine(value.slice(0, MAX_PARAMETER_COMMENT));
    if (shown === "" || (SILENT.has(name.toLowerCase()) && name !== "")) continue;
    const text = name === "" ? `"${shown}"` : `${cleanLine(name.slice(0, 60))}="${shown}"`;
    length += text.length + 1;
    if (length > MAX_PARAMETER_COMMENT) {
      parameters.push("…");
      break;
    }
    parameters.push(text);
  }
  const name = cleanLine(call.name.slice(0, 100)) || "?";
  flow.comment(comment(`macro: ${[name, ...parameters].join(" ")}`), style);
}

/** A macro that only Confluence can run: the comment, and whatever it holds. */
export function dynamicMacro(call: MacroCall, flow: Flow, style: Style, conversion: Conversion): void {
  conversion.notes.add("no_stored_content", call.name);
  macroComment(call, flow, style);
  writeEverything(call, flow, style);
}

/** A macro that nobody described: name and parameters as a comment, title and content as they are. */
export function unknownMacro(call: MacroCall, flow: Flow, style: Style, conversion: Conversion): void {
  const empty = !call.hasContent && call.plain === null;
  if (empty || DYNAMIC_MACROS.has(call.name)) conversion.notes.add("no_stored_content", call.name);
  else conversion.notes.add("approximated", call.name, "unknown macro: its content is kept");
  macroComment(call, flow, style);
  const title = cleanLine(parameter(call, "title"));
  if (!empty && title !== "") flow.block(boldLine(title));
  if (empty && call.placeholder !== "") flow.text(` ${call.placeholder}`, style);
  writeEverything(call, flow, style);
}

/** The plain body as a listing and the rich bodies as they are. */
export function writeEverything(call: MacroCall, flow: Flow, style: Style): void {
  if (call.plain !== null && call.plain.trim() !== "") flow.blocks(codeBlocks(call.plain, ""));
  if (call.hasContent) call.writeContent(flow, style);
}
