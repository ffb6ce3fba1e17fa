import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { ingest, type IngestOptions } from "../../src/sync/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { test } from "../support/each_database.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, withBench } from "./setup.ts";

/** Everything that a refused run could have touched. */
async function everything({ database }: Bench): Promise<string> {
  const tables = [
    "spaces",
    "pages",
    "attachments",
    "runs",
    "run_spaces",
    "failures",
    "sync_state",
    "events",
    "leases",
    "meta",
  ];
  const rows = [];
  for (const table of tables) rows.push(await database.all(`SELECT * FROM ${table}`));
  return JSON.stringify(rows);
}

async function refused(bench: Bench, wish: Partial<IngestOptions>): Promise<ConfluenceIndexError> {
  const before = await everything(bench);
  const error = await assertRejects(() => bench.ingest(wish), ConfluenceIndexError);
  assertEquals(await everything(bench), before);
  return error;
}

test("prepareSpaces refuses another body format until the whole space is read again", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    const error = await refused(bench, { ...DOCS, bodyFormat: "atlas_doc_format" });
    assertEquals(error.code, "usage");
    assertStringIncludes(`${error.message} ${error.hint}`, "--full");
    const run = await ingest({ bodyFormat: "atlas_doc_format", full: true });
    assertEquals([run.status, run.metrics.updated], ["complete", 3]);
    assertEquals(await column("SELECT DISTINCT body_format FROM current_pages"), ["atlas_doc_format"]);
    // From now on the index decides.
    const [id] = await column("SELECT id FROM current_pages");
    site.editPage(String(id), {});
    await ingest();
    assertEquals(await column("SELECT DISTINCT body_format FROM current_pages"), ["atlas_doc_format"]);
  }));

test("prepareSpaces refuses another scope until the whole space is listed again", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [id] = addPages(site, "DOCS", 3);
    site.archivePage(id!);
    await ingest(DOCS);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [2]);
    pass(DAY);
    assertStringIncludes((await refused(bench, { includeArchived: true })).hint ?? "", "--reconcile");
    await ingest({ includeArchived: true, reconcile: true });
    assertEquals(await column("SELECT status FROM current_pages WHERE id = ?", id!), ["archived"]);
    await ingest();
    assertEquals(await column("SELECT scope FROM sync_state"), ["current,archived"]);
    await refused(bench, { includeArchived: false });
    await ingest({ includeArchived: false, reconcile: true });
    assertEquals(await column("SELECT deletion_reason FROM deleted_pages WHERE id = ?", id!), ["archived"]);
  }));

test("prepareSpaces refuses for all spaces when one of them cannot be read as asked", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 1);
    addPages(bench.site, "TEAM", 1);
    await bench.ingest(DOCS);
    await refused(bench, { ...BOTH, bodyFormat: "atlas_doc_format" });
  }));

test("ingest refuses an index of another site", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 1);
    await bench.ingest(DOCS);
    await bench.database.commit([{
      sql: "UPDATE meta SET value = 'https://other.atlassian.net/wiki' WHERE key = 'site'",
      args: [],
    }]);
    const error = await refused(bench, DOCS);
    assertEquals(error.code, "configuration");
    assertStringIncludes(error.message, "https://other.atlassian.net/wiki");
  }));

test("ingest refuses the cloud id of another site, a sandbox with the same ids say; one that nobody can check it takes", () =>
  withBench(async (bench) => {
    const { fake, clock } = bench;
    const sandbox = new FakeConfluence({ clock, cloudId: "55667788-a1b2-3b33-c444-def123456789" });
    for (const key of ["DOCS", "TEAM"]) sandbox.site.addSpace({ key });
    for (const { site } of [fake, sandbox]) addPages(site, "DOCS", 3);
    await bench.ingest(DOCS);
    bench.pass(DAY);
    const account = fake.site.accounts[0]!;
    const client = () =>
      new ConfluenceClient({
        baseUrl: fake.baseUrl,
        cloudId: sandbox.site.cloudId,
        email: account.email,
        apiToken: account.token,
        fetch: (input, init) => {
          const { url } = new Request(input);
          return (url.includes(sandbox.site.cloudId) ? sandbox : fake).fetch(input, init);
        },
        clock,
      });
    const error = await refused(bench, { client: client() });
    assertEquals(error.code, "configuration");
    assertStringIncludes(error.message, fake.site.cloudId);
    fake.faults.add({ kind: "status", status: 404, match: { path: "tenant_info" } });
    assertEquals((await bench.ingest({ client: client() })).metrics.unchanged, 3);
  }));

Deno.test("of two first ingests of two sites that begin together one goes on", () =>
  withTempDir(async (dir) => {
    const clock = new VirtualClock();
    const url = `file:${dir}/index.db`;
    const { promise, resolve } = Promise.withResolvers<void>();
    let waiting = 0;
    const run = async (origin: string) => {
      const fake = new FakeConfluence({ clock, origin });
      fake.site.addSpace({ key: "A", homepage: true });
      fake.faults.onRequest(async ({ endpoint }) => {
        if (endpoint !== "GET /wiki/api/v2/spaces") return;
        if (++waiting === 2) resolve();
        await promise;
      });
      const { email, token } = fake.site.accounts[0]!;
      await using database = await openDatabase(url);
      const client = new ConfluenceClient({
        baseUrl: fake.baseUrl,
        email,
        apiToken: token,
        fetch: fake.fetch,
        clock,
      });
      return await ingest({ database, clock, client, selection: { keys: ["A"] } })
        .then(({ status }) => status, (error) => error.code);
    };
    const sites = ["https://one.atlassian.net", "https://two.atlassian.net"];
    const ends = await clock.run(Promise.all(sites.map(run)));
    assertEquals(ends.filter((end) => end === "complete").length, 1);
    await using database = await openDatabase(url);
    assertEquals(await database.all("SELECT count(DISTINCT substr(url, 1, 12)) AS sites FROM pages"), [{
      sites: 1,
    }]);
  }));

test("prepareSpaces remembers for each space when missing pages are looked for", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    addPages(site, "DOCS", 2);
    addPages(site, "TEAM", 2);
    await ingest({ ...DOCS, deletions: "every_sync" });
    await ingest({ selection: { keys: ["TEAM"] }, deletions: "on_demand" });
    pass(30 * DAY);
    const run = await ingest();
    assertEquals(run.spaces.map(({ space, mode }) => [space.key, mode]), [["DOCS", "reconcile"], [
      "TEAM",
      "delta",
    ]]);
    assertEquals(
      await rows("SELECT key, deletions FROM sync_state y JOIN spaces s ON s.id = y.space_id ORDER BY key"),
      [
        { key: "DOCS", deletions: "every_sync" },
        { key: "TEAM", deletions: "on_demand" },
      ],
    );
  }));
