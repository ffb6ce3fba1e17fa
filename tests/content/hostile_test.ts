/** Bodies made to break a converter. The work is counted by what comes out and by not hanging; nothing is timed. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { parseBody, type ParsedBody, toChunks, toMarkdown, toText } from "../../src/content/mod.ts";
import { adfDocument, nastyText } from "./arbitrary_adf.ts";
import { macro, note, plain, storage } from "./support.ts";

/** Everything that can be made of a body, with the promise that the output stays in proportion. */
function convertAll(format: "storage" | "atlas_doc_format", value: string): ParsedBody {
  const parsed = parseBody({ format, value });
  const markdown = toMarkdown(parsed);
  const text = toText(parsed);
  const bound = 40 * value.length + 1_000_000;
  assert(markdown.length <= bound, `Markdown of ${markdown.length} for a body of ${value.length}`);
  assert(text.length <= 4 * value.length + 1_000_000, `text of ${text.length} for a body of ${value.length}`);
  for (const chunk of toChunks(parsed)) assert(chunk.text.length <= 2000);
  return parsed;
}

const times = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));

Deno.test("parseBody() takes 10,000 levels of any element, and 100,000 of the most common", () => {
  for (
    const open of [
      "<div>",
      "<p>x",
      "<ul><li>x",
      "<blockquote>x",
      "<strong>x<em>",
      "<table><tr><td>x",
      "<h1>x",
      "<code>x",
      "<details><summary>x</summary>",
      "<ac:task-list><ac:task><ac:task-body>x",
      "<ac:adf-extension><ac:adf-node type='panel'>",
      "<ac:image><ac:caption>x",
      "<ac:link><ac:link-body>x",
    ]
  ) {
    const parsed = convertAll(
      "storage",
      open.repeat(["<div>", "<ul><li>x"].includes(open) ? 100_000 : 10_000),
    );
    assertEquals(note(parsed, "nesting")?.kind, "approximated", open);
  }
});

Deno.test("parseBody() takes deeply nested macros of every kind", () => {
  for (const name of ["info", "expand", "excerpt", "details", "acme", "code", "ui-tab"]) {
    convertAll("storage", `<ac:structured-macro ac:name="${name}"><ac:rich-text-body><p>x`.repeat(2000));
  }
});

Deno.test("parseBody() keeps the text of every level", () => {
  const parsed = storage("<blockquote><p>x</p>".repeat(5000));
  assertEquals(toText(parsed).match(/x/g)?.length, 5000);
  assertEquals(toMarkdown(parsed).match(/x/g)?.length, 5000);
});

Deno.test("parseBody() takes 1 MB of anything that makes a naive scanner go back", () => {
  for (
    const part of [
      "<",
      "<!--",
      "<![CDATA[",
      "<!DOCTYPE [",
      "<?",
      "</",
      "<a b='",
      '<a b="',
      "<a b='<a' c='",
      "&",
      "&lol;",
      "]]>",
      "]] >",
      "<a ",
      "=",
      "<a/",
      "<a =>",
    ]
  ) {
    convertAll("storage", times(part, 1_000_000));
  }
});

Deno.test("parseBody() takes end tags without start and attributes without end", () => {
  convertAll("storage", times("<a>", 2_000_000) + times("</b>", 2_000_000));
  convertAll("storage", `<a ${Array.from({ length: 300_000 }, (_, index) => `a${index}=1`).join(" ")}>x</a>`);
});

Deno.test("toMarkdown() takes 500 KB of anything that makes an escaper go back", () => {
  for (
    const part of [
      "*a",
      "_",
      "*",
      "`a``",
      "[](",
      "~",
      "\\",
      "-",
      "1",
      "1. ",
      "#",
      "|",
      "!",
      "http://a.example)",
      "http://a.example ",
      " ",
      "\u200b",
      "<br/>",
      "a<br/>",
    ]
  ) {
    convertAll("storage", `<p>${times(part, 500_000)}</p>`);
  }
  convertAll("storage", `<h1>a ${times("#", 1_000_000)}</h1>`);
  convertAll("storage", `<p><code>${times("`a``", 1_000_000)}</code></p>`);
  convertAll("storage", `<p>${times("<strong>a</strong><em>b</em>c", 1_000_000)}</p>`);
  convertAll("storage", macro("markdown", {}, plain(times("```\n", 1_000_000))));
});

Deno.test("parseBody() never expands declared entities", () => {
  const levels = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  ).join("");
  const parsed = convertAll("storage", `<!DOCTYPE x [<!ENTITY l0 "lol">${levels}]><p>&l9; after</p>`);
  assertEquals(toText(parsed), "&l9; after");
});

Deno.test("toMarkdown() bounds what merged cells repeat", () => {
  const long = times("word ", 300_000);
  const rows = "<tr><td>a</td></tr>".repeat(20_000);
  const parsed = convertAll("storage", `<table><tr><td rowspan="65534">${long}</td></tr>${rows}</table>`);
  assertStringIncludes(toText(parsed), "word word");
  convertAll(
    "storage",
    `<table>${'<tr><td colspan="1000" rowspan="65000">a</td></tr>'.repeat(20_000)}</table>`,
  );
  convertAll(
    "storage",
    `<table><tr>${'<td rowspan="65534">a</td>'.repeat(1000)}</tr>${"<tr/>".repeat(100_000)}</table>`,
  );
});

Deno.test("toMarkdown() bounds what nesting adds to every line", () => {
  const parsed = convertAll("storage", `${"<blockquote>".repeat(100)}<pre>${"\n".repeat(2_000_000)}</pre>`);
  assertEquals(note(parsed, "nesting")?.kind, "approximated");
});

Deno.test("toMarkdown() bounds what a link around many blocks repeats", () => {
  convertAll("storage", `<a href="https://x.example/${times("a", 500_000)}">${"<p>x".repeat(50_000)}`);
});

Deno.test("toChunks() does not repeat a long heading or address in every chunk", () => {
  const body = `<h1>${times("long ", 200_000)}</h1><p>${
    times("word ", 500_000)
  }</p><p><a href="https://x.example/${times("a", 300_000)}">${times("text ", 300_000)}</a></p>`;
  let size = 0;
  for (const chunk of toChunks(storage(body))) {
    size += chunk.markdown.length + chunk.headingPath.join("").length;
  }
  assert(size < 4 * body.length, `${size} for ${body.length}`);
});

Deno.test("parseBody() takes a flat body of 5 MB and half a million elements whole", () => {
  const parsed = convertAll("storage", "<p>x y</p>".repeat(500_000));
  assertEquals(note(parsed, "body")?.kind, "fallback");
  assertEquals(toText(parsed).match(/x/g)?.length, 500_000);
});

Deno.test("parseBody() takes ADF of any depth and shape", () => {
  const nested = (open: string, close: string, count: number) =>
    open.repeat(count) + '{"type":"text","text":"x"}' + close.repeat(count);
  for (
    const type of [
      "blockquote",
      "bulletList",
      "listItem",
      "panel",
      "expand",
      "table",
      "paragraph",
      "mystery",
      "bodiedExtension",
      "mediaSingle",
    ]
  ) {
    const parsed = convertAll("atlas_doc_format", nested(`{"type":"${type}","content":[`, "]}", 50_000));
    if (type !== "table") assertStringIncludes(toText(parsed), "x", type);
  }
  for (
    const value of [
      "null",
      "1",
      "true",
      "[]",
      "{}",
      '{"type":1}',
      '{"type":"doc","content":"x"}',
      '{"type":"doc","content":[null,1,"a",[{}]]}',
      '{"__proto__":{"type":"doc"}}',
      '{"type":"text","text":{}}',
      '{"type":"heading","attrs":null,"content":{}}',
      '{"type":"constructor"}',
      '{"type":"toString","marks":[{"type":"__proto__"}]}',
    ]
  ) {
    convertAll("atlas_doc_format", value);
  }
});

Deno.test("parseBody() survives any text in any format", () => {
  const garbage = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    nastyText,
    fc.array(
      fc.oneof(
        nastyText,
        fc.string({ maxLength: 5 }),
        fc.constantFrom(
          "<p>",
          "</p>",
          "<ac:link>",
          "<ri:user ri:account-id='",
          "'/>",
          "<td rowspan=9>",
          "<table><tr>",
          "<![CDATA[",
          "]]>",
          "<ac:structured-macro ac:name='",
          "'>",
          "<li>",
          "<ul>",
          '{"type":',
          '"content":[',
          "]}",
          "\ud800",
          "\u0000",
        ),
      ),
      { maxLength: 20 },
    ).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(
      garbage,
      fc.constantFrom("storage" as const, "atlas_doc_format" as const),
      (value, format) => {
        convertAll(format, value);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("parseBody() survives JSON of any shape as ADF", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (value) => {
      convertAll("atlas_doc_format", value);
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseBody() survives documents cut off anywhere", () => {
  fc.assert(
    fc.property(adfDocument, fc.nat(), (value, at) => {
      convertAll("atlas_doc_format", value.slice(0, at % (value.length + 1)));
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseBody() falls back to the bare words when a look-up throws", () => {
  const context = {
    resolvePage: (): never => {
      throw new Error("the index is closed");
    },
  };
  const parsed = parseBody({
    format: "storage",
    value: '<p>a <b>b</b> <ac:link><ri:page ri:content-title="P"/></ac:link></p>',
  }, context);
  assertEquals(toText(parsed).split(/\s+/), ["a", "b"]);
  assertEquals(note(parsed, "body"), {
    kind: "fallback",
    name: "body",
    count: 1,
    detail: "the index is closed",
  });
});
