import { assertEquals, assertRejects } from "@std/assert";
import { suggest } from "../../src/cli/suggest.ts";
import type { SqlParams } from "../../src/database/reader.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { ask, openReader } from "../../src/query/mod.ts";
import { withDatabase } from "./support.ts";

async function refusal(sql: string, params: SqlParams = {}): Promise<[string, string | undefined]> {
  return await withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const error = await assertRejects(() => ask(reader, sql, params, suggest), ConfluenceIndexError);
    assertEquals(error.code, "usage");
    return [error.message.replace("Cannot run the statement: ", ""), error.hint];
  });
}

Deno.test("ask answers", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const { columns, rows } = await ask(
      reader,
      "SELECT id FROM pages WHERE title = :t",
      { t: "Two" },
      suggest,
    );
    assertEquals([columns, [...rows]], [["id"], [["2"]]]);
  }));

Deno.test("ask wants a value for each name and a name for each value", async () => {
  assertEquals(await refusal("SELECT :a"), [":a has no value", "Add --param a=…"]);
  assertEquals(await refusal("SELECT 1", { a: 1 }), ["it has no :a", "Write :a where the value belongs."]);
  assertEquals((await refusal("SELECT ?"))[0], "it has a ? that gets no value");
});

Deno.test("ask says which table or column was probably meant", async () => {
  const meant = (name: string) => `Did you mean ${name}? See confluence-index query --schema for all.`;
  assertEquals(await refusal("SELECT * FROM page"), ["no such table: page", meant("pages")]);
  assertEquals(await refusal("SELECT * FROM curent_pages"), [
    "no such table: curent_pages",
    meant("current_pages"),
  ]);
  assertEquals(await refusal("SELECT tilte FROM pages"), ["no such column: tilte", meant("title")]);
  assertEquals(await refusal("SELECT p.titel FROM pages AS p"), ["no such column: p.titel", meant("title")]);
  const none = await refusal("SELECT * FROM elsewhere");
  assertEquals(none, [
    "no such table: elsewhere",
    "See confluence-index query --schema for tables and columns.",
  ]);
});

Deno.test("ask passes on what SQLite says of the grammar", async () => {
  assertEquals((await refusal("SELEC 1"))[0], 'near "SELEC": syntax error');
});
