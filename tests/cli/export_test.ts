/** `export` through the command line, in all its formats. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { filesOf, type PageRow, putPages } from "../export/support.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const PAGES: readonly PageRow[] = [
  {
    id: "1",
    title: "=cmd|' /C calc'!A0",
    labels: ["b", "a"],
    body: `<h1>One</h1><p>${
      "First words. ".repeat(20)
    }</p><h2>Two</h2><p>See <ac:link><ri:page ri:content-title="Plan, B" /></ac:link></p>`,
  },
  { id: "2", title: "Plan, B", parent: "1", body: "" },
  { id: "3", title: "Gone", deleted: true },
];

type Export = (...args: string[]) => Promise<CliResult>;

function withIndex(work: (run: Export, dir: string) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    {
      await using database = await openDatabase(`file:${dir}/index.db`);
      await putPages(database, PAGES);
    }
    await work((...args) => runCli(["export", "--db", "file:index.db", ...args], { cwd: dir }), dir);
  });
}

Deno.test("export --format markdown writes a tree, and says what it did each time", () =>
  withIndex(async (run, dir) => {
    assertEquals(await run("--format", "markdown"), {
      code: 0,
      stdout: "var/export/markdown\n",
      stderr: "2 written, 0 unchanged, 0 removed, 0 left alone\n",
    });
    const files = await filesOf(`${dir}/var/export/markdown`);
    assertEquals(Object.keys(files), [
      ".confluence-index.ndjson",
      "DOCS/=cmd-' -C calc'!A0.md",
      "DOCS/=cmd-' -C calc'!A0/Plan, B.md",
    ]);
    await Deno.writeTextFile(`${dir}/var/export/markdown/DOCS/=cmd-' -C calc'!A0.md`, "edited");
    const again = await run("--format", "markdown", "--json");
    assertEquals(again.code, 1);
    assertStringIncludes(
      again.stderr,
      "left alone; move them away and export again:\n  DOCS/=cmd-' -C calc'!A0.md\n",
    );
    assertEquals(JSON.parse(again.stdout), {
      folder: "var/export/markdown",
      written: 0,
      unchanged: 1,
      removed: 0,
      kept: 1,
      keptFiles: ["DOCS/=cmd-' -C calc'!A0.md"],
      missingFiles: 0,
    });
  }));

Deno.test("export --with adds fields to each line and leaves the others as they are", () =>
  withIndex(async (run, dir) => {
    const text = () => Deno.readTextFile(`${dir}/var/export/confluence.ndjson`);
    assertEquals((await run()).code, 0);
    const plain = (await text()).trimEnd().split("\n");
    assertEquals((await run("--with", "markdown,text")).code, 0);
    const rich = (await text()).trimEnd().split("\n");
    assertEquals(rich.length, 2);
    for (const [i, line] of rich.entries()) {
      const { text, markdown, ...rest } = JSON.parse(line);
      assertEquals(JSON.stringify(rest), plain[i]);
      assertEquals(line.startsWith(plain[i]!.slice(0, -1)), true);
      assertEquals([typeof text, typeof markdown], ["string", "string"]);
    }
    const first = JSON.parse(rich[0]!);
    assertStringIncludes(
      first.markdown,
      "## Two\n\nSee [Plan, B](https://example.atlassian.net/wiki/spaces/DOCS/pages/2)\n",
    );
    assertEquals(first.text.split("\n").slice(-2), ["Two", "See Plan, B"]);
    assertEquals((await run("--with", "text")).code, 0);
    assertEquals(Object.keys(JSON.parse((await text()).split("\n")[0]!)).slice(-2), ["metadata", "text"]);
  }));

Deno.test("export --chunks writes the text in parts along headings, the same bytes each time", () =>
  withIndex(async (run, dir) => {
    const { code, stdout } = await run("--chunks", "150", "--json", "--out", "a");
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).files.map((file: { name: string }) => file.name), [
      "confluence.ndjson",
      "deleted.ndjson",
      "chunks.ndjson",
    ]);
    const text = await Deno.readTextFile(`${dir}/a/export/chunks.ndjson`);
    const chunks = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert(chunks.length >= 3);
    assert(chunks.every((chunk) => chunk.text.length <= 150));
    assertEquals(chunks.map((chunk) => chunk.position), chunks.map((_, i) => i));
    assertEquals(chunks[chunks.length - 1], {
      page_id: "1",
      version: 1,
      title: "=cmd|' /C calc'!A0",
      space_key: "DOCS",
      url: "https://example.atlassian.net/wiki/spaces/DOCS/pages/1",
      heading_path: ["One", "Two"],
      position: chunks.length - 1,
      text: "Two\nSee Plan, B",
    });
    const manifest = JSON.parse(await Deno.readTextFile(`${dir}/a/export/manifest.json`));
    assertEquals(manifest.artifacts[2].lines, chunks.length);
    await run("--chunks", "150", "--out", "b");
    assertEquals(await Deno.readTextFile(`${dir}/b/export/chunks.ndjson`), text);
  }));

Deno.test("export without --chunks removes the chunks of an earlier export, and nothing but a plain file", () =>
  withIndex(async (run, dir) => {
    const path = `${dir}/var/export/chunks.ndjson`;
    await run("--chunks", "150");
    assert((await Deno.stat(path)).isFile);
    assertEquals((await run("--format", "csv")).code, 0);
    assert((await Deno.stat(path)).isFile);
    assertEquals((await run()).code, 0);
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    await Deno.mkdir(path);
    assertEquals((await run()).code, 0);
    assert((await Deno.stat(path)).isDirectory);
  }));

Deno.test("export --format csv writes metadata that no spreadsheet runs", () =>
  withIndex(async (run, dir) => {
    const { code, stdout } = await run("--format", "csv");
    assertEquals([code, stdout], [0, "var/export\n"]);
    assertEquals(
      await Deno.readTextFile(`${dir}/var/export/pages.csv`),
      "id,version,title,space_key,space_id,status,parent_id,parent_type,position,labels,author_id,owner_id,created_at," +
        "updated_at,version_author_id,version_message,minor_edit,subtype,attachments,url\n" +
        `1,1,'=cmd|' /C calc'!A0,DOCS,1,current,,,,a b,,,2026-01-01T00:00:00.000Z,2026-01-02T00:00:00.000Z,,"",0,,0,` +
        "https://example.atlassian.net/wiki/spaces/DOCS/pages/1\n" +
        `2,1,"Plan, B",DOCS,1,current,1,page,,,,,2026-01-01T00:00:00.000Z,2026-01-02T00:00:00.000Z,,"",0,,0,` +
        "https://example.atlassian.net/wiki/spaces/DOCS/pages/2\n",
    );
  }));

Deno.test("export refuses options that contradict each other, and writes nothing", () =>
  withIndex(async (run, dir) => {
    const cases: readonly (readonly [string[], string])[] = [
      [["--format", "csv", "--with", "text"], "--with is for --format ndjson, not for csv"],
      [["--format", "markdown", "--chunks", "500"], "--chunks is for --format ndjson, not for markdown"],
      [["--run", "r1", "--format", "markdown"], "--format markdown is for the current state"],
      [["--run", "r1", "--with", "text"], "--with is for the current state"],
      [["--chunks", "5"], "--chunks"],
      [["--with", "html"], "--with"],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await run(...args);
      assertEquals(code, 2, args.join(" "));
      assertStringIncludes(stderr, message);
    }
    const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
    assertEquals(names.filter((name) => !name.startsWith("index.db")), []);
  }));
