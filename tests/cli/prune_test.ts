import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inJson, inWords } from "../../src/cli/prune/words.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { hashes, INDEX, ingestInto } from "../support/index_file.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface World {
  readonly dir: string;
  readonly runs: readonly string[];
  prune(...args: string[]): ReturnType<typeof runCli>;
}

/** An index two years old: a page with three versions, one deleted, two runs with folders. */
async function withOldIndex(work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    const [kept, gone] = ["Kept", "Gone"].map((title) =>
      fake.site.addPage({ spaceKey: "DOCS", title, body: "<p>1</p>" }).id
    );
    const runs: string[] = [];
    const ingest = async (options: Parameters<typeof ingestInto>[2]) => {
      const { runId } = await ingestInto(dir, fake, options);
      runs.push(runId);
      await Deno.mkdir(`${dir}/var/runs/${runId}/ingest`, { recursive: true });
      await Deno.writeTextFile(`${dir}/var/runs/${runId}/ingest/confluence.ndjson`, "");
    };
    await ingest({ selection: { all: true } });
    for (const version of [2, 3]) {
      fake.site.editPage(kept!, { body: `<p>${version} ${"words ".repeat(30_000)}</p>` });
      await ingest({});
    }
    fake.site.trashPage(gone!);
    await ingest({ reconcile: true });
    await using database = await openDatabase(`file:${dir}/${INDEX}`);
    const years = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column}, '-2 years')`;
    await database.commit([
      `UPDATE pages SET updated_at = ${years("updated_at")}, deleted_at = ${years("deleted_at")}`,
      `UPDATE runs SET started_at = ${years("started_at")}`,
    ]);
    await work({ dir, runs, prune: (...args) => runCli(["prune", ...args], { cwd: dir }) });
  });
}

const ALL = ["--versions-older-than", "1y", "--tombstones-older-than", "52w", "--runs-older-than", "90d"];

Deno.test("prune says what would go and writes nothing; with --yes it goes, with the folders of the runs", () =>
  withOldIndex(async ({ dir, runs, prune }) => {
    const before = await hashes(`${dir}/var`);
    const said = await prune(...ALL);
    assertEquals(said.code, 0, said.stderr);
    assertEquals(
      said.stdout.split("\n").slice(0, 4),
      [
        "would remove",
        "  2 past versions of pages",
        "  1 deleted page with all versions",
        "  3 runs with 4 events, and their folders in var/runs",
      ],
    );
    assertStringIncludes(said.stderr, "nothing was removed; with --yes it will be");
    assertEquals(await hashes(`${dir}/var`), before);

    const done = await prune(...ALL, "--yes", "--json");
    assertEquals(done.code, 0, done.stderr);
    const { bytes, ...counts } = JSON.parse(done.stdout);
    assertEquals(counts, {
      removed: true,
      complete: true,
      page_versions: 2,
      attachment_versions: 0,
      deleted_pages: 1,
      deleted_attachments: 0,
      runs: 3,
      events: 4,
      files: 0,
      file_bytes: 0,
      file_shrunk_by: null,
    });
    assertEquals(bytes > 180_000, true);
    const left = (await Array.fromAsync(Deno.readDir(`${dir}/var/runs`))).map(({ name }) => name);
    assertEquals(left, [runs[3]]);
    const again = await prune(...ALL, "--yes");
    assertEquals([again.code, again.stdout], [0, "nothing is old enough to go\n"], again.stderr);
    const current = await runCli(["query", "SELECT title, version FROM pages", "--json"], { cwd: dir });
    assertEquals(JSON.parse(current.stdout), [{ title: "Kept", version: 3 }]);
  }));

Deno.test("prune --compact gives the space back to the disk", () =>
  withOldIndex(async ({ dir, prune }) => {
    const before = (await Deno.stat(`${dir}/${INDEX}`)).size;
    const { code, stdout, stderr } = await prune("--keep-versions", "1", "--compact", "--yes");
    assertEquals(code, 0, stderr);
    assertMatch(
      stdout,
      /^removed\n {2}2 past versions of pages\nabout \d+ kB of text\nthe file is \d+ kB smaller\n$/,
    );
    assertEquals((await Deno.stat(`${dir}/${INDEX}`)).size < before - 150_000, true);
  }));

Deno.test("prune removes no folder through a link", () =>
  withOldIndex(async ({ dir, runs, prune }) => {
    await Deno.mkdir(`${dir}/elsewhere`);
    await Deno.writeTextFile(`${dir}/elsewhere/mine.txt`, "mine");
    await Deno.remove(`${dir}/var/runs/${runs[0]}`, { recursive: true });
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/var/runs/${runs[0]}`);
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/var/runs/${runs[1]}/link`);
    const { code, stderr } = await prune("--runs-older-than", "1d", "--yes");
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readTextFile(`${dir}/elsewhere/mine.txt`), "mine");
    const left = (await Array.fromAsync(Deno.readDir(`${dir}/var/runs`))).map(({ name }) => name).sort();
    assertEquals(left, [runs[0], runs[3]].sort());
  }));

Deno.test("prune refuses what it does not understand, and wants to be told what may go", () =>
  withTempDir(async (dir) => {
    const cases: [string[], string][] = [
      [["--yes"], "Cannot prune: nothing says what may go"],
      [["--runs-older-than", "30"], '"30" is not a span of time'],
      [["--runs-older-than", "6m"], '"6m" is less than 1d'],
      [["--keep-versions", "0"], '"0" is not accepted'],
      [["--keep-versions", "3"], "there is no such file"],
      [["--keep-versions", "3", "--yes"], "there is no such file"],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await runCli(["prune", ...args], { cwd: dir });
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, message);
    }
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));

Deno.test("prune --attachments removes files that no version refers to, and says exactly which before", () =>
  withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    const page = fake.site.addPage({ spaceKey: "DOCS", title: "P" }).id;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const { id } = fake.site.attach(page, { filename: "a", bytes: bytes("first") });
    fake.site.attach(page, { filename: "b", bytes: bytes("first") });
    fake.site.attach(page, { filename: "c", bytes: bytes("other") });
    await using site = await fake.serve();
    const run = (...args: string[]) =>
      runCli(args, { cwd: dir, site, env: { CONFLUENCE_MEDIA_URL: site.mediaUrl } });
    const download = ["ingest", "--all-spaces", "--attachments", "download"];
    assertEquals((await run(...download)).code, 0);
    for (const text of ["second", "third!"]) {
      fake.site.attachVersion(id, { bytes: bytes(text) });
      fake.site.index.flush();
      assertEquals((await run(...download)).code, 0);
    }
    const folder = `${dir}/var/attachments`;
    await Deno.writeTextFile(`${folder}/partial/att1.1`, "half");
    await Deno.writeTextFile(`${folder}/mine.txt`, "mine");
    await Deno.mkdir(`${folder}/ab`, { recursive: true });
    await Deno.writeTextFile(`${folder}/ab/mine.txt`, "mine");
    const files = async () => Object.keys(await hashes(folder)).filter((path) => !path.includes("mine.txt"));
    assertEquals((await files()).length, 5);
    // What has just been written may belong to a run that has yet to say so.
    assertEquals(
      JSON.parse((await run("prune", "--attachments", "--keep-versions", "1", "--json")).stdout).files,
      0,
    );
    for (const path of await files()) await Deno.utime(`${folder}/${path}`, 1_700_000_000, 1_700_000_000);
    const before = await hashes(`${dir}/var`);
    assertEquals(JSON.parse((await run("prune", "--attachments", "--json")).stdout).files, 1);
    const said = await run("prune", "--attachments", "--keep-versions", "1");
    assertMatch(said.stdout, /\n {2}2 past versions of attachments\n {2}2 files of attachments, 10 B\n/);
    assertEquals(await hashes(`${dir}/var`), before);
    const done = JSON.parse(
      (await run("prune", "--attachments", "--keep-versions", "1", "--yes", "--json")).stdout,
    );
    assertEquals([done.files, done.file_bytes], [2, 10]);
    // "first" is b's file too.
    const left = await Promise.all((await files()).map((path) => Deno.readTextFile(`${folder}/${path}`)));
    assertEquals(left.sort(), ["first", "other", "third!"]);
    assertEquals(await Deno.readTextFile(`${folder}/ab/mine.txt`), "mine");
  }));

Deno.test("inWords and inJson name one as one", () => {
  const none = {
    pages: 0,
    attachments: 0,
    pageVersions: 0,
    attachmentVersions: 0,
    runs: 0,
    events: 0,
    bytes: 0,
  };
  const outcome = { removed: true, complete: true, counts: none, files: { n: 1, bytes: 7 }, saved: null };
  const counts = { ...none, attachmentVersions: 1, attachments: 2 };
  assertEquals(
    inWords({ ...outcome, counts }, "x/runs"),
    "removed\n  1 past version of attachments\n  2 deleted attachments with all versions\n  1 file of attachments, 7 B\n",
  );
  assertEquals(
    inWords({ ...outcome, files: { n: 0, bytes: 0 }, saved: 4096 }, "x/runs"),
    "nothing is old enough to go\nthe file is 4.1 kB smaller\n",
  );
  assertEquals(inJson({ ...outcome, counts }).deleted_attachments, 2);
});
