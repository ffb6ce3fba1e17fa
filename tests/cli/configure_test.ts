/** `configure` as people use it: on a terminal. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence, type FakeOptions, type RunningFake } from "../support/fake/mod.ts";
import { HAS_TERMINALS, onTerminal } from "../support/on_terminal.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const TOKEN = "ana-token-0123456789";
const SCOPES = [
  "read:space:confluence",
  "read:page:confluence",
  "read:attachment:confluence",
  "search:confluence",
  "read:confluence-user",
];
const ACCOUNTS: NonNullable<FakeOptions["accounts"]> = [
  { email: "ana@example.com", token: TOKEN },
  { email: "bob@example.com", token: TOKEN, kind: "scoped", scopes: SCOPES },
];
const [SITE, EMAIL, SECRET, REPLACE] = ["Confluence site", "E-mail of", "paste it", "[y/N]"];

/** A test on a terminal; skipped, and saying so, where there is none to be had. */
function terminalTest(
  name: string,
  work: (world: { dir: string; fake: FakeConfluence; server: RunningFake }) => Promise<void>,
): void {
  Deno.test({
    name: HAS_TERMINALS ? name : `${name} (skipped: no Python with pseudo-terminals)`,
    ignore: !HAS_TERMINALS,
    fn: () =>
      withTempDir(async (dir) => {
        const fake = new FakeConfluence({ accounts: ACCOUNTS });
        fake.site.addSpace({ key: "DOCS", name: "Docs" });
        fake.site.addPage({ spaceKey: "DOCS", title: "One" });
        await using server = await fake.serve();
        await work({ dir, fake, server });
      }),
  });
}

terminalTest(
  "configure writes a private .env that ingest works with, and never shows the token",
  async ({ dir, server }) => {
    await Deno.writeTextFile(`${dir}/.env`, "# mine\nOTHER=1\n");
    const talk = [[SITE!, `${server.baseUrl}/spaces/DOCS/pages/1\n`], [EMAIL!, "ana@example.com\n"], [
      SECRET!,
      `${TOKEN}\n`,
    ]] as const;
    const { code, screen } = await onTerminal(["configure"], { cwd: dir }, talk);
    assertEquals(code, 0, screen);
    assertEquals(screen.includes(TOKEN), false, "the token is not echoed");
    assertStringIncludes(screen, "known as ana");
    assertEquals(
      await Deno.readTextFile(`${dir}/.env`),
      `# mine\nOTHER=1\nCONFLUENCE_BASE_URL=${server.baseUrl}\nCONFLUENCE_EMAIL=ana@example.com\nCONFLUENCE_API_TOKEN=${TOKEN}\n`,
    );
    assertEquals((await Deno.stat(`${dir}/.env`)).mode! & 0o777, 0o600);
    const ingest = await runCli(["ingest", "--space", "DOCS"], { cwd: dir });
    assertEquals(ingest.code, 0, ingest.stderr);
  },
);

terminalTest(
  "configure finds the cloud id of a scoped token, and ingest goes through the gateway from the start",
  async ({ dir, fake, server }) => {
    const env = { CONFLUENCE_GATEWAY_URL: server.gatewayUrl };
    const talk = [[SITE!, `${server.baseUrl}\n`], [EMAIL!, "bob@example.com\n"], [
      SECRET!,
      `${TOKEN}\n`,
    ]] as const;
    const { code, screen } = await onTerminal(["configure"], { cwd: dir, env }, talk);
    assertEquals(code, 0, screen);
    assertStringIncludes(
      await Deno.readTextFile(`${dir}/.env`),
      `CONFLUENCE_CLOUD_ID=${fake.site.cloudId}\n`,
    );
    const before = fake.counters.log.length;
    const ingest = await runCli(["ingest", "--space", "DOCS"], { cwd: dir, env });
    assertEquals(ingest.code, 0, ingest.stderr);
    const asked = fake.counters.log.slice(before).filter(({ authorized }) => authorized);
    assert(
      asked.length > 0 && asked.every(({ url }) => url.startsWith(server.gatewayUrl)),
      JSON.stringify(asked),
    );
  },
);

terminalTest(
  "configure writes nothing when the site does not know the token, or replacing is refused",
  async ({ dir, server }) => {
    const old = `CONFLUENCE_EMAIL=old@example.com\nCONFLUENCE_BASE_URL=${server.baseUrl}\n`;
    await Deno.writeTextFile(`${dir}/.env`, old);
    const wrong = await onTerminal(["configure"], { cwd: dir }, [
      [SITE!, "\n"],
      [EMAIL!, "ana@example.com\n"],
      [SECRET!, "not-the-token-1\n"],
      [REPLACE!, "y\n"],
    ]);
    assertEquals(wrong.code, 2, wrong.screen);
    assertStringIncludes(wrong.screen, "does not know these credentials");
    assertEquals(wrong.screen.includes("not-the-token-1"), false);
    const refused = await onTerminal(["configure"], { cwd: dir }, [
      [SITE!, "\n"],
      [EMAIL!, "ana@example.com\n"],
      [SECRET!, `${TOKEN}\n`],
      [REPLACE!, "n\n"],
    ]);
    assertEquals(refused.code, 2, refused.screen);
    assertStringIncludes(refused.screen, "Replace CONFLUENCE_EMAIL in .env?");
    assertEquals(await Deno.readTextFile(`${dir}/.env`), old);
  },
);

Deno.test("configure asks nothing where there is no terminal, and says how to do without", () =>
  withTempDir(async (dir) => {
    const { code, stderr } = await runCli(["configure"], { cwd: dir });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no terminal to ask on");
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));
