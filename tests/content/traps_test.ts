/** The traps found in real bodies, one test each, in the order of their list. */
import { assertEquals } from "@std/assert";
import { toMarkdown, toText } from "../../src/content/mod.ts";
import { adfMarkdown, macro, markdown, node, para, plain, rich, storage, text, words } from "./support.ts";

Deno.test("trap 1: HTML entities are decoded in text and attributes, never in CDATA", () => {
  assertEquals(
    text("<p>caf&eacute; &ndash; &#8364; &#x1F680; &amp;eacute; &unknown;</p>"),
    "café – € 🚀 &eacute; &unknown;",
  );
  assertEquals(markdown(macro("code", {}, plain("a &amp; &eacute;"))), "```\na &amp; &eacute;\n```");
  assertEquals(
    markdown('<p><ac:link><ri:page ri:content-title="R&amp;D &uuml;ber" /></ac:link></p>'),
    "[R&D über](confluence:/R%26D%20über)",
  );
});

Deno.test("trap 2: br, hr, img and col need no end tag", () => {
  assertEquals(
    markdown("<p>a<br>b</p><hr><table><colgroup><col><col></colgroup><tr><td>x</td></tr></table><p>c</p>"),
    "a\\\nb\n\n---\n\n|  |\n| --- |\n| x |\n\nc",
  );
});

Deno.test("trap 3: a CDATA end inside code is put together again", () => {
  const split = "if (a[b[0]]]]><![CDATA[>1) {}";
  assertEquals(markdown(macro("code", {}, plain(split))), "```\nif (a[b[0]]>1) {}\n```");
});

Deno.test("trap 3: CDATA ends of exports are restored where none is proper", () => {
  const body =
    '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a[b[0]] > 1;\nc]] ></ac:plain-text-body></ac:structured-macro><p>after</p>';
  assertEquals(markdown(body), "```\na[b[0]] > 1;\nc\n```\n\nafter");
  const split =
    '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[x]]]] ><![CDATA[>y]] ></ac:plain-text-body></ac:structured-macro>';
  assertEquals(markdown(split), "```\nx]]>y\n```");
  assertEquals(markdown(macro("code", {}, plain("[[ a ]] >b"))), "```\n[[ a ]] >b\n```");
});

const extension = (type: string, attributes: string, content: string, fallback: string) =>
  `<ac:adf-extension><ac:adf-node type="${type}">${attributes}<ac:adf-content>${content}</ac:adf-content></ac:adf-node>` +
  `<ac:adf-fallback>${fallback}</ac:adf-fallback></ac:adf-extension>`;

Deno.test("trap 4: an ADF extension is read once, from the node, else from the fallback", () => {
  const type = '<ac:adf-attribute key="panel-type">note</ac:adf-attribute>';
  assertEquals(markdown(extension("panel", type, "<p>x</p>", "<div>x</div>")), "> [!IMPORTANT]\n> x");
  assertEquals(markdown(extension("hologram", "", "<p>node</p>", "<div>fallback</div>")), "fallback");
  const item =
    '<ac:adf-node type="decision-item"><ac:adf-attribute key="state">DECIDED</ac:adf-attribute><ac:adf-content>Go</ac:adf-content></ac:adf-node>';
  assertEquals(
    markdown(
      `<ac:adf-extension><ac:adf-node type="decision-list">${item}</ac:adf-node><ac:adf-fallback>Go</ac:adf-fallback></ac:adf-extension>`,
    ),
    "- ◆ Go",
  );
});

Deno.test("trap 5: panel names cross over between the formats", () => {
  const storageOf = (name: string) => markdown(macro(name, {}, rich("<p>x</p>")));
  const adfOf = (panelType: string) => adfMarkdown([node("panel", { panelType }, [para("x")])]);
  assertEquals([storageOf("info"), storageOf("tip"), storageOf("note"), storageOf("warning")], [
    adfOf("info"),
    adfOf("success"),
    adfOf("warning"),
    adfOf("error"),
  ]);
});

Deno.test("trap 6: blocks inside a paragraph part it, and a picture with a caption stays one thing", () => {
  const image =
    '<ac:image><ri:attachment ri:filename="a.png" /><ac:caption><p>cap</p></ac:caption></ac:image>';
  assertEquals(
    markdown(`<p>a ${macro("info", {}, rich("<p>x</p>"))} b <strong>c${image}d</strong></p>`),
    "a\n\n> [!NOTE]\n> x\n\nb **c**\n\n![cap](attachments/a.png)\\\n*cap*\n\n**d**",
  );
});

Deno.test("trap 7: parameters, task ids, prompts and ADF attributes are no text", () => {
  const task =
    "<ac:task-list><ac:task><ac:task-id>17</ac:task-id><ac:task-uuid>uuid</ac:task-uuid><ac:task-status>incomplete</ac:task-status><ac:task-body>do</ac:task-body></ac:task></ac:task-list>";
  assertEquals(
    text(
      task + macro("acme", { secret: "param" }, rich("<p>body</p>")) +
        "<p><ac:placeholder>prompt</ac:placeholder></p>",
    ),
    "do\nbody",
  );
});

Deno.test("trap 8: several bodies of one macro, and what else stands in it, are all read", () => {
  const body = macro("details", {}, rich("<p>a</p>") + rich("<p>b</p>") + "<p>c</p>");
  assertEquals(markdown(body), "a\n\nb\n\nc");
});

Deno.test("trap 9: macros and wrappers of old pages and dumps are read", () => {
  const old = '<ac:macro ac:name="anchor"><ac:default-parameter>here</ac:default-parameter></ac:macro>';
  const body =
    `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE ac:confluence [<!ENTITY nbsp "&#160;">]><ac:confluence><p>${old}a</p></ac:confluence>`;
  assertEquals(markdown(body), '<a id="here"></a>a');
  assertEquals(text("<html><head><title>t</title></head><body><p>b</p></body></html>"), "b");
});

Deno.test("trap 10: lists directly in lists belong to the item before", () => {
  assertEquals(markdown("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>"), "- a\n  - b\n- c");
  assertEquals(markdown("<ul><ul><li>b</li></ul></ul>"), "- * b");
});

Deno.test("trap 11: dates, mentions, status and issue keys keep their distance from words", () => {
  const user = '<ac:link><ri:user ri:account-id="a" /></ac:link>';
  const status = macro("status", { title: "OPEN" });
  const body = `<p>due<time datetime="2026-01-02" />by${user}is${status}see${
    macro("jira", { key: "A-1" })
  }.</p>`;
  assertEquals(text(body, { userName: () => "Ada" }), "due 2026-01-02 by @Ada is OPEN see A-1.");
  assertEquals(text(`<p>${status}${status}</p>`), "OPEN OPEN");
});

Deno.test("trap 12: spaces leave marks, equal marks merge, breaks inside marks stay readable", () => {
  assertEquals(markdown("<p><strong>a </strong>b<em> c</em></p>"), "**a** b *c*");
  assertEquals(markdown("<p><strong>a</strong><strong>b</strong></p>"), "**ab**");
  assertEquals(markdown("<p><strong><br/>a<br/>b<br/></strong>c</p>"), "**a\\\nb**\\\nc");
  assertEquals(markdown("<p>x<strong> </strong>y<em></em></p>"), "x y");
});

Deno.test("trap 13: hard spaces are spaces and zero-width characters nothing, but not in code", () => {
  assertEquals(
    markdown('<p>a&nbsp;&nbsp;b\u200bc\ufeff d</p><p class="auto-cursor-target"><br /></p>'),
    "a bc d",
  );
  assertEquals(markdown(macro("code", {}, plain("a\u00a0b\u200bc"))), "```\na\u00a0b\u200bc\n```");
});

Deno.test("trap 14: links in code, links around pictures, links without body or target", () => {
  assertEquals(
    markdown('<p><code>run <a href="https://a.example">this</a></code></p>'),
    "`run` [`this`](https://a.example)",
  );
  const image = '<ac:image><ri:attachment ri:filename="a.png" /></ac:image>';
  assertEquals(
    markdown(
      `<p><ac:link><ri:page ri:content-title="P" /><ac:link-body>${image}</ac:link-body></ac:link></p>`,
    ),
    "[![a.png](attachments/a.png)](confluence:/P)",
  );
  assertEquals(markdown('<p><ac:link ac:anchor="x" /><ac:link /></p>'), "[x](#x)");
});

Deno.test("trap 15: numbered rows have numbers in both formats", () => {
  const row = (value: string) => node("tableRow", {}, [node("tableCell", {}, [para(value)])]);
  assertEquals(
    adfMarkdown([node("table", { isNumberColumnEnabled: true }, [row("a"), row("b")])]),
    "|  |  |\n| --- | --- |\n| 1 | a |\n| 2 | b |",
  );
});

Deno.test("trap 16: thousands of nested lists neither overflow the stack nor lose text", () => {
  const depth = 3000;
  const parsed = storage("<ul><li>x".repeat(depth) + "</li></ul>".repeat(depth));
  assertEquals(toText(parsed).match(/x/g)?.length, depth);
  assertEquals(toMarkdown(parsed).match(/x/g)?.length, depth);
});

Deno.test("trap 17: all three kinds of user ids are kept where no name is known", () => {
  for (const id of ['ri:account-id="557058:1"', 'ri:userkey="8a7f80"', 'ri:username="jdoe"']) {
    const value = /"(.*)"/.exec(id)?.[1] ?? "";
    assertEquals(markdown(`<p><ac:link><ri:user ${id} /></ac:link></p>`), `@${value}`);
  }
});

Deno.test("trap 18: a diagram packed in a way nobody knows is a comment", () => {
  assertEquals(
    markdown(macro("plantumlcloud", { data: "AAAAAAAAAAAA", filename: "d" })),
    '<!-- macro: plantumlcloud data="AAAAAAAAAAAA" filename="d" -->',
  );
});

Deno.test("both formats of one page give the same Markdown", () => {
  const fromStorage = markdown(
    `<h2>T</h2><p>a <strong>b</strong></p><ul><li><p>c</p></li></ul>${macro("note", {}, rich("<p>d</p>"))}`,
  );
  const fromAdf = adfMarkdown([
    node("heading", { level: 2 }, [words("T")]),
    para("a ", words("b", "strong")),
    node("bulletList", {}, [node("listItem", {}, [para("c")])]),
    node("panel", { panelType: "warning" }, [para("d")]),
  ]);
  assertEquals(fromStorage, fromAdf);
});
