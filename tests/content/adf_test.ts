import { assertEquals } from "@std/assert";
import { type ConversionNote, parseBody, toMarkdown, toText } from "../../src/content/mod.ts";
import { adf, adfMarkdown, adfText, node, note, para, words } from "./support.ts";

Deno.test("toMarkdown() writes ADF headings, paragraphs, breaks, rules and quotes", () => {
  assertEquals(
    adfMarkdown([
      node("heading", { level: 2 }, [words("Title")]),
      para("a", node("hardBreak"), "b"),
      node("rule"),
      node("blockquote", {}, [para("q")]),
    ]),
    "## Title\n\na\\\nb\n\n---\n\n> q",
  );
});

Deno.test("toMarkdown() writes ADF marks", () => {
  const sub = { type: "subsup", attrs: { type: "sub" } };
  assertEquals(
    adfMarkdown([
      para(words("a", "strong"), " ", words("b", "em"), " ", words("c", "strike"), " ", words("d", "code")),
    ]),
    "**a** *b* ~~c~~ `d`",
  );
  assertEquals(adfMarkdown([para("H", words("2", sub), "O")]), "H<sub>2</sub>O");
  const href = { type: "link", attrs: { href: "https://a.example" } };
  assertEquals(
    adfMarkdown([para(words("see ", href), words("this", href, "strong"))]),
    "[see **this**](https://a.example)",
  );
});

Deno.test("parseBody() drops marks without a form in Markdown and says which", () => {
  const colour = { type: "textColor", attrs: { color: "#f00" } };
  const parsed = adf([
    para(words("a", "underline", colour), words("b", { type: "annotation", attrs: { id: "x" } })),
  ]);
  assertEquals(toMarkdown(parsed), "ab\n");
  assertEquals(parsed.notes.map(({ kind, name }) => [kind, name]), [["dropped", "underline"], [
    "dropped",
    "textColor",
  ]]);
});

Deno.test("toMarkdown() writes ADF panels as alerts", () => {
  const panel = (attrs: Record<string, unknown>) => adfMarkdown([node("panel", attrs, [para("x")])]);
  assertEquals(panel({ panelType: "info" }), "> [!NOTE]\n> x");
  assertEquals(panel({ panelType: "note" }), "> [!IMPORTANT]\n> x");
  assertEquals(panel({ panelType: "success" }), "> [!TIP]\n> x");
  assertEquals(panel({ panelType: "warning" }), "> [!WARNING]\n> x");
  assertEquals(panel({ panelType: "error" }), "> [!CAUTION]\n> x");
  assertEquals(
    panel({ panelType: "custom", panelIcon: ":rocket:", panelIconText: "🚀" }),
    "> [!NOTE]\n> **🚀**\n>\n> x",
  );
});

Deno.test("toMarkdown() writes ADF code exactly", () => {
  assertEquals(
    adfMarkdown([node("codeBlock", { language: "ts" }, [words("a\n"), words("  b\u00a0c\u200b")])]),
    "```ts\na\n  b\u00a0c\u200b\n```",
  );
});

Deno.test("toMarkdown() writes ADF expands, layouts and captions", () => {
  const column = (value: string) => node("layoutColumn", { width: 50 }, [para(value)]);
  assertEquals(
    adfMarkdown([
      node("layoutSection", {}, [column("a"), column("b")]),
      node("expand", { title: "T" }, [node("nestedExpand", {}, [para("x")])]),
    ]),
    "a\n\nb\n\n<details>\n<summary>T</summary>\n\n<details>\n<summary></summary>\n\nx\n\n</details>\n\n</details>",
  );
  const media = node("media", { type: "file", id: "f", alt: "a.png" });
  assertEquals(
    adfMarkdown([node("mediaSingle", {}, [media, node("caption", {}, [words("Fig. 1")])])]),
    "![a.png](attachments/a.png)\\\n*Fig. 1*",
  );
});

Deno.test("toMarkdown() writes ADF media: files in groups, addresses, links around pictures", () => {
  assertEquals(
    adfMarkdown([
      node("mediaGroup", {}, [
        node("media", { type: "file", id: "f-1", alt: "a.pdf" }),
        node("media", { type: "file", id: "f-2" }),
      ]),
    ]),
    "[a.pdf](attachments/a.pdf)\n\n[f-2](attachments/f-2)",
  );
  const external = {
    type: "media",
    attrs: { type: "external", url: "https://p.example/x.png", alt: "X" },
    marks: [{ type: "link", attrs: { href: "https://a.example" } }],
  };
  assertEquals(
    adfMarkdown([node("mediaSingle", {}, [external])]),
    "[![X](https://p.example/x.png)](https://a.example)",
  );
  assertEquals(
    adfMarkdown([para("see ", node("mediaInline", { type: "file", id: "f-1", alt: "a.pdf" }))]),
    "see [a.pdf](attachments/a.pdf)",
  );
  assertEquals(
    note(adf([node("mediaSingle", {}, [node("media", { type: "file", id: "UNKNOWN_MEDIA_ID" })])]), "media")
      ?.kind,
    "dropped",
  );
});

Deno.test("toMarkdown() takes the alternative text of a file for its name only where it looks like one", () => {
  const single = (alt: string) =>
    adfMarkdown([node("mediaSingle", {}, [node("media", { type: "file", id: "f-1", alt })])]);
  assertEquals(single("Sales by region"), "![Sales by region](attachments/f-1)");
  assertEquals(single("sales 2026.png"), "![sales 2026.png](attachments/sales%202026.png)");
});

Deno.test("toMarkdown() writes ADF mentions, emoji, dates and status", () => {
  assertEquals(
    adfMarkdown([para(
      node("mention", { id: "1", text: "@Ada" }),
      ", ",
      node("emoji", { shortName: ":tada:", id: "1f389", text: "🎉" }),
      " ",
      node("date", { timestamp: "1767225600000" }),
      " ",
      node("status", { text: "DONE", color: "green" }),
    )]),
    "@Ada, 🎉 2026-01-01 `DONE`",
  );
  assertEquals(adfText([para(node("mention", { id: "557058:1" }), " x")]), "x");
  assertEquals(
    adfMarkdown([para(node("mention", { id: "1", text: "@Old name" }))], { userName: () => "New name" }),
    "@New name",
  );
});

Deno.test("toMarkdown() writes cards as links, blocks of them as paragraphs", () => {
  assertEquals(
    adfMarkdown([para("a ", node("inlineCard", { url: "https://x.example/a_b" }))]),
    "a <https://x.example/a_b>",
  );
  assertEquals(
    adfMarkdown([
      node("blockCard", { url: "https://x.example" }),
      node("embedCard", { url: "https://y.example" }),
    ]),
    "<https://x.example>\n\n<https://y.example>",
  );
  assertEquals(
    adfMarkdown([
      para(node("inlineCard", { data: { "@type": "Link", name: "Name", url: "https://x.example" } })),
    ]),
    "[Name](https://x.example)",
  );
  const datasource = { id: "d", parameters: { jql: "project = A" }, views: [{ type: "table" }] };
  assertEquals(
    adfMarkdown([node("blockCard", { url: "https://j.example/issues", datasource })]),
    "[Jira: project = A](https://j.example/issues)",
  );
});

Deno.test("toMarkdown() reads macros of ADF as those of storage", () => {
  const extension = (
    type: string,
    key: string,
    macroParams: Record<string, unknown>,
    content: unknown[] = [],
  ) =>
    node(type, {
      extensionType: "com.atlassian.confluence.macro.core",
      extensionKey: key,
      parameters: { macroParams },
    }, content);
  assertEquals(
    adfMarkdown([extension("extension", "toc", { maxLevel: { value: "2" } })]),
    '<!-- macro: toc maxLevel="2" -->',
  );
  assertEquals(
    adfMarkdown([extension("bodiedExtension", "panel", { title: { value: "T" } }, [para("x")])]),
    "> [!NOTE]\n> **T**\n>\n> x",
  );
  assertEquals(
    adfMarkdown([para("a ", extension("inlineExtension", "status", { title: { value: "OPEN" } }))]),
    "a `OPEN`",
  );
  assertEquals(
    adfMarkdown([
      extension("extension", "code", { language: { value: "js" }, __bodyContent: { value: "let a;" } }),
    ]),
    "```js\nlet a;\n```",
  );
  assertEquals(
    adfMarkdown([extension("extension", "plantuml", { __bodyContent: { value: "A -> B" } })]),
    "```plantuml\nA -> B\n```",
  );
});

Deno.test("toMarkdown() keeps what unknown extensions hold and show", () => {
  assertEquals(
    adfMarkdown([
      node("bodiedExtension", { extensionKey: "a/b/c", parameters: { title: "T" } }, [para("x")]),
    ]),
    '<!-- macro: c title="T" -->\n\n**T**\n\nx',
  );
  const frames = [node("extensionFrame", {}, [para("one")]), node("extensionFrame", {}, [para("two")])];
  assertEquals(
    adfMarkdown([node("multiBodiedExtension", { extensionKey: "tabs" }, frames)]),
    "<!-- macro: tabs -->\n\none\n\ntwo",
  );
  assertEquals(
    adfMarkdown([node("extension", { extensionKey: "dummy", text: "shown text" })]),
    "<!-- macro: dummy -->\n\nshown text",
  );
  assertEquals(adfMarkdown([node("syncBlock", { resourceId: "r" })]), "<!-- macro: syncblock -->");
  assertEquals(adfMarkdown([node("bodiedSyncBlock", { resourceId: "r" }, [para("x")])]), "x");
});

Deno.test("toMarkdown() reads storage format that ADF carries for nodes it has no form for", () => {
  const cxhtml =
    '<ac:structured-macro ac:name="info"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>';
  assertEquals(adfMarkdown([node("confluenceUnsupportedBlock", { cxhtml })]), "> [!NOTE]\n> x");
  assertEquals(adfMarkdown([node("unsupportedBlock", { originalValue: para("kept") })]), "kept");
  assertEquals(
    adfMarkdown([para("a ", node("confluenceUnsupportedInline", { cxhtml: "<strong>b</strong>" }))]),
    "a **b**",
  );
});

Deno.test("parseBody() keeps the text of unknown ADF nodes and notes them", () => {
  const parsed = adf([node("mystery", {}, [para("inside")]), para("a", { type: "odd", text: "b" }, "c")]);
  assertEquals(toText(parsed), "inside\na b c");
  assertEquals(parsed.notes.map(({ name }) => name), ["mystery", "odd"]);
});

/** Every node type of Atlassian's schema, full version. */
const SCHEMA_NODES = [
  "blockCard",
  "blockTaskItem",
  "blockquote",
  "bodiedExtension",
  "bodiedSyncBlock",
  "bulletList",
  "caption",
  "codeBlock",
  "date",
  "decisionItem",
  "decisionList",
  "doc",
  "embedCard",
  "emoji",
  "expand",
  "extension",
  "extensionFrame",
  "hardBreak",
  "heading",
  "image",
  "inlineCard",
  "inlineExtension",
  "layoutColumn",
  "layoutSection",
  "listItem",
  "media",
  "mediaGroup",
  "mediaInline",
  "mediaSingle",
  "mention",
  "multiBodiedExtension",
  "nestedExpand",
  "orderedList",
  "panel",
  "paragraph",
  "placeholder",
  "rule",
  "status",
  "syncBlock",
  "table",
  "tableCell",
  "tableHeader",
  "tableRow",
  "taskItem",
  "taskList",
  "text",
];

Deno.test("parseBody() knows every node type of the ADF schema", () => {
  const unknown = (found: ConversionNote) => found.detail?.startsWith("unknown node") ?? false;
  for (const type of SCHEMA_NODES) assertEquals(adf([{ type }]).notes.filter(unknown), [], type);
  assertEquals(adf([{ type: "noSuchNode" }]).notes.filter(unknown).length, 1);
});

Deno.test("parseBody() reads an empty page, and a document that is not wrapped", () => {
  const markdownOf = (value: string) => toMarkdown(parseBody({ format: "atlas_doc_format", value }));
  assertEquals(markdownOf(""), "");
  assertEquals(markdownOf('{"version":1,"type":"doc","content":[]}'), "");
  assertEquals(markdownOf('[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]'), "x\n");
});

Deno.test("parseBody() keeps the text of what claims to be ADF and is not", () => {
  for (
    const value of [
      "plain words",
      '"plain words"',
      '{"type":"doc","content":[{"text":"plain words"',
      "<p>plain words</p>",
    ]
  ) {
    const parsed = parseBody({ format: "atlas_doc_format", value });
    assertEquals(toText(parsed).includes("plain words"), true, value);
    assertEquals(note(parsed, "body")?.kind, "fallback", value);
  }
});
