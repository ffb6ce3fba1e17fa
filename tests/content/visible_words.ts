/**
 * The words a reader sees, taken from a body without any code of the converter: a scan over tags for storage format, a
 * walk over the JSON for ADF. And the words of the converter's output.
 *
 * @module
 */

/** What a scan over a storage body finds. */
export interface Seen {
  readonly words: string[];
  /** Content of code macros outside tables, exactly. */
  readonly code: string[];
}

const INVISIBLE = new Set([
  "ac:parameter",
  "ac:default-parameter",
  "ac:task-id",
  "ac:task-uuid",
  "ac:task-status",
  "ac:placeholder",
  "ac:adf-attribute",
  "ac:adf-fallback",
  "script",
  "style",
  "head",
]);

/** Marks inside words. */
const INLINE =
  /^(?:strong|b|em|i|u|s|del|ins|sub|sup|small|big|span|font|code|a|cite|ac:inline-comment-marker)$/;

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  eacute: "é",
  egrave: "è",
  agrave: "à",
  ccedil: "ç",
  ocirc: "ô",
  ecirc: "ê",
  iacute: "í",
  oacute: "ó",
  aacute: "á",
  ntilde: "ñ",
  uacute: "ú",
  acirc: "â",
  icirc: "î",
  ucirc: "û",
  iuml: "ï",
  Eacute: "É",
  micro: "µ",
  ordm: "º",
  ordf: "ª",
  zwj: "",
  zwnj: "",
  shy: "\u00ad",
};

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE(?:[^>[]|\[[^\]]*\])*>|<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|([^<]+)|</gi;

/** Words and code of a storage body. */
export function seenInStorage(body: string): Seen {
  let text = "";
  const code: string[] = [];
  let hidden = 0;
  let inTable = 0;
  let macro = "";
  let pending: string | null = null;
  for (
    const [whole, cdata, closing, name = "", attributes = "", selfClosing, chars] of body.matchAll(TOKEN)
  ) {
    if (cdata !== undefined) {
      if (hidden === 0) text += cdata;
      if (pending !== null) pending += cdata;
    } else if (chars !== undefined) {
      if (hidden === 0) text += decode(chars);
    } else if (name === "") {
      text += whole === "<" ? "<" : "";
    } else {
      const tag = name.toLowerCase();
      const opens = closing !== "/" && selfClosing !== "/";
      if (INVISIBLE.has(tag)) hidden += opens ? 1 : closing === "/" ? -1 : 0;
      if (tag === "table") inTable += opens ? 1 : closing === "/" ? -1 : 0;
      if (/^ac:(?:structured-)?macro$/.test(tag) && opens) {
        macro = /ac:name="([^"]*)"/.exec(attributes)?.[1] ?? "";
      }
      if (
        tag === "ac:plain-text-body" && opens && (macro === "code" || macro === "noformat") && inTable === 0
      ) pending = "";
      if (tag === "ac:plain-text-body" && closing === "/" && pending !== null) {
        // Without CDATA the body is text with entities, which byte for byte cannot mean.
        if (pending !== "") code.push(pending.replace(/\r\n/g, "\n"));
        pending = null;
      }
      if (!INLINE.test(tag)) text += " ";
    }
  }
  return { words: wordsOf(text), code };
}

/** Words of an ADF document. */
export function seenInAdf(body: string): string[] {
  let text = "";
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    const node = value as {
      type?: string;
      text?: string;
      attrs?: Record<string, unknown>;
      content?: unknown;
    };
    if (node.type === "placeholder") return;
    if (node.type === "text") {
      text += node.text ?? "";
      return;
    }
    text += " ";
    const shown = node.type === "status" || node.type === "mention"
      ? node.attrs?.["text"]
      : node.attrs?.["title"];
    if (typeof shown === "string" && !/xtension$/.test(node.type ?? "")) text += ` ${shown} `;
    visit(node.content);
    text += " ";
  };
  visit(JSON.parse(body));
  return wordsOf(text);
}

/** Words of Markdown, without the signs that may stand inside words; code blocks as they are. */
export function wordsOfMarkdown(markdown: string): string[] {
  let inCode = false;
  const lines = markdown.split("\n").map((line) => {
    const isFence = /^[\s>]*(?:[-*]|\d+[.)])?[\s>]*```/.test(line);
    if (isFence) inCode = !inCode;
    return inCode || isFence ? line : withoutSigns(line);
  });
  return wordsOf(lines.join("\n"));
}

function withoutSigns(line: string): string {
  return line.replace(/<\/?(?:sub|sup|strong|em|del|code)>/g, "").replace(/<br>/g, " ")
    // A picture stands between words, whatever it touches; a link may stand inside one.
    .replace(/!\[([^\]]*)\]\([^()\s]*\)/g, " $1 ").replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(
      /\]\([^()\s]*\)|\*+|~~|`+|\[/g,
      "",
    );
}

/** Runs of letters and digits. */
export function wordsOf(text: string): string[] {
  return text.replace(/[\u200b\u2060\ufeff]/g, "").normalize("NFC").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** How many of the words are found, each as often as it is expected; and some that are not. */
export function coverage(
  expected: readonly string[],
  found: readonly string[],
): { share: number; missing: string[] } {
  const left = new Map<string, number>();
  for (const word of found) left.set(word, (left.get(word) ?? 0) + 1);
  const missing: string[] = [];
  for (const word of expected) {
    const count = left.get(word) ?? 0;
    if (count === 0) missing.push(word);
    else left.set(word, count - 1);
  }
  return { share: expected.length === 0 ? 1 : 1 - missing.length / expected.length, missing };
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? (/^[A-Za-z]+$/.test(name) ? " " : whole);
    const code = name[1] === "x" ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
  });
}
