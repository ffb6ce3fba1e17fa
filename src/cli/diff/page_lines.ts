/**
 * What changed between two versions of a page, as people and as programs read it.
 *
 * @module
 */
import type { Compared, DiffLine, PageDiff, WordChange } from "../../query/page_diff.ts";
import { printable } from "../printable.ts";

type Version = PageDiff["from"];

/** Options of {@linkcode pageDiffLines}. */
export interface PageLinesOptions {
  readonly color: boolean;
  /** Shows a line that changed once, with its words marked. */
  readonly words: boolean;
}

const MARKS = { same: " ", removed: "-", added: "+" } as const;
const COLORS = { same: "", removed: "31", added: "32" } as const;

/** A unified diff, each line ended. */
export function* pageDiffLines(diff: PageDiff, options: PageLinesOptions): Generator<string> {
  const paint = painter(options.color);
  yield `${paint(`--- ${headOf(diff.from)}`, "1")}\n`;
  yield `${paint(`+++ ${headOf(diff.to)}`, "1")}\n`;
  for (const { oldStart, oldLines, newStart, newLines, lines } of diff.hunks) {
    yield `${paint(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, "36")}\n`;
    const done = new Set<readonly WordChange[]>();
    for (const line of lines) {
      if (!options.words || line.words === undefined) yield `${plainLine(line, paint)}\n`;
      else if (!done.has(line.words)) {
        done.add(line.words);
        yield `~${line.words.map((word) => markedWord(word, paint)).join("")}\n`;
      }
    }
  }
}

/** The same for programs. Names are a public contract. */
export function pageDiffJson(diff: PageDiff, as: Compared): Record<string, unknown> {
  const { from, to, hunks } = diff;
  const version = ({ version, title, updatedAt, authorId, message }: Version) => ({
    version,
    title,
    updated_at: updatedAt,
    author_id: authorId,
    message,
  });
  return {
    page_id: to.id,
    title: to.title,
    space_key: to.spaceKey,
    url: to.url,
    as,
    from: version(from),
    to: version(to),
    ...countLines(diff),
    hunks: hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
      old_start: oldStart,
      old_lines: oldLines,
      new_start: newStart,
      new_lines: newLines,
      lines: lines.map(({ kind, text }) => MARKS[kind] + text),
    })),
  };
}

/** How many lines came and went. */
export function countLines({ hunks }: PageDiff): { readonly added: number; readonly removed: number } {
  const count = (kind: DiffLine["kind"]) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0);
  return { added: count("added"), removed: count("removed") };
}

function headOf({ title, version, updatedAt, authorId, message }: Version): string {
  const note = message === "" ? "" : `: ${message}`;
  const time = updatedAt.slice(0, 16).replace("T", " ");
  return printable(`${title}, version ${version}, ${time} UTC, by ${authorId ?? "unknown"}${note}`);
}

type Paint = (text: string, style: string) => string;

function painter(color: boolean): Paint {
  return (text, style) => color && style !== "" ? `\x1b[${style}m${text}\x1b[0m` : text;
}

function plainLine({ kind, text, words }: DiffLine, paint: Paint): string {
  const style = COLORS[kind];
  if (words === undefined) return paint(MARKS[kind] + shown(text), style);
  const own = words.filter((word) => word.kind === "same" || word.kind === kind);
  // What changed stands out of what was only moved along.
  const parts = own.map((word) => paint(shown(word.text), word.kind === "same" ? style : `${style};7`));
  return paint(MARKS[kind], style) + parts.join("");
}

function markedWord({ kind, text }: WordChange, paint: Paint): string {
  if (kind === "same") return shown(text);
  return paint(kind === "removed" ? `[-${shown(text)}-]` : `{+${shown(text)}+}`, COLORS[kind]);
}

/** A tab stands between the cells of a table, and harms no terminal. */
function shown(text: string): string {
  return text.split("\t").map(printable).join("\t");
}
