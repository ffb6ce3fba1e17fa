import { assert, assertEquals } from "@std/assert";
import { cutToWidth, textWidth } from "../../src/cli/text_width.ts";

Deno.test("textWidth counts columns, not characters", () => {
  const widths: [string, number][] = [
    ["", 0],
    ["plain", 5],
    ["Größe", 5],
    ["e\u0301", 1],
    ["会議", 4],
    ["한국어", 6],
    ["ﾊﾝｶｸ", 4],
    ["ＡＢ", 4],
    ["🎉", 2],
    ["👩‍💻", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["ก็", 1],
    ["\u200b", 0],
    ["…", 1],
    ["─", 1],
  ];
  for (const [text, width] of widths) assertEquals(textWidth(text), width, JSON.stringify(text));
});

Deno.test("cutToWidth keeps what fits and marks what was cut", () => {
  assertEquals(cutToWidth("hello", 5), "hello");
  assertEquals(cutToWidth("hello", 4), "hel…");
  assertEquals(cutToWidth("hello", 1), "…");
  assertEquals(cutToWidth("hello", 0), "");
  assertEquals(cutToWidth("会議メモ", 8), "会議メモ");
  assertEquals(cutToWidth("会議メモ", 7), "会議メ…");
  assertEquals(cutToWidth("会議メモ", 6), "会議…");
  assertEquals(cutToWidth("a👩‍💻b", 3), "a…");
  assertEquals(cutToWidth("a👩‍💻b", 4), "a👩‍💻b");
});

Deno.test("cutToWidth never gives more than it was told", () => {
  const text = "Über 会議 👩‍💻 e\u0301 한국 x";
  for (let columns = 0; columns <= 30; columns++) {
    const cut = cutToWidth(text, columns);
    assert(textWidth(cut) <= columns, `${columns}: ${cut}`);
    assertEquals(cut === text, textWidth(text) <= columns);
  }
});
