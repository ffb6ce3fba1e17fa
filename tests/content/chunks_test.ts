import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Chunk, parseBody, toChunks, toText } from "../../src/content/mod.ts";
import { adfDocument } from "./arbitrary_adf.ts";
import { macro, plain, rich, storage } from "./support.ts";
import { readMarkdown, structureOf } from "./structure.ts";

function chunks(body: string, maxLength?: number): Chunk[] {
  return [...toChunks(storage(body), maxLength === undefined ? {} : { maxLength })];
}

Deno.test("toChunks() makes a chunk of each section, with the path of its headings", () => {
  assertEquals(chunks("<p>intro</p><h1>A</h1><p>a</p><h2>B</h2><p>b</p><h1>C</h1><p>c</p>"), [
    { position: 0, headingPath: [], text: "intro", markdown: "intro\n" },
    { position: 1, headingPath: ["A"], text: "A\na", markdown: "# A\n\na\n" },
    { position: 2, headingPath: ["A", "B"], text: "B\nb", markdown: "## B\n\nb\n" },
    { position: 3, headingPath: ["C"], text: "C\nc", markdown: "# C\n\nc\n" },
  ]);
});

Deno.test("toChunks() puts a heading without content to the section below it", () => {
  assertEquals(
    chunks("<h1>A</h1><h2>B</h2><p>b</p>").map(({ headingPath, text }) => ({ headingPath, text })),
    [
      { headingPath: ["A", "B"], text: "A\nB\nb" },
    ],
  );
  assertEquals(chunks("<h1>A</h1><h1>B</h1><p>b</p>").map(({ text }) => text), ["A", "B\nb"]);
});

Deno.test("toChunks() makes nothing of nothing", () => {
  assertEquals(chunks(""), []);
  assertEquals(chunks(macro("toc")), []);
});

Deno.test("toChunks() cuts long sections between blocks first", () => {
  const body = `<h1>T</h1>${["a", "b", "c"].map((word) => `<p>${word.repeat(60)}</p>`).join("")}`;
  const found = chunks(body, 130);
  assertEquals(found.map(({ text }) => text), [`T\n${"a".repeat(60)}\n${"b".repeat(60)}`, "c".repeat(60)]);
  assertEquals(found.map(({ headingPath }) => headingPath), [["T"], ["T"]]);
});

Deno.test("toChunks() cuts a long paragraph behind a sentence", () => {
  const sentence = "The quick brown fox jumps over the lazy dog again. ";
  const found = chunks(`<p>${sentence.repeat(5)}</p>`, 120);
  assertEquals(found.map(({ text }) => text), [
    sentence.repeat(2).trim(),
    sentence.repeat(2).trim(),
    sentence.trim(),
  ]);
});

Deno.test("toChunks() keeps marks and links whole when it cuts a paragraph", () => {
  const words = "word ".repeat(30);
  const found = chunks(`<p><strong>${words}</strong> <a href="https://a.example">${words}</a></p>`, 100);
  for (const { markdown } of found) {
    assert(
      /^\*\*.*\*\* ?(\[.*\]\(https:\/\/a\.example\))?\n$|^\[.*\]\(https:\/\/a\.example\)\n$/.test(markdown),
      markdown,
    );
  }
});

Deno.test("toChunks() cuts lists between items and counts on", () => {
  const items = Array.from({ length: 6 }, (_, index) => `<li>${String(index + 1).repeat(40)}</li>`).join("");
  assertEquals(chunks(`<ol>${items}</ol>`, 100).map(({ markdown }) => markdown.slice(0, 5)), [
    "1. 11",
    "3. 33",
    "5. 55",
  ]);
});

Deno.test("toChunks() repeats the header of a table", () => {
  const rows = Array.from({ length: 5 }, (_, index) => `<tr><td>${"x".repeat(40)}${index}</td></tr>`).join(
    "",
  );
  const found = chunks(`<table><tr><th>Head</th></tr>${rows}</table>`, 100);
  assertEquals(found.length, 3);
  for (const { markdown } of found) assert(markdown.startsWith("| Head |\n| --- |\n| xxx"));
});

Deno.test("toChunks() cuts code between lines and keeps the language", () => {
  const code = Array.from({ length: 6 }, (_, index) => `${"y".repeat(40)}${index}`).join("\n");
  const found = chunks(macro("code", { language: "sql" }, plain(code)), 100);
  assertEquals(found.length, 3);
  for (const { markdown } of found) assert(/^```sql\n[y0-9\n]+\n```\n$/.test(markdown));
  assertEquals(found.map(({ text }) => text).join("\n"), code);
});

Deno.test("toChunks() keeps the kind of a cut alert and shows an expand by its title", () => {
  const long = `<p>${"a".repeat(80)}</p><p>${"b".repeat(80)}</p>`;
  assertEquals(chunks(macro("tip", {}, rich(long)), 100).map(({ markdown }) => markdown.slice(0, 8)), [
    "> [!TIP]",
    "> [!TIP]",
  ]);
  assertEquals(chunks(macro("expand", { title: "More" }, rich("<p>x</p>"))).map(({ markdown }) => markdown), [
    "**More**\n\nx\n",
  ]);
});

Deno.test("toChunks() holds the size, the words and valid Markdown for any document", () => {
  fc.assert(
    fc.property(adfDocument, fc.integer({ min: 100, max: 300 }), (value, maxLength) => {
      const parsed = parseBody({ format: "atlas_doc_format", value });
      const found = [...toChunks(parsed, { maxLength })];
      assertEquals(found.map(({ position }) => position), found.map((_, index) => index));
      for (const chunk of found) {
        assert(chunk.text.length <= maxLength);
        assert(structureOf(readMarkdown(chunk.markdown)) !== "" || chunk.text.trim() === "");
      }
      const letters = (text: string) => [...text.replace(/[^\p{L}\p{N}]/gu, "")].sort().join("");
      const all = letters(found.map(({ text }) => text).join(""));
      // A table's header is in each of its parts.
      if (!value.includes('"tableHeader"')) assertEquals(all, letters(toText(parsed)));
    }),
    { numRuns: 500 },
  );
});
