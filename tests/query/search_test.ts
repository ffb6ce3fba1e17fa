import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { ConfluenceIndexError, type Database, openDatabase } from "@confluence-index/confluence-index";
import { joinWords, partWords } from "../../src/content/words.ts";
import { savePages } from "../../src/database/mod.ts";
import { search, type SearchOptions, suggestWords } from "../../src/query/mod.ts";
import { searchForm } from "../../src/sync/convert_page.ts";
import { suggest } from "../../src/cli/suggest.ts";
import { page } from "../support/samples.ts";

interface Sample {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly space?: string;
  readonly labels?: string;
  readonly updatedAt?: string;
}

async function withPages(
  samples: readonly Sample[],
  work: (database: Database) => Promise<void>,
): Promise<void> {
  await using database = await openDatabase(":memory:");
  await database.commit([
    ...savePages(
      database,
      samples.map(({ id, title, text, space = "A", updatedAt = "2026-01-01T00:00:00.000Z" }) => ({
        page: page({ id, title, updatedAt }),
        spaceKey: space,
        replaces: null,
        searchTitle: searchForm(title),
        text: { bodyText: text, searchText: searchForm(text), converterVersion: 1 },
      })),
      { runId: "run-1" },
    ),
    ...samples.flatMap(({ id, labels }) =>
      labels === undefined ? [] : [{ sql: "UPDATE pages SET labels = ? WHERE id = ?", args: [labels, id] }]
    ),
  ]);
  await work(database);
}

async function ids(
  database: Database,
  words: string,
  options: Partial<SearchOptions> = {},
): Promise<string[]> {
  return (await search(database, { words, ...options })).hits.map(({ id }) => id);
}

Deno.test("search ranks a word in the title above many in the text, and needs all words", () =>
  withPages([
    { id: "1", title: "Notes", text: "backup backup backup of the server" },
    { id: "2", title: "Backup", text: "how we do it" },
    { id: "3", title: "Server", text: "nothing else" },
  ], async (database) => {
    assertEquals(await ids(database, "BACKUP"), ["2", "1"]);
    assertEquals(await ids(database, "backup server"), ["1"]);
    assertEquals(await ids(database, "server", { inTitle: true }), ["3"]);
  }));

Deno.test("search folds accents and case, finds starts of words and phrases", () =>
  withPages([
    { id: "1", title: "Überblick", text: "café crème; release plan" },
    { id: "2", title: "Other", text: "plan the release; onboarding" },
  ], async (database) => {
    assertEquals(await ids(database, "uberblick"), ["1"]);
    assertEquals(await ids(database, "CAFE creme"), ["1"]);
    assertEquals(await ids(database, '"release plan"'), ["1"]);
    assertEquals((await ids(database, "release plan")).sort(), ["1", "2"]);
    assertEquals(await ids(database, "onboard"), []);
    assertEquals(await ids(database, "onboard*"), ["2"]);
  }));

Deno.test("search finds Chinese, Japanese, Korean and Thai words inside of sentences, short ones too", () =>
  withPages([
    { id: "1", title: "数据库指南", text: "如何连接数据库。" },
    { id: "2", title: "接続", text: "データベースへ接続する方法とＡＰＩの説明" },
    { id: "3", title: "안내", text: "사용자 그룹을 관리합니다. Group을 만든다" },
    { id: "4", title: "คู่มือ", text: "การเชื่อมต่อฐานข้อมูล" },
  ], async (database) => {
    assertEquals(await ids(database, "数据库"), ["1"]);
    assertEquals(await ids(database, "库"), ["1"]);
    assertEquals(await ids(database, "データ"), ["2"]);
    assertEquals(await ids(database, "接続"), ["2"]);
    assertEquals(await ids(database, "API"), ["2"]);
    assertEquals(await ids(database, "그룹"), ["3"]);
    assertEquals(await ids(database, "group"), ["3"]);
    assertEquals(await ids(database, "ฐานข้อมูล"), ["4"]);
    assertEquals(await ids(database, "接库"), []);
    const { hits: [hit] } = await search(database, { words: "接続" });
    assertEquals(hit?.title, { text: "接続", hits: [[0, 2]] });
    assert(hit!.snippet.text.includes("データベースへ接続する"), hit!.snippet.text);
    assertEquals(hit!.snippet.hits.map(([start, end]) => hit!.snippet.text.slice(start, end)), ["接続"]);
  }));

Deno.test("search keeps to spaces, labels and times, and says when there is more", () =>
  withPages([
    { id: "1", title: "Plan", text: "x", space: "DOCS", labels: '["done","緊急"]' },
    {
      id: "2",
      title: "Plan",
      text: "x",
      space: "TEAM",
      labels: '["done"]',
      updatedAt: "2026-03-01T00:00:00.000Z",
    },
    { id: "3", title: "Plan", text: "x", space: "DOCS" },
  ], async (database) => {
    assertEquals((await ids(database, "plan", { spaces: ["docs"] })).sort(), ["1", "3"]);
    assertEquals((await ids(database, "plan", { labels: ["Done"] })).sort(), ["1", "2"]);
    assertEquals(await ids(database, "plan", { labels: ["done", "緊急"] }), ["1"]);
    assertEquals(await ids(database, "緊急"), ["1"]);
    assertEquals(await ids(database, "done", { spaces: ["TEAM"] }), ["2"]);
    assertEquals(await ids(database, "plan", { updatedSince: "2026-02-01T00:00:00.000Z" }), ["2"]);
    const { hits, more } = await search(database, { words: "plan", limit: 2 });
    assertEquals([hits.length, more], [2, true]);
    assertEquals((await search(database, { words: "plan", limit: 3 })).more, false);
  }));

Deno.test("search takes whatever is typed", () =>
  withPages(
    [{ id: "1", title: "Odd", text: 'ABC-123 AND "or" NOT c++ near(x) {y} col:z' }],
    async (database) => {
      assertEquals(await ids(database, "ABC-123"), ["1"]);
      assertEquals(await ids(database, "title:odd"), []);
      assertEquals(await ids(database, "NOT near(x)"), ["1"]);
      const odd = [
        '"',
        '"""',
        "*",
        "a*b*",
        "^x",
        "(",
        "a OR",
        "-x",
        "x:",
        "\u0000x",
        "x\u0000",
        "🎉 odd",
        "'; DROP TABLE pages; --",
      ];
      for (const words of [...odd, "x".repeat(10_240), '"x '.repeat(3_000), "數".repeat(5_000), "\ud800x"]) {
        await search(database, { words }).catch((error) => {
          assert(
            error instanceof ConfluenceIndexError && error.code === "usage",
            `${words.slice(0, 20)}: ${error}`,
          );
        });
      }
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (words) => {
          const { hits } = await search(database, { words: `odd ${words}` });
          assert(hits.length <= 1);
        }),
        { numRuns: 300 },
      );
    },
  ));

Deno.test("search refuses what has no word", () =>
  withPages([], async (database) => {
    for (const words of ["", "  ", "🎉", "!?"]) {
      await assertRejects(() => search(database, { words }), ConfluenceIndexError, "there is no word");
    }
  }));

Deno.test("suggestWords knows what was meant, and says nothing of words that are there", () =>
  withPages([{ id: "1", title: "Kubernetes", text: "Überblick cluster" }], async (database) => {
    assertEquals(await suggestWords(database, "kubernets cluster", suggest), "kubernetes cluster");
    assertEquals(await suggestWords(database, "uberblik", suggest), "uberblick");
    assertEquals(await suggestWords(database, "cluster", suggest), undefined);
    assertEquals(await suggestWords(database, "zzzzzz 数据", suggest), undefined);
  }));

Deno.test("partWords changes no text that has spaces, and joinWords gives every other back", () => {
  assertEquals(partWords("Plain text, café ﷺ 😀"), "Plain text, café ﷺ 😀");
  assertEquals(partWords("Group을 v2版").replaceAll("\u200a", "|"), "Group|을 v2|版");
  assertEquals(partWords("データ").replaceAll("\u200a", "|"), "デ|ー|タ");
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "é", "数", "タ", "ー", "ก", "ู", "그", " ", "1", "。", "😀", "𠀀")),
      (parts) => {
        const text = parts.join("");
        assertEquals(joinWords(partWords(text)), text);
        assertEquals(partWords(partWords(text)), partWords(text));
      },
    ),
  );
});
