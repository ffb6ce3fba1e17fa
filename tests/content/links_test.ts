import { assertEquals } from "@std/assert";
import type { ConversionContext } from "../../src/content/mod.ts";
import { toMarkdown, toText } from "../../src/content/mod.ts";
import { adf, markdown, node, note, para, storage, words } from "./support.ts";

const CONTEXT: ConversionContext = {
  spaceKey: "DOC",
  pageId: "1",
  siteUrl: "https://site.example/wiki",
  resolvePage: (space, title) => title === "Known" ? { id: "42", href: `../${space}/Known.md` } : null,
  resolvePageId: (id) => id === "42" ? { href: "../DOC/Known.md", title: "Known" } : null,
  resolveAttachment: (page, name) => name === "known.png" ? { href: `files/${page}/known.png` } : null,
  attachmentByFileId: (id) => id === "f-1" ? { filename: "known.png", href: "files/1/known.png" } : null,
  userName: (id) => id === "a-1" ? "Ada L." : null,
};

const link = (inner: string, attributes = "") => `<p><ac:link${attributes}>${inner}</ac:link></p>`;
const body = (text: string) => `<ac:plain-text-link-body><![CDATA[${text}]]></ac:plain-text-link-body>`;

Deno.test("toMarkdown() links a page by title to where the context has it", () => {
  assertEquals(markdown(link('<ri:page ri:content-title="Known" />'), CONTEXT), "[Known](../DOC/Known.md)");
  assertEquals(
    markdown(
      link(
        `<ri:page ri:content-title="Known" ri:space-key="OPS" />${body("that [one]")}`,
        ' ac:anchor="Two%20words"',
      ),
      CONTEXT,
    ),
    "[that \\[one\\]](../OPS/Known.md#Two%20words)",
  );
});

Deno.test("toMarkdown() keeps an unknown page as a confluence: address", () => {
  assertEquals(
    markdown(link('<ri:page ri:content-title="My (new) page" ri:space-key="OPS" />')),
    "[My (new) page](confluence:OPS/My%20%28new%29%20page)",
  );
  assertEquals(
    markdown(link('<ri:blog-post ri:content-title="News" ri:posting-day="2026/01/02" />'), CONTEXT),
    "[News](confluence:DOC/News)",
  );
});

Deno.test("parseBody() lists links with kind, target, text and whether they resolve", () => {
  const parsed = storage(
    link('<ri:page ri:content-title="Known" />', ' ac:anchor="top"') +
      link('<ri:page ri:content-title="Gone" />') +
      '<p><a href="https://other.example/x">there</a></p>',
    CONTEXT,
  );
  assertEquals(
    parsed.links.map(({ kind, text, resolved, pageId, spaceKey, title, anchor, href }) => ({
      kind,
      text,
      resolved,
      pageId,
      spaceKey,
      title,
      anchor,
      href,
    })),
    [
      {
        kind: "page",
        text: "Known",
        resolved: true,
        pageId: "42",
        spaceKey: "DOC",
        title: "Known",
        anchor: "top",
        href: "../DOC/Known.md#top",
      },
      {
        kind: "page",
        text: "Gone",
        resolved: false,
        pageId: null,
        spaceKey: "DOC",
        title: "Gone",
        anchor: null,
        href: "confluence:DOC/Gone",
      },
      {
        kind: "url",
        text: "there",
        resolved: true,
        pageId: null,
        spaceKey: null,
        title: null,
        anchor: null,
        href: "https://other.example/x",
      },
    ],
  );
});

Deno.test("toMarkdown() links attachments of this page and of others", () => {
  assertEquals(
    markdown(link('<ri:attachment ri:filename="known.png" />'), CONTEXT),
    "[known.png](files/1/known.png)",
  );
  assertEquals(
    markdown(link(`<ri:attachment ri:filename="a b.pdf" />${body("PDF")}`), CONTEXT),
    "[PDF](attachments/1/a%20b.pdf)",
  );
  const other = '<ri:attachment ri:filename="x.pdf"><ri:page ri:content-title="Known" /></ri:attachment>';
  assertEquals(markdown(link(other), CONTEXT), "[x.pdf](attachments/42/x.pdf)");
  const unknown = '<ri:attachment ri:filename="x.pdf"><ri:page ri:content-title="No one" /></ri:attachment>';
  assertEquals(markdown(link(unknown), CONTEXT), "[x.pdf](attachments/No%20one/x.pdf)");
});

Deno.test("toMarkdown() links spaces, content ids, shortcuts and anchors", () => {
  assertEquals(
    markdown(link('<ri:space ri:space-key="OPS" />'), CONTEXT),
    "[OPS](https://site.example/wiki/spaces/OPS)",
  );
  assertEquals(
    markdown(link(`<ri:content-entity ri:content-id="42" />${body("it")}`), CONTEXT),
    "[it](../DOC/Known.md)",
  );
  assertEquals(
    markdown(link(`<ri:content-entity ri:content-id="9" />${body("it")}`), CONTEXT),
    "[it](https://site.example/wiki/pages/viewpage.action?pageId=9)",
  );
  assertEquals(markdown(link('<ri:shortcut ri:key="jira" ri:parameter="ABC-1" />')), "[ABC-1](jira:ABC-1)");
  assertEquals(markdown(link(body("up"), ' ac:anchor="Top"')), "[up](#Top)");
  assertEquals(markdown(link("", ' ac:anchor="Top"')), "[Top](#Top)");
});

Deno.test("toMarkdown() shows people by name, else by what the body says, else by id", () => {
  const user = (attribute: string) => link(`<ri:user ${attribute} />`);
  assertEquals(markdown(user('ri:account-id="a-1"'), CONTEXT), "@Ada L.");
  assertEquals(markdown(user('ri:account-id="557058:zz"'), CONTEXT), "@557058:zz");
  assertEquals(markdown(user('ri:userkey="8a7f"')), "@8a7f");
  assertEquals(markdown(user('ri:username="jdoe"')), "@jdoe");
  assertEquals(markdown(link(`<ri:user ri:userkey="8a7f" />${body("Jane")}`)), "@Jane");
  const parsed = storage(user('ri:account-id="a-1"') + user('ri:account-id="zz"'), CONTEXT);
  assertEquals(toText(parsed), "@Ada L.");
  assertEquals(parsed.links.map(({ kind, use, userId, resolved }) => ({ kind, use, userId, resolved })), [
    { kind: "user", use: "mention", userId: "a-1", resolved: true },
    { kind: "user", use: "mention", userId: "zz", resolved: false },
  ]);
});

Deno.test("toMarkdown() keeps the text of a link without any target", () => {
  assertEquals(markdown(link(body("text"))), "text");
  const parsed = storage(link(""));
  assertEquals(toMarkdown(parsed), "");
  assertEquals(note(parsed, "ac:link")?.kind, "dropped");
});

Deno.test("toMarkdown() writes web links, bare ones in angle brackets", () => {
  assertEquals(
    markdown('<p><a href="https://a.example/?x=1&amp;y=(2">go</a></p>'),
    "[go](https://a.example/?x=1&y=\\(2)",
  );
  assertEquals(markdown('<p><a href="https://a.example">https://a.example</a></p>'), "<https://a.example>");
  assertEquals(markdown('<p><a href="mailto:a@b.example">a@b.example</a></p>'), "<a@b.example>");
  assertEquals(
    markdown('<p><a href="/wiki/spaces/X/overview x">a</a></p>'),
    "[a](/wiki/spaces/X/overview%20x)",
  );
});

Deno.test("parseBody() sees pages, spaces and files of the site behind addresses", () => {
  const kinds = (href: string) => {
    const [found] = storage(`<p><a href="${href}">x</a></p>`, CONTEXT).links;
    return [
      found?.kind,
      found?.pageId,
      found?.spaceKey,
      found?.title ?? found?.filename,
      found?.anchor,
      found?.href,
    ];
  };
  assertEquals(kinds("https://site.example/wiki/spaces/DOC/pages/42/Some+title#Part"), [
    "page",
    "42",
    "DOC",
    "Some title",
    "Part",
    "../DOC/Known.md#Part",
  ]);
  assertEquals(kinds("/wiki/pages/viewpage.action?pageId=7"), [
    "page",
    "7",
    null,
    null,
    null,
    "https://site.example/wiki/pages/viewpage.action?pageId=7",
  ]);
  assertEquals(kinds("https://site.example/wiki/display/OPS/Run+book"), [
    "page",
    null,
    "OPS",
    "Run book",
    null,
    "https://site.example/wiki/display/OPS/Run+book",
  ]);
  assertEquals(kinds("https://site.example/wiki/spaces/OPS"), [
    "space",
    null,
    "OPS",
    null,
    null,
    "https://site.example/wiki/spaces/OPS",
  ]);
  assertEquals(kinds("https://site.example/wiki/download/attachments/9/a+b.png?version=1"), [
    "attachment",
    "9",
    null,
    "a b.png",
    null,
    "https://site.example/wiki/download/attachments/9/a+b.png?version=1",
  ]);
  assertEquals(kinds("https://elsewhere.example/wiki/spaces/DOC/pages/42/x")[0], "url");
});

Deno.test("toMarkdown() names a smart link by the title of the page it points at", () => {
  const url = "https://site.example/wiki/spaces/DOC/pages/42";
  assertEquals(
    markdown(`<p><a href="${url}" data-card-appearance="inline">${url}</a></p>`, CONTEXT),
    "[Known](../DOC/Known.md)",
  );
  assertEquals(
    markdown(`<p>a <a href="https://x.example" data-card-appearance="block">X</a> b</p>`),
    "a\n\n[X](https://x.example)\n\nb",
  );
});

Deno.test("toMarkdown() shows a list of issues behind a smart link by its search", () => {
  const source = JSON.stringify({ id: "d", parameters: { jql: 'project = "A"' } }).replace(/"/g, "&quot;");
  assertEquals(
    markdown(
      `<a href="https://j.example/issues" data-card-appearance="block" data-datasource="${source}">x</a>`,
    ),
    '[Jira: project = "A"](https://j.example/issues)',
  );
});

Deno.test("toMarkdown() shows pictures with their text, caption or name, linked where they are", () => {
  const image = (attributes: string, inner: string) =>
    markdown(`<ac:image${attributes}>${inner}</ac:image>`, CONTEXT);
  const file = '<ri:attachment ri:filename="known.png" />';
  assertEquals(image(' ac:alt="A chart" ac:width="10"', file), "![A chart](files/1/known.png)");
  assertEquals(image("", file), "![known.png](files/1/known.png)");
  assertEquals(
    image("", `${file}<ac:caption><p>Fig. <strong>1</strong></p></ac:caption>`),
    "![Fig. 1](files/1/known.png)\\\n*Fig. **1***",
  );
  assertEquals(
    image(' ac:href="https://a.example"', file),
    "[![known.png](files/1/known.png)](https://a.example)",
  );
  assertEquals(
    image("", '<ri:url ri:value="https://p.example/x.png" />'),
    "![x.png](https://p.example/x.png)",
  );
  assertEquals(
    markdown('<p><img src="https://p.example/y.png" alt="Y" /></p>'),
    "![Y](https://p.example/y.png)",
  );
});

Deno.test("toText() has the caption of a picture once", () => {
  const body =
    '<ac:image><ri:attachment ri:filename="a.png" /><ac:caption><p>Fig. 1</p></ac:caption></ac:image>';
  assertEquals(toText(storage(body)), "Fig. 1");
  assertEquals(
    toText(storage('<ac:image ac:alt="Map"><ri:attachment ri:filename="a.png" /></ac:image>')),
    "Map",
  );
});

Deno.test("toMarkdown() resolves links again for another place", () => {
  const parsed = storage(
    link('<ri:page ri:content-title="Known" />') +
      '<ac:image><ri:attachment ri:filename="known.png" /></ac:image>',
  );
  assertEquals(toMarkdown(parsed), "[Known](confluence:/Known)\n\n![known.png](attachments/known.png)\n");
  assertEquals(toMarkdown(parsed, CONTEXT), "[Known](../DOC/Known.md)\n\n![known.png](files/1/known.png)\n");
});

Deno.test("parseBody() lists a link in a repeated cell once", () => {
  const cell = '<td rowspan="3"><a href="https://a.example">a</a></td>';
  assertEquals(
    storage(`<table><tr>${cell}<td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></table>`).links.length,
    1,
  );
});

Deno.test("parseBody() resolves ADF media by file id and cards by page id", () => {
  const parsed = adf([
    node("mediaSingle", {}, [node("media", { type: "file", id: "f-1", collection: "contentId-1" })]),
    para(
      node("inlineCard", { url: "https://site.example/wiki/spaces/DOC/pages/42/Old+title" }),
      words(" ok"),
    ),
  ], CONTEXT);
  assertEquals(toMarkdown(parsed), "![known.png](files/1/known.png)\n\n[Known](../DOC/Known.md) ok\n");
  assertEquals(parsed.links.map((found) => [found.kind, found.use, found.resolved]), [[
    "attachment",
    "image",
    true,
  ], ["page", "link", true]]);
});
