import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createClient } from "@libsql/client";
import { openDatabase, type Statement } from "../../src/database/mod.ts";
import { openIndex, type ReadOnlyIndex } from "../../src/database/reader.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { hashes, INDEX, ingestInto } from "../support/index_file.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A folder with an index of some pages, and the program in it. */
async function withIndex(
  work: (world: { dir: string; backup(...args: string[]): ReturnType<typeof runCli> }) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    for (const title of ["One", "Two", "Three"]) {
      fake.site.addPage({ spaceKey: "DOCS", title, body: `<p>${title} and more</p>` });
    }
    await ingestInto(dir, fake, { selection: { all: true } });
    await work({ dir, backup: (...args) => runCli(["backup", ...args], { cwd: dir }) });
  });
}

async function titles(path: string): Promise<unknown[]> {
  await using index: ReadOnlyIndex = await openIndex(`file:${path}`);
  return (await index.all<{ title: string }>("SELECT title FROM current_pages ORDER BY title")).map(
    ({ title }) => title,
  );
}

Deno.test("backup FILE copies the committed state while another program writes, as one private, sound file", () =>
  withIndex(async ({ dir, backup }) => {
    const writer = createClient({ url: `file:${dir}/${INDEX}` });
    try {
      // In the log beside the file, not folded into it yet; and a change that is not committed.
      await writer.execute("UPDATE pages SET title = 'One, renamed' WHERE title = 'One'");
      const transaction = await writer.transaction("write");
      await transaction.execute("UPDATE pages SET title = 'half done'");
      const { code, stdout, stderr } = await backup("copy.db");
      assertEquals([code, stdout], [0, "copy.db\n"], stderr);
      assertStringIncludes(stderr, "3 pages, 3 versions");
      await transaction.commit();
      transaction.close();
    } finally {
      writer.close();
    }
    assertEquals(await titles(`${dir}/copy.db`), ["One, renamed", "Three", "Two"]);
    const stat = await Deno.stat(`${dir}/copy.db`);
    if (Deno.build.os !== "windows") assertEquals(stat.mode! & 0o777, 0o600);
    const copy = createClient({ url: `file:${dir}/copy.db` });
    assertEquals((await copy.execute("PRAGMA journal_mode")).rows[0]?.[0], "delete");
    await copy.execute("INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)");
    copy.close();
    const left = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
    assertEquals(left, ["copy.db", "var"]);
  }));

Deno.test("backup serves as the index: an ingest goes on from it", () =>
  withIndex(async ({ dir, backup }) => {
    assertEquals((await backup("copy.db", "--quiet")).stderr, "");
    await using database = await openDatabase(`file:${dir}/copy.db`);
    assertEquals(await database.commit(["UPDATE pages SET title = 'x'"] satisfies Statement[]), [3]);
    assertEquals(await database.all("SELECT count(*) AS n FROM page_search WHERE page_search MATCH 'x'"), [
      { n: 3 },
    ]);
  }));

Deno.test("backup never replaces a file without --overwrite, and then as a whole", () =>
  withIndex(async ({ dir, backup }) => {
    await Deno.writeTextFile(`${dir}/copy.db`, "mine");
    const refused = await backup("copy.db");
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertStringIncludes(refused.stderr, "Cannot back up to copy.db: there is such a file already");
    assertEquals(await Deno.readTextFile(`${dir}/copy.db`), "mine");
    // What a killed backup left behind is no obstacle.
    await Deno.writeTextFile(`${dir}/copy.db.new`, "half");
    const { code, stdout } = await backup("copy.db", "--overwrite", "--json");
    const { file, bytes, pages, versions } = JSON.parse(stdout);
    assertEquals([code, file, pages, versions], [0, "copy.db", 3, 3]);
    assertEquals(bytes, (await Deno.stat(`${dir}/copy.db`)).size);
    assertEquals((await titles(`${dir}/copy.db`)).length, 3);
  }));

Deno.test("backup makes no copy beside what a killed program has left, which would be taken for a part of it", () =>
  withIndex(async ({ dir, backup }) => {
    assertEquals((await backup("copy.db", "--quiet")).code, 0);
    for (const end of ["-wal", "-journal"]) {
      await Deno.writeTextFile(`${dir}/copy.db${end}`, "");
      assertEquals((await backup("copy.db", "--overwrite")).code, 0);
      await Deno.writeTextFile(`${dir}/copy.db${end}`, "frames");
      for (const file of ["copy.db", `${dir}/copy.db`]) {
        const { code, stderr } = await backup(file, "--overwrite");
        assertEquals(code, 2);
        assertStringIncludes(stderr, `copy.db${end} is there`);
      }
      await Deno.remove(`${dir}/copy.db`);
      // Without the file itself just as well.
      assertEquals((await backup("copy.db")).code, 2);
      await Deno.remove(`${dir}/copy.db${end}`);
      assertEquals((await backup("copy.db", "--quiet")).code, 0);
    }
  }));

Deno.test("backup leaves the index alone, whatever FILE is", () =>
  withIndex(async ({ dir, backup }) => {
    const before = await hashes(`${dir}/var`);
    await Deno.symlink(`${dir}/${INDEX}`, `${dir}/link.db`);
    for (const target of [INDEX, `./var/../${INDEX}`, "link.db"]) {
      const { code, stderr } = await backup(target, "--overwrite");
      assertEquals(code, 2);
      assertStringIncludes(stderr, "is the index itself", target);
    }
    // The temporary name must not be the index either.
    await Deno.rename(`${dir}/${INDEX}`, `${dir}/var/x.new`);
    const { code, stderr } = await backup("var/x", "--db", "var/x.new");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "is the index itself");
    await Deno.rename(`${dir}/var/x.new`, `${dir}/${INDEX}`);
    assertEquals(await hashes(`${dir}/var`), before);
  }));

Deno.test("backup says what stands in the way, and leaves nothing behind", () =>
  withIndex(async ({ dir, backup }) => {
    const cases: [string[], string][] = [
      [["nowhere/copy.db"], "Cannot back up to nowhere/copy.db: its folder is not there"],
      [["var"], "Cannot back up to var: it is a folder"],
      [["copy.db", "--db", "missing.db"], "there is no such file"],
      [["copy.db", "--db", "https://db.example.org"], "it is a server, which keeps the file"],
      [["copy.db", "--db", ":memory:"], "it ends with the program"],
      [["copy.db", "--db", "other.db"], "it holds no tables of this program"],
      [["copy.db", "--db", "text.db"], "the file is not an SQLite database"],
      [[], "backup needs FILE"],
    ];
    await Deno.writeTextFile(
      `${dir}/text.db`,
      "not a database, but long enough to be read as the head of one",
    );
    const other = createClient({ url: `file:${dir}/other.db` });
    await other.execute("CREATE TABLE t (x)");
    other.close();
    for (const [args, message] of cases) {
      const { code, stderr } = await backup(...args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
      assertStringIncludes(stderr, "hint: ");
    }
    const left = await Array.fromAsync(Deno.readDir(dir));
    assert(left.every(({ name }) => !name.startsWith("copy")), JSON.stringify(left));
  }));

Deno.test("backup refuses a damaged index rather than keep a damaged copy", () =>
  withIndex(async ({ dir, backup }) => {
    const path = `${dir}/${INDEX}`;
    const client = createClient({ url: `file:${path}` });
    const { rows } = await client.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'links'");
    client.close();
    const bytes = await Deno.readFile(path);
    bytes.fill(0xa5, (Number(rows[0]![0]) - 1) * 4096, Number(rows[0]![0]) * 4096);
    await Deno.writeFile(path, bytes);
    const { code, stderr } = await backup("copy.db");
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "Cannot back up to copy.db: the file is damaged");
    const left = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
    assertEquals(left, ["var"]);
  }));
