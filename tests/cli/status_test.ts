import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { adviceOn } from "../../src/cli/status/advice.ts";
import { age } from "../../src/cli/age.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { hashes, ingestInto } from "../support/index_file.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A folder with an index of the space DOCS, one page of which could not be read. */
async function withIndex(
  work: (run: (...args: string[]) => ReturnType<typeof runCli>, dir: string, bad: string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const pages = ["One", "Two", "Bad \x1b[31mtitle"].map((title) =>
      fake.site.addPage({ spaceKey: "DOCS", title }).id
    );
    await ingestInto(dir, fake, { selection: { keys: ["DOCS"] } });
    fake.site.editPage(pages[2]!, { body: "<p>new</p>" });
    fake.faults.add({
      kind: "bad-rows",
      times: 99,
      match: ({ query }) => query.get("body-format") !== null,
      change: (row) => ({ ...row, body: {} }),
    });
    assertEquals((await ingestInto(dir, fake)).status, "incomplete");
    // Neither site nor credentials: status must not need them.
    await work((...args) => runCli(["status", ...args], { cwd: dir }), dir, pages[2]!);
  });
}

Deno.test("status prints one documented JSON object when piped, without asking the network or writing", () =>
  withIndex(async (run, dir, bad) => {
    const before = await hashes(`${dir}/var`);
    const result = await run();
    assertEquals([result.code, result.stderr], [0, ""]);
    assertEquals(result.stdout.trimEnd().split("\n").length, 1);
    const status = JSON.parse(result.stdout);
    assertEquals(Object.keys(status), ["database", "site", "writer", "spaces", "runs", "failures"]);
    assertEquals(status.database, "file:var/confluence.db");
    assertEquals(status.site, "https://fake.atlassian.net/wiki");
    assertEquals(status.writer, null);
    const [space] = status.spaces;
    assertEquals([space.key, space.pages, space.failures, space.unfinished], ["DOCS", 3, 1, false]);
    assertEquals([space.scope, space.deletions, space.body_format], [
      ["current"],
      "weekly_reconciliation",
      "storage",
    ]);
    assertEquals(space.include, ["labels"]);
    assertMatch(space.mark, /^\d{4}-\d\d-\d\dT/);
    const [last, first] = status.runs;
    assertEquals([last.status, last.failed], ["incomplete", 1]);
    assertEquals([first.status, first.added], ["complete", 3]);
    assertEquals(status.failures.total, 1);
    assertEquals(status.failures.by_reason, { invalid: 1 });
    const [failure] = status.failures.next;
    assertEquals([failure.kind, failure.id, failure.space_key, failure.attempts], ["page", bad, "DOCS", 1]);
    assertEquals(failure.title, "Bad \x1b[31mtitle");
    assertEquals(failure.advice, adviceOn("invalid"));
    // What a terminal would obey is escaped in the text itself.
    assertEquals(result.stdout.includes("\x1b"), false);
    assertEquals(await hashes(`${dir}/var`), before);
  }));

Deno.test("status prints tables for people, with what to do about failures", () =>
  withIndex(async (run, _dir, bad) => {
    const { code, stdout, stderr } = await run("--format", "table");
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^index {4}file:var\/confluence\.db\nsite {5}https:/);
    assertStringIncludes(stdout, "writing  nobody\n");
    assertMatch(stdout, /\nspace +pages +attachments +covered up to/);
    assertMatch(stdout, /\nDOCS +3 +0 +\d{4}-\d\d-\d\d \d\d:\d\d \(\d+ s ago\) +storage +current/);
    assertMatch(stdout, /ingest +incomplete +\d+ s ago/);
    assertMatch(
      stdout,
      new RegExp(`page +${bad} +DOCS +Bad \\\\x1b\\[31mtitle +invalid +1 +with the next ingest`),
    );
    assertStringIncludes(stdout, `1 invalid: ${adviceOn("invalid")}`);
    assertEquals(stdout.includes("\x1b"), false);
  }));

Deno.test("status tells fewer runs and failures when asked", () =>
  withIndex(async (run) => {
    const status = JSON.parse((await run("--runs", "1", "--failures", "0")).stdout);
    assertEquals(status.runs.length, 1);
    assertEquals(status.failures.next, []);
    assertEquals(status.failures.total, 1);
    const { stdout } = await run("--failures", "0", "--format", "table");
    assertStringIncludes(stdout, "and 1 more (--failures 1 shows all)\n");
    assertEquals((await run("--runs", "-1")).code, 2);
  }));

Deno.test("status tells of a run that was killed, and of a first ingest that is unfinished", () =>
  withIndex(async (run, dir) => {
    const database = new DatabaseSync(`${dir}/var/confluence.db`);
    database.exec(
      `INSERT INTO leases VALUES ('ingest', 'r', 'killed-run', '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z');
      INSERT INTO runs (id, command, started_at, status, args, tool_version)
        VALUES ('killed-run', 'ingest', '2999-01-01T00:00:00.000Z', 'running', '{}', '0');
      UPDATE sync_state SET mark = NULL, resume_link = '/wiki/api/v2/spaces/1/pages?cursor=x'`,
    );
    database.close();
    const { stdout } = await run("--format", "table");
    assertMatch(
      stdout,
      /writing {2}run killed-run, since 2026-01-01T00:00:00\.000Z; silent for .+ too long: the next run takes over/,
    );
    assertMatch(stdout, /killed-run +ingest +killed/);
    assertMatch(stdout, /DOCS .*never .*first ingest unfinished: run ingest to go on/);
    const status = JSON.parse((await run("--json")).stdout);
    assertEquals([status.writer.run_id, status.writer.stale], ["killed-run", true]);
    assertEquals([status.spaces[0].unfinished, status.spaces[0].mark_age_seconds], [true, null]);
  }));

Deno.test("status without an index says how to make one, and makes none", () =>
  withTempDir(async (dir) => {
    const result = await runCli(["status"], { cwd: dir });
    assertEquals([result.code, result.stdout], [2, ""]);
    assertStringIncludes(
      result.stderr,
      "error[database]: Cannot open the index var/confluence.db: there is no such file",
    );
    assertEquals(await hashes(dir), {});
  }));

Deno.test("adviceOn() has something for every reason, unknown ones too", () => {
  for (const reason of ["body", "invalid", "doubtful", "authentication", "a word of tomorrow"]) {
    assertMatch(adviceOn(reason), /\.$/);
  }
});

Deno.test("age() uses one unit, and never less than nothing", () => {
  const minute = 60_000;
  assertEquals(
    [-5, 0, 59_999, minute, 59 * minute, 60 * minute, 47 * 60 * minute, 48 * 60 * minute].map(age),
    ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 d"],
  );
});

Deno.test("status and query of a server that is away promise nothing that only an ingest does", () =>
  withTempDir(async (dir) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    for (const args of [["status"], ["query", "SELECT 1"]]) {
      const { code, stderr } = await runCli([...args, "--db", `http://127.0.0.1:${port}`], { cwd: dir });
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, "the database server did not answer");
      assertStringIncludes(
        stderr,
        "hint: Check --db and the network, then run again; an ingest goes on where it stopped.\n",
      );
    }
  }));
