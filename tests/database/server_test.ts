import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase, openIndex } from "../../src/database/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { type DatabaseProxy, startProxy } from "../support/database_proxy.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { makeToken, noSqld, type Sqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

const ignore = noSqld !== undefined;
const why = ignore ? ` (${noSqld})` : "";

async function refusal(work: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(work, ConfluenceIndexError);
  assertEquals(error.code, "database");
  return error.message.split(": ").at(-1)!;
}

Deno.test(`openDatabase() on a server needs a token that may write, openIndex() one that reads${why}`, {
  ignore,
}, async () => {
  const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const writes = await makeToken(keys.privateKey, "rw");
  const reads = await makeToken(keys.privateKey, "ro");
  await using server = await startSqld({ publicKey: keys.publicKey });
  assertEquals(await refusal(() => openDatabase(server.url)), "the database server refused the token");
  assertEquals(
    await refusal(() => openDatabase(server.url, { token: `${writes}x` })),
    "the database server refused the token",
  );
  assertEquals(
    await refusal(() => openDatabase(server.url, { token: reads })),
    "the database server does not let this token do that",
  );
  await using database = await openDatabase(server.url, { token: writes });
  assertEquals(await database.commit(["INSERT INTO meta VALUES ('site', 'x')"]), [1]);
  await using reader = await openDatabase(server.url, { token: reads });
  assertEquals(
    await refusal(() => reader.commit(["DELETE FROM meta"])),
    "the database server does not let this token do that",
  );
  await using index = await openIndex(server.url, { token: reads });
  assertEquals(await index.all("SELECT key FROM meta"), [{ key: "site" }]);
});

/** What can happen to the server in the middle of a run, and how it is over again. */
const BAD_DAYS = [
  {
    name: "dies",
    begin: ({ server }: Place) => server.stop(),
    end: ({ server }: Place) => server.start(),
    told: "the database server did not answer",
  },
  {
    name: "takes no more writes",
    begin: ({ server }: Place) => server.block(true),
    end: ({ server }: Place) => server.block(false),
    told: "the database server has been closed for this by its operator",
  },
  {
    name: "loses its answers",
    begin: ({ proxy }: Place) => void (proxy.weather = "loses answers"),
    end: ({ proxy }: Place) => void (proxy.weather = "fair"),
    told: "the database server did not answer",
  },
  {
    name: "hangs",
    begin: ({ proxy }: Place) => void (proxy.weather = "hangs"),
    end: ({ proxy }: Place) => void (proxy.weather = "fair"),
    told: "the database server did not answer in time",
  },
  {
    name: "takes the token no more",
    begin: ({ proxy }: Place) => void (proxy.weather = "refuses"),
    end: ({ proxy }: Place) => void (proxy.weather = "fair"),
    told: "the database server refused the token",
  },
];

interface Place {
  readonly server: Sqld;
  readonly proxy: DatabaseProxy;
}

for (const { name, begin, end, told } of BAD_DAYS) {
  Deno.test(
    `ingest into a server that ${name} midway leaves with the reason, and the next run completes it${why}`,
    {
      ignore,
    },
    () =>
      withTempDir(async (dir) => {
        await using server = await startSqld();
        await using proxy = await startProxy(server.url);
        const fake = new FakeConfluence();
        fake.site.addSpace({ key: "A", name: "A" });
        fake.site.fill({ spaceKey: "A", pages: 1_500, bodyBytes: 50, attachments: 10 });
        await using site = await fake.serve();
        let lists = 0;
        const remove = fake.faults.onRequest(async ({ endpoint }) => {
          if (endpoint.endsWith("/spaces/{id}/pages") && ++lists === 4) await begin({ server, proxy });
        });
        // What the proxy cannot be is a server that takes no connection.
        const url = name === "dies" ? server.url : proxy.url;
        const run = (...args: string[]) => runCli([...args, "--db", url], { cwd: dir, site });
        // Where it hangs or stays away, the run waits as long as this.
        const first = await run("ingest", "--space", "A", "--rps", "1000", "--db-timeout", "3");
        remove();
        assertEquals(first.code, 2, first.stderr);
        assertStringIncludes(first.stderr, told);
        assertStringIncludes(first.stderr, "\nhint: ");
        await end({ server, proxy });
        {
          // As it would be a minute later.
          await using database = await openDatabase(server.url);
          const [row] = await database.all("SELECT count(*) AS n FROM current_pages");
          assertEquals(Number(row!["n"]) > 0, true);
          await database.commit(["UPDATE leases SET expires_at = '2000-01-01T00:00:00.000Z'"]);
        }
        const second = await run("ingest", "--space", "A", "--rps", "1000");
        assertEquals(second.code, 0, second.stderr);
        const counted = await run(
          "query",
          "SELECT (SELECT count(*) FROM current_pages) AS pages, (SELECT count(*) FROM events WHERE kind = 'added' AND subject = 'page') AS added",
        );
        assertEquals(
          [counted.code, counted.stdout.trim()],
          [0, '{"pages":1500,"added":1500}'],
          counted.stderr,
        );
      }),
  );
}

Deno.test(`every command that reads works on a server${why}`, { ignore }, () =>
  withTempDir(async (dir) => {
    await using server = await startSqld();
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 20, bodyBytes: 50, attachments: 10 });
    await using site = await fake.serve();
    const run = (...args: string[]) => runCli([...args, "--db", server.url], { cwd: dir, site });
    const { code, stdout, stderr } = await run("ingest", "--space", "A", "--rps", "1000");
    assertEquals(code, 0, stderr);
    const commands = [["status"], ["diff", stdout.trim()], ["plan"], ["export"], ["search", "page"], [
      "doctor",
    ]];
    for (const command of [...commands, ["prune", "--runs-older-than", "1d"], ["reconvert", "--all"]]) {
      const { code, stderr } = await run(...command);
      assertEquals(code, 0, `${command}: ${stderr}`);
    }
  }));
