import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openReader, readCatalog } from "../../src/database/reader.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { snapshot, withDatabase } from "./support.ts";

/** One hundred rows are answered at once, so this many are streamed. */
const MANY = 2_500;
const COUNTING = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${MANY})`;

const WRITES = [
  "INSERT INTO pages VALUES ('9', 'x', 1, NULL)",
  "INSERT INTO pages VALUES ('9', 'x', 1, NULL) RETURNING id",
  "WITH x AS (SELECT '9') INSERT INTO pages SELECT *, 'x', 1, NULL FROM x",
  "REPLACE INTO pages VALUES ('1', 'x', 1, NULL)",
  "UPDATE pages SET title = 'x'",
  "UPDATE pages SET title = 'x' RETURNING id",
  "DELETE FROM pages",
  "CREATE TABLE t (a)",
  "CREATE INDEX i ON pages (title)",
  "CREATE TRIGGER t AFTER INSERT ON pages BEGIN DELETE FROM pages; END",
  "DROP TABLE pages",
  "ALTER TABLE pages ADD COLUMN x",
  "REINDEX",
  "ANALYZE",
  "VACUUM",
  "PRAGMA user_version = 5",
  "PRAGMA application_id = 5",
  "PRAGMA journal_mode = DELETE",
  "INSERT INTO words VALUES ('x')",
  "INSERT INTO words(words) VALUES ('optimize')",
];

Deno.test("openReader's file refuses every statement that writes, and stays the same to the byte", () =>
  withDatabase(async (path, dir) => {
    const before = await snapshot(dir);
    await using reader = await openReader(`file:${path}`);
    for (const sql of WRITES) {
      const error = await assertRejects(() => reader.query(sql), ConfluenceIndexError, undefined, sql);
      assertEquals(error.code, "usage", sql);
      assertStringIncludes(error.message, "Cannot run the statement: it would write (SQLite says: ", sql);
    }
    assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[3]]);
    assertEquals(await snapshot(dir), before);
  }));

Deno.test("openReader's file makes no other file, by ATTACH or VACUUM INTO", () =>
  withDatabase(async (path, dir) => {
    const before = await snapshot(dir);
    await using reader = await openReader(`file:${path}`);
    for (
      const sql of [
        `ATTACH '${dir}/new.db' AS n`,
        `ATTACH 'file:${dir}/new.db?mode=rwc' AS n`,
        "-- another\nATTACH ':memory:' AS n",
        `ATTACH '${path}' AS n`,
        `VACUUM INTO '${dir}/copy.db'`,
      ]
    ) {
      const error = await assertRejects(() => reader.query(sql), ConfluenceIndexError, undefined, sql);
      const what = sql.startsWith("VACUUM") ? "it would write" : "it would attach another database";
      assertStringIncludes(error.message, `Cannot run the statement: ${what}`, sql);
    }
    assertEquals(await snapshot(dir), before);
  }));

Deno.test("openReader's file cannot be talked into writing", () =>
  withDatabase(async (path, dir) => {
    const before = await snapshot(dir);
    await using reader = await openReader(`file:${path}`);
    for (
      const sql of [
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK",
      ]
    ) {
      await reader.query(sql).catch((error) => assert(error instanceof ConfluenceIndexError, String(error)));
      await assertRejects(() => reader.query("DELETE FROM pages"), ConfluenceIndexError, "it would write");
      assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[3]], sql);
    }
    for (const sql of ["SELECT load_extension('x')", "SELECT writefile('x', 'y')", "SELECT readfile('x')"]) {
      await assertRejects(() => reader.query(sql), ConfluenceIndexError, "Cannot run the statement: ");
    }
    assertEquals(await snapshot(dir), before);
  }));

Deno.test("openReader runs one statement, not several, and none for none", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    for (
      const sql of [
        "SELECT 1; SELECT 2",
        "PRAGMA query_only = OFF; DELETE FROM pages",
        "SELECT 1;;/* */DELETE FROM pages",
      ]
    ) {
      await assertRejects(() => reader.query(sql), ConfluenceIndexError, "there is more than one", sql);
    }
    for (const sql of ["", " \n", ";", "-- a comment", "/* open", "; ; -- x\n;", "\0SELECT 1"]) {
      await assertRejects(
        () => reader.query(sql),
        ConfluenceIndexError,
        "there is none",
        JSON.stringify(sql),
      );
    }
    for (
      const sql of [
        "SELECT 1;",
        "; SELECT 1",
        "SELECT 1 ; -- the end",
        "/* a */ SELECT 1 /* b */ ; /* c */ ; -- d",
        "-- a\nSELECT 1 -- b",
        "SELECT 1 /* open",
        "SELECT 1;\0DELETE FROM pages",
      ]
    ) {
      assertEquals((await reader.query(sql)).rows, [[1]], sql);
    }
  }));

Deno.test("openReader gives values as SQLite has them", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const { columns, rows } = await reader.query("SELECT id, size, body FROM pages ORDER BY id");
    assertEquals(columns, ["id", "size", "body"]);
    assertEquals(rows, [["1", 10, null], ["2", null, new Uint8Array([0, 255])], [
      "3",
      9007199254740993n,
      "text",
    ]]);
    assertEquals((await reader.query("SELECT 1 AS a, 2 AS a, 1.5, -0.0, 9e999")).rows, [[
      1,
      2,
      1.5,
      0,
      Infinity,
    ]]);
    assertEquals((await reader.query("SELECT text FROM words('hello')")).rows, [["hello world"]]);
    assertEquals((await reader.query("EXPLAIN QUERY PLAN SELECT 1")).rows.length, 1);
    assertEquals((await reader.query("PRAGMA table_info(spaces)")).rows.length, 2);
    assertEquals((await reader.query("VALUES (1), (2)")).rows, [[1], [2]]);
  }));

Deno.test("openReader binds values by name and keeps their types", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const { rows } = await reader.query("SELECT typeof(:a), typeof(@b), typeof($c), typeof(:d), typeof(:e)", {
      a: "1",
      b: 1n,
      c: 1.5,
      d: null,
      e: new Uint8Array([1]),
    });
    assertEquals(rows, [["text", "integer", "real", "null", "blob"]]);
    const injected = await reader.query("SELECT count(*) FROM pages WHERE title = :t", { t: "x' OR 1=1 --" });
    assertEquals(injected.rows, [[0]]);
  }));

Deno.test("openReader streams many rows in order, the same as few", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    for (const count of [0, 1, 99, 100, 101, MANY]) {
      const { rows } = await reader.query(`${COUNTING} SELECT i FROM n WHERE i <= :count ORDER BY i DESC`, {
        count: BigInt(count),
      });
      assertEquals(rows, Array.from({ length: count }, (_, i) => [count - i]));
    }
  }));

Deno.test("openReader reports an error in the middle, wherever it comes", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    for (const at of [1, 2, 99, 100, 101, 1_000, MANY]) {
      const sql = `${COUNTING} SELECT i, CASE WHEN i = ${at} THEN json('{') END FROM n`;
      await assertRejects(() => reader.query(sql), ConfluenceIndexError, "malformed JSON", `${at}`);
    }
    // The reader can go on.
    assertEquals((await reader.query("SELECT 1")).rows, [[1]]);
  }));

Deno.test("openReader's stream can be left in the middle", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const { rows } = await reader.stream(`${COUNTING} SELECT i FROM n`);
    for (const [i] of rows) if (i === 150) break;
    assertEquals((await reader.query("SELECT 1")).rows, [[1]]);
  }));

Deno.test("openReader sees what a writer commits, while it writes", () =>
  withDatabase(async (path) => {
    const writer = new DatabaseSync(path);
    try {
      await using reader = await openReader(`file:${path}`);
      writer.exec("BEGIN IMMEDIATE; INSERT INTO pages VALUES ('4', 'Four', 4, NULL)");
      assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[3]]);
      writer.exec("COMMIT");
      assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[4]]);
    } finally {
      writer.close();
    }
  }));

Deno.test("openReader does not move a writer's log into the file", () =>
  withDatabase(async (path, dir) => {
    const writer = new DatabaseSync(path);
    try {
      writer.exec("INSERT INTO pages VALUES ('4', 'Four', 4, NULL)");
      const before = await snapshot(dir);
      await using reader = await openReader(`file:${path}`);
      await reader.query("PRAGMA wal_checkpoint(TRUNCATE)").catch((error) =>
        assert(error instanceof ConfluenceIndexError, String(error))
      );
      assertEquals(await snapshot(dir), before);
      assert((await Deno.stat(`${path}-wal`)).size > 0);
      assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[4]]);
    } finally {
      writer.close();
    }
  }));

Deno.test("openReader makes nothing where there is no file, and says what to do", () =>
  withTempDir(async (dir) => {
    const error = await assertRejects(() => openReader(`file:${dir}/none.db`), ConfluenceIndexError);
    assertEquals(error.code, "database");
    assertEquals(error.message, `Cannot open the index ${dir}/none.db: there is no such file`);
    assertStringIncludes(error.hint!, "ingest");
    const folder = await assertRejects(() => openReader(`file:${dir}`), ConfluenceIndexError);
    assertStringIncludes(folder.message, "it is not a file");
    assertEquals(await snapshot(dir), {});
  }));

Deno.test("openReader says when a file is no database, or a damaged one", () =>
  withDatabase(async (path, dir) => {
    await Deno.writeTextFile(
      `${dir}/text.db`,
      "this is not a database, but it is long enough to look like one".repeat(20),
    );
    const text = await assertRejects(() => openReader(`file:${dir}/text.db`), ConfluenceIndexError);
    assertEquals([text.code, text.message.includes("not an SQLite database")], ["database", true]);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(`${dir}/cut.db`, bytes.fill(0xaa, 4096));
    await using reader = await openReader(`file:${dir}/cut.db`).catch((error) => error);
    const error = reader instanceof Error
      ? reader
      : await assertRejects(() => reader.query("SELECT * FROM pages"), ConfluenceIndexError);
    assert(error instanceof ConfluenceIndexError);
    assertEquals(error.code, "database");
  }));

Deno.test("openReader reads file: URLs as libSQL's client does", () =>
  withDatabase(async (path, dir) => {
    await Deno.copyFile(path, `${dir}/a b%?.db`);
    for (
      const url of [
        `file:${dir}/a%20b%25%3F.db`,
        `file://${path}`,
        `file://localhost${path}`,
        `file:${path}?x=1`,
      ]
    ) {
      await using reader = await openReader(url);
      assertEquals((await reader.query("SELECT count(*) FROM pages")).rows, [[3]], url);
    }
  }));

Deno.test("openReader refuses an index in memory", async () => {
  const error = await assertRejects(() => openReader(":memory:"), ConfluenceIndexError);
  assertEquals(error.code, "database");
});

Deno.test("openReader says when a server does not answer, without its token", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const error = await assertRejects(
    () => openReader(`http://127.0.0.1:${port}`, { token: "hunter2-token" }),
    ConfluenceIndexError,
  );
  assertEquals(error.code, "database");
  assert(!Deno.inspect(error).includes("hunter2-token"));
});

Deno.test("a closed reader can be closed again", () =>
  withDatabase(async (path) => {
    const reader = await openReader(`file:${path}`);
    reader.close();
    reader.close();
  }));

Deno.test("readCatalog lists views first, columns in order, and none of SQLite's own tables", () =>
  withDatabase(async (path) => {
    await using reader = await openReader(`file:${path}`);
    const catalog = await readCatalog(reader);
    assertEquals(catalog.map(({ table, column }) => `${table}.${column}`).slice(0, 6), [
      "current_pages.id",
      "current_pages.title",
      "pages.id",
      "pages.title",
      "pages.size",
      "pages.body",
    ]);
    assertEquals([...new Set(catalog.map(({ table }) => table))], [
      "current_pages",
      "pages",
      "spaces",
      "words",
    ]);
    assertEquals(catalog[0], {
      table: "current_pages",
      isView: true,
      column: "id",
      type: "text",
      isKey: false,
    });
    assertEquals(catalog[2], { table: "pages", isView: false, column: "id", type: "text", isKey: true });
  }));

Deno.test("node:sqlite still ends an iteration at an error, which openReader works around", () =>
  withDatabase((path) => {
    // When this fails, Deno reports the error, and the second look in file_reader.ts can go.
    const database = new DatabaseSync(path, { readOnly: true });
    const sql = "SELECT json(column1) FROM (VALUES ('1'), ('{'))";
    assertEquals([...database.prepare(sql).iterate()].length, 1);
    assertThrows(() => database.prepare(sql).all());
    database.close();
    return Promise.resolve();
  }));
