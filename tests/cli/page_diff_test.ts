/** `diff PAGE` through the command line. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence } from "../support/fake/mod.ts";
import { ingestInto } from "../support/index_file.ts";
import { HAS_TERMINALS, onTerminal } from "../support/on_terminal.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const RED = "\x1b[31m";

/** An index with one page at versions 1 to 3, and one that the index saw at version 2 first. */
async function withVersions(
  work: (
    world: { dir: string; page: string; young: string; diff(...args: string[]): Promise<CliResult> },
  ) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    const page = fake.site.addPage({
      spaceKey: "DOCS",
      title: "Final plan",
      history: [
        { title: "Plan", body: "<h1>Aim</h1><p>We sail at noon.</p>", createdAt: "2025-01-01T10:00:00.000Z" },
        {
          title: `${RED}Plan`,
          body: "<h1>Aim</h1><p>We sail at dawn.</p><p>Bring <strong>ropes</strong>.</p>",
          message: "earlier",
          createdAt: "2025-02-01T10:00:00.000Z",
        },
        {
          title: "Final plan",
          body: `<h1>Aim</h1><p>We sail at dawn.</p><table><tr><td>a</td><td>${"\u202e"}b</td></tr></table>`,
          createdAt: "2025-03-01T10:00:00.000Z",
        },
      ],
    }).id;
    await ingestInto(dir, fake, { selection: { keys: ["DOCS"] }, historyDepth: 10 });
    const young = fake.site.addPage({ spaceKey: "DOCS", title: "Young", version: 2 }).id;
    await ingestInto(dir, fake);
    await work({ dir, page, young, diff: (...args) => runCli(["diff", ...args], { cwd: dir }) });
  });
}

Deno.test("diff PAGE shows the last change of its text as a unified diff", () =>
  withVersions(async ({ page, diff }) => {
    const { code, stdout, stderr } = await diff(page);
    assertEquals([code, stderr], [0, "lines: 1 added, 1 removed\n"]);
    const [old, now, ...lines] = stdout.trimEnd().split("\n");
    assertStringIncludes(old!, "--- \\x1b[31mPlan, version 2, 2025-02-01 10:00 UTC, by ");
    assert(old!.endsWith(": earlier"));
    assertStringIncludes(now!, "+++ Final plan, version 3, 2025-03-01 10:00 UTC, by ");
    assertEquals(lines, [
      "@@ -1,3 +1,3 @@",
      " Aim",
      " We sail at dawn.",
      "-Bring ropes.",
      "+a\t\\u202eb",
    ]);
  }));

Deno.test("diff PAGE V1 V2 compares any two versions, in any order, as text, Markdown or body", () =>
  withVersions(async ({ page, diff }) => {
    const lines = async (...args: string[]) =>
      (await diff(page, ...args)).stdout.trimEnd().split("\n").slice(2);
    assertEquals(await lines("1", "v2"), [
      "@@ -1,2 +1,3 @@",
      " Aim",
      "-We sail at noon.",
      "+We sail at dawn.",
      "+Bring ropes.",
    ]);
    assertEquals(await lines("1", "2", "--words"), [
      "@@ -1,2 +1,3 @@",
      " Aim",
      "~We sail at [-noon-]{+dawn+}.",
      "+Bring ropes.",
    ]);
    assertEquals((await lines("2", "1")).slice(2), [
      "-We sail at dawn.",
      "-Bring ropes.",
      "+We sail at noon.",
    ]);
    assert((await lines("1", "2", "--as", "markdown")).includes("+Bring **ropes**."));
    assert((await lines("1", "2", "--as", "markdown")).includes(" # Aim"));
    assertStringIncludes(
      (await lines("1", "latest", "--as", "body")).join("\n"),
      "-<h1>Aim</h1><p>We sail at noon.</p>",
    );
    const same = await diff(page, "2", "2");
    assertEquals([same.code, same.stderr], [0, "no change of the text\n"]);
  }));

Deno.test("diff PAGE --json gives both versions and the hunks", () =>
  withVersions(async ({ page, diff }) => {
    const { stdout } = await diff(page, "1", "2", "--json", "-q");
    const { url, from, to, ...rest } = JSON.parse(stdout);
    assertStringIncludes(url, `/pages/${page}`);
    assertEquals([from.version, from.title, from.updated_at], [1, "Plan", "2025-01-01T10:00:00.000Z"]);
    assertEquals([to.version, to.message], [2, "earlier"]);
    assertEquals(rest, {
      page_id: page,
      title: `${RED}Plan`,
      space_key: "DOCS",
      as: "text",
      added: 2,
      removed: 1,
      hunks: [{
        old_start: 1,
        old_lines: 2,
        new_start: 1,
        new_lines: 3,
        lines: [" Aim", "-We sail at noon.", "+We sail at dawn.", "+Bring ropes."],
      }],
    });
  }));

Deno.test({
  name: "diff PAGE on a terminal sets the words off that changed" +
    (HAS_TERMINALS ? "" : " (skipped: no Python with pseudo-terminals)"),
  ignore: !HAS_TERMINALS,
  fn: () =>
    withVersions(async ({ dir, page }) => {
      const { code, screen } = await onTerminal(
        ["diff", page, "1", "2"],
        { cwd: dir, env: { NO_COLOR: "" } },
        [],
      );
      assertEquals(code, 0, screen);
      assertStringIncludes(screen, "\x1b[31mWe sail at \x1b[0m\x1b[31;7mnoon\x1b[0m\x1b[31m.\x1b[0m");
    }),
});

Deno.test("diff PAGE says which versions there are, and what does not go together", () =>
  withVersions(async ({ page, young, diff }) => {
    const cases: [string[], string, string][] = [
      [
        [page, "7"],
        `Cannot compare versions of page ${page}: the index does not hold version 7`,
        "It holds 1 to 3;",
      ],
      [
        [young],
        `Cannot compare versions of page ${young}: the index holds none before version 2`,
        "ingest --history",
      ],
      [["999"], "Cannot compare versions of page 999: the index holds no such page", "search"],
      [[page, "three"], "Cannot compare: three is not the number of a version", "latest"],
      [[page, "1", "2", "3"], "diff takes at most 3 RUN|PAGE, 4 were given", ""],
      [["latest", "latest", "latest"], "Cannot compare: latest is not the id of a page", "address"],
      [[page, "--space", "DOCS"], "Cannot compare: --space is for runs", "Leave out --space."],
      [["latest", "--words"], "Cannot compare: --words is for pages", "address"],
    ];
    for (const [args, finding, hint] of cases) {
      const { code, stdout, stderr } = await diff(...args);
      assertEquals([code, stdout], [2, ""], args.join(" "));
      assertStringIncludes(stderr, finding);
      if (args.length < 4) assertStringIncludes(stderr.split("\nhint: ")[1] ?? "", hint);
    }
  }));
