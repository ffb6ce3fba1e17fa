/**
 * The sample site in `fixtures/site` promises lifelike and awkward content: bodies of every construct, links that
 * resolve, names that no file system loves. How ids, trees and files hang together is in `fixtures_test.ts`.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { bodyOf, listFiles, loadSpaces, read, SITE } from "./support/sample_site.ts";

/** Bodies that are broken on purpose: title of the page. */
const BROKEN_BODIES = ["Cut off in the middle", "Drill report Gannet, June 2026", "From the old wiki"];

/** Links to pages that do not exist, on purpose: `space key/title`. */
const BROKEN_LINKS = [
  "ENG/Incident archive 2019–2023",
  "LAB/The page that never was",
  "NOPE/Home",
  "PEOPLE/Convention collective 2022",
];

/** Files that a body names and no page has, on purpose. */
const MISSING_FILES = ["UNKNOWN_ATTACHMENT", "lighthouse-1998.png"];

const spaces = loadSpaces();
const pages = spaces.flatMap((space) => space.pages);
const attachments = spaces.flatMap((space) => space.attachments);

function decode(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&amp;",
    "&",
  );
}

/** Whether every tag is closed by its own name; CDATA is text. */
function isBalanced(xhtml: string): boolean {
  const open: string[] = [];
  const markup = xhtml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
  if (markup.includes("<?xml")) return false;
  for (const [, close, name, self] of markup.matchAll(/<(\/?)([a-z][\w:-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (self) continue;
    if (!close) open.push(name ?? "");
    else if (open.pop() !== name) return false;
  }
  return open.length === 0 && !/<(?![/a-z])|<[^>]*$/.test(markup);
}

Deno.test("sample site: bodies are well-formed, except those that are broken on purpose", () => {
  const broken = spaces.flatMap((space) =>
    [...space.pages, ...space.blogPosts].filter((content) => !isBalanced(bodyOf(space, content)))
  );
  assertEquals(broken.map((content) => content.title).sort(), BROKEN_BODIES);
});

Deno.test("sample site: links by title and files in bodies resolve, except those that are broken on purpose", () => {
  const titles = new Set(spaces.flatMap((space) => space.pages.map((page) => `${space.key}/${page.title}`)));
  const links = new Set<string>();
  const files = new Set<string>();
  let resolved = 0;
  for (const space of spaces) {
    for (const content of [...space.pages, ...space.blogPosts]) {
      const body = bodyOf(space, content);
      for (
        const [, key, title = ""] of body.matchAll(
          /<ri:page(?: ri:space-key="([^"]*)")? ri:content-title="([^"]*)"/g,
        )
      ) {
        const link = `${key ?? space.key}/${decode(title)}`;
        if (titles.has(link)) resolved++;
        else links.add(link);
      }
      const own = space.attachments.filter((file) => file.pageId === content.id).map((file) => file.filename);
      for (const [, name = ""] of body.matchAll(/<ri:attachment ri:filename="([^"]*)"/g)) {
        if (!own.includes(decode(name))) files.add(decode(name));
      }
    }
  }
  assertEquals([...links].sort(), BROKEN_LINKS);
  assertEquals([...files].sort(), MISSING_FILES);
  assertGreaterOrEqual(resolved, 60);
});

Deno.test("sample site: ADF bodies are documents whose media are attachments of their page", () => {
  let joined = 0;
  for (const space of spaces) {
    for (const page of space.pages) {
      const path = `${space.folder}/${page.id}.adf.json`;
      if (!listFiles(`${space.folder}/`).includes(path)) continue;
      const text = read(path);
      const { type, version, content } = JSON.parse(text);
      assertEquals([type, version], ["doc", 1]);
      assertGreaterOrEqual(content.length, 3);
      const known = space.attachments.filter((file) => file.pageId === page.id).map((file) => file.fileId);
      const media = text.matchAll(/"type": "(?:media|mediaInline)", "attrs": \{[^}]*?"id": "([^"]+)"/g);
      for (const [, id] of media) {
        assert(known.includes(id), `${page.title}: ${id}`);
        joined++;
      }
    }
  }
  assertGreaterOrEqual(joined, 5);
});

Deno.test("sample site: shows every construct that a converter must know", () => {
  const all = spaces.flatMap((space) =>
    [...space.pages, ...space.blogPosts].map((content) => bodyOf(space, content))
  )
    .join("\n");
  const macros =
    "code noformat info note tip warning panel expand status toc children excerpt excerpt-include include " +
    "jira anchor details detailssummary drawio section column view-file attachments pagetree contentbylabel markdown";
  for (const name of macros.split(" ")) assert(all.includes(`<ac:structured-macro ac:name="${name}"`), name);
  const marks = [
    "]]]]><![CDATA[>",
    ...["title", "linenumbers", "language", "collapse"].map((name) => `<ac:parameter ac:name="${name}">`),
    ...[
      "rowspan=",
      "colspan=",
      'class="numberingColumn"',
      "<td><ul>",
      "<ac:layout-section",
      "<ac:placeholder>",
    ],
    ...[
      "<ac:task-status>complete<",
      "<ac:task-status>incomplete<",
      "<time datetime=",
      "<ac:emoticon",
      "<ac:caption>",
    ],
    ...[
      "<ri:user ri:account-id=",
      "<ri:space ",
      "<ri:url ",
      "<ac:link ac:anchor=",
      "<ac:plain-text-link-body>",
    ],
    ...[
      "<ac:inline-comment-marker",
      "<ac:adf-extension>",
      'type="decision-item"',
      "<ac:macro ",
      "&ldquo;",
      "&uuml;",
    ],
  ];
  for (const mark of marks) {
    assert(all.includes(mark), mark);
  }
  for (const script of ["Hiragana", "Hangul", "Han", "Thai", "Arabic", "Emoji_Presentation"]) {
    assert(
      new RegExp(`\\p{${script === "Emoji_Presentation" ? script : `Script=${script}`}}`, "u").test(all),
      script,
    );
  }
});

Deno.test("sample site: keeps the awkward titles and file names", () => {
  const titles = pages.map((page) => page.title);
  for (
    const title of ["../../etc/passwd", "CON", "'; DROP TABLE pages;--", "=SUM(A1)", "Trailing spaces   "]
  ) {
    assert(titles.includes(title), title);
  }
  assert(titles.some((title) => title.includes("\u001b[31m")), "an escape sequence");
  assert(titles.some((title) => title.includes("\u202e")), "a direction override");
  assert(titles.some((title) => title.length === 250), "a very long title");
  const names = attachments.map((attachment) => attachment.filename);
  for (const name of ["../escape.txt", "CON.txt", "con.", "two\nlines.txt"]) {
    assert(names.includes(name), name);
  }
  assert(names.some((name) => name !== name.normalize("NFC")), "a decomposed name");
  assert(names.some((name) => name.length === 240), "a very long name");
});

Deno.test("sample site: has an empty page, a page of 150 KB, and stays below 1.5 MB", () => {
  const sizes = spaces.flatMap((space) => space.pages.map((page) => bodyOf(space, page).length));
  assertEquals(Math.min(...sizes), 0);
  assertGreaterOrEqual(Math.max(...sizes), 150_000);
  const total = listFiles("").reduce((sum, path) => sum + Deno.statSync(new URL(path, SITE)).size, 0);
  assertLess(total, 1_500_000);
});
