import { targetOfAddress } from "../address.ts";
import { cleanLine } from "../text/clean.ts";
import { Flow } from "../tree/flow.ts";
import { EMPHASIS, PLAIN, type Style } from "../tree/leaf.ts";
import { writeFigure, writeImage } from "../tree/references.ts";
import type { ElementHandler } from "./converter.ts";
import { attribute, childNamed, type XmlElement } from "./element.ts";
import { targetOfResource } from "./link.ts";

/** `ac:image`: one atom whatever stands inside; a caption goes below it, in italics. */
export const image: ElementHandler = (element, flow, style, converter) => {
  const caption = childNamed(element, "ac:caption");
  const write = pictureWriter(element, style, flow);
  if (!caption) {
    flow.standalone(style, () => write(flow, ""));
    return;
  }
  const line = new Flow(converter.conversion, { singleLine: true });
  converter.walk(caption.children, line, { ...PLAIN, marks: EMPHASIS, inline: true });
  writeFigure(flow, line, write);
};

/** Writes the picture itself into a flow. */
function pictureWriter(
  element: XmlElement,
  style: Style,
  { conversion }: Flow,
): (into: Flow, caption: string) => void {
  const source = element.children.find((child): child is XmlElement =>
    child.kind === "element" && child.name.startsWith("ri:")
  );
  const address = attribute(element, "ac:src");
  const target = (source && targetOfResource(source, conversion)) ??
    (address === "" ? null : targetOfAddress(address, conversion.context));
  const alt = attribute(element, "ac:alt") || attribute(element, "ac:title");
  const href = attribute(element, "ac:href").trim();
  const linked: Style = href === "" ? style : { ...style, link: targetOfAddress(href, conversion.context) };
  return (into, caption) => {
    if (target) {
      writeImage(into, linked, conversion, target, alt, caption);
    } else {
      conversion.notes.add("dropped", "ac:image", "names no file");
      if (cleanLine(alt) !== "") into.text(` ${alt} `, style);
    }
  };
}
