import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { deflateRawSync, deflateSync } from "node:zlib";
import { toMarkdown, toText } from "../../src/content/mod.ts";
import { macro, markdown, note, plain, rich, storage } from "./support.ts";

const SITE = { siteUrl: "https://site.example/wiki", spaceKey: "DOC", pageId: "1" };

Deno.test("toMarkdown() writes panel macros as alerts; storage note and warning are the yellow and the red one", () => {
  const alertOf = (name: string) => markdown(macro(name, {}, rich("<p>x</p>")));
  assertEquals(alertOf("info"), "> [!NOTE]\n> x");
  assertEquals(alertOf("tip"), "> [!TIP]\n> x");
  assertEquals(alertOf("note"), "> [!WARNING]\n> x");
  assertEquals(alertOf("warning"), "> [!CAUTION]\n> x");
  for (const name of ["panel", "auimessage", "alert"]) assertEquals(alertOf(name), "> [!NOTE]\n> x");
});

Deno.test("toMarkdown() writes the icon and title of a panel as a bold first line", () => {
  assertEquals(
    markdown(
      macro("panel", { title: "Title", panelIconText: "🔥", bgColor: "#fff" }, rich("<ul><li>x</li></ul>")),
    ),
    "> [!NOTE]\n> **🔥 Title**\n>\n> - x",
  );
});

Deno.test("toMarkdown() keeps a list right behind the sign of an alert readable", () => {
  assertEquals(markdown(macro("info", {}, rich("<ol><li>x</li></ol>"))), "> [!NOTE]\n>\n> 1. x");
});

Deno.test("toMarkdown() writes expands as details with an escaped title", () => {
  assertEquals(
    markdown(macro("expand", { title: "a &lt;b&gt; &amp; c" }, rich("<p>x</p>"))),
    "<details>\n<summary>a &lt;b&gt; &amp; c</summary>\n\nx\n\n</details>",
  );
  assertEquals(toText(storage(macro("ui-expand", { title: "More" }, rich("<p>x</p>")))), "More\nx");
});

Deno.test("toMarkdown() writes a status as its title in backticks", () => {
  assertEquals(
    markdown(`<p>Now ${macro("status", { colour: "Green", title: "IN PROGRESS" })}</p>`),
    "Now `IN PROGRESS`",
  );
});

Deno.test("toMarkdown() links a Jira issue on the site, and shows a search", () => {
  assertEquals(
    markdown(`<p>${macro("jira", { server: "Jira", key: "ABC-1" })}</p>`, SITE),
    "[ABC-1](https://site.example/browse/ABC-1)",
  );
  assertEquals(markdown(macro("jira", { jqlQuery: "project = ABC" })), "Jira: `project = ABC`");
  assertEquals(note(storage(macro("jira", { jqlQuery: "x" })), "jira")?.kind, "no_stored_content");
  const [link] = storage(macro("jira", { key: "ABC-1" }), SITE).links;
  assertEquals(link?.kind, "issue");
});

Deno.test("toMarkdown() shows dynamic macros as comments and notes that storage has no content", () => {
  for (
    const name of [
      "toc",
      "children",
      "pagetree",
      "recently-updated",
      "contentbylabel",
      "detailssummary",
      "livesearch",
      "attachments",
      "gallery",
      "roadmap",
      "contributors",
    ]
  ) {
    const parsed = storage(macro(name, { depth: "2" }));
    assertEquals(toMarkdown(parsed), `<!-- macro: ${name} depth="2" -->\n`);
    assertEquals(toText(parsed), "");
    assertEquals(parsed.notes, [{ kind: "no_stored_content", name, count: 1 }]);
  }
});

Deno.test("toMarkdown() cuts the parameters of a comment and cannot be ended early by them", () => {
  const shown = markdown(
    macro("gallery", { title: "--&gt; &lt;script&gt;", long: "x".repeat(1000), more: "y" }),
  );
  assertStringIncludes(shown, "<!-- macro: gallery");
  assertEquals(shown.indexOf("-->"), shown.length - 3);
  assertNotMatch(shown, /<script|x{401}/);
});

Deno.test("toMarkdown() never shows a parameter that may be a secret", () => {
  assertEquals(
    markdown(macro("toc", { password: "hunter2", apiToken: "t0k", depth: "1" })),
    '<!-- macro: toc password="…" apiToken="…" depth="1" -->',
  );
});

Deno.test("toMarkdown() links included pages, also the way old pages name them", () => {
  const page = '<ac:link><ri:page ri:content-title="Shared part" ri:space-key="OPS" /></ac:link>';
  const context = {
    resolvePage: (space: string | null, title: string) => ({ id: "7", href: `../${space}/${title}.md` }),
  };
  assertEquals(
    markdown(macro("include", { "": page }), context),
    "Included: [Shared part](../OPS/Shared%20part.md)",
  );
  const old =
    '<ac:macro ac:name="excerpt-include"><ac:default-parameter>OPS:Other</ac:default-parameter></ac:macro>';
  assertEquals(markdown(old), "Included: [Other](confluence:OPS/Other)");
  const parsed = storage(macro("include", { "": page }), context);
  assertEquals(note(parsed, "include")?.kind, "no_stored_content");
  assertEquals(parsed.links.map(({ use, pageId, resolved }) => ({ use, pageId, resolved })), [{
    use: "include",
    pageId: "7",
    resolved: true,
  }]);
});

Deno.test("toMarkdown() shows only the content of macros that arrange it", () => {
  for (
    const name of [
      "excerpt",
      "section",
      "column",
      "div",
      "toc-zone",
      "scroll-only",
      "table-filter",
      "multi-excerpt",
    ]
  ) {
    const parsed = storage(macro(name, { hidden: "true" }, rich("<p>a</p><p>b</p>")));
    assertEquals(toMarkdown(parsed), "a\n\nb\n", name);
    assertEquals(parsed.notes, [], name);
  }
  assertEquals(markdown(`<p>a ${macro("excerpt", {}, rich("b"))} c</p>`), "a b c");
});

Deno.test("parseBody() reads page properties beside their table", () => {
  const row = (key: string, value: string) => `<tr><th>${key}</th><td>${value}</td></tr>`;
  const parsed = storage(
    macro(
      "details",
      {},
      rich(`<table><tbody>${row("Owner", "<p>Ada</p>")}${row("Status", "done")}</tbody></table>`),
    ),
  );
  assertEquals(parsed.properties, [{ key: "Owner", value: "Ada" }, { key: "Status", value: "done" }]);
  assertEquals(toMarkdown(parsed), "|  |  |\n| --- | --- |\n| **Owner** | Ada |\n| **Status** | done |\n");
  const wide =
    "<table><tbody><tr><th>Owner</th><th>Status</th></tr><tr><td>Ada</td><td>done</td></tr></tbody></table>";
  assertEquals(storage(macro("details", {}, rich(wide))).properties, parsed.properties);
});

Deno.test("toMarkdown() writes tabs, steps and cards as a bold title and their content", () => {
  const tabs = macro(
    "ui-tabs",
    {},
    rich(
      macro("ui-tab", { title: "One" }, rich("<p>a</p>")) +
        macro("ui-tab", { title: "Two" }, rich("<p>b</p>")),
    ),
  );
  assertEquals(markdown(tabs), "**One**\n\na\n\n**Two**\n\nb");
});

Deno.test("toMarkdown() writes an anchor", () => {
  assertEquals(markdown(`<p>${macro("anchor", { "": "here" })}Text</p>`), '<a id="here"></a>Text');
});

Deno.test("toMarkdown() links files shown on the page", () => {
  const file = '<ri:attachment ri:filename="Report Q1.pdf" />';
  for (const name of ["view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"]) {
    assertEquals(
      markdown(macro(name, { name: file }), SITE),
      "[Report Q1.pdf](attachments/1/Report%20Q1.pdf)",
    );
  }
  assertEquals(markdown(macro("viewpdf", { name: "a.pdf" })), "[a.pdf](attachments/a.pdf)");
});

Deno.test("toMarkdown() shows drawings by their preview", () => {
  assertEquals(
    markdown(macro("drawio", { diagramName: "Flow chart", width: "10" }), SITE),
    "![Flow chart](attachments/1/Flow%20chart.png)",
  );
  assertEquals(markdown(macro("gliffy", { name: "net" })), "![net](attachments/net.png)");
  assertEquals(note(storage(macro("drawio", { diagramName: "x" })), "drawio")?.kind, "approximated");
});

Deno.test("toMarkdown() writes text diagrams and foreign languages as fences", () => {
  for (
    const [name, language] of [
      ["plantuml", "plantuml"],
      ["mermaid-macro", "mermaid"],
      ["latex", "latex"],
      ["html", "html"],
      ["sql", "sql"],
      ["graphviz", "graphviz"],
    ]
  ) {
    assertEquals(markdown(macro(name ?? "", {}, plain("a -> b"))), `\`\`\`${language}\na -> b\n\`\`\``);
  }
});

Deno.test("toMarkdown() unpacks diagrams that an app keeps packed", () => {
  const source = "@startuml\nA -> B: grüße\n@enduml";
  const expected = `\`\`\`plantuml\n${source}\n\`\`\``;
  const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  assertEquals(
    markdown(
      macro("plantumlcloud", {
        compressed: "true",
        data: base64(deflateRawSync(encodeURIComponent(source))),
      }),
    ),
    expected,
  );
  assertEquals(markdown(macro("plantumlcloud", { data: base64(deflateSync(source)) })), expected);
  assertEquals(
    markdown(macro("mermaid-cloud", {}, plain(JSON.stringify({ version: 1, code: "graph TD" })))),
    "```mermaid\ngraph TD\n```",
  );
});

Deno.test("parseBody() does not unpack a bomb", () => {
  const bomb = btoa(String.fromCharCode(...deflateRawSync(new Uint8Array(3_000_000).fill(97))));
  const parsed = storage(macro("plantumlcloud", { data: bomb }).repeat(20));
  assertEquals(toText(parsed), "");
  assertEquals(note(parsed, "plantumlcloud")?.kind, "no_stored_content");
});

Deno.test("toMarkdown() writes formulas", () => {
  assertEquals(markdown(macro("mathblock", { body: "a^2" })), "```math\na^2\n```");
  assertEquals(
    markdown(`<p>so ${macro("mathinline", { body: "--uriencoded--K_%7BS%7D" })}</p>`),
    "so `K_{S}`",
  );
});

Deno.test("toMarkdown() passes harmless Markdown through", () => {
  const source = "# Title\n\n- *a* [b](https://c.example), metadata: 1 < 2\n\n```html\n<b>x</b>\n```";
  assertEquals(markdown(macro("markdown", {}, plain(source))), source);
});

Deno.test("toMarkdown() closes a fence that passed Markdown leaves open", () => {
  assertEquals(markdown(`${macro("markdown", {}, plain("~~~\na"))}<p>b</p>`), "~~~\na\n~~~\n\nb");
});

Deno.test("toMarkdown() shows Markdown with HTML or unsafe addresses as a listing", () => {
  for (
    const source of [
      "a <script>alert(1)</script>",
      "[x](javascript:alert(1))",
      "[x](JaVa\\script&colon;alert(1))",
      "[x](&#106;avascript:alert(1))",
      "[x]: data:text/html,x",
      "- ```\n<img src=x onerror=y>\n```",
      "![x](vbscript:y)",
    ]
  ) {
    const parsed = storage(macro("markdown", {}, plain(source)));
    assertEquals(note(parsed, "markdown")?.kind, "fallback", source);
    assertEquals(toMarkdown(parsed).slice(0, 3), "```", source);
  }
});

Deno.test("toMarkdown() links what is shown in a frame", () => {
  const url = '<ri:url ri:value="https://video.example/1" />';
  assertEquals(markdown(macro("widget", { url, width: "400" })), "<https://video.example/1>");
  assertEquals(
    markdown(macro("iframe", { src: "https://a.example/?x=1&amp;y=2" })),
    "<https://a.example/?x=1&y=2>",
  );
  assertEquals(markdown('<iframe src="https://b.example/"></iframe>'), "<https://b.example/>");
});

Deno.test("toMarkdown() shows a profile as a mention", () => {
  const user = '<ri:user ri:account-id="557058:x" />';
  assertEquals(markdown(macro("profile", { user }), { userName: () => "Ada" }), "@Ada");
});

Deno.test("toMarkdown() keeps the content of an unknown macro, its name as a comment", () => {
  const parsed = storage(macro("acme-box", { title: "Box", color: "red" }, rich("<p>inside</p>")));
  assertEquals(toMarkdown(parsed), '<!-- macro: acme-box title="Box" color="red" -->\n\n**Box**\n\ninside\n');
  assertEquals(note(parsed, "acme-box")?.kind, "approximated");
  assertEquals(toText(parsed), "Box\ninside");
});

Deno.test("toMarkdown() shows the plain body of an unknown macro as a listing", () => {
  assertEquals(
    markdown(macro("acme-code", {}, plain("a < b"))),
    "<!-- macro: acme-code -->\n\n```\na < b\n```",
  );
});

Deno.test("toMarkdown() shows an unknown macro without content as a comment, inside a line too", () => {
  assertEquals(markdown(`<p>a ${macro("acme", { n: "1" })} b</p>`), 'a <!-- macro: acme n="1" --> b');
  assertEquals(note(storage(macro("acme")), "acme")?.kind, "no_stored_content");
});

Deno.test("toMarkdown() moves a comment from the start of a line, where it would swallow the line", () => {
  assertEquals(markdown(`<p>${macro("acme")} &lt;i&gt;</p>`), "<!-- macro: acme -->\n\n\\<i>");
  assertEquals(markdown(`<p>a<br/>${macro("acme")} &lt;i&gt;</p>`), "a<!-- macro: acme -->\\\n\\<i>");
});
