import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { nameKey } from "../../src/export/markdown/file_name.ts";
import { pagePaths, type TreePage } from "../../src/export/markdown/page_tree.ts";
import { relativeLink } from "../../src/export/markdown/relative_link.ts";

function page(id: string, title: string, parentId: string | null = null, spaceKey = "DOCS"): TreePage {
  return { id, title, parentId, spaceKey };
}

function paths(...pages: TreePage[]): Record<string, string> {
  return Object.fromEntries(pagePaths(pages));
}

Deno.test("pagePaths puts pages below a page into a folder of its name", () => {
  assertEquals(
    paths(page("1", "Home"), page("2", "Plan", "1"), page("3", "Week", "2"), page("4", "Other", null, "~x")),
    {
      1: "DOCS/Home.md",
      2: "DOCS/Home/Plan.md",
      3: "DOCS/Home/Plan/Week.md",
      4: "~x/Other.md",
    },
  );
});

Deno.test("pagePaths gives the plain name to the lowest id, compared as a number", () => {
  const expected = { 9: "DOCS/plan.md", 10: "DOCS/Plan (10).md", 11: "DOCS/PLA\u0301N.md".normalize("NFC") };
  assertEquals(paths(page("10", "Plan"), page("11", "PLA\u0301N"), page("9", "plan")), expected);
});

Deno.test("pagePaths lets no page take the folder or the suffixed name of another", () => {
  const result = paths(
    page("1", "A"),
    page("2", "A.md"),
    page("3", "x", "2"),
    page("4", "B (6)"),
    page("5", "B"),
    page("6", "b"),
  );
  assertEquals(result, {
    1: "DOCS/A.md",
    2: "DOCS/A.md (2).md",
    3: "DOCS/A.md (2)/x.md",
    4: "DOCS/B (6).md",
    5: "DOCS/B.md",
    6: "DOCS/b (6-2).md",
  });
});

Deno.test("pagePaths makes folders of folders that have pages below them, and files of pages only", () => {
  const folder = (id: string, title: string, parentId: string | null = null) => ({
    ...page(id, title, parentId),
    isFolder: true,
  });
  assertEquals(
    paths(
      folder("10", "Plans"),
      folder("11", "2026", "10"),
      folder("12", "Empty", "10"),
      folder("13", "Elsewhere"),
      page("1", "Goals", "11"),
      page("2", "First", "1"),
      page("3", "Plans"),
      page("4", "Other space", "13", "TEAM"),
    ),
    {
      1: "DOCS/Plans (10)/2026/Goals.md",
      2: "DOCS/Plans (10)/2026/Goals/First.md",
      3: "DOCS/Plans.md",
      4: "TEAM/Other space.md",
    },
  );
});

Deno.test("pagePaths puts pages under unknown folders, unknown pages and pages of other spaces at the top", () => {
  assertEquals(paths(page("1", "One", "777"), page("2", "Two", "1", "TEAM")), {
    1: "DOCS/One.md",
    2: "TEAM/Two.md",
  });
});

Deno.test("pagePaths opens a cycle at its lowest id", () => {
  assertEquals(
    paths(page("3", "Three", "2"), page("2", "Two", "3"), page("4", "Four", "3"), page("5", "Self", "5")),
    {
      2: "DOCS/Two.md",
      3: "DOCS/Two/Three.md",
      4: "DOCS/Two/Three/Four.md",
      5: "DOCS/Self.md",
    },
  );
});

Deno.test("pagePaths stays below the path length of every system, however deep the tree", () => {
  const deep = Array.from(
    { length: 3_000 },
    (_, i) => page(String(i + 1), "x".repeat(70), i === 0 ? null : String(i)),
  );
  const result = [...pagePaths(deep).values()];
  assertEquals(new Set(result).size, 3_000);
  assert(Math.max(...result.map((path) => path.length)) < 700);
});

const someTitle = fc.constantFrom("A", "a", "A.md", "A (2)", "CON", "é", "e\u0301", "/", "", "B", "ß", "ss");
const someTree = fc.array(
  fc.record({ title: someTitle, parent: fc.nat(30), spaceKey: fc.constantFrom("DOCS", "docs.", "~1") }),
  { maxLength: 30 },
).map((rows) =>
  rows.map(({ title, parent, spaceKey }, i) => ({
    id: String(i + 1),
    title,
    parentId: String(parent),
    spaceKey,
  }))
);

Deno.test("pagePaths gives each page a path of its own on every system, in whatever order the pages come", () => {
  fc.assert(fc.property(someTree, fc.boolean(), (pages, turned) => {
    const result = pagePaths(turned ? pages.toReversed() : pages);
    assertEquals(result.size, pages.length);
    const folders = new Set(
      [...result.values()].flatMap((path) => path.split("/").map((_, i, all) => all.slice(0, i).join("/"))),
    );
    const keys = [...result.values(), ...folders].map(nameKey);
    assertEquals(new Set(keys).size, keys.length);
    assertEquals(
      new Map([...result].sort()),
      new Map([...pagePaths(pages)].sort()),
    );
  }));
});

Deno.test("pagePaths renames no page when one is made later", () => {
  fc.assert(fc.property(someTree, someTitle, fc.nat(30), (pages, title, parent) => {
    const before = pagePaths(pages);
    const after = pagePaths([...pages, page("1000", title, String(parent))]);
    for (const [id, path] of before) assertEquals(after.get(id), path);
  }));
});

Deno.test("relativeLink leads from one file to another", () => {
  assertEquals(relativeLink("DOCS/A/B.md", "DOCS/A/C d.md"), "C%20d.md");
  assertEquals(relativeLink("DOCS/A/B.md", "TEAM/100%.md"), "../../TEAM/100%25.md");
  assertEquals(relativeLink("DOCS/A.md", "DOCS/A/B.md"), "A/B.md");
  assertEquals(relativeLink("DOCS/A/B.md", "DOCS/A.md"), "../A.md");
  fc.assert(fc.property(someTree.filter((pages) => pages.length > 1), (pages) => {
    const all = [...pagePaths(pages).values()];
    const [from, to] = [all[0]!, all[all.length - 1]!];
    const address = new URL(relativeLink(from, to), new URL(encodeURI(from), "https://example.com/"));
    assertEquals(decodeURIComponent(address.pathname), `/${to}`);
  }));
});
