import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "@confluence-index/confluence-index";
import fc from "fast-check";
import { saveArtifactsWritten, saveRunFolder } from "../../src/database/mod.ts";
import { countPrunable, type PruneRules } from "../../src/database/reader.ts";
import { prune } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { type Bench, BOTH, DAY, DOCS, withBench } from "./setup.ts";

const NONE: PruneRules = {
  versionsReplacedBefore: null,
  keepVersions: null,
  tombstonesBefore: null,
  runsBefore: null,
};

/** Runs it and gives back what went, with the runs whose files were asked to go. */
async function pruned({ database, clock }: Bench, rules: Partial<PruneRules>) {
  const files: string[] = [];
  const result = await prune({
    database,
    clock,
    rules: { ...NONE, ...rules },
    removeRunFiles: (id) => Promise.resolve(void files.push(id)),
  });
  return { ...result, files };
}

const ago = ({ clock }: Bench, ms: number) => new Date(clock.now() - ms).toISOString();
const CURRENT = "SELECT * FROM pages WHERE is_current = 1 AND deleted_at IS NULL ORDER BY id";
const VERSIONS = "SELECT id || '.' || version FROM pages ORDER BY id, version";

/** Page `id` gets a version a day: now at version `n`. */
async function age(bench: Bench, id: string, n: number): Promise<void> {
  for (let version = 2; version <= n; version++) {
    bench.pass(DAY);
    bench.site.editPage(id, { body: `<p>${version} <a href="https://example.org/${version}">x</a></p>` });
    await bench.ingest(BOTH);
  }
}

test("prune removes past versions by when they were replaced, with their links, and nothing current", () =>
  withBench(async (bench) => {
    const { site, ingest, rows, column, database } = bench;
    const id =
      site.addPage({ spaceKey: "DOCS", title: "A", body: '<p><a href="https://example.org/1">x</a></p>' }).id;
    await ingest(BOTH);
    await age(bench, id, 5);
    const current = await rows(CURRENT);
    // Version 3 was replaced 1 day ago, 2 two days ago, 1 three days ago; 4 just now.
    const { counts, complete } = await pruned(bench, { versionsReplacedBefore: ago(bench, 1.5 * DAY) });
    assertEquals([counts.pageVersions, counts.pages, counts.runs, complete], [2, 0, 0, true]);
    assert(counts.bytes > 0);
    assertEquals(await column(VERSIONS), [`${id}.3`, `${id}.4`, `${id}.5`]);
    assertEquals(await column("SELECT DISTINCT from_version FROM links ORDER BY 1"), [3, 4, 5]);
    assertEquals(await rows(CURRENT), current);
    await database.commit(["INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)"]);
  }));

test("prune with a number of versions keeps that many of each, the current one among them, and with an age those as well", () =>
  withBench(async (bench) => {
    const { site, ingest, column } = bench;
    const id = site.addPage({ spaceKey: "DOCS", title: "A" }).id;
    const other = site.addPage({ spaceKey: "DOCS", title: "B" }).id;
    await ingest(BOTH);
    await age(bench, id, 5);
    const old = { versionsReplacedBefore: ago(bench, 1.5 * DAY) };
    assertEquals((await pruned(bench, { ...old, keepVersions: 4 })).counts.pageVersions, 1);
    assertEquals((await pruned(bench, { keepVersions: 2 })).counts.pageVersions, 2);
    assertEquals(await column(VERSIONS), [`${id}.4`, `${id}.5`, `${other}.1`]);
    assertEquals((await pruned(bench, { keepVersions: 1 })).counts.pageVersions, 1);
    assertEquals((await pruned(bench, { keepVersions: 1 })).counts.pageVersions, 0);
    assertEquals(await column(VERSIONS), [`${id}.5`, `${other}.1`]);
  }));

test("prune removes tombstones of pages and attachments by age, with all their versions and notes", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const page = (title: string) =>
      site.addPage({ spaceKey: "DOCS", title, body: '<ac:structured-macro ac:name="unheard-of"/>' }).id;
    const [old, recent, kept] = [page("Old"), page("Recent"), page("Kept")];
    site.attach(old!, { filename: "old.txt" });
    site.attach(kept!, { filename: "kept.txt" });
    await ingest(DOCS);
    await age(bench, old!, 3);
    site.trashPage(old!);
    await ingest({ ...DOCS, reconcile: true, allowMassDeletion: true });
    pass(10 * DAY);
    site.trashPage(recent!);
    await ingest({ ...DOCS, reconcile: true, allowMassDeletion: true });
    const { counts } = await pruned(bench, { tombstonesBefore: ago(bench, 5 * DAY), keepVersions: 9 });
    assertEquals([counts.pages, counts.attachments, counts.pageVersions], [1, 1, 0]);
    assertEquals(await column("SELECT DISTINCT id FROM pages ORDER BY id"), [recent, kept].sort());
    assertEquals(
      await column("SELECT DISTINCT page_id FROM conversion_notes ORDER BY page_id"),
      [recent, kept].sort(),
    );
    assertEquals(await column("SELECT filename FROM attachments"), ["kept.txt"]);
    // It comes back like any page that is new to the index.
    site.restorePage(old!);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).metrics.added, 1);
  }));

test("prune removes runs by age with their events and files, but never the newest nor the last complete one of a space", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    site.addPage({ spaceKey: "DOCS", title: "A" });
    const runs: string[] = [];
    const run = async (options: Parameters<typeof ingest>[0]) => {
      runs.push((await ingest(options)).runId);
      pass(DAY);
    };
    await run(BOTH);
    await run({ selection: { keys: ["TEAM"] } });
    await run(DOCS);
    await run(DOCS);
    pass(30 * DAY);
    const { counts, files } = await pruned(bench, { runsBefore: ago(bench, DAY) });
    // The first one read what others read since; the second is the last to read TEAM.
    assertEquals(files, [runs[0], runs[2]]);
    assertEquals([counts.runs, counts.events], [2, 1]);
    assertEquals(await column("SELECT id FROM runs ORDER BY started_at"), [runs[1], runs[3]]);
    assertEquals(
      await column("SELECT DISTINCT run_id FROM run_spaces ORDER BY 1"),
      [runs[1], runs[3]].sort(),
    );
    assertEquals(await column("SELECT count(*) FROM events"), [0]);
    assertEquals((await ingest()).status, "complete");
  }));

test("prune keeps a run whose files cannot be removed, for the next time", () =>
  withBench(async (bench) => {
    const { ingest, pass, database, clock, column } = bench;
    for (let i = 0; i < 3; i++) {
      await ingest(DOCS);
      pass(DAY);
    }
    const failing = prune({
      database,
      clock,
      rules: { ...NONE, runsBefore: ago(bench, 0) },
      removeRunFiles: () => Promise.reject(new ConfluenceIndexError("files", "Cannot remove it: it is busy")),
    });
    await assertRejects(() => failing, ConfluenceIndexError, "it is busy");
    assertEquals(await column("SELECT count(*) FROM runs"), [3]);
    assertEquals(await column("SELECT count(*) FROM leases"), [0]);
  }));

test("prune stops between batches when it is interrupted, and the next one does the rest", () =>
  withBench(async ({ site, ingest, database, clock, column }) => {
    site.addPage({ spaceKey: "DOCS", title: "A" });
    await ingest(DOCS);
    // A thousand and some versions, as years of ingests leave them.
    await database.commit([
      "UPDATE pages SET version = 2000",
      `WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1200)
       INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, created_at, updated_at, version_message,
         minor_edit, url, run_id, fetched_at)
       SELECT id, value, 0, status, title, space_id, space_key, created_at, updated_at, '', 0, url, run_id, fetched_at
       FROM pages, n WHERE is_current = 1`,
    ]);
    const stop = new AbortController();
    const rules = { ...NONE, keepVersions: 1 };
    const told: number[] = [];
    const first = await prune({
      database,
      clock,
      rules,
      removeRunFiles: () => Promise.resolve(),
      signal: stop.signal,
      onProgress: (rows) => {
        told.push(rows);
        stop.abort();
      },
    });
    assertEquals([first.complete, told], [false, [500]]);
    assertEquals(await column("SELECT count(*) FROM pages"), [701]);
    const second = await prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() });
    assertEquals([second.complete, second.counts.pageVersions], [true, 700]);
    assertEquals(await column("SELECT version FROM pages"), [2000]);
  }));

test("prune removes exactly what countPrunable counts, whatever the history and the rules", () =>
  withBench(async (bench) => {
    const { database, clock, rows } = bench;
    const day = (n: number) => new Date(clock.now() - n * DAY).toISOString();
    const maybe = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null });
    const thing = fc.record({
      versions: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
      deleted: maybe(40),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(thing, { maxLength: 6 }),
        fc.record({ versions: maybe(40), keep: maybe(4), tombstones: maybe(40) }),
        async (things, wishes) => {
          await database.commit(["DELETE FROM pages"]);
          await database.commit(
            things.flatMap(({ versions, deleted }, id) =>
              versions.toSorted((a, b) => b - a).map((age, i, all) => {
                const newest = i === all.length - 1;
                return {
                  sql:
                    `INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, created_at, updated_at,
                    version_message, minor_edit, url, deleted_at, run_id, fetched_at, body)
                  VALUES (?, ?, ?, 'current', 't', '1', 'K', '2020', ?, '', 0, 'u', ?, 'r', 'f', 'body')`,
                  args: [
                    String(id + 1),
                    i + 1,
                    newest ? 1 : 0,
                    day(age),
                    newest && deleted !== null ? day(deleted) : null,
                  ],
                };
              })
            ),
          );
          const rules: PruneRules = {
            versionsReplacedBefore: wishes.versions === null ? null : day(wishes.versions),
            keepVersions: wishes.keep,
            tombstonesBefore: wishes.tombstones === null ? null : day(wishes.tombstones),
            runsBefore: null,
          };
          const before = await rows(
            "SELECT id, version, is_current, deleted_at FROM pages ORDER BY id, version",
          );
          const said = await countPrunable(database, rules);
          await prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() });
          const after = await rows(
            "SELECT id, version, is_current, deleted_at FROM pages ORDER BY id, version",
          );
          const key = (row: Record<string, unknown>) => `${row.id}.${row.version}`;
          const left = new Set(after.map(key));
          const gone = before.filter((row) => !left.has(key(row)));
          const ids = new Set(after.map(({ id }) => id));
          assertEquals(gone.filter(({ id }) => ids.has(id)).length, said.pageVersions);
          assertEquals(new Set(gone.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).size, said.pages);
          assert(
            gone.every((row) => row.is_current === 0 || row.deleted_at !== null),
            "nothing current goes",
          );
          assertEquals(await countPrunable(database, rules), {
            ...said,
            pages: 0,
            pageVersions: 0,
            bytes: 0,
          });
        },
      ),
      { numRuns: 60 },
    );
  }));

test("prune opens the history of the pages it shortens: asked for again, it is read again", () =>
  withBench(async (bench) => {
    const { site, ingest, column } = bench;
    const history = [1, 2, 3, 4].map((number) => ({
      number,
      body: `<p>${number}</p>`,
      createdAt: Date.UTC(2025, 0, number),
    }));
    const { id } = site.addPage({ spaceKey: "DOCS", title: "A", history });
    await ingest({ ...DOCS, historyDepth: 100 });
    await pruned(bench, { keepVersions: 2 });
    assertEquals(await column(VERSIONS), [`${id}.3`, `${id}.4`]);
    assertEquals(await column("SELECT count(*) FROM page_histories"), [0]);
    await ingest({ historyDepth: 100 });
    assertEquals(await column("SELECT count(*) FROM pages"), [4]);
  }));

test("regression: prune keeps a run that still owes its artifacts", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, database } = bench;
    const { id } = site.addPage({ spaceKey: "DOCS", title: "A" });
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id, {});
    const { runId } = await ingest({ ...DOCS, remember: (run) => saveRunFolder(run, "var/runs") });
    for (let night = 0; night < 3; night++) {
      pass(DAY);
      await ingest(DOCS);
    }
    const rules = { runsBefore: ago(bench, DAY / 2) };
    const { files } = await pruned(bench, rules);
    assertEquals(files.includes(runId), false);
    await database.commit(saveArtifactsWritten(runId));
    assertEquals((await pruned(bench, rules)).files, [runId]);
    assertEquals(await database.all("SELECT key FROM meta WHERE key LIKE '%' || ?", [runId]), []);
  }));
