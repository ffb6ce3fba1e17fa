import { assertEquals } from "@std/assert";
import { toText } from "../../src/content/mod.ts";
import { macro, markdown, note, plain, rich, storage, text } from "./support.ts";

Deno.test("toMarkdown() writes h1 to h6 as hashes", () => {
  assertEquals(
    markdown("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4><h5>E</h5><h6>F</h6>"),
    "# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F",
  );
});

Deno.test("toMarkdown() turns a line break in a heading into a space and hoists macros behind it", () => {
  const body = `<h2>One<br/>two ${macro("toc")}${macro("info", {}, rich("<p>Note</p>"))}</h2><p>Text</p>`;
  assertEquals(markdown(body), "## One two\n\n<!-- macro: toc -->\n\n> [!NOTE]\n> Note\n\nText");
});

Deno.test("toMarkdown() drops empty paragraphs and headings", () => {
  assertEquals(
    markdown('<p>A</p><p class="auto-cursor-target"><br/></p><h2> </h2><p>&nbsp;</p><p>B</p>'),
    "A\n\nB",
  );
});

Deno.test("toMarkdown() writes a line break as a backslash and a newline", () => {
  assertEquals(markdown("<p>one<br/>two <br /> three</p>"), "one\\\ntwo\\\nthree");
});

Deno.test("toMarkdown() parts paragraphs at two line breaks in a row", () => {
  assertEquals(markdown("<p>one<br/><br/>two</p>"), "one\n\ntwo");
});

Deno.test("toMarkdown() writes bold, italic and struck text, equal neighbours as one", () => {
  assertEquals(markdown("<p><strong>a</strong> <b>b</b> <em>c</em> <i>d</i></p>"), "**a b** *c d*");
  assertEquals(
    markdown('<p><del>a</del> <s>b</s> <span style="text-decoration: line-through;">c</span></p>'),
    "~~a b c~~",
  );
  assertEquals(markdown("<p><strong><em>both</em></strong></p>"), "***both***");
});

Deno.test("toMarkdown() writes a tag where signs would not be read as marks", () => {
  assertEquals(
    markdown('<p><strong>"제목"</strong>은 <em>(x)</em>y</p>'),
    '<strong>"제목"</strong>은 <em>(x)</em>y',
  );
  assertEquals(markdown("<p>a<del>.b.</del>c</p>"), "a<del>.b.</del>c");
});

Deno.test("toMarkdown() writes marks inside words where they are read", () => {
  assertEquals(
    markdown("<p><strong>Group</strong>을 un<em>believ</em>able</p>"),
    "**Group**을 un*believ*able",
  );
});

Deno.test("parseBody() drops underline, colour and size, keeps their text and says so", () => {
  const body =
    '<p style="text-align: center;"><u>a</u> <span style="color: rgb(255,0,0);">b</span> <small>c</small></p>';
  assertEquals(markdown(body), "a b c");
  const parsed = storage(body);
  for (const name of ["u", "span", "small"]) assertEquals(note(parsed, name)?.kind, "dropped");
});

Deno.test("toMarkdown() writes sub and sup as tags, toText() as part of the word", () => {
  assertEquals(markdown("<p>H<sub>2</sub>O m<sup>2</sup></p>"), "H<sub>2</sub>O m<sup>2</sup>");
  assertEquals(text("<p>H<sub>2</sub>O m<sup>2</sup></p>"), "H2O m2");
});

Deno.test("toMarkdown() writes code, tt and kbd in backticks, more where some are inside", () => {
  assertEquals(markdown("<p><code>a</code> <tt>b</tt> <kbd>c</kbd></p>"), "`a` `b` `c`");
  assertEquals(markdown("<p><code>a`b</code> <code>``</code></p>"), "``a`b`` ``` `` ```");
  assertEquals(markdown("<p>x<code> a </code>y</p>"), "x `a` y");
});

Deno.test("toMarkdown() keeps stars and underscores in code without escapes", () => {
  assertEquals(markdown("<p><code>a_b*c*_d_</code></p>"), "`a_b*c*_d_`");
});

Deno.test("toMarkdown() writes a quote and a rule", () => {
  assertEquals(markdown("<blockquote><p>a</p><p>b</p></blockquote><hr/><p>c</p>"), "> a\n>\n> b\n\n---\n\nc");
});

Deno.test("toMarkdown() escapes what would be read as Markdown, and nothing else", () => {
  assertEquals(
    markdown("<p>a*b _c_ snake_case `d` a &lt;b&gt; [e](f) C:\\dir 5 &lt; 6 &amp;amp; x|y ~/z</p>"),
    "a\\*b \\_c\\_ snake_case \\`d\\` a \\<b> [e\\](f) C:\\dir 5 < 6 \\&amp; x|y ~/z",
  );
  assertEquals(
    markdown("<p># no heading</p><p>- no item</p><p>1. no number</p><p>&gt; no quote</p>"),
    "\\# no heading\n\n\\- no item\n\n1\\. no number\n\n\\> no quote",
  );
  assertEquals(markdown("<p>#tag -5 2.5 [INFO] a - b</p>"), "#tag -5 2.5 [INFO] a - b");
});

Deno.test("toMarkdown() escapes a picture sign before a link", () => {
  assertEquals(markdown('<p>Wow!<a href="https://a.example">x</a></p>'), "Wow\\![x](https://a.example)");
});

Deno.test("toMarkdown() writes pre and noformat as fences, with their content exactly", () => {
  assertEquals(markdown("<pre>a\n  b &lt;c&gt;\n</pre>"), "```\na\n  b <c>\n\n```");
  assertEquals(markdown(macro("noformat", {}, plain("x\n\ty"))), "```\nx\n\ty\n```");
});

Deno.test("toMarkdown() makes a fence longer than any inside", () => {
  assertEquals(markdown(macro("code", {}, plain("```js\n````\n"))), "`````\n```js\n````\n\n`````");
});

Deno.test("toMarkdown() writes the language of a code macro and its title above", () => {
  assertEquals(
    markdown(macro("code", { language: "C#", title: "Main &amp; more", linenumbers: "true" }, plain("x"))),
    "**Main & more**\n\n```c#\nx\n```",
  );
  for (const language of ["none", "plain"]) {
    assertEquals(markdown(macro("code", { language }, plain("x"))), "```\nx\n```");
  }
});

Deno.test("toMarkdown() writes a date as ISO", () => {
  assertEquals(markdown('<p>Due <time datetime="2026-01-31" /> soon</p>'), "Due 2026-01-31 soon");
});

Deno.test("toMarkdown() writes emoji as characters, by fallback, by id, by name, else by short name", () => {
  const emoticon = (attributes: string) => markdown(`<p><ac:emoticon ${attributes} /></p>`);
  assertEquals(
    emoticon('ac:name="blue-star" ac:emoji-shortname=":rocket:" ac:emoji-id="1f680" ac:emoji-fallback="🚀"'),
    "🚀",
  );
  assertEquals(
    emoticon(
      'ac:name="blue-star" ac:emoji-shortname=":x:" ac:emoji-id="1f468-200d-1f4bb" ac:emoji-fallback=":x:"',
    ),
    "👨‍💻",
  );
  assertEquals(emoticon('ac:name="tick"'), "✅");
  assertEquals(
    emoticon(
      'ac:emoji-shortname=":check_mark:" ac:emoji-id="atlassian-check_mark" ac:emoji-fallback=":check_mark:"',
    ),
    "✅",
  );
  assertEquals(
    emoticon('ac:emoji-shortname=":party_parrot:" ac:emoji-id="b1c2-own" ac:emoji-fallback=":party_parrot:"'),
    ":party_parrot:",
  );
});

Deno.test("toMarkdown() shows the text under an inline comment and leaves the comment out", () => {
  assertEquals(
    markdown('<p>a <ac:inline-comment-marker ac:ref="u">marked</ac:inline-comment-marker> b</p>'),
    "a marked b",
  );
});

Deno.test("parseBody() drops prompts of templates and says so", () => {
  const parsed = storage('<p>a <ac:placeholder ac:type="mention">Write here</ac:placeholder></p>');
  assertEquals(toText(parsed), "a");
  assertEquals(note(parsed, "ac:placeholder"), { kind: "dropped", name: "ac:placeholder", count: 1 });
});

Deno.test("toMarkdown() shows layouts in order", () => {
  const cell = (content: string) => `<ac:layout-cell>${content}</ac:layout-cell>`;
  const body = `<ac:layout><ac:layout-section ac:type="two_equal">${cell("<p>a</p>")}${
    cell("<p>b</p>")
  }</ac:layout-section></ac:layout>`;
  assertEquals(markdown(body), "a\n\nb");
});

Deno.test("toMarkdown() writes definition lists and HTML details", () => {
  assertEquals(markdown("<dl><dt>Term</dt><dd>Meaning</dd></dl>"), "**Term**\n\nMeaning");
  assertEquals(
    markdown("<details><summary>More <b>now</b></summary><p>a</p></details>"),
    "<details>\n<summary>More now</summary>\n\na\n\n</details>",
  );
});

Deno.test("toMarkdown() keeps the text of an unknown element and notes it", () => {
  const parsed = storage("<p>a<x:thing>b</x:thing>c</p>");
  assertEquals(toText(parsed), "a b c");
  assertEquals(note(parsed, "x:thing")?.kind, "approximated");
});

Deno.test("toMarkdown() makes links of bare addresses, without the sentence around", () => {
  assertEquals(
    markdown("<p>See https://a.example/x_y_z(1). Or (http://b.example/?q=*)</p>"),
    "See <https://a.example/x_y_z(1)>. Or (<http://b.example/?q=>\\*)",
  );
});

Deno.test("toText() writes a line for each block and tabs between cells", () => {
  const body = "<h1>T</h1><p>one<br/>two</p><ul><li>a<ul><li>b</li></ul></li></ul>" +
    "<table><tbody><tr><th>K</th><th>V</th></tr><tr><td><p>x</p><p>y</p></td><td>z</td></tr></tbody></table>" +
    macro("code", { language: "js", title: "Main" }, plain("let a;\nlet b;"));
  assertEquals(text(body), "T\none two\na\nb\nK\tV\nx y\tz\nMain\nlet a;\nlet b;");
});

Deno.test("toText() leaves out addresses, comments, macro parameters and alert labels", () => {
  const body = `<p><a href="https://hidden.example">shown</a></p>${macro("toc", { maxLevel: "3" })}${
    macro("tip", {}, rich("<p>Tip text</p>"))
  }`;
  assertEquals(text(body), "shown\nTip text");
});

Deno.test("toText() leaves the hair space to the search", () => {
  assertEquals(
    text(`<p>a\u200ab <code>c\u200ad</code></p>${macro("code", {}, plain("e\u200af"))}`),
    "a b c d\ne f",
  );
});
