/** Answers from the past: late listings, searches that are behind, restored sites, deleted versions, wrong clocks. */
import { assertEquals } from "@std/assert";
import { runsOwingArtifacts } from "../../src/database/mod.ts";
import { SAVED_QUESTIONS } from "../../src/database/saved_questions.ts";
import { prune } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import {
  age,
  atEnd,
  BY_IDS,
  killed,
  LISTING,
  outdated,
  patient,
  SEARCH,
  until,
  without,
  withVersions,
} from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, WITH_COMMENTS, withBench } from "./setup.ts";

test("regression: attachments and comments of a site put back from a backup are followed as pages are", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 2);
    const files = ["on.txt", "still.txt"].map((filename) => site.attach(page!, { filename }).id);
    const comments = ["on", "still"].map((text) =>
      site.addFooterComment(page!, { body: `<p>${text}</p>` }).id
    );
    for (let n = 0; n < 2; n++) {
      pass(DAY);
      for (const id of files) site.attachVersion(id, { size: 10 + n });
      for (const id of comments) site.editComment(id, `<p>${n}</p>`);
    }
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    for (const id of files) site.attachment(id).versions.splice(1);
    for (const id of comments) site.state.commentsById.get(id)!.versions.splice(1);
    pass(DAY);
    site.attachVersion(files[0]!, { size: 77 });
    site.editComment(comments[0]!, "<p>77</p>");
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    const state = async () => [
      await rows("SELECT version, file_size FROM current_attachments ORDER BY filename"),
      await rows("SELECT version, body FROM current_comments ORDER BY id"),
    ];
    assertEquals(await state(), [
      [{ version: 2, file_size: 77 }, { version: 3, file_size: 11 }],
      [{ version: 2, body: "<p>77</p>" }, { version: 3, body: "<p>1</p>" }],
    ]);
    const full = await ingest({ full: true });
    assertEquals([full.status, full.discrepancies], ["complete", []]);
    assertEquals(await state(), [
      [{ version: 2, file_size: 77 }, { version: 1, file_size: site.attachment(files[1]!).fileSize }],
      [{ version: 2, body: "<p>77</p>" }, { version: 1, body: "<p>still</p>" }],
    ]);
    const next = await ingest({ reconcile: true });
    assertEquals([next.metrics.attachments_updated, next.metrics.comments_updated], [0, 0]);
  }));

test("regression: a --full run does not believe a search that is behind about attachments and comments", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 2);
    const file = site.attach(page!, { filename: "a.txt" }).id;
    const comment = site.addFooterComment(page!, { body: "<p>1</p>" }).id;
    pass(DAY);
    site.attachVersion(file, { size: 7 });
    site.editComment(comment, "<p>2</p>");
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    fake.faults.add({
      kind: "bad-rows",
      times: Infinity,
      ids: [file, comment],
      match: SEARCH,
      change: (row) => ({
        ...row,
        version: {
          ...row.version as object,
          number: 1,
          when: new Date(site.page(page!).createdAt).toISOString(),
        },
      }),
    });
    const full = await ingest({ full: true });
    assertEquals([full.status, full.spaces[0]!.notes, full.discrepancies], ["complete", [], []]);
    assertEquals(
      await rows("SELECT version FROM current_attachments UNION ALL SELECT version FROM current_comments"),
      [
        { version: 2 },
        { version: 2 },
      ],
    );
  }));

test("regression: a slow search never moves the mark where nothing reconciles", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    const wish = { ...DOCS, deletions: "on_demand" as const };
    assertEquals((await ingest(wish)).status, "complete");
    pass(DAY);
    for (let n = 0; n < 40; n++) site.addPage({ spaceKey: "DOCS", title: `many ${n}` });
    pass(30 * MINUTE);
    fake.faults.add({ kind: "slow", ms: 10_000, times: Infinity, match: ({ query }) => query.has("cql") });
    const marks: unknown[] = [];
    const statuses: string[] = [];
    const asked: number[] = [];
    for (let night = 0; night < 4; night++) {
      fake.counters.reset();
      statuses.push((await ingest(wish)).status);
      asked.push(fake.counters.total);
      marks.push(...await column("SELECT mark FROM sync_state"));
      pass(DAY);
    }
    assertEquals(statuses.at(-1), "complete");
  }, { fake: { settings: { search: { capExpanded: 5 } } } }));

test("regression: a page that moves between two spaces while both are reconciled", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, clock } = bench;
    const [page] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    const docs = site.space("DOCS").id;
    let ended = false;
    let listed = false;
    let moved = false;
    const stop = fake.faults.onRequest(async ({ path, query }) => {
      if (path === `/wiki/api/v2/spaces/${docs}/pages` && !moved) {
        await until(bench, () => listed);
        site.movePage(page!, { spaceKey: "TEAM" });
        moved = true;
      }
      if (query.get("cql")?.includes('"TEAM"')) {
        listed = true;
        await until(bench, () => ended);
      }
    });
    const run = await ingest({
      ...BOTH,
      reconcile: true,
      client: patient(fake, clock),
      onEvent: atEnd("DOCS", () => ended = true),
    });
    stop();
    assertEquals([run.status, moved], ["complete", true]);
  }));

test("regression: a listing that takes its time on the way moves a page back", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column, clock } = bench;
    addPages(site, "DOCS", 3);
    const [page] = addPages(site, "TEAM", 3);
    age(bench, "DOCS");
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    const [docs, team] = [site.space("DOCS").id, site.space("TEAM").id];
    // The answer is made at once; its bytes need half a minute.
    fake.faults.add({
      kind: "drip",
      bytes: 1000,
      everyMs: 10_000,
      match: { path: `/spaces/${team}/pages` },
    });
    const stop = fake.faults.onRequest(async ({ path }) => {
      if (path !== `/wiki/api/v2/spaces/${docs}/pages`) return;
      stop();
      await clock.sleep(2000);
      site.movePage(page!, { spaceKey: "DOCS" });
      await clock.sleep(2000);
    });
    const run = await ingest({ ...BOTH, reconcile: true });
    pass(30 * MINUTE);
    const next = await ingest(BOTH);
    assertEquals([run.status, next.status, fake.faults.pending], ["complete", "complete", 0]);
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", page!), ["DOCS"]);
  }));

test("regression: labels that a listing has seen do not replace those that its new space has shown since", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, rows, clock } = bench;
    site.addSpace({ key: "MID" });
    const [page] = addPages(site, "DOCS", 8);
    site.addLabel(page!, "old");
    addPages(site, "MID", 1);
    const [other] = addPages(site, "TEAM", 3);
    const ALL = { selection: { keys: ["DOCS", "MID", "TEAM"] } };
    assertEquals((await ingest(ALL)).status, "complete");
    pass(8 * DAY);
    await ingest({ selection: { keys: ["MID", "TEAM"] } });
    pass(MINUTE);
    let n = 0;
    let moved = false;
    let ended = false;
    const stop = fake.faults.onRequest(async ({ query }) => {
      const cql = query.get("cql") ?? "";
      if (cql.includes('"MID"')) return await until(bench, () => moved);
      if (!cql.includes('"DOCS"') || ++n !== 2) return;
      site.movePage(page!, { spaceKey: "TEAM", bumpVersion: true });
      site.removeLabel(page!, "old");
      site.addLabel(page!, "new");
      pass(15 * MINUTE);
      site.editPage(other!, {});
      pass(1000);
      moved = true;
      await until(bench, () => ended);
    });
    const run = await ingest({
      ...ALL,
      spacesAtOnce: 2,
      client: patient(fake, clock),
      onEvent: atEnd("TEAM", () => ended = true),
    });
    stop();
    pass(DAY);
    const next = await ingest(ALL);
    assertEquals([run.status, next.status, moved], ["complete", "complete", true]);
    assertEquals(await rows("SELECT space_key, labels FROM current_pages WHERE id = ?", page!), [{
      space_key: "TEAM",
      labels: '["new"]',
    }]);
  }, { fake: { settings: { search: { capExpanded: 5 } } } }));

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

test("regression: a page that lost an earlier version while it was hidden comes back", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.hidePage(id);
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 1);
    site.removeVersion(id, 2);
    site.unhidePage(id);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 2, body: "<p>no secret</p>" },
    ]);
    pass(DAY);
    site.editPage(id, { body: "<p>next</p>" });
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 3, body: "<p>next</p>" },
    ]);
  }));

test("regression: a page that lost an earlier version follows to another space, and goes to the trash", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    assertEquals((await ingest(BOTH)).status, "complete");
    site.removeVersion(id, 1);
    site.movePage(id, { spaceKey: "TEAM" });
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT space_key FROM current_pages WHERE id = ?", id), [{ space_key: "TEAM" }]);
    site.removeVersion(id, 1);
    site.trashPage(id);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT deletion_reason FROM pages WHERE id = ? AND is_current = 1", id), [
      { deletion_reason: "trashed" },
    ]);
  }));

test("regression: a page that is given to another owner is so in the index after a reconciliation", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.page(id!).ownerId = "557058:new";
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals([run.status, run.metrics.updated], ["complete", 1]);
    assertEquals(await rows("SELECT owner_id, version FROM current_pages WHERE id = ?", id!), [
      { owner_id: "557058:new", version: 1 },
    ]);
    pass(DAY);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).metrics.updated, 0);
  }));

test("regression: a question about the past goes by time where earlier versions were deleted, and so does prune", () =>
  withBench(async ({ site, database, clock, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    for (let version = 2; version <= 10; version++) {
      pass(DAY);
      site.editPage(id!, { body: `<p>${version}</p>` });
    }
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    const before = new Date(clock.now()).toISOString();
    for (let i = 0; i < 7; i++) site.removeVersion(id!, 1);
    pass(DAY);
    site.editPage(id!, { body: "<p>new</p>" });
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    const { sql } = SAVED_QUESTIONS.find(({ name }) => name === "as-of")!;
    const asOf = (time: string) =>
      rows(`SELECT version FROM (${sql.replaceAll(":time", `'${time}'`)}) WHERE id = ?`, id!);
    assertEquals(
      [await asOf(before), await asOf(new Date(clock.now()).toISOString())],
      [[{ version: 10 }], [{ version: 4 }]],
    );
    const rules = { versionsReplacedBefore: null, keepVersions: 1, tombstonesBefore: null, runsBefore: null };
    await prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() });
    assertEquals(await column("SELECT version FROM pages WHERE id = ?", id!), [4]);
  }));

test("regression: an outdated answer is outdated in the next run too", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(page!, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    fake.faults.add({ kind: "bad-rows", ids: [page!], match: BY_IDS, times: 2, change: outdated });
    await ingest(DOCS);
    pass(5 * MINUTE);
    const again = await ingest(DOCS);
    pass(DAY);
    await ingest(DOCS);
    assertEquals([again.status, await column("SELECT version FROM current_pages WHERE id = ?", page!)], [
      "incomplete",
      [2],
    ]);
  }));

test("regression: a text that came wrong once is put right by --full, which tells of it", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    fake.faults.add({
      kind: "bad-rows",
      ids: [id!],
      change: (row) => ({ ...row, body: { storage: { representation: "storage", value: "" } } }),
      match: LISTING,
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await rows("SELECT body FROM current_pages WHERE id = ?", id!), [{ body: "" }]);
    fake.faults.clear();
    pass(DAY);
    const { status, metrics, runId } = await ingest({ full: true });
    assertEquals([status, metrics.updated, metrics.unchanged], ["complete", 1, 2]);
    assertEquals(await rows("SELECT body, body_text FROM current_pages WHERE id = ?", id!), [
      { body: "<p>1</p>", body_text: "1" },
    ]);
    assertEquals(await rows("SELECT kind, subject_id FROM events WHERE run_id = ?", runId), [
      { kind: "updated", subject_id: id! },
    ]);
    assertEquals((await ingest({ full: true })).metrics.updated, 0);
  }));

test("regression: --full follows a site that is put back to the same number of an earlier line", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    const backup = [...site.page(id).versions];
    site.removeVersion(id, 1);
    site.editPage(id, { body: "<p>after the backup</p>" });
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.page(id).versions.splice(0, Infinity, ...backup);
    assertEquals((await ingest({ full: true })).status, "complete");
    assertEquals(await rows("SELECT version, body, updated_at FROM current_pages WHERE id = ?", id), [{
      version: 3,
      body: "<p>no secret</p>",
      updated_at: new Date(backup.at(-1)!.createdAt).toISOString(),
    }]);
  }));

test("regression: a page that a backup of the site put back while it was hidden comes back with it", () =>
  withVersions(async ({ site, ingest, pass, rows }, id) => {
    assertEquals((await ingest(DOCS)).status, "complete");
    site.hidePage(id);
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 1);
    site.rollBackPage(id, 1);
    site.unhidePage(id);
    // An answer from a moment ago may still be from before the page was hidden.
    pass(MINUTE);
    assertEquals((await ingest({ reconcile: true })).metrics.restored, 0);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).metrics.restored, 1);
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 1, body: "<p>1</p>" },
    ]);
  }));

/** The page as it is now, in an answer that comes later. */
function asNow(bench: Bench, id: string, body: string, also: Record<string, unknown> = {}) {
  const { number, createdAt } = bench.site.page(id).version;
  return (row: Record<string, unknown>) => ({
    ...row,
    ...also,
    version: { ...(row["version"] as object), number, createdAt: new Date(createdAt).toISOString() },
    body: { storage: { representation: "storage", value: body } },
  });
}

test("regression: an answer from before an edit is known by its time where the number came again", () =>
  withVersions(async (bench, id) => {
    const { site, fake, ingest, pass, rows } = bench;
    assertEquals((await ingest(DOCS)).status, "complete");
    const change = asNow(bench, id, "<p>no secret</p>");
    pass(DAY);
    site.removeVersion(id, 1);
    site.editPage(id, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "newest" });
    pass(MINUTE);
    fake.faults.add({ kind: "bad-rows", ids: [id], match: BY_IDS, change });
    assertEquals((await ingest()).status, "incomplete");
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 3, body: "<p>new</p>" },
    ]);
  }));

test("regression: a second look from before a page was restored buries it not, though the number came again", () =>
  withVersions(async (bench, id) => {
    const { site, fake, ingest, pass, rows } = bench;
    const change = asNow(bench, id, "<p>no secret</p>", { status: "trashed" });
    site.trashPage(id);
    pass(MINUTE);
    site.restorePage(id);
    site.removeVersion(id, 1);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    fake.faults.add({ kind: "transform", match: LISTING, change: without(id) });
    fake.faults.add({ kind: "bad-rows", ids: [id], match: BY_IDS, change });
    assertEquals((await ingest({ reconcile: true })).status, "incomplete");
    assertEquals(
      await rows("SELECT version, deletion_reason FROM pages WHERE id = ? AND is_current = 1", id),
      [
        { version: 3, deletion_reason: null },
      ],
    );
  }));

test("regression: a second look from before what the quarantine was shown buries nothing", () =>
  withVersions(async (bench, id) => {
    const { site, fake, ingest, pass, rows } = bench;
    assertEquals((await ingest(DOCS)).status, "complete");
    site.editPage(id, { body: "<p>new</p>" });
    const change = asNow(bench, id, "<p>new</p>", { status: "trashed" });
    pass(MINUTE);
    site.trashPage(id);
    pass(MINUTE);
    site.restorePage(id);
    pass(30 * MINUTE);
    fake.faults.poisonPages.add(id);
    assertEquals((await ingest()).status, "incomplete");
    fake.faults.poisonPages.delete(id);
    fake.faults.add({ kind: "transform", match: LISTING, change: without(id) });
    fake.faults.add({ kind: "bad-rows", ids: [id], match: BY_IDS, change });
    assertEquals((await ingest({ reconcile: true })).status, "incomplete");
    assertEquals(await rows("SELECT deletion_reason FROM pages WHERE id = ? AND is_current = 1", id), [
      { deletion_reason: null },
    ]);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id), [
      { version: 5, body: "<p>new</p>" },
    ]);
  }));

test("regression: a page that is asked for again before the search shows its newest version", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, rows } = bench;
    const [id, ...others] = addPages(site, "DOCS", 600);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.editPage(id!, { body: "<p>two</p>" });
    const change = asNow(bench, id!, "<p>two</p>");
    pass(30 * MINUTE);
    fake.faults.poisonPages.add(id!);
    assertEquals((await ingest()).status, "incomplete");
    fake.faults.poisonPages.delete(id!);
    pass(DAY);
    for (const other of others.slice(0, 550)) site.editPage(other, {});
    pass(MINUTE);
    site.editPage(id!, { body: "<p>three</p>" });
    pass(30 * MINUTE);
    site.editPage(others[0]!, {});
    pass(MINUTE);
    const ofIt = (query: URLSearchParams) => query.getAll("id").join().split(",").includes(id!);
    fake.faults.add({
      kind: "bad-rows",
      ids: [id!],
      match: ({ endpoint, query }) => endpoint === BY_IDS.endpoint && ofIt(query),
      change,
    });
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id!), [
      { version: 3, body: "<p>three</p>" },
    ]);
  }));

test("regression: a live doc that becomes a page is one in the index after a reconciliation", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    site.page(id!).subtype = "live";
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.page(id!).subtype = null;
    assertEquals((await ingest({ reconcile: true })).metrics.updated, 1);
    assertEquals(await column("SELECT subtype FROM current_pages WHERE id = ?", id!), [null]);
  }));

test("regression: of a row that comes twice in an answer the newer one counts", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, rows } = bench;
    const [id] = addPages(site, "DOCS", 4);
    const change = asNow(bench, id!, "<p>1</p>");
    pass(DAY);
    site.editPage(id!, { body: "<p>new</p>" });
    pass(DAY);
    fake.faults.add({
      kind: "transform",
      match: LISTING,
      change: (body) => {
        const { results, ...rest } = body as { results: Record<string, unknown>[] };
        return { ...rest, results: [...results, change(results.find((row) => row["id"] === id)!)] };
      },
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await rows("SELECT version, body FROM current_pages WHERE id = ?", id!), [
      { version: 2, body: "<p>new</p>" },
    ]);
  }));

test("regression: prune leaves no text of a page whose numbers had moved down", () =>
  withBench(async ({ site, clock, database, ingest, pass, rows }) => {
    const ids = addPages(site, "DOCS", 499).sort();
    const id = ids.at(-1)!;
    assertEquals((await ingest(DOCS)).status, "complete");
    for (const text of ["two", "a secret"]) {
      pass(DAY);
      site.editPage(id, { body: `<p>${text}</p>` });
      pass(DAY);
      assertEquals((await ingest()).status, "complete");
    }
    site.removeVersion(id, 1);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    for (const each of ids) site.trashPage(each);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true, allowMassDeletion: true })).status, "complete");
    pass(DAY);
    const rules = {
      versionsReplacedBefore: null,
      keepVersions: null,
      tombstonesBefore: new Date(clock.now()).toISOString(),
      runsBefore: null,
    };
    await clock.run(prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() }));
    assertEquals(await rows("SELECT version FROM pages WHERE id = ?", id), []);
  }));

test("regression: --full compares the texts as well where answers with bodies fail", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [id] = addPages(site, "DOCS", 3);
    const change = asNow(bench, id!, "");
    fake.faults.add({ kind: "bad-rows", ids: [id!], match: LISTING, change });
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ endpoint, query }) => endpoint === LISTING.endpoint && query.has("body-format"),
    });
    assertEquals((await ingest({ full: true })).status, "complete");
    assertEquals(await column("SELECT body FROM current_pages WHERE id = ?", id!), ["<p>1</p>"]);
  }));

test("regression: --full follows a restored site whose search still shows the versions of before", () =>
  withVersions(async ({ site, fake, ingest, pass, rows }, id) => {
    assertEquals((await ingest(DOCS)).status, "complete");
    const { number, createdAt } = site.page(id).version;
    site.rollBackPage(id, 1);
    const version = { number, when: new Date(createdAt).toISOString() };
    const change = (row: Record<string, unknown>) => ({
      ...row,
      version: { ...row["version"] as object, ...version },
    });
    fake.faults.add({ kind: "bad-rows", ids: [id], times: Infinity, match: SEARCH, change });
    pass(DAY);
    assertEquals((await ingest({ full: true })).status, "complete");
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", id), [{ version: 1 }]);
  }));

test("regression: --full follows a site that was put back, also where a page is in the trash there", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 5);
    pass(DAY);
    site.editPage(id!, {});
    await ingest(DOCS);
    pass(DAY);
    // The backup was made when it was in the trash, in its first version.
    site.rollBackPage(id!, 1);
    site.trashPage(id!);
    pass(DAY);
    const full = await ingest({ full: true });
    assertEquals([full.status, full.metrics.deleted], ["complete", 1]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [4]);
  }));
