import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { Leaf } from "./leaf.ts";

const ADDRESS = /\bhttps?:\/\/[!#-;=?-Z_a-z~[\]]+/g;

/** Cuts addresses out of plain text: left alone, their underscores and stars would need escapes that break them. */
export function linkAddresses(leaves: Leaf[], conversion: Conversion): Leaf[] {
  if (!leaves.some((item) => item.kind === "text" && item.link === null && item.text.includes("://"))) {
    return leaves;
  }
  const out: Leaf[] = [];
  for (const item of leaves) {
    if (item.kind !== "text" || item.link !== null || !item.text.includes("://")) {
      out.push(item);
      continue;
    }
    let position = 0;
    const piece = (text: string, link: Leaf["link"]) => {
      const lead = text.startsWith(" ");
      const core = text.trim();
      const gap = position === 0 ? item.gap : lead || trailing;
      trailing = text.endsWith(" ");
      if (core !== "") out.push({ ...item, text: core, link, gap });
      else if (lead) trailing = true;
    };
    let trailing = false;
    for (const match of item.text.matchAll(ADDRESS)) {
      const address = trimAddress(match[0]);
      if (address.length < 11) continue;
      piece(item.text.slice(position, match.index), null);
      position = match.index;
      const gap = trailing || (position === 0 && item.gap);
      out.push({ ...item, text: address, link: targetOfAddress(address, conversion.context), gap });
      position += address.length;
      trailing = false;
    }
    piece(item.text.slice(position), null);
  }
  return out;
}

/** Without the punctuation of the sentence around it; a bracket stays where it closes one inside. */
function trimAddress(address: string): string {
  const surplus = new Map([[")", 0], ["]", 0]]);
  for (const char of address) {
    if (char === "(" || char === ")") surplus.set(")", (surplus.get(")") ?? 0) + (char === ")" ? 1 : -1));
    if (char === "[" || char === "]") surplus.set("]", (surplus.get("]") ?? 0) + (char === "]" ? 1 : -1));
  }
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    const open = surplus.get(last);
    if (open !== undefined && open > 0) surplus.set(last, open - 1);
    else if (!".,;:!?'*_~".includes(last)) break;
  }
  return address.slice(0, end);
}
