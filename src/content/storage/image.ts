import { targetOfAddress } from "../address.ts";
import { cleanLine } from "../text/clean.ts";
import { Flow } from "../tree/flow.ts";
import { EMPHASIS, PLAIN, type Style } from "../tree/leaf.ts";
import { textOf } from "../tree/text_of.ts";
import { writeImage } from "../tree/references.ts";
import type { ElementHandler } from "./converter.ts";
import { attribute, childNamed, type XmlElement } from "./element.ts";
import { targetOfResource } from "./link.ts";

/** `ac:image`: one atom whatever stands inside; a caption goes below it, in italics. */
export const image: ElementHandler = (element, flow, style, converter) => {
  const { conversion } = converter;
  const caption = childNamed(element, "ac:caption");
  const captionText = caption ? textOf(captionLine()) : "";
  const source = element.children.find((child): child is XmlElement =>
    child.kind === "element" && child.name.startsWith("ri:")
  );
  const address = attribute(element, "ac:src");
  const target = (source && targetOfResource(source, conversion)) ??
    (address === "" ? null : targetOfAddress(address, conversion.context));
  const alt = attribute(element, "ac:alt") || attribute(element, "ac:title");
  const href = attribute(element, "ac:href").trim();
  const linked: Style = href === "" ? style : { ...style, link: targetOfAddress(href, conversion.context) };

  if (caption) flow.flush();
  flow.standalone(style, () => {
    if (target) writeImage(flow, linked, conversion, target, alt, captionText);
    else if (cleanLine(alt) !== "") flow.text(` ${alt} `, style);
    if (!target) conversion.notes.add("dropped", "ac:image", "names no file");
    if (caption && captionText !== "") {
      flow.break(style);
      const inline = { ...PLAIN, marks: EMPHASIS, inline: true };
      // Paragraphs inside a caption are one line of it.
      for (const child of caption.children) {
        if (child.kind === "element" && child.name === "p") {
          flow.text(" ", PLAIN);
          converter.walk(child.children, flow, inline);
        } else {
          converter.walk([child], flow, inline);
        }
      }
    }
  });
  if (caption) flow.flush();

  function captionLine() {
    const line = new Flow(conversion, { singleLine: true });
    converter.walk(caption?.children ?? [], line, PLAIN);
    return line.line();
  }
};
