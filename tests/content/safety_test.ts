/** What must never come out, whatever goes in. */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import type { Nodes } from "mdast";
import fc from "fast-check";
import { parseBody, toMarkdown, toText } from "../../src/content/mod.ts";
import {
  adf,
  adfMarkdown,
  macro,
  markdown,
  node,
  note,
  para,
  plain,
  rich,
  storage,
  words,
} from "./support.ts";
import { readMarkdown } from "./structure.ts";

/** Tags the writer makes; anything else came out of a body. */
const ALLOWED = [
  /^<!-- [^<>]* -->$/,
  /^<a id="[^"<>]*">$/,
  /^<\/a>$/,
  /^<br>$/,
  /^<details>\n<summary>[^<>]*<\/summary>$/,
  /^<\/details>$/,
  /^<\/?(?:sub|sup|strong|em|del|code)>$/,
];

/** HTML and addresses in Markdown, as an independent parser sees them. */
function inspect(source: string): { html: string[]; addresses: string[] } {
  const html: string[] = [];
  const addresses: string[] = [];
  const visit = (found: Nodes) => {
    if (found.type === "html") html.push(found.value.trim());
    if (found.type === "link" || found.type === "image" || found.type === "definition") {
      addresses.push(found.url);
    }
    if ("children" in found) found.children.forEach(visit);
  };
  visit(readMarkdown(source));
  return { html, addresses };
}

function assertSafe(source: string): void {
  const { html, addresses } = inspect(source);
  for (const value of html) {
    assert(ALLOWED.some((pattern) => pattern.test(value)), `HTML came through: ${value}`);
  }
  for (const url of addresses) {
    // deno-lint-ignore no-control-regex -- what a browser strips from a scheme
    assertNotMatch(url.replace(/[\u0000-\u0020]/g, ""), /^(?:javascript|vbscript|data|blob):/i);
  }
  // deno-lint-ignore no-control-regex -- the point of the test
  assertNotMatch(source, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  assert(source.isWellFormed());
}

const ATTACKS = [
  "<script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<img src=x onerror=alert(1)>",
  "&lt;img src=x onerror=alert(1)&gt;",
  "&lt;!-- x --&gt; &lt;b onclick=x&gt;",
  "&lt;!--",
  "<style>*{}</style>",
  "<svg onload=alert(1)>",
  "&amp;lt;b&amp;gt; &amp;#60;i&amp;#62;",
  "&lt;javascript:alert(1)&gt;",
  "[x](javascript:alert(1))",
  "![x](data:text/html,y)",
  "[x]: javascript:alert(1)",
  "<a href='javascript:alert(1)'>x</a>",
  "<a href=' java&#10;script:alert(1)'>x</a>",
  "<a href='java&#0;script&#58;alert(1)'>x</a>",
  "<a href='JAVASCRIPT&colon;alert(1)'>x</a>",
  "<a href='javascript%3Aalert(1)'>x</a>",
  "<a href='&amp;#106;avascript:alert(1)'>x</a>",
  "<a href='https://x.example/)](javascript:alert(1))'>x</a>",
  "<a href='https://x.example/&gt;&lt;script&gt;'>https://x.example/&gt;&lt;script&gt;</a>",
  "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
  "<a name='x\"&gt;&lt;script&gt;'></a>",
  "<ac:image><ri:url ri:value='javascript:alert(1)'/></ac:image>",
  "<ac:image ac:alt='](javascript:alert(1))'><ri:attachment ri:filename='](javascript:a)'/></ac:image>",
  "<ac:link><ri:page ri:content-title='](javascript:alert(1))'/></ac:link>",
  "<ac:link><ri:shortcut ri:key='javascript' ri:parameter='alert(1)'/></ac:link>",
  macro("expand", { title: "&lt;/summary&gt;&lt;script&gt;" }, rich("x")),
  macro("anchor", { "": "x&quot; onclick=&quot;alert(1)" }),
  macro("toc", { x: "--&gt;&lt;script&gt;alert(1)&lt;/script&gt;" }),
  macro("--&gt;&lt;script&gt;", {}),
  macro("html", {}, plain("<script>alert(1)</script>")),
  macro("code", { language: "js\n```\n<script>" }, plain("```\n<script>")),
  macro("widget", { url: "javascript:alert(1)" }),
  macro("markdown", {}, plain("<script>alert(1)</script>")),
  macro("status", { title: "`<script>`" }),
  macro("jira", { key: "A-1](javascript:x)" }),
  macro("mathinline", { body: "`<script>`" }),
  "a\u0000b\u0008c\u001bd\u007fe\u0085f\ud800g",
];

Deno.test("toMarkdown() lets no HTML, script address or control character through", () => {
  for (const attack of ATTACKS) {
    for (
      const body of [
        attack,
        `<p>${attack}</p>`,
        `<p>a<br/>${attack}</p>`,
        `<h1>${attack}</h1>`,
        `<ul><li>${attack}</li></ul>`,
        `<table><tr><td>${attack}|x</td></tr></table>`,
        `<p><strong>x ${attack}</strong></p>`,
      ]
    ) {
      assertSafe(markdown(body));
    }
  }
});

Deno.test("toMarkdown() lets no mixture of attacks through", () => {
  const piece = fc.constantFrom(
    ...ATTACKS,
    "<p>",
    "</p>",
    "<br/>",
    "<code>",
    "</code>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<strong>",
    "\n",
    "`",
    "\\",
    "<ul><li>",
    "|",
    "[",
    "]",
    "(",
    ")",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => assertSafe(markdown(pieces.join("")))),
    { numRuns: 600 },
  );
});

Deno.test("toMarkdown() lets nothing through from ADF either", () => {
  const href = { type: "link", attrs: { href: "javascript:alert(1)" } };
  const bodies = [
    para(words("x", href)),
    para(words("<script>alert(1)</script>")),
    para(node("inlineCard", { url: "data:text/html,x" })),
    node("mediaSingle", {}, [node("media", { type: "external", url: "javascript:x", alt: "<b>" })]),
    node("expand", { title: "</summary><script>" }, [para("x")]),
    node("codeBlock", { language: "js\n```\n<script>" }, [words("```\u001b")]),
    node("extension", {
      extensionKey: "--><script>",
      parameters: { macroParams: { a: { value: "--><b>" } } },
    }),
    node("status", { text: "`<b>`\u0000" }),
    para(node("mention", { id: "<b>", text: "@<script>" })),
    para(node("emoji", { text: "<script>", shortName: ":x:" })),
    para(node("date", { timestamp: "<script>" })),
  ];
  for (const body of bodies) assertSafe(adfMarkdown([body]));
});

Deno.test("parseBody() notes an unsafe address and keeps the text", () => {
  const parsed = storage('<p><a href="javascript:alert(1)">click</a></p>');
  assertEquals(toMarkdown(parsed), "click\n");
  assertEquals(parsed.links, []);
  assertEquals(note(parsed, "link"), { kind: "dropped", name: "link", count: 1, detail: "unsafe address" });
});

Deno.test("toText() has no control characters and is well-formed", () => {
  const text = toText(storage("<p>a\u0000b\u0008\u001b[31mc\ud800d\udc00e</p>"));
  assertEquals(text, "ab[31mc\ufffdd\ufffde");
  assertEquals(toText(adf([para("a\u0007\u009fb\ud800")])), "ab\ufffd");
});

Deno.test("toMarkdown() marks control characters in code", () => {
  assertEquals(adfMarkdown([node("codeBlock", {}, [words("a\u001bb\r\nc\td")])]), "```\na\ufffdb\nc\td\n```");
});

Deno.test("toMarkdown() and toText() give the same for the same body every time", () => {
  const body = ATTACKS.join("<p>x</p>");
  const once = parseBody({ format: "storage", value: body });
  const again = parseBody({ format: "storage", value: body });
  assertEquals(toMarkdown(once), toMarkdown(again));
  assertEquals(toText(once), toText(again));
  assertEquals(once.notes, again.notes);
  assertEquals(toMarkdown(once), toMarkdown(once));
});
