/** The token is in no output, file, database or command line. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { errorText } from "../../src/cli/error_text.ts";
import { createIo } from "../../src/cli/io.ts";
import { redactor } from "../../src/cli/secrets.ts";
import { startCli } from "../support/run_cli.ts";
import { filesBelow, withWorld, type World } from "./world.ts";

const EMAIL = "ana@example.com";
const TOKEN = "ATATT-secret/with+odd=chars&0123456789";
const ENV = { CONFLUENCE_API_TOKEN: TOKEN, CONFLUENCE_EMAIL: EMAIL };
/** Every form in which the token travels. */
const FORMS = [TOKEN, encodeURIComponent(TOKEN), btoa(TOKEN), btoa(`${EMAIL}:${TOKEN}`)];

const withSite = (work: (world: World) => Promise<void>) =>
  withWorld(async (world) => {
    world.fake.site.addSpace({ key: "DOCS", name: "Docs" });
    world.fake.site.addPage({ spaceKey: "DOCS", title: "One", body: "<p>x</p>" });
    await work(world);
  }, { accounts: [{ email: EMAIL, token: TOKEN }] });

function assertClean(text: string, where: string): void {
  for (const form of FORMS) assertEquals(text.includes(form), false, `${where} holds ${form}`);
}

async function assertFilesClean(dir: string): Promise<void> {
  const files = await filesBelow(dir);
  assert(
    files.some((path) => path.endsWith(".db")) && files.some((path) => path.endsWith("manifest.json")),
    files.join(),
  );
  for (const path of files) {
    const bytes = await Deno.readFile(`${dir}/${path}`);
    assertClean(new TextDecoder("latin1").decode(bytes), path);
  }
}

for (const level of ["debug", "info", "warning", "error"]) {
  for (const format of ["text", "json"]) {
    Deno.test(`the token is not in ${format} logs at level ${level}, nor in the database and the artifacts`, () =>
      withSite(async ({ dir, run }) => {
        const logs = ["--log-level", level, "--log-format", format];
        const good = await run(["ingest", "--space", "DOCS", "--json", ...logs], ENV);
        assertEquals(good.code, 0, good.stderr);
        if (level === "debug") assertStringIncludes(good.stderr, "/wiki/api/v2/");
        assertClean(good.stdout + good.stderr, "the output");
        await assertFilesClean(dir);
      }));
  }
}

Deno.test("the token is not in the output of any other command, asked for help and reports", () =>
  withSite(async ({ run }) => {
    await run(["ingest", "--space", "DOCS"], ENV);
    for (
      const args of [
        ["doctor"],
        ["doctor", "--json"],
        ["plan", "--space", "DOCS", "--json"],
        ["status", "--json"],
        ["diff"],
        ["ingest", "--dry-run", "--json"],
        ["query", "SELECT * FROM runs"],
        ["ingest", "--help"],
        ["--version"],
      ]
    ) {
      const { stdout, stderr } = await run([
        ...args,
        ...(args[0]!.startsWith("-") ? [] : ["--log-level", "debug"]),
      ], ENV);
      assertClean(stdout + stderr, args.join(" "));
    }
  }));

Deno.test("the token is not in errors, not even when the server sends it back", () =>
  withSite(async ({ dir, run, fake }) => {
    await run(["ingest", "--space", "DOCS"], ENV);
    const title = `no: ${FORMS.join(" ")}`;
    for (const status of [400, 403, 404]) {
      fake.faults.clear();
      fake.faults.add({ kind: "status", status, times: Infinity });
      fake.faults.add({
        kind: "transform",
        change: () => ({ errors: [{ status, title }], message: title }),
        times: Infinity,
      });
      const result = await run(["ingest", "--space", "DOCS", "--full", "--log-level", "debug"], ENV);
      assert(result.code !== 0);
      assertClean(result.stdout + result.stderr, `the output of a ${status}`);
    }
    fake.faults.clear();
    const location = `http://127.0.0.1:1/?token=${encodeURIComponent(TOKEN)}`;
    fake.faults.add({ kind: "redirect", location, times: Infinity });
    const redirected = await run(["ingest", "--space", "DOCS", "--log-level", "debug"], ENV);
    assertClean(redirected.stdout + redirected.stderr, "the output of a redirect");
    await assertFilesClean(dir);
  }));

Deno.test({
  name: "the token is on no command line, and in no option",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withSite(async ({ dir, server, fake, run }) => {
      const arrived = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      fake.faults.onRequest(async () => {
        arrived.resolve();
        await release.promise;
      });
      const child = startCli(["ingest", "--space", "DOCS"], { cwd: dir, site: server, env: ENV });
      await arrived.promise;
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", "cat /proc/[0-9]*/cmdline"],
        stderr: "null",
      }).output();
      const lines = new TextDecoder().decode(stdout);
      assertStringIncludes(lines, "src/cli/main.ts");
      assertClean(lines, "a command line");
      release.resolve();
      assertEquals((await child.output()).code, 0);
      for (const option of ["--token", "--api-token", "--password"]) {
        const refused = await run(["ingest", option, TOKEN], {});
        assertEquals(refused.code, 2);
        assertClean(refused.stderr, option);
      }
    }),
});

Deno.test("the token is not in what a crash leaves on the screen, trace and causes included", () => {
  const redact = redactor({ email: EMAIL, apiToken: TOKEN, databaseToken: "index-token-1" });
  let screen = "";
  const io = createIo({
    facts: {
      stdinIsTerminal: false,
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      columns: 80,
      color: false,
      quiet: false,
    },
    redact,
    outlivesReader: false,
    stderr: {
      writeSync(bytes) {
        screen += new TextDecoder().decode(bytes);
        return bytes.length;
      },
    },
  });
  const bug = new TypeError(`Cannot read ${FORMS.join(" ")}`, {
    cause: new Error(`index-token-1 and ${TOKEN}`),
  });
  io.err(errorText(bug, { color: false, trace: true }).text);
  assertStringIncludes(screen, "This is a bug");
  assertStringIncludes(screen, "caused by");
  assertClean(screen, "the crash");
  assertEquals(screen.includes("index-token-1"), false);
});
