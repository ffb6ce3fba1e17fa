/** `--replica`: reading a server through a file that follows it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { makeToken, noSqld, type Sqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

const ignore = noSqld !== undefined;
const why = ignore ? ` (${noSqld})` : "";

interface Stage {
  readonly dir: string;
  readonly server: Sqld;
  readonly fake: FakeConfluence;
  /** Runs a command against the server, with the right to write. */
  run(...args: string[]): Promise<CliResult>;
  /** Runs one with the right to read, through the replica. */
  read(...args: string[]): Promise<CliResult>;
}

async function withServer(work: (stage: Stage) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
    await using server = await startSqld({ publicKey: keys.publicKey });
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "A", name: "A" });
    for (const title of ["Tide", "Harbour"]) {
      fake.site.addPage({ spaceKey: "A", title, body: `<p>The lighthouse of ${title}</p>` });
    }
    await using site = await fake.serve();
    const as = async (access: "ro" | "rw", args: readonly string[]) =>
      await runCli(args, {
        cwd: dir,
        site,
        env: {
          CONFLUENCE_INDEX_DB: server.url,
          CONFLUENCE_INDEX_DB_TOKEN: await makeToken(keys.privateKey, access),
        },
      });
    const run = (...args: string[]) => as("rw", args);
    const first = await run("ingest", "--space", "A");
    assertEquals(first.code, 0, first.stderr);
    const read = (...args: string[]) => as("ro", [...args, "--replica", "replica.db"]);
    await work({ dir, server, fake, run, read });
  });
}

const TITLES = ["query", "SELECT title FROM current_pages ORDER BY title"] as const;

Deno.test(`commands that read follow the server through --replica, with a token that only reads${why}`, {
  ignore,
}, () =>
  withServer(async ({ dir, fake, run, read }) => {
    const first = await read(...TITLES);
    assertEquals([first.code, first.stdout], [0, '{"title":"Harbour"}\n{"title":"Tide"}\n'], first.stderr);
    // What is written into it would be lost the next time.
    for (const place of ["replica.db", `${dir}/replica.db`]) {
      const written = await run("ingest", "--db", place);
      assertEquals(written.code, 2);
      assertStringIncludes(written.stderr, "it is the replica of a server");
    }
    if (Deno.build.os !== "windows") {
      for await (const { name } of Deno.readDir(dir)) {
        if (!/^replica\.db/.test(name)) continue;
        assertEquals((await Deno.stat(`${dir}/${name}`)).mode! & 0o077, 0, name);
      }
    }
    fake.site.addPage({ spaceKey: "A", title: "Buoy", body: "<p>red</p>" });
    const again = await run("ingest", "--full");
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes((await read(...TITLES)).stdout, "Buoy");
    const found = await read("search", "lighthouse");
    assertEquals([found.code, found.stdout.trim().split("\n").length], [0, 2], found.stderr);
    const status = await read("status");
    assertEquals(JSON.parse(status.stdout).spaces[0].pages, 3, status.stderr);
    const diff = await read("diff", again.stdout.trim());
    assertStringIncludes(diff.stdout, "Buoy", diff.stderr);
    const exported = await read("export", "--out", "out");
    assertEquals(exported.code, 0, exported.stderr);
    const lines = await Deno.readTextFile(`${dir}/out/export/confluence.ndjson`);
    assertEquals(lines.trim().split("\n").length, 3);
    const backup = await read("backup", "copy.db");
    assertEquals(backup.code, 0, backup.stderr);
    await using copy = await openDatabase(`file:${dir}/copy.db`);
    assertEquals(await copy.all("SELECT count(*) AS n FROM current_pages"), [{ n: 3 }]);
    // Still followed after all of that.
    fake.site.addPage({ spaceKey: "A", title: "Quay", body: "<p>stone</p>" });
    assertEquals((await run("ingest", "--full")).code, 0);
    assertStringIncludes((await read(...TITLES)).stdout, "Quay");
  }));

Deno.test(
  `--replica is made anew where the server was put back to an earlier time${why}`,
  { ignore },
  () =>
    withServer(async ({ server, fake, run, read }) => {
      await server.keep("earlier");
      const lost = fake.site.addPage({ spaceKey: "A", title: "Lost", body: "<p>x</p>" });
      assertEquals((await run("ingest", "--full")).code, 0);
      assertStringIncludes((await read(...TITLES)).stdout, "Lost");
      fake.site.trashPage(lost.id);
      await server.comeBack("earlier");
      for (const title of ["Pier", "Mole"]) {
        fake.site.addPage({ spaceKey: "A", title, body: "<p>x</p>" });
        assertEquals((await run("ingest", "--full")).code, 0);
        const here = await run(...TITLES);
        const there = await read(...TITLES);
        assertEquals([there.code, there.stdout], [0, here.stdout], there.stderr);
      }
    }),
);

Deno.test(
  `--replica is read as it was while the server is away, with a warning; a backup is not made${why}`,
  {
    ignore,
  },
  () =>
    withServer(async ({ server, run, read }) => {
      assertEquals((await read(...TITLES)).code, 0);
      await server.stop();
      const away = await read(...TITLES);
      assertEquals([away.code, away.stdout], [0, '{"title":"Harbour"}\n{"title":"Tide"}\n'], away.stderr);
      assert(
        /^warning: the database server did not answer; this is the replica of 20[-\dT:.]+Z$/m.test(
          away.stderr,
        ),
        away.stderr,
      );
      const backup = await read("backup", "copy.db");
      assertEquals(backup.code, 2);
      assertStringIncludes(backup.stderr, "Cannot bring the replica replica.db up to date");
      const none = await run("status", "--replica", "new.db");
      assertEquals(none.code, 2);
      assertStringIncludes(none.stderr, "the database server did not answer");
    }),
);

Deno.test(
  `--replica writes over nothing that it has not made, and follows one server${why}`,
  { ignore },
  () =>
    withServer(async ({ dir, run, read }) => {
      await Deno.writeTextFile(`${dir}/notes.txt`, "mine");
      const refusal = async (...args: string[]) => {
        const { code, stderr } = await run("status", ...args);
        assertEquals(code, 2, stderr);
        return stderr;
      };
      assertStringIncludes(await refusal("--replica", "notes.txt"), "notes.txt: it is no replica");
      assertEquals(await Deno.readTextFile(`${dir}/notes.txt`), "mine");
      assertStringIncludes(await refusal("--replica", "no/such/replica.db"), "its folder is not there");
      assertStringIncludes(
        await refusal("--replica", "x.db", "--db", "index.db"),
        "the index is not on a server",
      );
      assertEquals((await read("status")).code, 0);
      await using other = await startSqld();
      assertStringIncludes(
        await refusal("--replica", "replica.db", "--db", other.url),
        "replica.db: it follows another server",
      );
      assertStringIncludes(
        await refusal("--replica", "new.db", "--db", other.url),
        "it holds no tables of this program",
      );
    }),
);

Deno.test(
  `--replica by several at once leaves one whole replica${why}`,
  { ignore },
  () =>
    withServer(async ({ read }) => {
      const all = await Promise.all(Array.from({ length: 4 }, () => read(...TITLES)));
      for (const { code, stdout, stderr } of all) {
        assertEquals([code, stdout], [0, '{"title":"Harbour"}\n{"title":"Tide"}\n'], stderr);
      }
      const whole = await read("query", "PRAGMA integrity_check");
      assertEquals([whole.code, whole.stdout], [0, '{"integrity_check":"ok"}\n'], whole.stderr);
    }),
);
