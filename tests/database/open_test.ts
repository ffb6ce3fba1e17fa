import { assert, assertEquals, assertRejects } from "@std/assert";
import { createClient } from "@libsql/client";
import { ConfluenceIndexError, openDatabase } from "@confluence-index/confluence-index";
import { migrate, MIGRATIONS } from "../../src/database/mod.ts";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import { withTempDir } from "../support/temp_dir.ts";

Deno.test("MIGRATIONS lists every migration of the journal, in order", async () => {
  assertEquals(MIGRATIONS.map(({ tag }) => tag), journal.entries.map(({ tag }) => tag));
  for (const { tag, sql } of MIGRATIONS) {
    assertEquals(sql, await Deno.readTextFile(`migrations/${tag}.sql`));
  }
});

Deno.test("openDatabase() makes the folder and the file, private to the user", async () => {
  await withTempDir(async (dir) => {
    const database = await openDatabase(`file:${dir}/deep/er/index.db`);
    database.close();
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(`${dir}/deep/er/index.db`)).mode! & 0o777, 0o600);
      assertEquals((await Deno.stat(`${dir}/deep`)).mode! & 0o777, 0o700);
    }
  });
});

Deno.test("openDatabase() twice applies each migration once and keeps what is there", async () => {
  await withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    {
      await using database = await openDatabase(url);
      await database.commit(["INSERT INTO meta VALUES ('a', 'b')"]);
    }
    await using database = await openDatabase(url);
    assertEquals(await database.all("SELECT key, value FROM meta"), [{ key: "a", value: "b" }]);
    assertEquals((await database.all("SELECT tag FROM schema_migrations")).length, MIGRATIONS.length);
  });
});

Deno.test("openDatabase() leaves another program's database as it is", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/theirs.db`;
    const client = createClient({ url: `file:${path}` });
    await client.execute("CREATE TABLE pages (id TEXT)");
    await client.execute("CREATE TABLE songs (id INTEGER PRIMARY KEY AUTOINCREMENT)");
    client.close();
    const before = await Deno.readFile(path);
    const error = await assertRejects(() => openDatabase(`file:${path}`), ConfluenceIndexError);
    assertEquals([error.code, error.message], [
      "database",
      'Cannot open the index: it is another program\'s database, with a table "pages"',
    ]);
    assertEquals(await Deno.readFile(path), before);
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["theirs.db"]);
  });
});

Deno.test("openDatabase() by two at the same time leaves one whole schema", async () => {
  await withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    const databases = await Promise.all([openDatabase(url), openDatabase(url), openDatabase(url)]);
    assertEquals((await databases[0]!.all("SELECT tag FROM schema_migrations")).length, MIGRATIONS.length);
    for (const database of databases) database.close();
  });
});

Deno.test("migrate() applies a later step on top of earlier ones, all of it or nothing", async () => {
  const client = createClient({ url: ":memory:", concurrency: 1 });
  await migrate(client);
  const broken = {
    tag: "9999_broken",
    sql: "CREATE TABLE more (a);\n--> statement-breakpoint\nCREATE TABLE more (a);",
  };
  await assertRejects(() => migrate(client, [...MIGRATIONS, broken]));
  assertEquals((await client.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'")).rows.length, 0);
  await migrate(client, [...MIGRATIONS, { tag: "9999_good", sql: "CREATE TABLE more (a);" }]);
  assertEquals((await client.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'")).rows.length, 1);
  client.close();
});

Deno.test("openDatabase() refuses a database newer than the program and leaves it as it is", async () => {
  await withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    {
      await using database = await openDatabase(url);
      await database.commit([
        "INSERT INTO schema_migrations VALUES ('9999_future', '2030-01-01T00:00:00.000Z')",
      ]);
    }
    const error = await assertRejects(
      () => openDatabase(url),
      ConfluenceIndexError,
      "made by a newer program",
    );
    assertEquals(error.code, "database");
    assert(error.message.includes("9999_future"));
  });
});

Deno.test("openDatabase() says what is wrong with a file that is no database, and leaves its bytes", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/notes.txt`;
    const text = "not a database, just a text that is long enough to be read as a header\n".repeat(20);
    await Deno.writeTextFile(path, text);
    const error = await assertRejects(
      () => openDatabase(`file:${path}`),
      ConfluenceIndexError,
      "not an SQLite database",
    );
    assertEquals(error.code, "database");
    assertEquals(await Deno.readTextFile(path), text);
  });
});

Deno.test("openDatabase() says that a file is damaged", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/index.db`;
    // Disposed of, it has folded its log into the file: nothing mends that afterwards.
    await (await openDatabase(`file:${path}`))[Symbol.asyncDispose]();
    const bytes = await Deno.readFile(path);
    bytes.fill(0xff, 100, 4000);
    await Deno.writeFile(path, bytes);
    await Deno.remove(`${path}-wal`).catch(() => {});
    const error = await assertRejects(() => openDatabase(`file:${path}`), ConfluenceIndexError, "damaged");
    assertEquals(error.code, "database");
  });
});

Deno.test("openDatabase() names a folder given as the file", async () => {
  await withTempDir(async (dir) => {
    const error = await assertRejects(
      () => openDatabase(`file:${dir}`),
      ConfluenceIndexError,
      "Cannot open the index",
    );
    assertEquals(error.code, "database");
  });
});

Deno.test("Database.commit() waits for another writer, then says who is in the way", async () => {
  await withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    await using database = await openDatabase(url, { busyTimeoutMs: 50 });
    const other = createClient({ url });
    const transaction = await other.transaction("write");
    await transaction.execute("INSERT INTO meta VALUES ('x', 'y')");
    const error = await assertRejects(
      () => database.commit(["INSERT INTO meta VALUES ('a', 'b')"]),
      ConfluenceIndexError,
      "another program is writing to it",
    );
    assertEquals(error.code, "locked");
    await transaction.rollback();
    other.close();
    await database.commit(["INSERT INTO meta VALUES ('a', 'b')"]);
  });
});

Deno.test("Database.commit() on a full disk changes nothing and says so", async () => {
  await using database = await openDatabase(":memory:");
  await database.commit(["PRAGMA max_page_count = 60"]);
  const error = await assertRejects(
    () =>
      database.commit([
        "INSERT INTO meta VALUES ('small', 'x')",
        { sql: "INSERT INTO meta VALUES ('large', ?)", args: ["x".repeat(1_000_000)] },
      ]),
    ConfluenceIndexError,
    "the disk is full",
  );
  assertEquals(error.code, "database");
  assertEquals(await database.all("SELECT * FROM meta"), []);
});

Deno.test("Database.commit() is all or nothing", async () => {
  await using database = await openDatabase(":memory:");
  await assertRejects(() =>
    database.commit(["INSERT INTO meta VALUES ('a', 'b')", "INSERT INTO nowhere VALUES (1)"])
  );
  assertEquals(await database.all("SELECT * FROM meta"), []);
});

Deno.test("Database.exclusive() never interleaves, also after a failure", async () => {
  await using database = await openDatabase(":memory:");
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} starts`);
    await Promise.resolve();
    await database.all("SELECT 1");
    order.push(`${name} ends`);
    if (name === "b") throw new Error("b fails");
  };
  await Promise.allSettled([
    database.exclusive(work("a")),
    database.exclusive(work("b")),
    database.exclusive(work("c")),
  ]);
  assertEquals(order, ["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
});

Deno.test("openDatabase() keeps user info and query out of what it shows", async () => {
  const error = await assertRejects(
    () => openDatabase("http://user:secret@127.0.0.1:1/?authToken=secret"),
    ConfluenceIndexError,
  );
  assert(!Deno.inspect(error.message).includes("secret"), error.message);
});
