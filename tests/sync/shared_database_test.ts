/** Several ingests on one database: each space is one run's at a time, and rows are nobody's until they are committed. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { ingest, type IngestOptions } from "../../src/sync/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** Runs one ingest with a connection of its own, as another machine would. */
async function ingestFrom(
  fake: FakeConfluence,
  url: string,
  keys: readonly string[],
  wishes: Partial<IngestOptions> = {},
) {
  const account = fake.site.accounts[0]!;
  await using database = await openDatabase(url);
  const client = new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: account.email,
    apiToken: account.token,
    fetch: fake.fetch,
    limits: { requestsPerSecond: 1000 },
  });
  return await ingest({ client, database, ...wishes, selection: { keys, ids: [], all: false } });
}

function makeSite(): FakeConfluence {
  const fake = new FakeConfluence();
  for (const key of ["A", "B"]) {
    fake.site.addSpace({ key, name: key });
    fake.site.fill({ spaceKey: key, pages: 600, bodyBytes: 50, attachments: 20 });
  }
  return fake;
}

async function twoAtOnce(url: string): Promise<void> {
  const fake = makeSite();
  const seen = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  // The first run stands still at its first batch of pages until the others have come and gone.
  const remove = fake.faults.onRequest(async ({ endpoint }) => {
    if (!endpoint.endsWith("/spaces/{id}/pages")) return;
    remove();
    seen.resolve();
    await held.promise;
  });
  const first = ingestFrom(fake, url, ["A"]);
  await seen.promise;
  const refused = await assertRejects(() => ingestFrom(fake, url, ["B", "A"]), ConfluenceIndexError);
  assertEquals(refused.code, "locked");
  assertStringIncludes(refused.message, "Cannot write A: run ");
  const second = await ingestFrom(fake, url, ["B"]);
  assertEquals(second.status, "complete");
  held.resolve();
  assertEquals((await first).status, "complete");
  await using database = await openDatabase(url);
  assertEquals(
    await database.all("SELECT space_key, count(*) AS n FROM current_pages GROUP BY 1 ORDER BY 1"),
    [
      { space_key: "A", n: 600 },
      { space_key: "B", n: 600 },
    ],
  );
  // Neither has closed the other as killed.
  assertEquals(await database.all("SELECT status, count(*) AS n FROM runs GROUP BY 1"), [{
    status: "complete",
    n: 2,
  }]);
  assertEquals(await database.all("SELECT * FROM leases"), []);
}

Deno.test("ingest() of other spaces goes on beside another run, of the same space is refused: on file", () =>
  withTempDir((dir) => twoAtOnce(`file:${dir}/index.db`)));

Deno.test({
  name: `ingest() of other spaces goes on beside another run, of the same space is refused: on a server${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: async () => {
    await using server = await startSqld();
    await twoAtOnce(server.url);
  },
});

Deno.test("ingest() adds up when another run takes a page out of its space meanwhile", () =>
  withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    const fake = new FakeConfluence();
    for (const key of ["A", "B"]) fake.site.addSpace({ key, name: key });
    const ids = [1, 2, 3].map((n) =>
      fake.site.addPage({ spaceKey: "A", title: `A ${n}`, body: "<p>a</p>" }).id
    );
    assertEquals((await ingestFrom(fake, url, ["A", "B"])).status, "complete");
    fake.site.movePage(ids[0]!, { spaceKey: "B" });
    const seen = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const remove = fake.faults.onRequest(async ({ endpoint }) => {
      if (!endpoint.endsWith("/spaces/{id}/pages")) return;
      remove();
      seen.resolve();
      await held.promise;
    });
    const first = ingestFrom(fake, url, ["A"], { reconcile: true });
    await seen.promise;
    assertEquals((await ingestFrom(fake, url, ["B"], { reconcile: true })).status, "complete");
    held.resolve();
    const { status, discrepancies } = await first;
    assertEquals([status, discrepancies], ["complete", []]);
  }));
