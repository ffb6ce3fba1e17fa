import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openReader } from "../../src/database/reader.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { noSqld, startSqld } from "../support/sqld.ts";

const ignore = noSqld !== undefined;
const why = ignore ? ` (${noSqld})` : "";

async function fill(url: string): Promise<void> {
  const { createClient } = await import("@libsql/client/web");
  const client = createClient({ url });
  await client.batch([
    "CREATE TABLE pages (id TEXT PRIMARY KEY, title TEXT, size INTEGER, body BLOB)",
    "INSERT INTO pages VALUES ('1', 'One', 9007199254740993, NULL), ('2', 'Two', 2, x'00ff')",
  ], "write");
  client.close();
}

Deno.test(`openReader's server refuses every statement that writes, and keeps its rows${why}`, {
  ignore,
}, async () => {
  await using server = await startSqld();
  await fill(server.url);
  await using reader = await openReader(server.url);
  for (
    const sql of [
      "INSERT INTO pages VALUES ('9', 'x', 1, NULL)",
      "INSERT INTO pages VALUES ('9', 'x', 1, NULL) RETURNING id",
      "WITH x AS (SELECT '9') INSERT INTO pages SELECT *, 'x', 1, NULL FROM x",
      "UPDATE pages SET title = 'x'",
      "DELETE FROM pages",
      "CREATE TABLE t (a)",
      "DROP TABLE pages",
      "PRAGMA user_version = 5",
      "PRAGMA journal_mode = DELETE",
      "ATTACH 'x.db' AS n",
      "VACUUM INTO 'x.db'",
      "REINDEX",
    ]
  ) {
    const error = await assertRejects(() => reader.query(sql), ConfluenceIndexError, undefined, sql);
    assertEquals(error.code, "usage", sql);
    assertStringIncludes(
      error.message,
      sql.startsWith("ATTACH") ? "it would attach another database" : "it would write",
      sql,
    );
  }
  for (const sql of ["COMMIT", "ROLLBACK", "COMMIT; DELETE FROM pages", "-- nothing"]) {
    await reader.query(sql).catch((error) => assert(error instanceof ConfluenceIndexError, sql));
  }
  assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[2]]);
});

Deno.test(`openReader's server gives the same values as a file${why}`, { ignore }, async () => {
  await using server = await startSqld();
  await fill(server.url);
  await using reader = await openReader(server.url);
  const { columns, rows } = await reader.query(
    "SELECT id, size, body FROM pages WHERE id <> :id ORDER BY id",
    {
      id: "x",
    },
  );
  assertEquals(columns, ["id", "size", "body"]);
  assertEquals(rows, [["1", 9007199254740993n, null], ["2", 2, new Uint8Array([0, 255])]]);
  assertEquals((await reader.query("EXPLAIN QUERY PLAN SELECT 1")).rows.length, 1);
  const missing = await assertRejects(() => reader.query("SELECT * FROM nope"), ConfluenceIndexError);
  assertEquals([missing.code, missing.message], ["usage", "Cannot run the statement: no such table: nope"]);
});
