/**
 * What changed between two texts, by lines, and by words where one line became another.
 *
 * @module
 */
import { diffWordsWithSpace, structuredPatch } from "diff";

/** A piece of a line that was changed. */
export interface WordChange {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** A line of a diff. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  /** How the removed line became the added one; both of the pair have the very same list. Absent where a line has no partner. */
  readonly words?: readonly WordChange[];
}

/** Lines that changed, with a few around them. */
export interface Hunk {
  /** From 1; where there are none, the line before. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly DiffLine[];
}

/** Lines shown around changes. */
const CONTEXT = 3;
/** Beyond so many changed lines or words, finding the fewest takes longer than people wait: then all is said to be new. */
const MOST_LINES = 4_000;
const MOST_WORDS = 1_000;
/** Lines that share less than this part of their characters are two lines, not one that changed. */
const ALIKE = 0.4;

/** Compares two texts. */
export function diffTexts(before: string, after: string): Hunk[] {
  return lineHunks(ended(before), ended(after)).map((hunk) => ({ ...hunk, lines: withWords(hunk.lines) }));
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function lineHunks(before: string, after: string): Hunk[] {
  const options = { context: CONTEXT, maxEditLength: MOST_LINES };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  if (patch === undefined) return [replaced(before, after)];
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    // Where there are no lines, a unified diff names the one before.
    oldStart: oldLines === 0 ? oldStart - 1 : oldStart,
    oldLines,
    newStart: newLines === 0 ? newStart - 1 : newStart,
    newLines,
    lines: lines.map((line) => ({ kind: kindOf(line), text: line.slice(1) })),
  }));
}

function kindOf(line: string): DiffLine["kind"] {
  if (line.startsWith("-")) return "removed";
  return line.startsWith("+") ? "added" : "same";
}

function replaced(before: string, after: string): Hunk {
  const linesOf = (text: string) => text.split("\n").slice(0, -1);
  const [old, now] = [linesOf(before), linesOf(after)];
  return {
    oldStart: Math.min(1, old.length),
    oldLines: old.length,
    newStart: Math.min(1, now.length),
    newLines: now.length,
    lines: [
      ...old.map((text) => ({ kind: "removed" as const, text })),
      ...now.map((text) => ({ kind: "added" as const, text })),
    ],
  };
}

/** Finds for each run of removed lines, and the added ones that follow, which became which. */
function withWords(lines: readonly DiffLine[]): DiffLine[] {
  const result = [...lines];
  for (let at = 0; at < lines.length;) {
    const removed = runOf(lines, at, "removed");
    const added = runOf(lines, at + removed, "added");
    for (let i = 0; i < Math.min(removed, added); i++) {
      const [old, now] = [at + i, at + removed + i];
      const words = wordChanges(lines[old]!.text, lines[now]!.text);
      if (words === undefined) continue;
      result[old] = { ...lines[old]!, words };
      result[now] = { ...lines[now]!, words };
    }
    at += Math.max(1, removed + added);
  }
  return result;
}

function runOf(lines: readonly DiffLine[], start: number, kind: DiffLine["kind"]): number {
  let end = start;
  while (end < lines.length && lines[end]!.kind === kind) end++;
  return end - start;
}

function wordChanges(before: string, after: string): WordChange[] | undefined {
  const parts = diffWordsWithSpace(before, after, { maxEditLength: MOST_WORDS });
  if (parts === undefined) return undefined;
  const same = parts.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.length),
    0,
  );
  if (same < ALIKE * Math.max(before.length, after.length)) return undefined;
  return parts.map(({ added, removed, value }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    text: value,
  }));
}
