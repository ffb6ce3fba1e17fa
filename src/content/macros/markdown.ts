import { cleanCode } from "../text/clean.ts";
import { codeBlocks } from "../tree/blocks.ts";
import { decodePercent } from "../safe_url.ts";
import { decodeHTML } from "entities/decode";
import { targetOf } from "./macro_call.ts";
import type { MacroHandler } from "./registry.ts";
import { unknownMacro } from "./unknown.ts";

/** Markdown written by hand goes through as it is where it is harmless, else it is shown as a listing. */
export const markdownMacro: MacroHandler = (call, flow, style, conversion) => {
  if (call.plain === null || targetOf(call, "attachment")) return unknownMacro(call, flow, style, conversion);
  const source = cleanCode(call.plain).replace(/^\n+/, "").trimEnd();
  if (source === "") return;
  const closed = closeFence(source);
  if (isHarmless(closed)) {
    flow.block({ type: "html", value: closed, data: { role: "markdown" } });
  } else {
    conversion.notes.add("fallback", call.name, "holds HTML or unsafe addresses: shown as a listing");
    flow.blocks(codeBlocks(source, "markdown"));
  }
};

/** A fence at the very start of a line. Others may be cut short by the container they stand in, so they do not count. */
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/;

/** The lines outside such fences, and the fence that is still open at the end. */
function outsideFences(source: string): { lines: string[]; open: string } {
  const lines: string[] = [];
  let open = "";
  for (const line of source.split("\n")) {
    const fence = FENCE.exec(line)?.[1] ?? "";
    if (open === "") {
      open = fence;
      lines.push(line);
    } else if (fence.startsWith(open) && line.trim() === fence) {
      open = "";
    }
  }
  return { lines, open };
}

function closeFence(source: string): string {
  const { open } = outsideFences(source);
  return open === "" ? source : `${source}\n${open}`;
}

/** Whether no line outside a fence can hold HTML, or an address that runs code, in any disguise. */
function isHarmless(source: string): boolean {
  const text = outsideFences(source).lines.join("\n");
  if (/<[A-Za-z/!?]/.test(text)) return false;
  const plain = decodePercent(decodeHTML(text)).replace(/[\s\\\p{C}]/gu, "");
  return !/\](?:\(|:)<?(?:javascript|vbscript|livescript|data|blob|about|view-source):/i.test(plain);
}
