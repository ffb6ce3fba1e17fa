import { targetOfAddress } from "../address.ts";
import { cleanLine } from "../text/clean.ts";
import { boldLine, codeBlocks } from "../tree/blocks.ts";
import { emojiOf } from "../emoji.ts";
import { expandable } from "../macros/containers.ts";
import { writeAddress } from "../macros/references.ts";
import { Flow } from "../tree/flow.ts";
import { PLAIN, STRONG } from "../tree/leaf.ts";
import { textOf } from "../tree/text_of.ts";
import { writeImage } from "../tree/references.ts";
import { adfExtension } from "./adf_extension.ts";
import type { ElementHandler } from "./converter.ts";
import { attribute, childNamed, textContent } from "./element.ts";
import { image } from "./image.ts";
import { anchorElement, link, resource } from "./link.ts";
import { list, taskList } from "./list.ts";
import { macro } from "./macro.ts";
import { table } from "./table.ts";

const heading = (depth: 1 | 2 | 3 | 4 | 5 | 6): ElementHandler => (element, flow, style, converter) => {
  const inner = new Flow(converter.conversion, { singleLine: true });
  converter.walk(element.children, inner, { ...PLAIN, link: style.link, inline: true });
  const children = inner.line();
  if (children.length > 0) flow.block({ type: "heading", depth, children });
  const hoisted = inner.finish();
  flow.blocks(hoisted);
};

const lineBreak: ElementHandler = (_element, flow, style) => flow.break(style);

const rule: ElementHandler = (_element, flow) => flow.block({ type: "thematicBreak" });

const quote: ElementHandler = (element, flow, style, converter) => {
  const children = converter.conversion.nested(() => converter.blocks(element.children));
  if (children === null) converter.walk(element.children, flow, style);
  else if (children.length > 0) flow.block({ type: "blockquote", children });
};

const preformatted: ElementHandler = (element, flow) => {
  flow.blocks(codeBlocks(textContent(element.children).replace(/^\n/, ""), ""));
};

const htmlImage: ElementHandler = (element, flow, style, converter) => {
  const source = attribute(element, "src");
  const alt = attribute(element, "alt") || attribute(element, "title");
  const target = targetOfAddress(source, converter.conversion.context);
  if (source === "") flow.text(` ${alt} `, style);
  else writeImage(flow, style, converter.conversion, target, alt);
};

const frame: ElementHandler = (element, flow, style, converter) => {
  const address = attribute(element, "src") || attribute(element, "data");
  if (address !== "") writeAddress(flow, style, converter.conversion, address);
  converter.walk(element.children, flow, style);
};

const definitionTerm: ElementHandler = (element, flow, style, converter) => {
  flow.flush();
  converter.walk(element.children, flow, { ...style, marks: style.marks | STRONG, inline: true });
  flow.flush();
};

const htmlDetails: ElementHandler = (element, flow, _style, converter) => {
  const summary = childNamed(element, "summary");
  const title = new Flow(converter.conversion, { singleLine: true });
  if (summary) converter.walk(summary.children, title, PLAIN);
  const content = converter.blocks(element.children.filter((child) => child !== summary));
  flow.blocks(expandable(textOf(title.line()), [...title.finish(), ...content]));
};

const caption: ElementHandler = (element, flow, _style, converter) => {
  const inner = new Flow(converter.conversion, { singleLine: true });
  converter.walk(element.children, inner, PLAIN);
  const title = cleanLine(textOf(inner.line()));
  if (title !== "") flow.blocks([boldLine(title), ...inner.finish()]);
};

const emoticon: ElementHandler = (element, flow, style) => {
  flow.text(
    emojiOf({
      fallback: attribute(element, "ac:emoji-fallback"),
      id: attribute(element, "ac:emoji-id"),
      shortName: attribute(element, "ac:emoji-shortname"),
      name: attribute(element, "ac:name"),
    }),
    style,
  );
};

const time: ElementHandler = (element, flow, style) => {
  const date = cleanLine(attribute(element, "datetime") || textContent(element.children));
  if (date !== "") flow.lozenge(date, style);
};

/** Settings and identifiers: no text of the page. */
const silent: ElementHandler = () => {};

/** Prompts of templates, scripts and styles: nothing a reader sees. */
const dropped: ElementHandler = (element, _flow, _style, converter) => {
  converter.conversion.notes.add("dropped", element.name);
};

/** What becomes of each element that is more than a mark or a box. */
export const ELEMENTS: ReadonlyMap<string, ElementHandler> = new Map<string, ElementHandler>([
  ["h1", heading(1)],
  ["h2", heading(2)],
  ["h3", heading(3)],
  ["h4", heading(4)],
  ["h5", heading(5)],
  ["h6", heading(6)],
  ["br", lineBreak],
  ["hr", rule],
  ["blockquote", quote],
  ["pre", preformatted],
  ["ul", list],
  ["ol", list],
  ["table", table],
  ["caption", caption],
  ["a", anchorElement],
  ["img", htmlImage],
  ["iframe", frame],
  ["embed", frame],
  ["object", frame],
  ["video", frame],
  ["audio", frame],
  ["dt", definitionTerm],
  ["details", htmlDetails],
  ["time", time],
  ["ac:link", link],
  ["ac:image", image],
  ["ac:structured-macro", macro],
  ["ac:macro", macro],
  ["ac:emoticon", emoticon],
  ["ac:task-list", taskList],
  ["ac:adf-extension", adfExtension],
  ["ri:page", resource],
  ["ri:blog-post", resource],
  ["ri:attachment", resource],
  ["ri:url", resource],
  ["ri:user", resource],
  ["ri:space", resource],
  ["ri:shortcut", resource],
  ["ri:content-entity", resource],
  ["colgroup", silent],
  ["col", silent],
  ["wbr", silent],
  ["input", silent],
  ["meta", silent],
  ["ac:parameter", silent],
  ["ac:default-parameter", silent],
  ["ac:task-id", silent],
  ["ac:task-uuid", silent],
  ["ac:task-status", silent],
  ["ac:adf-attribute", silent],
  ["ac:adf-mark", silent],
  ["ac:adf-fragment-mark", silent],
  ["ac:placeholder", dropped],
  ["script", dropped],
  ["style", dropped],
  ["head", dropped],
  ["link", dropped],
]);
