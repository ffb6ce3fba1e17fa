import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FakeConfluence, type RunningFake } from "../support/fake/mod.ts";
import { cliCommand, runCli, startCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const PROGRAM = fromFileUrl(new URL("every_program.ts", import.meta.url));

async function withSite(
  work: (world: { dir: string; fake: FakeConfluence; site: RunningFake }) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    fake.site.addPage({ spaceKey: "DOCS", title: "One" });
    await using site = await fake.serve();
    await work({ dir, fake, site });
  });
}

/** Runs `every_program.ts` with the site in `.env`. */
async function runEvery(dir: string, args: readonly string[], steps: readonly string[]) {
  const command = cliCommand([...args, "--", ...steps], { cwd: dir });
  // Its own steps may stop it with a signal, which asks for the right to run programs.
  const flags = command.args.flatMap((arg) =>
    arg === "-P=cli" ? ["-P=test"] : arg.endsWith("main.ts") ? [PROGRAM] : [arg]
  );
  const output = await new Deno.Command(Deno.execPath(), {
    args: flags,
    env: command.env,
    clearEnv: true,
    cwd: dir,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

const dotEnv = (site: RunningFake, token: string) =>
  `CONFLUENCE_BASE_URL=${site.baseUrl}\nCONFLUENCE_EMAIL=ana@example.com\nCONFLUENCE_API_TOKEN=${token}\n`;

Deno.test("ingest --every goes on after a bad run, takes up a new token from .env, and ends between two runs with 0", () =>
  withSite(async ({ dir, site, fake }) => {
    await Deno.writeTextFile(`${dir}/.env`, dotEnv(site, "test-token-ana"));
    fake.site.index.flush();
    const { code, stdout, stderr } = await runEvery(dir, ["ingest", "--all-spaces", "--every", "15m"], [
      dotEnv(site, "wrong-token"),
      // A mistake in the file is no reason to end either.
      "CONFLUENCE_BASE_URL=nonsense\n",
      dotEnv(site, "test-token-ana"),
      "SIGTERM",
    ]);
    assertEquals(code, 0, stderr);
    const ids = stdout.trim().split("\n");
    assertEquals(ids.length, 2, stdout);
    assertStringIncludes(stderr, "error[authentication]: ");
    assertStringIncludes(stderr, "error[configuration]: ");
    assertEquals(stderr.match(/^next run at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/gm)?.length, 4);
    assertEquals(stderr.includes("wrong-token"), false);
    const runs = await runCli(["query", "SELECT id, status FROM runs ORDER BY started_at, id", "--json"], {
      cwd: dir,
    });
    assertEquals(
      JSON.parse(runs.stdout).filter(({ status }: { status: string }) => status === "complete").map((
        { id }: { id: string },
      ) => id),
      ids,
    );
  }));

Deno.test("ingest --every ends with 130 when a run is interrupted, and keeps what it read", () =>
  withSite(async ({ dir, site, fake }) => {
    fake.site.fill({ spaceKey: "DOCS", pages: 600, bodyBytes: 10 });
    fake.site.index.flush();
    const child = startCli(["ingest", "--all-spaces", "--every", "1h"], { cwd: dir, site });
    let asked = 0;
    fake.faults.onRequest(({ endpoint }) => {
      // The second part of the listing: the first is in hand.
      if (endpoint.endsWith("/spaces/{id}/pages") && ++asked === 2) child.kill("SIGTERM");
      return Promise.resolve();
    });
    const { code, stderr } = await child.output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 130, text);
    assertMatch(text, /interrupted/i);
    const pages = await runCli(["query", "SELECT count(*) AS n FROM current_pages", "--json"], { cwd: dir });
    assertEquals(JSON.parse(pages.stdout)[0].n >= 250, true, pages.stdout);
  }));

Deno.test("ingest --every ends at once with what can never work", () =>
  withSite(async ({ dir, site }) => {
    const cases: [string[], string][] = [
      [["--every", "15m", "--all-spaces", "--space", "DOCS"], "contradict each other"],
      [["--every", "15m", "--allow-mass-deletion"], "would let all mass deletions through"],
      [["--every", "5s"], '"5s" is less than 1m'],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await runCli(["ingest", ...args], { cwd: dir, site });
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
    }
    const nowhere = await runCli(["ingest", "--every", "15m", "--all-spaces"], { cwd: dir });
    assertEquals(nowhere.code, 2);
    assertStringIncludes(nowhere.stderr, "Cannot ask Confluence");
    const dry = await runCli(["ingest", "--every", "15m", "--all-spaces", "--dry-run"], { cwd: dir, site });
    assertEquals(dry.code, 0, dry.stderr);
  }));
