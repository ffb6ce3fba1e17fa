import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import { cleanLine } from "../text/clean.ts";
import { writeLink } from "../tree/references.ts";
import type { NodeHandler } from "./converter.ts";
import { type AdfNode, asText, attributeOf, isRecord, valueOf } from "./node.ts";

/** `inlineCard`: a smart link among text. */
export const inlineCard: NodeHandler = (node, flow, style, converter) => {
  const { conversion } = converter;
  const { url, name, query } = readCard(node);
  if (url === "") {
    if (name !== "" || query !== "") flow.text(name || `Jira: ${query}`, style);
    else conversion.notes.add("dropped", String(node.type), "names no address");
    return;
  }
  const target = targetOfAddress(url, conversion.context);
  const text = query !== "" ? `Jira: ${query}` : name || titleOf(target, conversion) || url;
  writeLink(flow, style, target, text);
};

/** `blockCard` and `embedCard`: a smart link in a paragraph of its own. */
export const blockCard: NodeHandler = (node, flow, style, converter) => {
  flow.flush();
  inlineCard(node, flow, { ...style, inline: true }, converter);
  flow.flush();
};

/** The title of a page the index knows; the body has only the address. */
function titleOf(target: LinkTarget, conversion: Conversion): string {
  const known = !target.pageId ? undefined : conversion.context.resolvePageId?.(target.pageId)?.title;
  return cleanLine(known ?? target.title ?? "");
}

function readCard(node: AdfNode): { url: string; name: string; query: string } {
  const data = valueOf(node, "data");
  const fields = isRecord(data) ? data : {};
  const datasource = valueOf(node, "datasource");
  const parameters = isRecord(datasource) ? datasource["parameters"] : undefined;
  return {
    url: (attributeOf(node, "url") || asText(fields["url"]) || asText(fields["@id"])).trim(),
    name: cleanLine(asText(fields["name"]) || asText(fields["title"])),
    query: isRecord(parameters) ? cleanLine(asText(parameters["jql"])) : "",
  };
}
