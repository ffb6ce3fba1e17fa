/** Earlier versions through the command line: reading them, and asking for the state at a time. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence } from "../support/fake/mod.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const PLAN = [
  { number: 1, title: "Plan", body: "<p>We sail.</p>", createdAt: "2025-01-01T00:00:00.000Z" },
  { number: 2, title: "Big plan", body: "<p>We row.</p>", createdAt: "2025-02-01T00:00:00.000Z" },
  { number: 3, title: "Final plan", body: "<p>We fly.</p>", createdAt: "2025-03-01T00:00:00.000Z" },
];

interface World {
  readonly dir: string;
  readonly fake: FakeConfluence;
  readonly plan: string;
  run(...args: string[]): Promise<CliResult>;
  /** Rows of a question as objects. */
  ask(...args: string[]): Promise<Record<string, unknown>[]>;
}

/** A site with one page of three versions, made in January, and one of February. */
function withSite(work: (world: World) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const { id } = fake.site.addPage({ spaceKey: "DOCS", title: "Final plan", history: PLAN });
    fake.site.addPage({ spaceKey: "DOCS", title: "New", createdAt: "2025-02-15T00:00:00.000Z" });
    await using site = await fake.serve();
    const run = (...args: string[]) => runCli([...args, "--db", "index.db"], { cwd: dir, site });
    await work({
      dir,
      fake,
      plan: id,
      run,
      ask: async (...args) => {
        const { code, stdout, stderr } = await run("query", ...args, "--json");
        assertEquals(code, 0, stderr);
        return JSON.parse(stdout);
      },
    });
  });
}

Deno.test("ingest --history fills pages with earlier versions, and says how many", () =>
  withSite(async ({ run, ask, dir }) => {
    const { code, stdout, stderr } = await run("ingest", "--space", "DOCS", "--history", "--json");
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "DOCS: 2 earlier versions of 1 page read\n");
    assertEquals(JSON.parse(stdout).history_versions, 2);
    assertEquals(
      await ask(
        "SELECT version, title, is_current, body_text FROM pages WHERE title <> 'New' ORDER BY version",
      ),
      [
        { version: 1, title: "Plan", is_current: 0, body_text: "We sail." },
        { version: 2, title: "Big plan", is_current: 0, body_text: "We row." },
        { version: 3, title: "Final plan", is_current: 1, body_text: "We fly." },
      ],
    );
    // What is old is no news: the artifacts hold what is current.
    const read = async (path: string) => (await Deno.readTextFile(path)).trimEnd().split("\n");
    const { run_id } = JSON.parse(stdout);
    const lines = await read(`${dir}/var/runs/${run_id}/ingest/confluence.ndjson`);
    assertEquals(lines.map((line) => JSON.parse(line).version).toSorted(), [1, 3]);
    const again = await run("ingest", "--history", "--json", "--quiet");
    assertEquals(JSON.parse(again.stdout).history_versions, 0);
  }));

Deno.test("the artifacts of a run that only read history hold no page", () =>
  withSite(async ({ run, dir }) => {
    await run("ingest", "--space", "DOCS");
    const { stdout } = await run("ingest", "--history");
    assertEquals(await Deno.readTextFile(`${dir}/var/runs/${stdout.trim()}/ingest/confluence.ndjson`), "");
  }));

Deno.test("ingest takes --history-depth with --history only, and in numbers only", () =>
  withSite(async ({ run, ask }) => {
    const alone = await run("ingest", "--space", "DOCS", "--history-depth", "1");
    assertEquals(alone.code, 2);
    assertStringIncludes(
      alone.stderr,
      "error[usage]: Cannot ingest: --history-depth was given without --history\nhint: ",
    );
    assertEquals((await run("ingest", "--space", "DOCS", "--history", "--history-depth", "0")).code, 2);
    assertEquals((await run("ingest", "--space", "DOCS", "--history", "--history-depth", "1")).code, 0);
    assertEquals(await ask("SELECT version FROM pages WHERE is_current = 0"), [{ version: 2 }]);
    const dry = await run("ingest", "--history", "--dry-run", "--json");
    assertEquals(JSON.parse(dry.stdout).history_depth, 100);
  }));

Deno.test("a bad version makes the exit code 1, and status names it", () =>
  withSite(async ({ run, fake, plan }) => {
    fake.faults.add({
      kind: "transform",
      match: { path: /\/versions/ },
      change: (body) => ({ ...body as object, results: [{ number: 1 }] }),
    });
    const { code, stderr } = await run("ingest", "--space", "DOCS", "--history");
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "DOCS: earlier versions of 1 page failed\n");
    const status = JSON.parse((await run("status", "--json")).stdout);
    assertEquals(status.failures.total, 1);
    assertEquals([status.failures.next[0].kind, status.failures.next[0].id], ["history", plan]);
  }));

Deno.test("query as-of gives the pages of a time, and says where versions are missing", () =>
  withSite(async ({ run, ask, fake, plan }) => {
    const asOf = async (time: string) =>
      (await ask("as-of", "--param", `time=${time}`)).map((
        { title, version, exact },
      ) => [title, version, exact]);
    await run("ingest", "--space", "DOCS");
    assertEquals(await asOf("2024-12-31"), []);
    // Only the current version is in the index.
    assertEquals(await asOf("2025-01-15"), [["Final plan", null, 0]]);
    assertEquals(await asOf("2025-03-02"), [["Final plan", 3, 1], ["New", 1, 1]]);
    await run("ingest", "--history");
    assertEquals(await asOf("2025-01-15"), [["Plan", 1, 1]]);
    assertEquals(await asOf("2025-02-01T00:00:00Z"), [["Big plan", 2, 1]]);
    assertEquals(await asOf("2025-02-20"), [["Big plan", 2, 1], ["New", 1, 1]]);
    assertEquals(await asOf("2025-03-02T01:00:00+02:00"), [["Final plan", 3, 1], ["New", 1, 1]]);
    // A page that goes is there until then.
    fake.site.trashPage(plan);
    await run("ingest", "--reconcile", "--allow-mass-deletion");
    assertEquals((await asOf("2025-02-20")).length, 2);
    assertEquals((await asOf("2999-01-01")).map(([title]) => title), ["New"]);
  }));

Deno.test("query as-of does not call exact what lies in a gap", () =>
  withSite(async ({ run, ask, fake, plan }) => {
    await run("ingest", "--space", "DOCS", "--history");
    fake.site.editPage(plan, { body: "<p>a</p>" });
    const fifth = fake.site.editPage(plan, { body: "<p>b</p>" });
    assertEquals(fifth.version.number, 5);
    await run("ingest");
    const asOf = async () =>
      (await ask("as-of", "--param", "time=2025-03-02")).filter(({ id }) => id === plan)
        .map(({ version, exact }) => [version, exact]);
    assertEquals(await asOf(), [[3, 0]]);
    await run("ingest", "--history");
    assertEquals(await asOf(), [[3, 1]]);
  }));
