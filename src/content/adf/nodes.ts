import { alertOfPanel, expandable, writeAlert } from "../macros/containers.ts";
import { emojiOf } from "../emoji.ts";
import { cleanLine } from "../text/clean.ts";
import { codeBlocks } from "../tree/blocks.ts";
import { Flow } from "../tree/flow.ts";
import { inParagraph, PLAIN } from "../tree/leaf.ts";
import { writeMention } from "../tree/references.ts";
import { blockCard, inlineCard } from "./cards.ts";
import type { NodeHandler } from "./converter.ts";
import { extension, inlineExtension, unsupported } from "./extension.ts";
import { bulletList, decisionList, orderedList, taskList } from "./lists.ts";
import { caption, legacyImage, media, mediaInline, mediaSingle } from "./media.ts";
import { type AdfNode, asText, attributeOf, contentOf, isRecord, numberOf, valueOf } from "./node.ts";
import { table } from "./table.ts";

const text: NodeHandler = (node, flow, style) => flow.text(asText(node.text), style);

const paragraph: NodeHandler = (node, flow, style, converter) => {
  flow.flush();
  converter.walk(contentOf(node), flow, inParagraph(style));
  flow.flush();
};

const heading: NodeHandler = (node, flow, style, converter) => {
  const inner = new Flow(converter.conversion, { singleLine: true });
  converter.walk(contentOf(node), inner, { ...style, inline: true });
  const children = inner.line();
  const depth = Math.max(1, Math.min(6, numberOf(node, "level", 1))) as 1 | 2 | 3 | 4 | 5 | 6;
  if (children.length > 0) flow.block({ type: "heading", depth, children });
  const hoisted = inner.finish();
  flow.blocks(hoisted);
};

/** Arranges its content on the screen; here it stands in order. */
const box: NodeHandler = (node, flow, style, converter) => {
  flow.flush();
  converter.walk(contentOf(node), flow, style);
  flow.flush();
};

const quote: NodeHandler = (node, flow, style, converter) => {
  const children = converter.conversion.nested(() => converter.blocks(contentOf(node)));
  if (children === null) converter.walk(contentOf(node), flow, style);
  else if (children.length > 0) flow.block({ type: "blockquote", children });
};

const codeBlock: NodeHandler = (node, flow) => {
  flow.blocks(codeBlocks(codeText(node), attributeOf(node, "language")));
};

function codeText(node: AdfNode): string {
  let code = "";
  for (const child of contentOf(node)) {
    code += asText(child.text) || (child.type === "hardBreak" ? "\n" : codeText(child));
  }
  return code;
}

const panel: NodeHandler = (node, flow, _style, converter) => {
  const icon = attributeOf(node, "panelIconText") || attributeOf(node, "panelIcon");
  const shown = /^:.*:$/.test(icon) ? emojiOf({ fallback: "", id: "", shortName: icon, name: "" }) : icon;
  const kind = alertOfPanel(attributeOf(node, "panelType"));
  writeAlert(flow, converter.conversion, kind, shown, () => converter.blocks(contentOf(node)));
};

const expand: NodeHandler = (node, flow, _style, converter) => {
  const title = cleanLine(attributeOf(node, "title"));
  flow.blocks(expandable(title, converter.blocks(contentOf(node))));
};

const mention: NodeHandler = (node, flow, style, converter) => {
  const id = attributeOf(node, "id");
  const name = attributeOf(node, "text") || attributeOf(node, "displayName");
  if (id === "" && name === "") converter.conversion.notes.add("dropped", "mention", "names nobody");
  else writeMention(flow, style, converter.conversion, id, name);
};

const emoji: NodeHandler = (node, flow, style) => {
  flow.text(
    emojiOf({
      fallback: attributeOf(node, "text"),
      id: attributeOf(node, "id"),
      shortName: attributeOf(node, "shortName"),
      name: "",
    }),
    style,
  );
};

/** Milliseconds since 1970, UTC, as the date they fall on. */
const date: NodeHandler = (node, flow, style) => {
  const timestamp = attributeOf(node, "timestamp").trim();
  const day = /^-?\d{1,15}$/.test(timestamp) ? new Date(Number(timestamp)) : null;
  const shown = day && !Number.isNaN(day.getTime()) ? day.toISOString().slice(0, 10) : timestamp;
  if (shown !== "") flow.lozenge(shown, style);
};

const status: NodeHandler = (node, flow, style) => {
  const title = cleanLine(attributeOf(node, "text"));
  if (title !== "") flow.lozenge({ type: "inlineCode", value: title }, style);
};

const placeholder: NodeHandler = (_node, _flow, _style, converter) => {
  converter.conversion.notes.add("dropped", "placeholder");
};

/** A card of an application, from before smart links. */
const applicationCard: NodeHandler = (node, flow, style, converter) => {
  const field = (name: string, inner: string) => {
    const value = valueOf(node, name);
    return isRecord(value) ? asText(value[inner]) : asText(value);
  };
  const title = cleanLine(field("title", "text"));
  const body = cleanLine(attributeOf(node, "text"));
  const description = cleanLine(field("description", "text"));
  converter.conversion.notes.add("approximated", "applicationCard");
  flow.flush();
  blockCard(
    { type: "blockCard", attrs: { url: field("link", "url"), data: { name: title || body } } },
    flow,
    style,
    converter,
  );
  for (const line of new Set([title === "" ? "" : body, description])) {
    if (line !== "" && line !== field("link", "url")) {
      flow.text(line, PLAIN);
      flow.flush();
    }
  }
};

/** What becomes of each node of the schema. */
export const NODES: ReadonlyMap<string, NodeHandler> = new Map<string, NodeHandler>([
  ["doc", box],
  ["text", text],
  ["paragraph", paragraph],
  ["heading", heading],
  ["hardBreak", (_node, flow, style) => flow.break(style)],
  ["rule", (_node, flow) => flow.block({ type: "thematicBreak" })],
  ["blockquote", quote],
  ["codeBlock", codeBlock],
  ["panel", panel],
  ["expand", expand],
  ["nestedExpand", expand],
  ["bulletList", bulletList],
  ["orderedList", orderedList],
  ["listItem", box],
  ["taskList", taskList],
  ["taskItem", box],
  ["blockTaskItem", box],
  ["decisionList", decisionList],
  ["decisionItem", box],
  ["table", table],
  ["tableRow", box],
  ["tableCell", box],
  ["tableHeader", box],
  ["mediaSingle", mediaSingle],
  ["mediaGroup", box],
  ["media", media],
  ["mediaInline", mediaInline],
  ["caption", caption],
  ["image", legacyImage],
  ["mention", mention],
  ["emoji", emoji],
  ["date", date],
  ["status", status],
  ["placeholder", placeholder],
  ["inlineCard", inlineCard],
  ["blockCard", blockCard],
  ["embedCard", blockCard],
  ["applicationCard", applicationCard],
  ["layoutSection", box],
  ["layoutColumn", box],
  ["extension", extension],
  ["bodiedExtension", extension],
  ["multiBodiedExtension", extension],
  ["extensionFrame", box],
  ["inlineExtension", inlineExtension],
  ["syncBlock", extension],
  ["bodiedSyncBlock", box],
  ["confluenceUnsupportedBlock", unsupported],
  ["confluenceUnsupportedInline", unsupported],
  ["unsupportedBlock", unsupported],
  ["unsupportedInline", unsupported],
  ["confluenceJiraIssue", (node, flow, style) => {
    const key = cleanLine(attributeOf(node, "issueKey"));
    if (key !== "") flow.lozengeLink(key, { ...style, link: { kind: "issue", title: key } });
  }],
]);
