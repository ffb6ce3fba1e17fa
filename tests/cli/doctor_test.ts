import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence, type FakeOptions, type RunningFake } from "../support/fake/mod.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly finding: string;
  readonly remedy: string | null;
}

interface World {
  readonly dir: string;
  readonly fake: FakeConfluence;
  readonly server: RunningFake;
  run(args: readonly string[], env?: Record<string, string>): Promise<CliResult>;
  /** Runs doctor, gives the exit code and what each check says. */
  doctor(
    args?: readonly string[],
    env?: Record<string, string>,
  ): Promise<{ code: number; of(name: string): Finding }>;
}

const TOKEN = "test-token-ana";
const ALL = [
  "read:space:confluence",
  "read:page:confluence",
  "read:attachment:confluence",
  "search:confluence",
  "read:folder:confluence",
  "read:confluence-user",
];

async function withWorld(options: FakeOptions, work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence(options);
    fake.site.addSpace({ key: "DOCS", name: "Docs" });
    fake.site.addPage({ spaceKey: "DOCS", title: "One" });
    await using server = await fake.serve();
    const run = (args: readonly string[], env = {}) => runCli(args, { cwd: dir, site: server, env });
    await work({
      dir,
      fake,
      server,
      run,
      doctor: async (args = [], env = {}) => {
        const { code, stdout, stderr } = await run(["doctor", "--json", ...args], env);
        assertEquals([stdout, stderr].join().includes(TOKEN), false, "no secret is shown");
        const { status, checks } = JSON.parse(stdout) as { status: string; checks: Finding[] };
        assertEquals({ ok: 0, limited: 1, failed: 2 }[status], code);
        return { code, of: (name) => checks.find((check) => check.name === name)! };
      },
    });
  });
}

Deno.test("doctor finds all well, before the first ingest and after, in order, and changes nothing", () =>
  withWorld({}, async ({ dir, run, doctor }) => {
    const first = await run(["doctor", "--space", "docs"]);
    assertEquals(first.code, 0, first.stdout);
    assertEquals(first.stdout.trimEnd().split("\n").map((line) => line.split(/\s+/).slice(0, 2)), [
      ["ok", "configuration"],
      ["ok", "connection"],
      ["ok", "site"],
      ["ok", "credentials"],
      ["ok", "scopes"],
      ["ok", "spaces"],
      ["ok", "clock"],
      ["ok", "index"],
      ["ok", "disk"],
    ]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
    assertEquals((await run(["ingest", "--space", "DOCS"])).code, 0);
    const { code, of } = await doctor();
    assertEquals(code, 0);
    assertStringIncludes(of("index").finding, "up to date, intact, and can be written");
    assertStringIncludes(of("spaces").finding, "1 in the index, all readable");
    assertStringIncludes(of("credentials").finding, "known as Ana Example");
  }));

Deno.test("doctor says where each value came from", () =>
  withWorld({}, async ({ dir, doctor }) => {
    await Deno.writeTextFile(`${dir}/.env`, "CONFLUENCE_INDEX_DB=file:own.db\n", { mode: 0o600 });
    const { finding } = (await doctor()).of("configuration");
    for (
      const part of [
        "e-mail ana@example.com (environment)",
        "API token set (environment)",
        "index file:own.db (.env)",
      ]
    ) {
      assertStringIncludes(finding, part);
    }
    assertStringIncludes(
      (await doctor(["--db", "x.db"])).of("configuration").finding,
      "index file:x.db (flag)",
    );
  }));

Deno.test({
  name: "doctor warns of a .env that others can read",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withWorld({}, async ({ dir, doctor }) => {
      await Deno.writeTextFile(`${dir}/.env`, "X=1\n");
      await Deno.chmod(`${dir}/.env`, 0o644);
      const { code, of } = await doctor();
      assertEquals([code, of("configuration").remedy], [1, "Run chmod 600 .env."]);
    }),
});

Deno.test("doctor runs without any configuration, and skips what cannot be asked", () =>
  withWorld({}, async ({ doctor, fake }) => {
    const { code, of } = await doctor([], { CONFLUENCE_API_TOKEN: "", CONFLUENCE_BASE_URL: "" });
    assertEquals([code, of("configuration").status, of("site").status, of("index").status], [
      2,
      "failed",
      "skipped",
      "ok",
    ]);
    assertStringIncludes(of("configuration").remedy!, "confluence-index configure");
    assertEquals(fake.counters.total, 0);
  }));

Deno.test("doctor tells a site that is not reachable and a host that is not Confluence Cloud", () =>
  withWorld({}, async ({ doctor }) => {
    const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = gone.addr;
    gone.close();
    const unreachable = await doctor([], { CONFLUENCE_BASE_URL: `http://127.0.0.1:${port}/wiki` });
    assertEquals([unreachable.code, unreachable.of("connection").status], [2, "failed"]);
    assertStringIncludes(unreachable.of("connection").finding, "does not answer");
    await using other = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("<html>Welcome</html>", { status: 404, headers: { "content-type": "text/html" } }),
    );
    const foreign = await doctor([], { CONFLUENCE_BASE_URL: `http://127.0.0.1:${other.addr.port}` });
    assertEquals([foreign.code, foreign.of("connection").status, foreign.of("site").status], [
      2,
      "ok",
      "failed",
    ]);
    assertStringIncludes(foreign.of("site").finding, "no Confluence Cloud site");
  }));

Deno.test("doctor tells a certificate that is not accepted", () =>
  withWorld({}, async ({ doctor, server }) => {
    // Plain HTTP where TLS is expected: no certificate can be agreed on.
    const { code, of } = await doctor([], { CONFLUENCE_BASE_URL: server.baseUrl.replace("http:", "https:") });
    assertEquals([code, of("connection").status], [2, "failed"]);
    assertStringIncludes(of("connection").finding, "certificate");
  }));

Deno.test("doctor tells a wrong token, and one that is silently anonymous", () =>
  withWorld({}, async ({ doctor, fake }) => {
    const wrong = await doctor([], { CONFLUENCE_API_TOKEN: "wrong-token" });
    assertEquals([wrong.code, wrong.of("credentials").status, wrong.of("spaces").status], [
      2,
      "failed",
      "skipped",
    ]);
    assertStringIncludes(wrong.of("credentials").remedy!, "Make a new token");
    fake.site.settings.anonymousAccess = true;
    const anonymous = await doctor([], { CONFLUENCE_API_TOKEN: "wrong-token" });
    assertEquals(anonymous.code, 2);
    assertStringIncludes(anonymous.of("credentials").finding, "anonymous visitor");
  }));

const scoped = (scopes: readonly string[]): FakeOptions => ({
  accounts: [{ email: "ana@example.com", token: TOKEN, kind: "scoped", scopes }],
});

Deno.test("doctor takes a scoped token to the gateway and names what every missing scope costs", () =>
  withWorld(scoped(ALL.filter((scope) => !scope.startsWith("search"))), async ({ doctor, server, fake }) => {
    const { code, of } = await doctor([], { CONFLUENCE_GATEWAY_URL: server.gatewayUrl });
    assertEquals([code, of("scopes").status], [1, "limited"]);
    assertStringIncludes(of("scopes").finding, "without search:confluence every run lists whole spaces");
    assertEquals(of("scopes").remedy, "Make a token that also has search:confluence.");
    fake.site.accounts.splice(0, 1, { ...fake.site.accounts[0]!, scopes: ["read:space:confluence"] });
    const bare = await doctor([], { CONFLUENCE_GATEWAY_URL: server.gatewayUrl });
    assertEquals([bare.code, bare.of("credentials").status, bare.of("scopes").status], [2, "ok", "failed"]);
    fake.site.accounts.splice(0, 1, { ...fake.site.accounts[0]!, scopes: ALL });
    const whole = await doctor([], { CONFLUENCE_GATEWAY_URL: server.gatewayUrl });
    assertEquals(whole.code, 0);
    assertStringIncludes(whole.of("scopes").finding, `CONFLUENCE_CLOUD_ID=${fake.site.cloudId} saves`);
    const wrongId = await doctor([], {
      CONFLUENCE_GATEWAY_URL: server.gatewayUrl,
      CONFLUENCE_CLOUD_ID: "1-2-3",
    });
    assertEquals([wrongId.code, wrongId.of("site").status], [2, "failed"]);
  }));

Deno.test("doctor names spaces that this account cannot read", () =>
  withWorld({}, async ({ doctor, fake }) => {
    const some = await doctor(["--space", "DOCS", "--space", "NOPE", "--space-id", "987"]);
    assertEquals([some.code, some.of("spaces").status], [1, "limited"]);
    assertStringIncludes(some.of("spaces").finding, "2 of 3 asked for cannot be read: NOPE");
    assertEquals((await doctor(["--space", "NOPE"])).code, 2);
    fake.site.hideSpace("DOCS");
    assertStringIncludes((await doctor()).of("spaces").finding, "no space");
  }));

Deno.test("doctor measures the clock against the site's", async () => {
  const ahead = 3_600_000;
  await withWorld({ clock: { now: () => Date.now() - ahead } }, async ({ doctor }) => {
    const { code, of } = await doctor();
    assertEquals([code, of("clock").status], [1, "limited"]);
    assert(/^this machine is 3(599|600) s ahead of the site$/.test(of("clock").finding), of("clock").finding);
  });
});

Deno.test("doctor tells a damaged, a foreign and a newer index, and one that is kept nowhere", () =>
  withWorld({}, async ({ dir, run, doctor }) => {
    assertEquals((await run(["ingest", "--space", "DOCS", "--db", "own.db"])).code, 0);
    const bytes = await Deno.readFile(`${dir}/own.db`);
    // The first page keeps the schema; the third is some table's root.
    bytes.fill(0xff, 2 * 4096, 6 * 4096);
    await Deno.writeFile(`${dir}/damaged.db`, bytes);
    const damaged = await doctor(["--db", "damaged.db"]);
    assertEquals([damaged.code, damaged.of("index").status], [2, "failed"]);
    assertStringIncludes(damaged.of("index").finding, "damaged");
    await Deno.writeTextFile(`${dir}/text.db`, "no database at all, but long enough to look".repeat(50));
    assertStringIncludes((await doctor(["--db", "text.db"])).of("index").finding, "not an SQLite database");
    const { DatabaseSync } = await import("node:sqlite");
    for (
      const [name, sql, said] of [
        ["foreign.db", "CREATE TABLE theirs (x)", "another program's tables"],
        [
          "newer.db",
          "CREATE TABLE schema_migrations (tag TEXT, applied_at TEXT); INSERT INTO schema_migrations VALUES ('9999_future', '')",
          "newer program",
        ],
      ] as const
    ) {
      const made = new DatabaseSync(`${dir}/${name}`);
      made.exec(sql);
      made.close();
      const { code, of } = await doctor(["--db", name]);
      assertEquals(code, 2);
      assertStringIncludes(of("index").finding, said);
    }
    assertStringIncludes((await doctor(["--db", ":memory:"])).of("index").finding, "in memory");
  }));

Deno.test("a failing ingest has the diagnosis as its hint, for a few requests at most", () =>
  withWorld({}, async ({ run, fake }) => {
    const wrong = await run(["ingest", "--space", "DOCS"], { CONFLUENCE_API_TOKEN: "wrong-token" });
    assertEquals(wrong.code, 2);
    assertStringIncludes(
      wrong.stderr,
      "hint: credentials: the server does not know these credentials (403). Make a new token",
    );
    assert(fake.counters.total <= 4, `${fake.counters.total} requests`);
  }));

Deno.test("a failing ingest names every missing scope at once", () =>
  withWorld(scoped(["read:space:confluence", "read:confluence-user"]), async ({ run, server }) => {
    const result = await run(["ingest", "--space", "DOCS", "--fail-fast"], {
      CONFLUENCE_GATEWAY_URL: server.gatewayUrl,
    });
    assert(result.code !== 0);
    assertStringIncludes(result.stderr, "read:page:confluence");
  }));

Deno.test("ingest with a scoped token finds the gateway itself, and URLs for people stay the site's", () =>
  withWorld(scoped(ALL), async ({ run, server, fake }) => {
    const env = { CONFLUENCE_GATEWAY_URL: server.gatewayUrl };
    const result = await run(["ingest", "--space", "DOCS"], env);
    assertEquals(result.code, 0, result.stderr);
    const [row] = JSON.parse(
      (await run(["query", "SELECT url FROM current_pages", "--format", "json"])).stdout,
    );
    assert(row.url.startsWith(`${server.baseUrl}/spaces/DOCS`), row.url);
    const onSite = fake.counters.log.filter(({ url }) => url.startsWith(server.baseUrl.replace("/wiki", "")));
    assertEquals(onSite.map(({ endpoint }) => endpoint.split(" ")[1]), [
      "/wiki/rest/api/user/current",
      "/_edge/tenant_info",
    ]);
  }));
