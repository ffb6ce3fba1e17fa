import { assertEquals } from "@std/assert";
import { printable, printableJson, printableLines } from "../../src/cli/printable.ts";

Deno.test("printable shows terminal control instead of sending it", () => {
  assertEquals(printable("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
  assertEquals(printable("\x9b2J"), "\\x9b2J");
  assertEquals(printable("\x7f"), "\\x7f");
  assertEquals(printable("a\nb\rc\td"), "a\\nb\\rc\\td");
  assertEquals(printable("\0"), "\\x00");
});

Deno.test("printable shows marks that reorder what people read", () => {
  assertEquals(printable("safe\u202etxt.exe"), "safe\\u202etxt.exe");
  assertEquals(printable("\u2066x\u2069"), "\\u2066x\\u2069");
  assertEquals(printable("\ufeffstart"), "\\ufeffstart");
});

Deno.test("printable keeps words, emoji and scripts as they are", () => {
  for (const text of ["Übersicht – Größe", "会議 メモ", "👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שלום", "ก็", "e\u0301"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("printable shows halves of characters", () => {
  assertEquals(printable("\ud83d|"), "\\ud83d|");
  assertEquals(printable("|\ude00"), "|\\ude00");
});

Deno.test("printable leaves no control character of any kind", () => {
  const all = Array.from({ length: 0x3000 }, (_, i) => String.fromCharCode(i)).join("");
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  assertEquals(unsafe.test(printable(all)), false);
});

Deno.test("printableLines keeps line feeds only", () => {
  assertEquals(printableLines("one\ntwo\x1b\r\n"), "one\ntwo\\x1b\\r\n");
});

Deno.test("printableJson changes nothing for who parses", () => {
  const value = { text: "a\u202eb\x9bc\u2028", plain: "x" };
  const json = printableJson(JSON.stringify(value));
  assertEquals(json, '{"text":"a\\u202eb\\u009bc\\u2028","plain":"x"}');
  assertEquals(JSON.parse(json), value);
});
