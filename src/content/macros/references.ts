/** Macros that point at something: files, diagrams with a preview, other pages, issues, people, addresses. */
import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import { cleanLine } from "../text/clean.ts";
import type { Flow } from "../tree/flow.ts";
import { anchor } from "../tree/html.ts";
import type { Style } from "../tree/leaf.ts";
import { writeImage, writeLink, writeMention } from "../tree/references.ts";
import { parameter, targetOf } from "./macro_call.ts";
import type { MacroHandler } from "./registry.ts";
import { unknownMacro } from "./unknown.ts";

/** A file shown on the page. */
export const fileMacro: MacroHandler = (call, flow, style, conversion) => {
  const named = cleanLine(parameter(call, "name", "file", "filename", ""));
  const target = targetOf(call, "attachment") ??
    (named === ""
      ? null
      : { kind: "attachment" as const, filename: named, container: targetOf(call, "page") });
  if (target === null) return unknownMacro(call, flow, style, conversion);
  flow.standalone(
    style,
    () => flow.lozengeLink(cleanLine(target.filename ?? named), { ...style, link: target }),
  );
};

/** A drawing: its app stores a preview beside it, as an attachment of the same name. */
export const drawingMacro: MacroHandler = (call, flow, style, conversion) => {
  const name = cleanLine(parameter(call, "diagramname", "name", "displayname", "diagramdisplayname"));
  if (name === "") return unknownMacro(call, flow, style, conversion);
  conversion.notes.add("approximated", call.name, "shown by its preview image");
  const pageId = parameter(call, "pageid", "containerid");
  const container: LinkTarget | null = pageId === "" ? null : { kind: "page", pageId };
  const filename = name.toLowerCase().endsWith(".png") ? name : `${name}.png`;
  flow.standalone(style, () => {
    writeImage(flow, style, conversion, { kind: "attachment", filename, container }, name);
  });
};

/** Another page, or a part of one, shown inside this one: the text belongs to the other page. */
export const includeMacro: MacroHandler = (call, flow, style, conversion) => {
  const target = targetOf(call, "page", "blogpost") ?? pageNamed(parameter(call, "", "page", "pagetitle"));
  if (target === null) return unknownMacro(call, flow, style, conversion);
  conversion.notes.add("no_stored_content", call.name, "the text is on the included page");
  flow.standalone(style, () => {
    flow.text("Included: ", style);
    writeLink(flow, style, { ...target, use: "include" }, target.title ?? target.pageId ?? "");
  });
};

/** `SPACE:Title`, as old macros write it. */
function pageNamed(name: string): LinkTarget | null {
  const [, spaceKey = null, title = ""] = /^(?:([A-Za-z0-9~_.-]+):)?(?=\S)(.+)$/s.exec(cleanLine(name)) ?? [];
  return title === "" ? null : { kind: "page", spaceKey, title };
}

/** One issue by its key, or a search whose result only Jira knows. */
export const jiraMacro: MacroHandler = (call, flow, style, conversion) => {
  const key = cleanLine(parameter(call, "key", "issuekey") || issueKey(parameter(call, "")));
  if (key !== "") {
    flow.lozengeLink(key, { ...style, link: { kind: "issue", title: key } });
    return;
  }
  const query = cleanLine(parameter(call, "jqlquery", "jql") || parameter(call, ""));
  const address = parameter(call, "url");
  if (query === "" && address === "") return unknownMacro(call, flow, style, conversion);
  conversion.notes.add("no_stored_content", call.name, "the issues are in Jira");
  flow.standalone(style, () => {
    flow.text("Jira: ", style);
    if (query !== "") flow.code(query, style);
    else writeLink(flow, style, targetOfAddress(address, conversion.context), address);
  });
};

function issueKey(text: string): string {
  return /^[A-Z][A-Z0-9_]+-\d+$/.test(text.trim()) ? text : "";
}

/** A person. */
export const profileMacro: MacroHandler = (call, flow, style, conversion) => {
  const user = targetOf(call, "user")?.userId ?? cleanLine(parameter(call, "user", "username", ""));
  if (user === "") return unknownMacro(call, flow, style, conversion);
  writeMention(flow, style, conversion, user, "");
};

/** Something from elsewhere: a video, a page in a frame. */
export const addressMacro: MacroHandler = (call, flow, style, conversion) => {
  const address = targetOf(call, "url", "page", "attachment")?.url ?? parameter(call, "url", "src", "");
  if (address.trim() === "") return unknownMacro(call, flow, style, conversion);
  writeAddress(flow, style, conversion, address);
};

/** An address as its own text. */
export function writeAddress(flow: Flow, style: Style, conversion: Conversion, address: string): void {
  const target = targetOfAddress(address, conversion.context);
  flow.standalone(style, () => writeLink(flow, style, target, address.trim()));
}

/** A place to jump to. */
export const anchorMacro: MacroHandler = (call, flow, style, conversion) => {
  const name = cleanLine(parameter(call, "", "name", "anchor"));
  if (name === "") return unknownMacro(call, flow, style, conversion);
  flow.atom(anchor(name), style);
};

/** A coloured label; the colour is dropped. */
export const statusMacro: MacroHandler = (call, flow, style, conversion) => {
  const title = cleanLine(parameter(call, "title", "status") || parameter(call, ""));
  if (title === "") return unknownMacro(call, flow, style, conversion);
  flow.lozenge({ type: "inlineCode", value: title }, style);
};
