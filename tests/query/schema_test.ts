import { assert, assertEquals } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { openReader, readCatalog } from "../../src/database/reader.ts";
import { describeIndex, MEANINGS } from "../../src/query/mod.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A reader of an empty index with the tables of this program. */
async function withIndex(work: (url: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    (await openDatabase(url)).close();
    await work(url);
  });
}

Deno.test("describeIndex gives every table, view and column of the index a meaning", () =>
  withIndex(async (url) => {
    await using reader = await openReader(url);
    const { columns, rows } = await describeIndex(reader);
    assertEquals(columns, ["table", "column", "type", "meaning"]);
    const missing = [...rows].filter(([, , , meaning]) => String(meaning).replace("key: ", "") === "");
    assertEquals(missing.map(([table, column]) => `${table}.${column}`), []);
  }));

Deno.test("MEANINGS speaks of nothing that is not in the index", () =>
  withIndex(async (url) => {
    await using reader = await openReader(url);
    const catalog = await readCatalog(reader);
    const known = new Set(catalog.flatMap(({ table, column }) => [table, `${table}.${column}`]));
    const spoken = Object.entries(MEANINGS).flatMap(([table, { columns = {} }]) => [
      table,
      ...Object.keys(columns).map((column) => `${table}.${column}`),
    ]);
    assertEquals(spoken.filter((name) => !known.has(name)), []);
  }));

Deno.test("describeIndex starts with the views people should use, and marks keys", () =>
  withIndex(async (url) => {
    await using reader = await openReader(url);
    const rows = [...(await describeIndex(reader)).rows];
    assertEquals(rows[0]!.slice(0, 3), ["backlinks", null, "view"]);
    const id = rows.find(([table, column]) => table === "pages" && column === "id");
    assert(String(id?.[3]).startsWith("key: "));
  }));
