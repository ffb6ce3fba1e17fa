/** What a seventh pair of fresh eyes broke, made small. */
import { assertEquals } from "@std/assert";
import { failuresOf, knownSpaces, runsOwingArtifacts, syncStates } from "../../src/database/mod.ts";
import { pagesToExport } from "../../src/database/reader.ts";
import { indexUrl, test } from "../support/each_database.ts";
import { age, another, killed, patient, without } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

test("regression: pages with files that are dragged to another space hold no brake in the one they left", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const parent = site.addPage({ spaceKey: "DOCS", title: "tree" }).id;
    for (let leaf = 0; leaf < 6; leaf++) {
      const { id } = site.addPage({ spaceKey: "DOCS", title: `leaf ${leaf}`, parentId: parent });
      for (let file = 0; file < 2; file++) site.attach(id, { filename: `${file}.txt` });
    }
    const [dead] = addPages(site, "DOCS", 10);
    addPages(site, "TEAM", 10);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(3 * DAY);
    assertEquals((await ingest(TEAM)).status, "complete");
    pass(DAY);
    site.movePage(parent, { spaceKey: "TEAM" });
    site.trashPage(dead!);
    pass(4 * DAY);
    const run = await ingest(DOCS);
    assertEquals([run.status, run.spaces[0]!.mode], ["complete", "reconcile"]);
    assertEquals(
      await rows(
        `SELECT p.space_key, count(DISTINCT p.id) AS pages, count(a.id) AS files FROM current_pages p
         JOIN current_attachments a ON a.page_id = p.id AND a.space_id = p.space_id WHERE title LIKE 'leaf %' GROUP BY 1`,
      ),
      [{ space_key: "TEAM", pages: 6, files: 12 }],
    );
    assertEquals(await rows("SELECT deletion_reason FROM pages WHERE id = ?", dead!), [{
      deletion_reason: "trashed",
    }]);
  }));

test("regression: the comments of a page that was archived hold no brake for ever", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [old, other] = addPages(site, "DOCS", 5);
    for (const id of [old!, other!]) {
      for (let i = 0; i < 12; i++) site.addFooterComment(id, { body: `<p>${i}</p>` });
    }
    const wishes = { ...DOCS, kinds: { comments: true }, includeArchived: true };
    assertEquals((await ingest(wishes)).status, "complete");
    pass(DAY);
    site.archivePage(old!);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_comments"), [24]);
  }));

for (
  const [what, body] of [
    ["a pasted log of 3 MB", `<p>${"2026-03-01 12:00:00 INFO nothing happened ".repeat(72_000)}</p>`],
    ["a Japanese page of 450,000 characters", `<p>${"日本語の長い文章です。".repeat(41_000)}</p>`],
  ] as const
) {
  test(`regression: ${what} keeps nothing else out of an index`, () =>
    withBench(async ({ site, database, ingest, pass, rows, column }) => {
      const [page] = addPages(site, "DOCS", 3);
      addPages(site, "TEAM", 3);
      assertEquals((await ingest(BOTH)).status, "complete");
      pass(DAY);
      const long = site.addPage({ spaceKey: "DOCS", title: "long", body }).id;
      site.editPage(page!, {});
      pass(MINUTE);
      const run = await ingest();
      assertEquals(run.discrepancies, []);
      assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", page!), [{ version: 2 }]);
      // A file takes it; of a server it is told that it does not.
      const onRecord = await failuresOf(database, run.spaces[0]!.space.id, "page");
      const isHeld = (await column("SELECT id FROM current_pages WHERE id = ?", long)).length === 1;
      assertEquals(
        [run.status, onRecord.map(({ id, reason }) => [id, reason]), isHeld],
        database.url.startsWith("http")
          ? ["incomplete", [[long, "too large"]], false]
          : ["complete", [], true],
      );
      site.editPage(long, { body: "<p>short</p>" });
      pass(DAY);
      assertEquals((await ingest()).status, "complete");
      assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", long), [{ version: 2 }]);
    }));
}

test("regression: pages of a hundred links each come into an index", () =>
  withBench(async ({ site, ingest, column }) => {
    for (let page = 0; page < 250; page++) {
      const links = Array.from({ length: 120 }, (_, i) => {
        const url = `https://tickets.example.com/browse/projects/HARBOUR/issues/HARBOUR-${page * 120 + i}`;
        return `<p><a href="${url}">${url}</a></p>`;
      });
      site.addPage({ spaceKey: "DOCS", title: `Report ${page}`, body: links.join("") });
    }
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_pages"), [250]);
    assertEquals(await column("SELECT count(*) FROM links"), [250 * 120]);
  }));

test("regression: more states of spaces than a server gives in one answer", () =>
  withBench(async ({ site, database, ingest, pass }) => {
    addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    await database.commit([
      {
        sql: `INSERT INTO spaces (id, key, name, type, status, url, fetched_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
          SELECT 'x' || i, '~x' || i, 'Personal space of number ' || i, 'personal', 'current', '', '' FROM n`,
        args: [],
      },
      {
        sql:
          `INSERT INTO sync_state (space_id, mark, body_format, scope, kinds, deletions, reconciled_at, resume_link)
          SELECT s.id, NULL, t.body_format, t.scope, t.kinds, t.deletions, NULL, printf('%.*c', 2000, 'x')
          FROM spaces s, sync_state t WHERE s.id LIKE 'x%'`,
        args: [],
      },
    ]);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals([(await syncStates(database)).size, (await knownSpaces(database)).length], [6_001, 6_001]);
  }));

test("regression: more pages than a server gives in one answer can be missing", () =>
  withBench(async ({ site, database, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    await database.commit([{
      sql:
        `INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, created_at, updated_at,
          version_message, minor_edit, url, run_id, fetched_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
        SELECT '9' || (1000000 + i), 1, 1, 'current', printf('%.*c', 800, 'x') || i, space_id, space_key, created_at, updated_at,
          '', 0, url, run_id, '2020-01-01T00:00:00.000Z' FROM n, (SELECT * FROM pages LIMIT 1)`,
      args: [],
    }]);
    pass(DAY);
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals([run.status, run.spaces[0]!.status], ["incomplete", "held"]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [12_003]);
  }));

test("regression: nothing waits until the time comes that a wrong clock has written", () =>
  withBench(async (bench) => {
    const { site, fake, database, ingest, clock, rows } = bench;
    const right = clock.now();
    const pages = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    site.editPage(pages[0]!, {});
    site.editPage(pages[1]!, {});
    fake.faults.poisonPages.add(pages[0]!);
    clock.set(right + 365 * DAY);
    for (let night = 0; night < 3; night++) await ingest(DOCS);
    await killed(bench, DOCS, ({ endpoint }) => endpoint.endsWith("/search"));
    clock.set(right + DAY);
    fake.faults.poisonPages.clear();
    const run = await ingest(DOCS);
    assertEquals([run.status, await rows("SELECT id FROM failures")], ["complete", []]);
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", pages[0]!), [{ version: 2 }]);
    // What the runs of that night brought still goes out.
    const owed = await runsOwingArtifacts(database, run.runId, "anywhere", clock.now());
    assertEquals(
      await rows(
        "SELECT count(*) AS n FROM pages WHERE run_id IN (SELECT value FROM json_each(?)) AND id = ? AND version = 2",
        JSON.stringify(owed),
        pages[1]!,
      ),
      [{ n: 1 }],
    );
  }));

test("regression: pages whose space gets another key go out with their new addresses", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [, dead] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    site.trashPage(dead!);
    pass(DAY);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).status, "complete");
    site.renameSpaceKey("DOCS", "PAPERS");
    pass(DAY);
    const { status, runId } = await ingest({});
    assertEquals(status, "complete");
    assertEquals(await column("SELECT count(*) FROM pages WHERE run_id = ?", runId), [2]);
    pass(DAY);
    assertEquals(await column("SELECT count(*) FROM pages WHERE run_id = ?", (await ingest({})).runId), [0]);
  }));

test("regression: a position beyond all numbers ends no later run", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [odd, other] = addPages(site, "DOCS", 3);
    const change = (row: Record<string, unknown>) => ({ ...row, position: 2 ** 60 });
    const stop = fake.faults.add({ kind: "bad-rows", ids: [odd!], times: Infinity, change });
    assertEquals((await ingest(DOCS)).status, "complete");
    stop();
    for (let night = 0; night < 2; night++) {
      pass(DAY);
      site.editPage(other!, {});
      assertEquals((await ingest({ reconcile: night === 1 })).status, "complete");
    }
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", other!), [{ version: 3 }]);
  }));

test("regression: a page that another run brings into a space follows the space's new key", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, clock, rows } = bench;
    const [page] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    const team = site.space("TEAM").id;
    // Old enough for TEAM's own search not to show it.
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM" });
    pass(MINUTE);
    let once = true;
    let beside = "";
    const stop = fake.faults.onRequest(async ({ path, query }) => {
      if (!once || path !== "/wiki/api/v2/pages" || !query.get("id")?.includes(page!)) return;
      once = false;
      site.renameSpaceKey("TEAM", "CREW");
      beside = (await another(bench, indexUrl(), { selection: { ids: [team] } })).status;
    });
    const run = await ingest({ ...DOCS, reconcile: true, client: patient(fake, clock) });
    stop();
    assertEquals([run.status, beside], ["complete", "complete"]);
    const where = "SELECT space_key, url LIKE '%/CREW/%' AS follows FROM pages WHERE id = ?";
    // Brought in under the key that its run knew.
    assertEquals((await rows(where, page!))[0]!.space_key, "TEAM");
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows(where, page!), [{ space_key: "CREW", follows: 1 }]);
  }));

test("regression: a second look that is older than what the index holds buries nothing", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.trashPage(page!);
    site.restorePage(page!);
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(MINUTE);
    // A copy of the database that lags: the listing lacks the page, the look shows it in the trash, as it was before.
    const before = (row: Record<string, unknown>) => ({
      ...row,
      status: "trashed",
      version: { ...row.version as object, number: 1, createdAt: row.createdAt },
    });
    const listing = "GET /wiki/api/v2/spaces/{id}/pages";
    fake.faults.add({ kind: "transform", times: 1, match: { endpoint: listing }, change: without(page!) });
    const match = { endpoint: "GET /wiki/api/v2/pages" };
    fake.faults.add({ kind: "bad-rows", ids: [page!], times: 1, match, change: before });
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals([
      run.status,
      await rows("SELECT version, deleted_at FROM pages WHERE is_current = 1 AND id = ?", page!),
    ], [
      "incomplete",
      [{ version: 2, deleted_at: null }],
    ]);
    pass(DAY);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).status, "complete");
  }));

test("regression: a long page full of quotes goes out with its run", () =>
  withBench(async ({ site, database, ingest }) => {
    addPages(site, "DOCS", 3);
    const body = `<p>x</p>${`<br a="" b="" c=""/>`.repeat(210_000)}`;
    const { id } = site.addPage({ spaceKey: "DOCS", title: "long", body });
    assertEquals((await ingest(DOCS)).status, "complete");
    const lines = [];
    for (let after = { spaceKey: "", id: "" };;) {
      const rows = await pagesToExport(database, null, after, 250);
      if (rows.length === 0) break;
      lines.push(...rows);
      after = rows.at(-1)!;
    }
    assertEquals(lines.length, 4);
    const line = lines.find((each) => each.id === id)!.line;
    assertEquals(JSON.parse(line).body_html, body);
    assertEquals(
      Object.keys(JSON.parse(line)),
      Object.keys(JSON.parse(lines.find((each) => each.id !== id)!.line)),
    );
  }));

test("regression: an answer older than what was shown takes no page out of quarantine", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 3);
    assertEquals((await ingest({ ...DOCS, deletions: "on_demand" })).status, "complete");
    pass(DAY);
    site.editPage(page!, {});
    site.trashPage(page!);
    site.restorePage(page!);
    fake.faults.poisonPages.add(page!);
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "incomplete");
    assertEquals(await rows("SELECT shown_version FROM failures WHERE id = ?", page!), [{
      shown_version: 3,
    }]);
    fake.faults.poisonPages.clear();
    // Answers by id come from a copy of the database that lags: without the page, and with it in the trash.
    const change = (body: unknown) => {
      const { results, ...rest } = body as { results: Record<string, unknown>[] };
      const isAsked = (row: Record<string, unknown>) =>
        "body" in row && Object.keys(row.body as object).length > 0;
      const before = (row: Record<string, unknown>) => ({
        ...row,
        status: "trashed",
        version: { ...row.version as object, number: 2, createdAt: row.createdAt },
      });
      return {
        ...rest,
        results: results.flatMap((row) => row.id !== page ? [row] : isAsked(row) ? [] : [before(row)]),
      };
    };
    const match = { endpoint: "GET /wiki/api/v2/pages" };
    const stop = fake.faults.add({ kind: "transform", times: Infinity, match, change });
    pass(DAY);
    const ends = [(await ingest(DOCS)).status];
    pass(DAY);
    ends.push((await ingest({ ...DOCS, reconcile: true })).status);
    stop();
    pass(2 * DAY);
    ends.push((await ingest(DOCS)).status);
    assertEquals(ends, ["incomplete", "incomplete", "complete"]);
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", page!), [{ version: 3 }]);
  }));
