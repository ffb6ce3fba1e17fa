/** Which macro becomes what. A macro that is not here keeps its content and is shown as a comment. */
import type { Conversion } from "../conversion.ts";
import type { Flow } from "../tree/flow.ts";
import type { Style } from "../tree/leaf.ts";
import { codeMacro, diagramMacro, fencedMacro, mathBlockMacro, mathInlineMacro } from "./code.ts";
import { bodyMacro, expandMacro, panelMacro, propertiesMacro, titledMacro } from "./containers.ts";
import { DYNAMIC_MACROS } from "./dynamic.ts";
import type { MacroCall } from "./macro_call.ts";
import { markdownMacro } from "./markdown.ts";
import {
  addressMacro,
  anchorMacro,
  drawingMacro,
  fileMacro,
  includeMacro,
  jiraMacro,
  profileMacro,
  statusMacro,
} from "./references.ts";
import { dynamicMacro, unknownMacro } from "./unknown.ts";

/** Writes a macro into the flow. */
export type MacroHandler = (call: MacroCall, flow: Flow, style: Style, conversion: Conversion) => void;

/** Writes any macro into the flow. */
export function writeMacro(call: MacroCall, flow: Flow, style: Style, conversion: Conversion): void {
  handlerOf(call.name)(call, flow, style, conversion);
}

function handlerOf(name: string): MacroHandler {
  const known = HANDLERS.get(name);
  if (known) return known;
  if (DYNAMIC_MACROS.has(name)) return dynamicMacro;
  if (name.startsWith("mermaid")) return diagramMacro("mermaid");
  if (name.startsWith("plantuml")) return diagramMacro("plantuml");
  return unknownMacro;
}

const HANDLERS: ReadonlyMap<string, MacroHandler> = new Map<string, MacroHandler>([
  ...entries(codeMacro, "code", "newcode", "code-block", "codeblock", "paste-code-macro"),
  ...entries(fencedMacro(""), "noformat", "unmigrated-wiki-markup", "unmigrated-inline-wiki-markup"),
  ...entries(fencedMacro("html"), "html", "html-wrap"),
  ...entries(fencedMacro("latex"), "latex", "latex-block"),
  ...entries(fencedMacro("sql"), "sql", "sql-query"),
  ...entries(fencedMacro("graphviz"), "graphviz", "digraph"),
  ...entries(diagramMacro("plantuml"), "plantuml", "plantumlcloud"),
  ...entries(diagramMacro("mermaid"), "mermaid"),
  ...entries(mathBlockMacro, "mathblock", "math-block", "mathjax-block-macro", "easy-math-block"),
  ...entries(mathInlineMacro, "mathinline", "math-inline", "mathjax-inline-macro", "easy-math-inline"),
  ...entries(markdownMacro, "markdown"),
  ...entries(panelMacro("NOTE"), "info", "panel", "auimessage", "alert", "aui-message"),
  ...entries(panelMacro("TIP"), "tip"),
  ...entries(panelMacro("WARNING"), "note"),
  ...entries(panelMacro("CAUTION"), "warning"),
  ...entries(expandMacro, "expand", "ui-expand"),
  ...entries(propertiesMacro, "details"),
  ...entries(
    bodyMacro,
    "excerpt",
    "multi-excerpt",
    "multiexcerpt",
    "multiexcerpt-macro",
    "section",
    "column",
    "layout",
    "layout-section",
    "layout-cell",
    "center",
    "align",
    "div",
    "span",
    "toc-zone",
    "table-filter",
    "table-plus",
    "convertedtoblock",
    "ui-tabs",
    "ui-steps",
    "ui-children",
    "tabs-group",
    "tab-group",
    "localtabgroup",
    "horizontal-nav-group",
    "deck",
    "shared-block",
    "sv-translation",
    "show-if",
    "hide-if",
  ),
  ...entries(
    whenItHoldsSomething(bodyMacro),
    "scroll-content-block",
    "scroll-ignore",
    "scroll-ignore-inline",
    "scroll-landscape",
    "scroll-only",
    "scroll-only-inline",
    "scroll-pdf-ignore",
    "scroll-pdf-ignore-inline",
    "scroll-pdf-only",
    "scroll-portrait",
    "scroll-tablelayout",
  ),
  ...entries(
    titledMacro,
    "ui-tab",
    "ui-step",
    "tab",
    "tab-pane",
    "localtab",
    "card",
    "horizontal-nav-item",
  ),
  ...entries(
    fileMacro,
    "view-file",
    "viewpdf",
    "viewdoc",
    "viewxls",
    "viewppt",
    "multimedia",
    "pdf",
  ),
  ...entries(drawingMacro, "drawio", "drawio-sketch", "inc-drawio", "gliffy"),
  ...entries(includeMacro, "include", "excerpt-include"),
  ...entries(jiraMacro, "jira", "jiraissues", "jiraissue"),
  ...entries(profileMacro, "profile", "profile-picture"),
  ...entries(addressMacro, "widget", "iframe", "html-include"),
  ...entries(anchorMacro, "anchor"),
  ...entries(statusMacro, "status", "lozenge"),
]);

function entries(handler: MacroHandler, ...names: string[]): [string, MacroHandler][] {
  return names.map((name) => [name, handler]);
}

/** For families whose members without content are settings for an export. */
function whenItHoldsSomething(handler: MacroHandler): MacroHandler {
  return (call, flow, style, conversion) => {
    (call.hasContent || call.plain !== null ? handler : unknownMacro)(call, flow, style, conversion);
  };
}
