import type { PageToConvert } from "../../database/reader.ts";
import { labelsOf } from "../labels.ts";

/** The YAML block at the top of a page's file. Texts are quoted as JSON quotes them, which every YAML reader understands. */
export function frontMatter(page: PageToConvert): string {
  const fields: readonly (readonly [string, string | number | null | readonly string[]])[] = [
    ["title", page.title],
    ["id", page.id],
    ["version", page.version],
    ["space", page.spaceKey],
    ["status", page.status],
    ["parent_id", page.parentId],
    ["labels", labelsOf(page.labels)],
    ["author", page.authorId],
    ["updated_by", page.versionAuthorId],
    ["created_at", page.createdAt],
    ["updated_at", page.updatedAt],
    ["url", page.url],
  ];
  const lines = fields.map(([name, value]) => `${name}: ${yaml(value)}\n`);
  return `---\n${lines.join("")}---\n`;
}

function yaml(value: string | number | null | readonly string[]): string {
  if (value === null || typeof value === "number") return String(value);
  return typeof value === "string" ? quoted(value) : `[${value.map(quoted).join(", ")}]`;
}

/** JSON leaves some characters bare that YAML takes for line ends or forbids. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
