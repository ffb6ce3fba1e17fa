/** `search` and saved questions through the command line, and the index in SQLite's own shell. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SAVED_QUESTIONS } from "../../src/database/reader.ts";
import { type CliOptions, type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { DOCS, withBench } from "../sync/setup.ts";

type Run = (args: readonly string[], options?: Partial<CliOptions>) => Promise<CliResult>;

/** An index of three pages, asked from its own folder. */
async function withIndex(work: (run: Run, dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await withBench(async ({ site, ingest }) => {
      site.addPage({ spaceKey: "DOCS", title: "Backup", body: "<p>How the backup of the café runs</p>" });
      site.addPage({ spaceKey: "DOCS", title: "Notes", body: "<p>no \u202ebackup yet</p>" });
      const body = '<p><ac:link><ri:page ri:content-title="Backup"/></ac:link></p>' +
        '<p><ac:link><ri:page ri:content-title="Gone"/></ac:link></p>';
      site.addPage({ spaceKey: "DOCS", title: "接続", body });
      await ingest(DOCS);
    }, { url: `file:${dir}/index.db` });
    const run: Run = ([command, ...args], options) =>
      runCli([command!, "--db", "index.db", ...args], { cwd: dir, ...options });
    await work(run, dir);
  });
}

Deno.test("search prints the best page first, as text and as JSON, with what was found", () =>
  withIndex(async (run) => {
    const [text, json, lines, title] = await Promise.all([
      run(["search", "BACKUP", "--format", "text"]),
      run(["search", "backup", "CAFE", "--json"]),
      run(["search", "backup", "--limit", "1"]),
      run(["search", "接続", "--in-title"]),
    ]);
    assertEquals(text.code, 0);
    const shown = text.stdout.split("\n");
    assert(shown[0]!.startsWith("Backup  DOCS, "), text.stdout);
    assertEquals(shown[1], "  How the backup of the café runs");
    assert(!text.stdout.includes("\u202e") && text.stdout.includes("\\u202e"), text.stdout);
    assert(!text.stdout.includes("\x1b"));
    const [hit, ...others] = JSON.parse(json.stdout);
    assertEquals([hit.title, hit.space_key, hit.snippet, others.length], [
      "Backup",
      "DOCS",
      "How the backup of the café runs",
      0,
    ]);
    assertEquals(hit.snippet_hits.map(([start, end]: [number, number]) => hit.snippet.slice(start, end)), [
      "backup",
      "café",
    ]);
    assertEquals(lines.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).title), ["Backup"]);
    assertEquals(lines.stderr, "1 page; --limit shows more\n");
    assertEquals(JSON.parse(title.stdout).title, "接続");
  }));

Deno.test("search that finds nothing says so with what was probably meant, and ends well", () =>
  withIndex(async (run) => {
    const [none, json, odd, space, near] = await Promise.all([
      run(["search", "bakcup"]),
      run(["search", "backup", "--space", "NONE", "--json", "-q"]),
      run(["search", "--", "!!", "🎉"]),
      run(["search", "bakcup", "--space", "NOPE", "--space", "docs"]),
      run(["search", "backup", "--space", "DOC"]),
    ]);
    assertEquals(none, { code: 0, stdout: "", stderr: "nothing found; did you mean backup?\n" });
    assertEquals(json, { code: 0, stdout: "[]\n", stderr: "" });
    assertEquals(space, {
      code: 0,
      stdout: "",
      stderr: "nothing found; the index holds no space NOPE; did you mean backup?\n",
    });
    assertEquals(near.stderr, "nothing found; the index holds no space DOC (did you mean DOCS?)\n");
    assertEquals(odd.code, 2);
    assertStringIncludes(odd.stderr, "there is no word");
  }));

Deno.test("query runs every saved question", () =>
  withIndex(async (run) => {
    const { stdout } = await run(["query", "--list"]);
    const names = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).name);
    assertEquals(names, SAVED_QUESTIONS.map(({ name }) => name).toSorted());
    for (const { name } of SAVED_QUESTIONS) {
      const { code, stderr } = await run([
        "query",
        name,
        ...name === "backlinks" ? ["--param", "page=1"] : [],
        ...name === "as-of" ? ["--param", "time=now"] : [],
      ]);
      assertEquals(code, 0, `${name}: ${stderr}`);
    }
    const broken = await run(["query", "broken-links"]);
    assertEquals(
      broken.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).map((
        row,
      ) => [row.target, row.reason]),
      [
        ["Gone", "no page of that title"],
      ],
    );
    assertEquals((await run(["query", "stale-pages", "--param", "days:=100000", "-q"])).stdout, "");
  }));

Deno.test("query finds people's own questions first, and helps with names that are not there", () =>
  withIndex(async (run, dir) => {
    await Deno.mkdir(`${dir}/mine`);
    await Deno.writeTextFile(
      `${dir}/mine/titles.sql`,
      "-- All titles.\nSELECT title FROM current_pages WHERE title > :from ORDER BY 1",
    );
    await Deno.writeTextFile(`${dir}/mine/orphans.sql`, "SELECT 'mine' AS whose");
    const own = ["--queries", "mine"];
    const [titles, orphans, list, wrong, missing] = await Promise.all([
      run(["query", "titles", ...own, "--param", "from=C"]),
      run(["query", "orphans"], { env: { CONFLUENCE_INDEX_QUERIES: "mine" } }),
      run(["query", "--list", ...own]),
      run(["query", "title", ...own]),
      run(["query", "titles", ...own]),
    ]);
    assertEquals(titles.stdout, '{"title":"Notes"}\n{"title":"接続"}\n');
    assertEquals(orphans.stdout, '{"whose":"mine"}\n');
    const rows = list.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.find(({ name }) => name === "titles"), {
      name: "titles",
      answers: "All titles",
      params: "from",
      from: "mine/titles.sql",
    });
    assertEquals(rows.filter(({ name }) => name === "orphans").map(({ from }) => from), ["mine/orphans.sql"]);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, "Did you mean titles?");
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.stderr, "Add --param from=");
  }));

const shell = await new Deno.Command("sqlite3", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: `the index opens in sqlite3 as it is: views, search, triggers${
    shell ? "" : " (skipped: sqlite3 is not installed)"
  }`,
  ignore: !shell,
  fn: () =>
    withIndex(async (_run, dir) => {
      const ask = async (sql: string): Promise<string> => {
        const { stdout, stderr } = await new Deno.Command("sqlite3", { args: ["index.db", sql], cwd: dir })
          .output();
        assertEquals(new TextDecoder().decode(stderr), "");
        return new TextDecoder().decode(stdout).trimEnd();
      };
      const views = await ask("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name");
      for (const view of views.split("\n")) await ask(`SELECT count(*) FROM "${view}"`);
      const found =
        "SELECT group_concat(title) FROM (SELECT title FROM page_search WHERE page_search MATCH 'how OR yet' ORDER BY title)";
      assertEquals(await ask(found), "Backup,Notes");
      assertEquals(
        await ask(
          "SELECT snippet(page_search, 1, '[', ']', '', 8) FROM page_search WHERE page_search MATCH 'backup how'",
        ),
        "[How] the [backup] of the café runs",
      );
      assertEquals(await ask("SELECT title, from_title FROM backlinks"), "Backup|接続");
      await ask("UPDATE pages SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE title = 'Notes'");
      assertEquals(await ask(found), "Backup");
      await ask("UPDATE pages SET deleted_at = NULL WHERE title = 'Notes'");
      assertEquals(await ask(found), "Backup,Notes");
      await ask("INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)");
      assertEquals(await ask("PRAGMA integrity_check"), "ok");
    }),
});
