import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { pageIdOf } from "../../src/query/page_diff.ts";
import { diffTexts, type Hunk } from "../../src/query/text_diff.ts";

const MARK = { same: " ", removed: "-", added: "+" } as const;
const plain = (hunks: readonly Hunk[]) =>
  hunks.map(({ lines }) => lines.map(({ kind, text }) => MARK[kind] + text));

/** Makes the new text of the old one, as `patch` does. */
function apply(before: string, hunks: readonly Hunk[]): string {
  const old = before.split("\n");
  const now: string[] = [];
  let at = 0;
  for (const { oldStart, oldLines, lines } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    now.push(...old.slice(at, start));
    for (const { kind, text } of lines) if (kind !== "removed") now.push(text);
    at = start + oldLines;
  }
  return [...now, ...old.slice(at)].join("\n");
}

Deno.test("diffTexts gives the lines that changed with three around them", () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join("\n");
  const hunks = diffTexts(
    before,
    before.replace("line 10", "line ten").replace("line 20", "line 20\nend"),
  );
  assertEquals(plain(hunks), [
    [
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+line ten",
      " line 11",
      " line 12",
      " line 13",
    ],
    [" line 18", " line 19", " line 20", "+end"],
  ]);
  assertEquals([hunks[0]!.oldStart, hunks[0]!.oldLines, hunks[0]!.newStart, hunks[0]!.newLines], [
    7,
    7,
    7,
    7,
  ]);
});

Deno.test("diffTexts tells which words of a line changed, and leaves lines alone that have little in common", () => {
  const [hunk] = diffTexts(
    "The boat leaves at noon.\nAll new here",
    "The ferry leaves at noon.\n0123456789",
  );
  const [old, , now] = hunk!.lines;
  assertEquals(old!.words, [
    { kind: "same", text: "The " },
    { kind: "removed", text: "boat" },
    { kind: "added", text: "ferry" },
    { kind: "same", text: " leaves at noon." },
  ]);
  assert(now!.words === old!.words);
  assertEquals(hunk!.lines.map(({ words }) => words !== undefined), [true, false, true, false]);
});

Deno.test("diffTexts of equal texts, of nothing and of something has no surprises", () => {
  assertEquals(diffTexts("a", "a"), []);
  assertEquals(diffTexts("a", "a\n"), []);
  assertEquals(diffTexts("", ""), []);
  assertEquals(plain(diffTexts("", "a\nb")), [["+a", "+b"]]);
  assertEquals(plain(diffTexts("a\nb\n", "")), [["-a", "-b"]]);
});

Deno.test("diffTexts leads from the one text to the other, whatever they are", () => {
  const line = fc.constantFrom(
    "a",
    "b",
    "the quick fox",
    "the slow fox",
    "",
    "-x",
    "+y",
    "\\ No newline",
    "é\r",
  );
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((each) => `${each}\n`).join(""));
  fc.assert(fc.property(text, text, (before, after) => {
    assertEquals(apply(before, diffTexts(before, after)), after);
  }));
});

Deno.test("diffTexts of long texts with nothing in common gives up finding the fewest changes", () => {
  const text = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word} ${i}\n`).join("");
  const [hunk, ...more] = diffTexts(text("a"), text("b"));
  assertEquals([hunk!.oldLines, hunk!.newLines, more.length], [30_000, 30_000, 0]);
});

Deno.test("pageIdOf takes ids and addresses of pages, nothing else", () => {
  for (
    const text of [
      "532528",
      "https://x.atlassian.net/wiki/spaces/ENG/pages/532528/Release+checklist",
      "https://x.atlassian.net/wiki/spaces/ENG/pages/532528",
      "https://x.atlassian.net/wiki/pages/viewpage.action?pageId=532528",
    ]
  ) assertEquals(pageIdOf(text), "532528", text);
  for (const text of ["latest", "20260131T120000Z-1a2b3c", "https://x.example/spaces/ENG", "532528x", ""]) {
    assertEquals(pageIdOf(text), undefined, text);
  }
});
