import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { addressSegment, fileName, nameKey } from "../../src/export/markdown/file_name.ts";

const title = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.array(
    fc.constantFrom(
      ".",
      " ",
      "..",
      "/",
      "\\",
      ":",
      "con",
      "COM1",
      "aux",
      "é",
      "e\u0301",
      "~1",
      "-",
      "\u200c",
      "💡",
    ),
    {
      maxLength: 60,
    },
  ).map((parts) => parts.join("")),
);

Deno.test("fileName keeps a plain title and tames one that is not", () => {
  const names: readonly (readonly [string, string])[] = [
    ["Release checklist", "Release checklist"],
    ["Café · 用語集 🎂", "Café · 用語集 🎂"],
    ["Cafe\u0301", "Café"],
    ['a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"],
    ["../../etc/passwd", "_etc-passwd"],
    ["..", "_"],
    ["", "_"],
    ["\u200b", "_"],
    [".git", "_git"],
    [".g\u200cit", "_git"],
    ["--help", "_help"],
    ["Ends badly. . ", "Ends badly"],
    ["a\tb\nc  d", "a b c d"],
    ["CON", "_CON"],
    ["aux.txt", "_aux.txt"],
    ["com¹", "_com¹"],
    ["Console", "Console"],
    ["PROGRA~1", "PROGRA-1"],
    ["Invoice \u202efdp.exe", "Invoice fdp.exe"],
  ];
  for (const [given, name] of names) assertEquals(fileName(given), name, JSON.stringify(given));
});

Deno.test("fileName cuts long titles between characters, not inside them", () => {
  const name = fileName("e\u0301".repeat(30) + "👩‍🚀".repeat(30));
  assert(new TextEncoder().encode(name).byteLength <= 80);
  assert(name.isWellFormed());
});

Deno.test("fileName gives a name that every system takes, whatever the title", () => {
  fc.assert(fc.property(title, (given) => {
    const name = fileName(given);
    assert(name !== "" && name.isWellFormed());
    assert(new TextEncoder().encode(name).byteLength <= 82);
    assert(!/[<>:"/\\|?*\p{C}]/u.test(name), name);
    assert(!/^[.\s-]|[.\s]$/.test(name), name);
    assert(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name), name);
    assertEquals(name.normalize("NFC"), name);
    assertEquals(fileName(name), name);
  }));
});

Deno.test("nameKey takes two spellings of a name for one", () => {
  assertEquals(nameKey("CAFE\u0301"), nameKey("café"));
  assertEquals(nameKey("Straße"), nameKey("STRASSE"));
  assert(nameKey("a") !== nameKey("b"));
});

Deno.test("addressSegment is one segment of a relative address, and decodes to the name", () => {
  fc.assert(fc.property(title, (given) => {
    const name = fileName(given);
    const segment = addressSegment(name);
    assertEquals(decodeURIComponent(segment), name);
    assertEquals(new URL(segment, "https://example.com/a/").pathname.split("/").length, 3);
    assert(!/[\s()<>[\]"'`#?]/.test(segment), segment);
  }));
});
