import { assert, assertEquals } from "@std/assert";
import { tableLines } from "../../../src/cli/query/table.ts";
import { textWidth } from "../../../src/cli/text_width.ts";
import type { SqlRow } from "../../../src/query/mod.ts";

function table(columns: string[], rows: Iterable<SqlRow>, width = Infinity, color = false): string[] {
  return [...tableLines({ columns, rows }, { columns: width, color })].join("").split("\n").slice(0, -1);
}

Deno.test("tableLines sets numbers right, text left, and names above them", () => {
  assertEquals(table(["key", "pages", "note"], [["DOCS", 5, null], ["E", 12345n, "x"]]), [
    "key   pages  note",
    "────  ─────  ────",
    "DOCS      5  NULL",
    "E     12345  x",
  ]);
  assertEquals(table(["n"], [[1], [22], [null]]), ["   n", "────", "   1", "  22", "NULL"]);
});

Deno.test("tableLines shows the head when there is no row", () => {
  assertEquals(table(["id", "title"], []), ["id  title", "──  ─────"]);
});

Deno.test("tableLines shows control characters, and bytes by their number", () => {
  assertEquals(table(["a\x1b"], [["x\x1b[2Jy\nz"], [new Uint8Array(3)]]), [
    "a\\x1b",
    "────────────",
    "x\\x1b[2Jy\\nz",
    "(3 bytes)",
  ]);
});

Deno.test("tableLines cuts the widest columns until the table fits, with a mark", () => {
  const lines = table(["id", "title", "body"], [["1", "A title of some length", "b".repeat(300)]], 50);
  assertEquals(lines, [
    "id  title                   body",
    "──  ──────────────────────  ──────────────────────",
    "1   A title of some length  bbbbbbbbbbbbbbbbbbbbb…",
  ]);
  for (const line of lines) assert(textWidth(line) <= 50);
});

Deno.test("tableLines counts wide characters as the terminal does", () => {
  const lines = table(["title", "n"], [["会議メモ", 1], ["Größe", 2], ["🎉", 3]]);
  assertEquals(lines, ["title     n", "────────  ─", "会議メモ  1", "Größe     2", "🎉        3"]);
  const cut = table(["title", "n"], [["会議メモ".repeat(10), 1]], 20);
  assertEquals(cut[2], "会議メモ会議メモ…  1");
});

Deno.test("tableLines never draws a line wider than the terminal", () => {
  const rows: SqlRow[] = [["x".repeat(100), "会".repeat(50), 12345, null, "short"]];
  for (let width = 20; width <= 300; width++) {
    for (const line of table(["a", "b", "c", "d", "e"], rows, width)) {
      assert(textWidth(line) <= width, `${width}: ${line}`);
    }
  }
});

Deno.test("tableLines writes rows as blocks where columns would be too narrow to read", () => {
  const columns = Array.from({ length: 12 }, (_, i) => `column_${i}`);
  const lines = table(columns, [
    columns.map((_, i) => `value ${i} ${"x".repeat(60)}`),
    columns.map(() => null),
  ], 60);
  assertEquals(lines.length, 25);
  assertEquals(lines[0]!.slice(0, 20), "column_0   value 0 x");
  assertEquals(textWidth(lines[0]!), 60);
  assertEquals(lines[12], "");
  assertEquals(lines[13], "column_0   NULL");
});

Deno.test("tableLines decides widths by the first thousand rows and streams the rest", () => {
  let taken = 0;
  const rows = function* (): Generator<SqlRow> {
    for (let i = 1; i <= 5_000; i++) {
      taken++;
      yield [i, i === 2_000 ? "a longer text" : "x"];
    }
  };
  const lines = tableLines({ columns: ["n", "t"], rows: rows() }, { columns: Infinity, color: false });
  assertEquals(lines.next().value, "   n  t\n");
  assertEquals(taken, 1_000);
  assertEquals([...lines].length, 5_001);
});

Deno.test("tableLines uses color only when told", () => {
  assertEquals(table(["a"], [[null]], 80, true), ["\x1b[1ma\x1b[0m", "────", "\x1b[2mNULL\x1b[0m"]);
});
