import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase, openIndex } from "../../src/database/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { makeToken, noSqld, startSqld } from "../support/sqld.ts";
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

Deno.test(`ingest on a server that dies midway leaves with the reason, and the next run completes it${why}`, {
  ignore,
}, () =>
  withTempDir(async (dir) => {
    await using server = await startSqld();
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 1_500, bodyBytes: 50, attachments: 10 });
    await using site = await fake.serve();
    let pages = 0;
    const remove = fake.faults.onRequest(async ({ endpoint }) => {
      if (endpoint.endsWith("/spaces/{id}/pages") && ++pages === 4) await server.stop();
    });
    const run = (...args: string[]) => runCli([...args, "--db", server.url], { cwd: dir, site });
    // The server is waited for no longer than it may take to answer.
    const first = await run("ingest", "--space", "A", "--rps", "1000", "--db-timeout", "2");
    remove();
    assertEquals(first.code, 2, first.stderr);
    assertStringIncludes(first.stderr, "the database server did not answer");
    await server.start();
    {
      // As it would be a minute later.
      await using database = await openDatabase(server.url);
      const [row] = await database.all("SELECT count(*) AS n FROM current_pages");
      assertEquals(Number(row!["n"]) > 0, true);
      await database.commit(["UPDATE leases SET expires_at = '2000-01-01T00:00:00.000Z'"]);
    }
    const second = await run("ingest", "--space", "A", "--rps", "1000");
    assertEquals(second.code, 0, second.stderr);
    const counted = await run("query", "SELECT count(*) AS n FROM current_pages");
    assertEquals([counted.code, counted.stdout.trim()], [0, '{"n":1500}'], counted.stderr);
    for (const command of [["status"], ["diff", second.stdout.trim()], ["plan"], ["export"]]) {
      const { code, stderr } = await run(...command);
      assertEquals(code, 0, `${command}: ${stderr}`);
    }
  }));
