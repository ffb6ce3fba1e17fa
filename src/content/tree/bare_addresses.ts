import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { Leaf } from "./leaf.ts";

/** Characters of an address worth a link: `http://a.bc`. */
const SHORTEST = 11;

const ADDRESS = /\bhttps?:\/\/[!#-;=?-Z_a-z~[\]]+/g;

/** Cuts addresses out of plain text: left alone, their underscores and stars would need escapes that break them. */
export function linkAddresses(leaves: Leaf[], conversion: Conversion): Leaf[] {
  if (!leaves.some(mayHoldAddress)) return leaves;
  const out: Leaf[] = [];
  for (const item of leaves) {
    if (mayHoldAddress(item)) cutAddresses(item, out, conversion);
    else out.push(item);
  }
  return out;
}

function mayHoldAddress(item: Leaf): boolean {
  return item.kind === "text" && item.link === null && item.text.includes("://");
}

function cutAddresses(item: Leaf, out: Leaf[], conversion: Conversion): void {
  let position = 0;
  let gap = item.gap;
  const add = (text: string, link: Leaf["link"]) => {
    const core = text.trim();
    if (core !== "") out.push({ ...item, text: core, link, gap: gap || text.startsWith(" ") });
    gap = core === "" ? gap || text !== "" : text.endsWith(" ");
  };
  for (const { 0: found, index } of item.text.matchAll(ADDRESS)) {
    const address = trimAddress(found);
    if (address.length < SHORTEST) continue;
    add(item.text.slice(position, index), null);
    add(address, targetOfAddress(address, conversion.context));
    position = index + address.length;
  }
  add(item.text.slice(position), null);
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
