/** The frame as people meet it: a process with the task's permissions. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { COMMANDS } from "../../src/cli/commands.ts";
import deno from "../../deno.json" with { type: "json" };
import { withDatabase } from "../query/support.ts";
import { FakeConfluence, loadSite } from "../support/fake/mod.ts";
import { runCli, startCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
const decoder = new TextDecoder();

/** Waits for the first bytes on stdout and returns the reader, with more to come. */
async function firstBytes(child: Deno.ChildProcess): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  assertEquals(done, false);
  return reader;
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

Deno.test("confluence-index shows help on stdout when asked, and on stderr with 2 when not", () =>
  withTempDir(async (cwd) => {
    const asked = await runCli(["--help"], { cwd });
    assertEquals([asked.code, asked.stderr], [0, ""]);
    for (const { name } of COMMANDS) assertStringIncludes(asked.stdout, name);
    const bare = await runCli([], { cwd });
    assertEquals([bare.code, bare.stdout, bare.stderr], [2, "", asked.stdout]);
  }));

Deno.test("confluence-index help COMMAND and COMMAND --help are the same", () =>
  withTempDir(async (cwd) => {
    const [first, second] = await Promise.all([
      runCli(["help", "ingest"], { cwd }),
      runCli(["ingest", "--help"], { cwd }),
    ]);
    assertEquals(first, second);
    assertEquals(first.code, 0);
    for (const { name } of COMMANDS[0]!.options) assertStringIncludes(first.stdout, `--${name}`);
  }));

Deno.test("confluence-index --version names its version and the platform", () =>
  withTempDir(async (cwd) => {
    const { code, stdout } = await runCli(["--version"], { cwd });
    assertEquals(code, 0);
    assertMatch(
      stdout,
      new RegExp(`^confluence-index ${deno.version} \\(source, Deno [\\d.]+, \\w+ \\w+\\)\n$`),
    );
  }));

Deno.test("confluence-index exits with 2 for what it cannot read, and says what was meant", () =>
  withTempDir(async (cwd) => {
    const typo = await runCli(["ingst", "--space", "DOCS"], { cwd });
    assertEquals([typo.code, typo.stdout], [2, ""]);
    assertEquals(
      typo.stderr,
      'error[usage]: Cannot read the command line: "ingst" is not a command\n' +
        "hint: Did you mean ingest? See confluence-index --help.\n",
    );
    const token = await runCli(["ingest", "--token", "hunter2-token"], { cwd });
    assertEquals(token.code, 2);
    assertStringIncludes(token.stderr, "CONFLUENCE_API_TOKEN");
    assert(!token.stderr.includes("hunter2-token"));
  }));

Deno.test("confluence-index names all of the configuration that is missing", () =>
  withTempDir(async (cwd) => {
    const { code, stderr } = await runCli(["ingest", "--space", "DOCS"], { cwd });
    assertEquals(code, 2);
    assertStringIncludes(
      stderr,
      "CONFLUENCE_BASE_URL, CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN are not set",
    );
  }));

Deno.test("confluence-index lets flags beat the environment, and it the file .env of the working folder", () =>
  withTempDir(async (cwd) => {
    await Deno.writeTextFile(
      `${cwd}/.env`,
      "CONFLUENCE_BASE_URL=https://dotenv.atlassian.net/wiki\nCONFLUENCE_EMAIL=ana@example.com\n" +
        "CONFLUENCE_API_TOKEN=hunter2-token\nCONFLUENCE_INDEX_DB=dotenv.db\n",
    );
    const plan = async (args: string[], env: Record<string, string>) => {
      const { code, stdout, stderr } = await runCli([
        "ingest",
        "--space",
        "X",
        "--dry-run",
        "--json",
        ...args,
      ], {
        cwd,
        env,
      });
      assertEquals(code, 0, stderr);
      assert(!stdout.includes("hunter2-token"));
      return JSON.parse(stdout);
    };
    const alone = await plan([], {});
    assertEquals([alone.site, alone.database], ["https://dotenv.atlassian.net/wiki", "file:dotenv.db"]);
    const environment = { CONFLUENCE_INDEX_DB: "environment.db" };
    assertEquals((await plan([], environment)).database, "file:environment.db");
    assertEquals((await plan(["--db", "flag.db"], environment)).database, "file:flag.db");
  }));

Deno.test("confluence-index ends quietly with 0 when nobody reads on", () =>
  withDatabase(async (path, cwd) => {
    const child = startCli(["query", "--db", path, ENDLESS], { cwd });
    const reader = await firstBytes(child);
    await reader.cancel();
    const [status, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assertEquals([status.code, stderr], [0, ""]);
  }));

Deno.test("Ctrl-C ends a command that only reads at once, with 130", () =>
  withDatabase(async (path, cwd) => {
    const child = startCli(["query", "--db", path, ENDLESS], { cwd });
    const reader = await firstBytes(child);
    child.kill("SIGINT");
    const [status] = await Promise.all([child.status, drain(reader), child.stderr.cancel()]);
    assertEquals(status.code, 130);
  }));

Deno.test({
  name: "Ctrl-C and SIGTERM let ingest end by itself, with 130, also when the signal comes twice at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    for (const signals of [["SIGINT", "SIGINT"], ["SIGTERM"]] as const) {
      await withTempDir(async (cwd) => {
        const asked = Promise.withResolvers<void>();
        const hung = Promise.withResolvers<Response>();
        const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
          asked.resolve();
          return hung.promise;
        });
        const child = startCli(["ingest", "--space", "DOCS"], {
          cwd,
          site: { baseUrl: `http://127.0.0.1:${server.addr.port}/wiki` },
        });
        const ended = child.output();
        // A program that ended before it asked has nothing to interrupt; its exit code tells below.
        const running = await Promise.race([asked.promise.then(() => true), ended.then(() => false)]);
        if (running) { for (const signal of signals) child.kill(signal); }
        const { code, stderr } = await ended;
        hung.resolve(new Response());
        await server.shutdown();
        assertEquals(code, 130, decoder.decode(stderr));
        assertStringIncludes(decoder.decode(stderr), "Interrupted: ");
      });
    }
  },
});

Deno.test("confluence-index keeps the token out of logs and errors at every level and in both formats", () =>
  withTempDir(async (cwd) => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      // A hostile server sends back what it was given.
      const given = request.headers.get("authorization") ?? "";
      return Response.json({ message: `\x1b[2J denied for ${given} ${atob(given.replace("Basic ", ""))}` }, {
        status: 403,
        headers: { "x-echo": given },
      });
    });
    for (const format of ["text", "json"]) {
      const { code, stdout, stderr } = await runCli(
        ["ingest", "--space", "DOCS", "--log-level", "debug", "--log-format", format],
        { cwd, site: { baseUrl: `http://127.0.0.1:${server.addr.port}/wiki` } },
      );
      assertEquals(code, 2, stderr);
      assert(stderr.length > 100, stderr);
      const token = "test-token-ana";
      for (const secret of [token, btoa(`ana@example.com:${token}`)]) {
        assert(!`${stdout}${stderr}`.includes(secret), stderr);
      }
      assert(!stderr.includes("\x1b"), stderr);
    }
    await server.shutdown();
  }));

Deno.test("ingest and query work with a database that lies openly in the working folder", () =>
  withTempDir(async (cwd) => {
    const fake = new FakeConfluence();
    await loadSite(fake.site, "fixtures/site");
    await using server = await fake.serve();
    const options = { cwd, site: server };
    const ingested = await runCli(
      ["ingest", "--space", "OPS", "--db", "own.db", "--out", "out/deep"],
      options,
    );
    assertEquals(ingested.code, 0, ingested.stderr);
    const asked = await runCli(
      ["query", "--db", "own.db", "SELECT count(*) > 0 AS some FROM current_pages"],
      options,
    );
    assertEquals([asked.code, asked.stdout], [0, '{"some":1}\n'], asked.stderr);
    const names: string[] = [];
    for await (const { name } of Deno.readDir(cwd)) if (!/-(wal|shm)$/.test(name)) names.push(name);
    assertEquals(names.sort(), ["out", "own.db"]);
  }));

Deno.test("confluence-index explains it when Deno was started with fewer permissions than it needs", () =>
  withTempDir(async (cwd) => {
    const path = (name: string) => fromFileUrl(new URL(`../../${name}`, import.meta.url));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--config", path("deno.json"), "--allow-read", "--allow-env"].concat(
        [path("src/cli/main.ts"), "query", "--db", "http://127.0.0.1:9", "SELECT 1"],
      ),
      cwd,
    }).output();
    assertEquals([code, decoder.decode(stdout)], [2, ""]);
    assertStringIncludes(decoder.decode(stderr), "beyond the permissions Deno was started with");
  }));
