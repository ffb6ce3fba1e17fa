/** `query` through the command line. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { snapshot, withDatabase } from "../query/support.ts";
import { HAS_TERMINALS, onTerminal } from "../support/on_terminal.ts";
import { type CliOptions, type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

type Run = (args: readonly string[], options?: Partial<CliOptions>) => Promise<CliResult>;

/** A small database, asked from its own folder. */
async function withQuery(work: (run: Run, dir: string) => Promise<void>): Promise<void> {
  await withDatabase((_path, dir) =>
    work((args, options) => runCli(["query", "--db", "index.db", ...args], { cwd: dir, ...options }), dir)
  );
}

Deno.test("query prints JSON lines when piped, and the number of rows on stderr", () =>
  withQuery(async (run) => {
    assertEquals(await run(["SELECT id, title, size FROM pages ORDER BY id"]), {
      code: 0,
      stdout: '{"id":"1","title":"One","size":10}\n{"id":"2","title":"Two","size":null}\n' +
        '{"id":"3","title":"Three","size":9007199254740993}\n',
      stderr: "3 rows\n",
    });
    assertEquals((await run(["SELECT 1", "--quiet"])).stderr, "");
    assertEquals((await run(["SELECT 1"])).stderr, "1 row\n");
  }));

Deno.test("query prints tables, JSON and CSV", () =>
  withQuery(async (run) => {
    const sql = "SELECT id, '=' || title AS title, body FROM pages WHERE id < '3' ORDER BY id";
    const [table, json, short, csv, none] = await Promise.all([
      run([sql, "--format", "table"]),
      run([sql, "--format", "json"]),
      run([sql, "--json"]),
      run([sql, "--format", "csv"]),
      run(["SELECT 1 WHERE 0", "--json"]),
    ]);
    assertEquals(
      table.stdout,
      "id  title  body\n──  ─────  ─────────\n1   =One   NULL\n2   =Two   (2 bytes)\n",
    );
    assertEquals(JSON.parse(json.stdout), [
      { id: "1", title: "=One", body: null },
      { id: "2", title: "=Two", body: "AP8=" },
    ]);
    assertEquals(short, json);
    assertEquals(csv.stdout, "id,title,body\n1,'=One,\n2,'=Two,AP8=\n");
    assertEquals(none.stdout, "[]\n");
  }));

Deno.test("query fits a table into the columns there are", () =>
  withQuery(async (run) => {
    const { stdout } = await run([
      "SELECT title, printf('%.*c', 200, 'x') AS x FROM pages",
      "--format",
      "table",
    ], {
      env: { COLUMNS: "40" },
    });
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.map((line) => line.length), [8, 40, 40, 40, 40]);
    assert(lines[2]!.endsWith("x…"));
  }));

Deno.test("query sends no terminal control in any format that people look at", () =>
  withQuery(async (run) => {
    const sql = "SELECT char(27) || '[2J' || char(155) || char(8238) AS title";
    for (const format of ["table", "json", "ndjson"]) {
      const { stdout } = await run([sql, "--format", format]);
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(stdout), false, format);
    }
    const [row] = JSON.parse((await run([sql, "--json"])).stdout);
    assertEquals(row.title, "\x1b[2J\x9b\u202e");
  }));

Deno.test("query takes the statement from a file and from stdin", () =>
  withQuery(async (run, dir) => {
    await Deno.writeTextFile(`${dir}/q.sql`, "-- the first\nSELECT title\nFROM pages WHERE id = :id;\n");
    const args = ["--param", "id=1", "--quiet"];
    const expected = { code: 0, stdout: '{"title":"One"}\n', stderr: "" };
    assertEquals(await run(["--file", "q.sql", ...args]), expected);
    assertEquals(await run(args, { stdin: "SELECT title FROM pages WHERE id = :id" }), expected);
    assertEquals(await run(["-", ...args], { stdin: "SELECT title FROM pages WHERE id = :id" }), expected);
    assertEquals(await run(["-- the first\nSELECT title FROM pages WHERE id = :id", ...args]), expected);
    const empty = await run([]);
    assertEquals([empty.code, empty.stdout], [2, ""]);
    assertStringIncludes(empty.stderr, "error[usage]: Cannot find the statement: ");
  }));

Deno.test("query binds --param as text, or as JSON after :=", () =>
  withQuery(async (run) => {
    const sql = "SELECT typeof(:a) AS a, typeof(:b) AS b, typeof(:c) AS c, :d AS d";
    const { stdout } = await run([
      sql,
      "--param",
      "a=1",
      "--param",
      "b:=1",
      "--param",
      "c:=null",
      "--param",
      "d=x' --",
    ]);
    assertEquals(JSON.parse(stdout), { a: "text", b: "integer", c: "null", d: "x' --" });
    const missing = await run(["SELECT :a"]);
    assertEquals(missing, {
      code: 2,
      stdout: "",
      stderr: "error[usage]: Cannot run the statement: :a has no value\nhint: Add --param a=…\n",
    });
  }));

Deno.test("query cannot write: each attempt ends with 2, and the folder stays as it is", () =>
  withQuery(async (run, dir) => {
    const before = await snapshot(dir);
    for (
      const sql of [
        "DELETE FROM pages",
        "INSERT INTO pages VALUES ('9', 'x', 1, NULL) RETURNING id",
        "CREATE TABLE t (a)",
        "PRAGMA user_version = 5",
        `VACUUM INTO '${dir}/copy.db'`,
      ]
    ) {
      const { code, stdout, stderr } = await run([sql]);
      assertEquals([code, stdout], [2, ""], sql);
      assertStringIncludes(stderr, "error[usage]: Cannot run the statement: it would write", sql);
    }
    const attach = await run([`ATTACH '${dir}/new.db' AS n`]);
    assertEquals([attach.code, attach.stdout], [2, ""]);
    assertStringIncludes(
      attach.stderr,
      "it would attach another database\nhint: The index is opened alone and read-only",
    );
    const two = await run(["PRAGMA query_only = OFF; DELETE FROM pages"]);
    assertEquals(two.code, 2);
    assertStringIncludes(two.stderr, "there is more than one");
    assertEquals(await snapshot(dir), before);
  }));

Deno.test("query says which table was probably meant", () =>
  withQuery(async (run) => {
    const { code, stderr } = await run(["SELECT * FROM curent_pages"]);
    assertEquals(code, 2);
    assertEquals(
      stderr,
      "error[usage]: Cannot run the statement: no such table: curent_pages\n" +
        "hint: Did you mean current_pages? See confluence-index query --schema for all.\n",
    );
  }));

Deno.test("query ends with 2 when an error comes after rows were printed", () =>
  withQuery(async (run) => {
    const { code, stdout, stderr } = await run([
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) " +
      "SELECT i, CASE WHEN i = 19999 THEN json('{') END AS j FROM n",
    ]);
    assertEquals(code, 2);
    assert(stdout.startsWith('{"i":1,"j":null}\n'));
    assertStringIncludes(stderr, "malformed JSON");
  }));

Deno.test("query refuses a value that a saved question could make nothing of", () =>
  withQuery(async (run) => {
    const values = [
      ["as-of", "time=nonsense", "as-of with this --param time: it is no time"],
      ["as-of", "time=2026-13-01", "it is no time"],
      ["as-of", "time:=2026", "it is no time"],
      ["stale-pages", "days=a few", "stale-pages with this --param days: it is no whole number"],
    ] as const;
    for (const [question, param, expected] of values) {
      const { code, stdout, stderr } = await run([question, "--param", param]);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, expected);
      assertStringIncludes(stderr, "Write it like");
    }
  }));

Deno.test("query --schema lists tables and columns", () =>
  withQuery(async (run) => {
    const { code, stdout } = await run(["--schema"]);
    assertEquals(code, 0);
    const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows[0].table, "current_pages");
    assert(
      rows.some(({ table, column, type }) => table === "pages" && column === "size" && type === "integer"),
    );
    assertEquals((await run(["--schema", "SELECT 1"])).code, 2);
  }));

Deno.test("query makes nothing where there is no index, and says what to do first", () =>
  withTempDir(async (cwd) => {
    const { code, stderr } = await runCli(["query", "SELECT 1"], { cwd });
    assertEquals(code, 2);
    assertStringIncludes(
      stderr,
      "error[database]: Cannot open the index var/confluence.db: there is no such file\nhint: ",
    );
    assertStringIncludes(stderr, "ingest");
    assertEquals(await snapshot(cwd), {});
  }));

Deno.test("query reads an index whose folder name is odd, and one named by its URL", () =>
  withDatabase(async (path, dir) => {
    await Deno.mkdir(`${dir}/a b%41?`);
    await Deno.copyFile(path, `${dir}/a b%41?/x.db`);
    for (const db of ["a b%41?/x.db", `file:${dir}/a%20b%2541%3F/x.db`, `file://${path}`]) {
      const { code, stdout, stderr } = await runCli(
        ["query", "--db", db, "SELECT count(*) AS n FROM pages"],
        { cwd: dir },
      );
      assertEquals([code, stdout], [0, '{"n":3}\n'], stderr);
    }
  }));

Deno.test({
  name: "query on a terminal draws a table that fits it, with the head set off" +
    (HAS_TERMINALS ? "" : " (skipped: no Python with pseudo-terminals)"),
  ignore: !HAS_TERMINALS,
  fn: () =>
    withDatabase(async (_path, dir) => {
      const sql = "SELECT id, title, printf('%.*c', 200, 'x') AS x FROM pages WHERE id < '3' ORDER BY id";
      const { code, screen } = await onTerminal(["query", "--db", "index.db", sql], {
        cwd: dir,
        env: { NO_COLOR: "", COLUMNS: "40" },
      }, []);
      assertEquals(code, 0, screen);
      const lines = screen.split("\r\n");
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      const plain = lines.map((line) => line.replace(/\x1b\[[\d;]*m/g, ""));
      const first = plain.findIndex((line) => line.startsWith("id  title"));
      assert(first >= 0, screen);
      assert(lines[first]!.includes("\x1b["), "the head has a color");
      assertEquals(plain.slice(first + 2, first + 4).map((line) => line.slice(0, 10)), [
        "1   One   ",
        "2   Two   ",
      ]);
      assert(
        plain.slice(first + 2, first + 4).every((line) => line.length <= 80 && line.endsWith("…")),
        screen,
      );
    }),
});
