import type { RootContent } from "mdast";
import { AdfConverter } from "./adf/converter.ts";
import { isNode } from "./adf/node.ts";
import type { ConversionContext } from "./context.ts";
import { Conversion } from "./conversion.ts";
import { gather } from "./gather.ts";
import type { ParsedBody } from "./parsed_body.ts";
import { StorageConverter } from "./storage/converter.ts";
import { parseXhtml } from "./storage/parse_xhtml.ts";
import { cleanProse } from "./text/clean.ts";
import { PLAIN } from "./tree/leaf.ts";
import { Flow } from "./tree/flow.ts";

/**
 * Rises whenever the same body gives another tree, text or Markdown. Stored with what was made, so that stored bodies
 * can be converted again.
 */
export const CONVERTER_VERSION: number = 1;

/**
 * Reads a body into one tree, whatever its format. Never throws: what cannot be read keeps its text, and a note says so.
 * Time and memory grow in proportion to the body.
 *
 * Source: api.md section 12.
 *
 * @param body The body as the API gave it; `atlas_doc_format` is JSON as text.
 * @param context What may be looked up. Nothing here reaches a network.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseBody } from "./parse_body.ts";
 * import { toMarkdown } from "./to_markdown.ts";
 *
 * const parsed = parseBody({ format: "storage", value: "<h2>Plan</h2><p>Ship <strong>now</strong></p>" });
 * assertEquals(toMarkdown(parsed), "## Plan\n\nShip **now**\n");
 * assertEquals(parsed.headings, [{ depth: 2, text: "Plan" }]);
 * ```
 */
export function parseBody(
  body: { readonly format: "storage" | "atlas_doc_format"; readonly value: string },
  context: ConversionContext = {},
): ParsedBody {
  const conversion = new Conversion(context, body.value);
  let blocks: RootContent[];
  let gathered: ReturnType<typeof gather>;
  try {
    blocks = body.format === "storage"
      ? storageBlocks(body.value, conversion)
      : adfBlocks(body.value, conversion);
    gathered = gather(blocks, context);
  } catch (error) {
    conversion.notes.add("fallback", "body", error instanceof Error ? error.message : String(error));
    blocks = plainBlocks(body.value);
    gathered = { links: [], headings: [] };
  }
  return {
    tree: { type: "root", children: blocks },
    notes: conversion.notes.list(),
    links: gathered.links,
    headings: gathered.headings,
    properties: conversion.properties,
  };
}

function storageBlocks(value: string, conversion: Conversion): RootContent[] {
  const { children, tooDeep, tooMany } = parseXhtml(value);
  if (tooDeep) conversion.notes.add("approximated", "nesting", "deeper levels are shown on one level");
  if (tooMany) conversion.notes.add("fallback", "body", "too many elements: the text of the rest is kept");
  return new StorageConverter(conversion).blocks(children);
}

function adfBlocks(value: string, conversion: Conversion): RootContent[] {
  if (value.trim() === "") return [];
  let document: unknown;
  try {
    document = JSON.parse(value);
  } catch {
    conversion.notes.add("fallback", "body", "not JSON: its text is kept");
    return plainBlocks(value);
  }
  const nodes = Array.isArray(document) ? document.filter(isNode) : isNode(document) ? [document] : [];
  if (nodes.length === 0) {
    conversion.notes.add("fallback", "body", "not an ADF document");
    const flow = new Flow(conversion);
    flow.text(typeof document === "string" ? document : JSON.stringify(document), PLAIN);
    return flow.finish();
  }
  return new AdfConverter(conversion).blocks(nodes);
}

/** The bare words of a body that could not be read: a paragraph for each line, without tags. */
function plainBlocks(value: string): RootContent[] {
  const withoutTags = value.replace(/<[^<>]*>/g, "\n");
  return withoutTags.split("\n").map((line) => cleanProse(line).trim()).filter((line) => line !== "")
    .map((line) => ({ type: "paragraph", children: [{ type: "text", value: line }] }));
}
