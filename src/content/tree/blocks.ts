import type {
  BlockContent,
  Blockquote,
  Code,
  DefinitionContent,
  List,
  ListItem,
  Paragraph,
  PhrasingContent,
} from "mdast";
import { cleanCode, cleanLine } from "../text/clean.ts";
import type { AlertKind } from "./hints.ts";
import { strong } from "./strong.ts";

/** Languages that say that there is none. */
const NO_LANGUAGE = new Set(["", "none", "plain", "plaintext", "plain text"]);

/** A paragraph. */
export function paragraph(children: PhrasingContent[]): Paragraph {
  return { type: "paragraph", children };
}

/** A paragraph of bold text: the title of a panel, a tab, a listing. */
export function boldLine(title: string): Paragraph {
  return paragraph(strong([{ type: "text", value: title }]));
}

/** A listing, with its title as a bold line above. */
export function codeBlocks(value: string, language: string, title = ""): BlockContent[] {
  const lang = codeLanguage(language);
  const code: Code = { type: "code", lang: lang === "" ? null : lang, value: cleanCode(value) };
  const heading = cleanLine(title);
  return heading === "" ? [code] : [boldLine(heading), code];
}

/** The language as an info string: one word, or nothing. */
function codeLanguage(language: string): string {
  const name = cleanLine(language).toLowerCase();
  if (NO_LANGUAGE.has(name)) return "";
  return name.replace(/[^\p{L}\p{N}+#._-]/gu, "-").slice(0, 40);
}

/** An alert with its title as a bold first line. */
export function alert(
  kind: AlertKind,
  title: string,
  children: readonly (BlockContent | DefinitionContent)[],
): Blockquote {
  const heading = cleanLine(title);
  return {
    type: "blockquote",
    children: heading === "" ? [...children] : [boldLine(heading), ...children],
    data: { alert: kind },
  };
}

/** A list of the items; a number makes it an ordered one that starts there. */
export function list(items: ListItem[], start: number | null = null): List {
  const spread = items.some((item) => item.spread === true);
  const numbering = start === null ? { ordered: false } : { ordered: true, start: clampStart(start) };
  return { type: "list", ...numbering, spread, children: items };
}

/** An item; `checked` makes it a task. */
export function listItem(children: BlockContent[], checked: boolean | null = null): ListItem {
  const blocks = children.filter((block) => block.type !== "list").length;
  return { type: "listItem", spread: blocks > 1, checked, children };
}

/** Markdown numbers lists with up to nine digits. */
function clampStart(start: number): number {
  return Number.isFinite(start) ? Math.max(0, Math.min(999_999_000, Math.trunc(start))) : 1;
}
