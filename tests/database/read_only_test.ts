import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { openDatabase, openIndex, saveMeta, type Statement } from "../../src/database/mod.ts";
import { snapshot } from "../query/support.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A folder with an index of one fact. */
function withIndex(work: (url: string, dir: string) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    const database = await openDatabase(url);
    await database.commit(saveMeta("site", "https://example.atlassian.net/wiki"));
    await database[Symbol.asyncDispose]();
    await work(url, dir);
  });
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

Deno.test("openIndex() reads with arguments in their order, by number or not", () =>
  withIndex(async (url) => {
    await using index = await openIndex(url);
    assertEquals(await index.all("SELECT ? AS a, ? AS b", ["x", 2]), [{ a: "x", b: 2 }]);
    assertEquals(await index.first("SELECT ?2 AS a, ?1 AS b, ?1 AS c", ["x", null]), {
      a: null,
      b: "x",
      c: "x",
    });
    assertEquals(await index.first("SELECT value FROM meta WHERE key = ?", ["nothing"]), undefined);
  }));

Deno.test("openIndex() gives a connection that SQLite keeps from writing", () =>
  withIndex(async (url, dir) => {
    const before = await snapshot(dir);
    const index = await openIndex(url);
    for (
      const sql of [
        "INSERT INTO meta VALUES ('a', 'b')",
        "UPDATE meta SET value = ''",
        "DELETE FROM meta",
        "CREATE TABLE t (a)",
        `ATTACH '${dir}/other.db' AS other`,
        `VACUUM INTO '${dir}/copy.db'`,
      ]
    ) {
      await assertRejects(() => index.all(sql), Error);
    }
    assertEquals((await index.all("SELECT * FROM meta")).length, 1);
    await index[Symbol.asyncDispose]();
    await index[Symbol.asyncDispose]();
    assertEquals(await snapshot(dir), before);
  }));

Deno.test("openIndex() refuses a file that is not there, and makes none", () =>
  withTempDir(async (dir) => {
    const error = await assertRejects(
      () => openIndex(`file:${dir}/none.db`),
      ConfluenceIndexError,
      "there is no such file",
    );
    assertEquals(error.code, "database");
    assertEquals(await snapshot(dir), {});
  }));

Deno.test("openIndex() takes a missing index for an empty one where that is wanted, and makes none", () =>
  withTempDir(async (dir) => {
    for (const url of [`file:${dir}/none.db`, ":memory:"]) {
      await using index = await openIndex(url, { mayBeMissing: true });
      assertEquals(await index.all("SELECT * FROM pages"), []);
      assertEquals(await index.first("SELECT * FROM pages"), undefined);
    }
    assertEquals(await snapshot(dir), {});
  }));

Deno.test("openIndex() refuses what is no index", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/text.db`,
      "This is no database, but long enough to look like one.".repeat(9),
    );
    await assertRejects(
      () => openIndex(`file:${dir}/text.db`, { mayBeMissing: true }),
      ConfluenceIndexError,
      "not an SQLite database",
    );
    change(`${dir}/other.db`, "CREATE TABLE t (a)");
    await assertRejects(
      () => openIndex(`file:${dir}/other.db`),
      ConfluenceIndexError,
      "it holds no tables of this program",
    );
    // An ingest would make its tables there.
    await using index = await openIndex(`file:${dir}/other.db`, { mayBeMissing: true });
    assertEquals(await index.all("SELECT * FROM pages"), []);
    await assertRejects(() => openIndex(":memory:"), ConfluenceIndexError, "it is empty each time");
  }));

Deno.test("openIndex() refuses an index of another version of the program, older or newer", () =>
  withIndex(async (url, dir) => {
    change(`${dir}/index.db`, "INSERT INTO schema_migrations VALUES ('9999_future', '')");
    await assertRejects(() => openIndex(url), ConfluenceIndexError, "made by a newer program");
    change(`${dir}/index.db`, "DELETE FROM schema_migrations WHERE tag <> '0000_foundation'");
    change(`${dir}/index.db`, "DELETE FROM schema_migrations WHERE tag = '0000_foundation'");
    await assertRejects(() => openIndex(url), ConfluenceIndexError, "made by an older program");
  }));

Deno.test({
  name: `openIndex() reads a server in transactions that are rolled back${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: async () => {
    await using server = await startSqld();
    const database = await openDatabase(server.url);
    await database.commit(saveMeta("site", "https://example.atlassian.net/wiki"));
    await database[Symbol.asyncDispose]();
    await using index = await openIndex(server.url);
    assertEquals(await index.first("SELECT value FROM meta WHERE key = ?", ["site"]), {
      value: "https://example.atlassian.net/wiki",
    });
    // Some servers run it, and all of them forget it.
    await index.all("DELETE FROM meta").catch(() => {});
    assertEquals((await index.all("SELECT * FROM meta")).length, 1);
  },
});

const SITE = "https://example.atlassian.net/wiki";

/** Adds one event, as every change of a page does. */
const EVENT: Statement = {
  sql: `INSERT INTO events (kind, subject, subject_id, version, space_id, run_id, created_at)
    VALUES ('added', 'page', '1', 1, '10', 'run-1', '2026-01-01T00:00:00.000Z')`,
  args: [],
};

Deno.test("atOneMoment() reads a file as it is when it begins, whatever is written meanwhile", () =>
  withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    await using database = await openDatabase(url);
    await database.commit(saveMeta("site", SITE));
    await using index = await openIndex(url);
    const count = () => index.first("SELECT count(*) AS n FROM events");
    const seen = await index.atOneMoment(async () => {
      const before = await count();
      await database.commit([EVENT]);
      return [before, await count()];
    });
    assertEquals([...seen, await count()], [{ n: 0 }, { n: 0 }, { n: 1 }]);
  }));

Deno.test({
  name: `atOneMoment() reads a server again that changes meanwhile, and says so when it goes on changing${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: async () => {
    await using server = await startSqld();
    await using database = await openDatabase(server.url);
    await database.commit(saveMeta("site", SITE));
    await using index = await openIndex(server.url);
    let reads = 0;
    const read = async (changes: number) => {
      if (++reads <= changes) await database.commit([EVENT]);
      return reads;
    };
    assertEquals(await index.atOneMoment(() => read(1)), 2);
    reads = 0;
    const error = await assertRejects(() => index.atOneMoment(() => read(9)), ConfluenceIndexError);
    assertStringIncludes(error.hint ?? "", "--replica");
  },
});
