/** Writes links, pictures and people into a flow, the same way for both formats. */
import type { PhrasingContent } from "mdast";
import type { Conversion } from "../conversion.ts";
import { type LinkTarget, userName } from "../link_target.ts";
import { decodePercent } from "../safe_url.ts";
import { cleanLine } from "../text/clean.ts";
import { Flow } from "./flow.ts";
import type { Style } from "./leaf.ts";
import { textOf } from "./text_of.ts";

/** A link with that text. */
export function writeLink(flow: Flow, style: Style, target: LinkTarget, text: string): void {
  flow.text(text, { ...style, link: target });
}

/**
 * A picture, with its caption as alternative text where it has none of its own. An unsafe address leaves the text.
 *
 * @param alt What the picture shows; where empty, the file's name stands in.
 */
export function writeImage(
  flow: Flow,
  style: Style,
  conversion: Conversion,
  target: LinkTarget,
  alt: string,
  caption = "",
): void {
  const image: LinkTarget = { ...target, use: "image" };
  const resolved = conversion.resolve(image);
  const known = !target.fileId ? undefined : conversion.context.attachmentByFileId?.(target.fileId)?.filename;
  const own = cleanLine(alt);
  const text = own || caption || cleanLine(target.filename ?? known ?? lastSegment(target.url ?? ""));
  if (resolved.href === null) {
    flow.text(own === "" ? "" : ` ${own} `, style);
    return;
  }
  const repeats = own === "" && caption !== "";
  flow.atom({
    type: "image",
    url: resolved.href,
    alt: text,
    data: { target: image, resolved, ...(repeats ? { unindexed: true } : {}) },
  }, { ...style, marks: 0 });
}

/**
 * Pictures with a caption below them, as a paragraph of their own.
 *
 * @param caption A single line that holds the caption, in italics.
 * @param writePictures Writes the pictures; it gets the caption's text.
 */
export function writeFigure(
  flow: Flow,
  caption: Flow,
  writePictures: (line: Flow, caption: string) => void,
): void {
  const below = caption.line();
  const line = new Flow(flow.conversion, { singleLine: true });
  writePictures(line, textOf(below).trim());
  const pictures = line.line();
  const both = pictures.length > 0 && below.length > 0;
  const children: PhrasingContent[] = both
    ? [...pictures, { type: "break" }, ...below]
    : [...pictures, ...below];
  if (children.length > 0) flow.block({ type: "paragraph", children });
  flow.blocks(line.finish());
  flow.blocks(caption.finish());
}

/** A person by display name; else by the name the body gives; else by id, which search leaves out. */
export function writeMention(
  flow: Flow,
  style: Style,
  conversion: Conversion,
  id: string,
  fallback: string,
): void {
  const name = userName(id, conversion.context) ?? cleanLine(fallback).replace(/^@/, "");
  const target: LinkTarget = { kind: "user", userId: id, use: "mention" };
  const data = { target, resolved: conversion.resolve(target), ...(name === "" ? { unindexed: true } : {}) };
  flow.lozenge({ type: "text", value: `@${name || cleanLine(id) || "?"}`, data }, style);
}

/** The file's name in an address. */
function lastSegment(url: string): string {
  const path = url.slice(0, 2000).replace(/[?#].*$/s, "");
  return decodePercent(path.slice(path.lastIndexOf("/") + 1));
}
