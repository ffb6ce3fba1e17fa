/** Complaints of other systems' users that apply here, by their number in the list of pitfalls; the great ones are in `regressions_test.ts`. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { test } from "../support/each_database.ts";
import { LISTING, SEARCH } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

test("P3: hits outside the window, of other spaces and of other kinds change nothing", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    site.addSpace({ key: "FAR" });
    for (const id of addPages(site, "FAR", 3)) site.attach(id, { filename: "far.png" });
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Post" });
    site.attach(post.id, { filename: "post.png" });
    site.settings.search.strayRows = 1;
    await ingest(DOCS);
    pass(DAY);
    for (let n = 0; n < 5; n++) {
      const run = await ingest({ deletions: "on_demand" });
      assertEquals([run.metrics.added, run.metrics.updated, run.discrepancies], [0, 0, []]);
    }
    assertEquals(await column("SELECT DISTINCT space_key FROM current_pages"), ["DOCS"]);
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [0]);
  }));

test("P3: hits of another space of the index, whose bodies have another format, change nothing", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    await ingest(DOCS);
    await ingest({ ...TEAM, bodyFormat: "atlas_doc_format" });
    site.settings.search.strayRows = 1;
    for (let n = 0; n < 3; n++) {
      pass(DAY);
      const run = await ingest({ deletions: "on_demand" });
      assertEquals([run.metrics.added, run.metrics.updated, run.discrepancies], [0, 0, []]);
    }
    assertEquals(await column("SELECT count(DISTINCT body_format || space_key) FROM current_pages"), [2]);
  }));

test("P7, P22, P23, P117: rows that come twice, in any order, are one", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 12);
    for (const id of ids) site.attach(id, { filename: "a.png" });
    Object.assign(site.settings.search, { duplicateRows: 1, shortPages: 1 });
    fake.faults.add({ kind: "short-page", rows: 4, times: Infinity, match: SEARCH });
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids) site.editPage(id, {});
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.metrics.updated, run.discrepancies], [12, []]);
    assertEquals(await column("SELECT count(*) FROM pages"), [24]);
    assertEquals(await column("SELECT count(*) FROM attachments"), [12]);
  }));

test("P7, P22: changed pages that two answers of a listing show are one", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 12);
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids) site.editPage(id, {});
    fake.faults.add({ kind: "short-page", rows: 4, times: Infinity, match: LISTING });
    let last: unknown[] = [];
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      match: LISTING,
      change: (body) => {
        const { results } = body as { results: unknown[] };
        const again = { ...body as object, results: [...last, ...results] };
        last = results.slice(-1);
        return again;
      },
    });
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.updated, run.discrepancies], ["complete", 12, []]);
    assertEquals(
      await column("SELECT count(*) FROM events WHERE kind = 'updated' AND run_id = ?", run.runId),
      [
        12,
      ],
    );
  }));

test("P11, P21: a server that fails on large answers is asked for smaller ones", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    site.fill({ spaceKey: "DOCS", pages: 300, bodyBytes: 50, attachments: 0 });
    fake.faults.failBodiesOver = 40;
    fake.faults.bodyFailureStatus = 502;
    const run = await ingest(DOCS);
    assertEquals([run.status, run.metrics.added, run.discrepancies], ["complete", 300, []]);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE length(body) > 0"), [300]);
  }));

test("P13, P14, P15, P16, P28, P82: no page is found by its place in the tree", () =>
  withBench(async ({ site, ingest, column }) => {
    site.addSpace({ key: "TREE", homepage: true });
    const [top, hidden] = addPages(site, "TREE", 2);
    const folder = site.addFolder({ spaceKey: "TREE", title: "Folder" });
    const deep = [top!, folder.id].map((parentId) =>
      site.addPage({ spaceKey: "TREE", title: `In ${parentId}`, parentId }).id
    );
    // A parent in the archive, one in the trash, one whose parent is not for this account.
    const below = site.addPage({ spaceKey: "TREE", title: "Below", parentId: top! }).id;
    site.archivePage(top!);
    site.hidePage(hidden!);
    addPages(site, "DOCS", 1);
    await ingest({ selection: { keys: ["TREE", "DOCS"] } });
    const seen = site.visiblePages().map(({ id }) => id).toSorted();
    assert([...deep, below].every((id) => seen.includes(id)));
    assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), seen);
    assertEquals(await column("SELECT parent_type FROM current_pages WHERE parent_id = ?", folder.id), [
      "folder",
    ]);
  }));

test("P29, P32, P57: too many requests cost time, not pages", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    site.fill({ spaceKey: "DOCS", pages: 400, bodyBytes: 20, attachments: 60 });
    fake.faults.add({ kind: "short-page", rows: 50, times: Infinity, match: LISTING });
    for (const retryAfter of [7, null, 0]) {
      fake.faults.add({ kind: "rate-limit", retryAfter, after: 2, times: 2 });
    }
    const run = await ingest(DOCS);
    assertEquals([run.status, run.metrics.added], ["complete", 400]);
    assert(run.metrics.retries > 0);
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [60]);
  }));

test("P30: all spaces are more than one answer holds", () =>
  withBench(async ({ site, ingest, column }) => {
    for (let n = 0; n < 260; n++) site.addSpace({ key: `S${n}` });
    const run = await ingest({ selection: { all: true } });
    assertEquals([run.status, run.spaces.length], ["complete", 262]);
    assertEquals(await column("SELECT count(*) FROM spaces"), [262]);
  }));

test("P33: a run that brings nothing leaves the mark where it is", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 2);
    await ingest(DOCS);
    const before = await column("SELECT mark FROM sync_state");
    for (const wish of [{}, { reconcile: true }, { full: true }]) {
      pass(DAY);
      await ingest(wish);
      assertEquals(await column("SELECT mark FROM sync_state"), before);
    }
  }));

test("P36, P37, P45: purged pages are found when the reconciliation is due, and not before", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.purgePage(id!);
    assertEquals((await ingest()).metrics.deleted, 0);
    pass(6 * DAY);
    const run = await ingest();
    assertEquals([run.spaces[0]!.mode, run.metrics.deleted], ["reconcile", 1]);
    assertEquals(await rows("SELECT id, deletion_reason FROM deleted_pages"), [{
      id,
      deletion_reason: "gone",
    }]);
  }));

test("P39: a page that cannot be read is not deleted and added again", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, {});
    fake.faults.poisonPages.add(id!);
    for (let n = 0; n < 4; n++) {
      pass(DAY);
      const run = await ingest({ reconcile: true });
      assertEquals([run.metrics.added, run.metrics.deleted, run.metrics.failed, run.discrepancies], [
        0,
        0,
        1,
        [],
      ]);
    }
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", id!), [1]);
    assertEquals(await column("SELECT kind FROM events WHERE subject_id = ?", id!), ["added"]);
  }));

test("P40, P73: a space that is gone or forbidden keeps its pages and stops no other", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 2);
    const [team] = addPages(site, "TEAM", 2);
    await ingest(BOTH);
    pass(DAY);
    site.hideSpace("DOCS");
    site.editPage(team!, {});
    const hidden = await ingest({ reconcile: true });
    assertEquals([hidden.status, hidden.metrics.updated, hidden.metrics.deleted], ["incomplete", 1, 0]);
    assertStringIncludes(hidden.spaces.flatMap(({ notes }) => notes).join(), "its pages were kept");
    site.unhideSpace("DOCS");
    site.removeSpace("DOCS");
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 0);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE space_key = 'DOCS'"), [2]);
  }));

test("P54: an interrupted or repeated run does not read everything again", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    site.fill({ spaceKey: "DOCS", pages: 500, bodyBytes: 20, attachments: 0 });
    await ingest(DOCS);
    pass(DAY);
    fake.counters.reset();
    assertEquals((await ingest()).metrics.added, 0);
    assertEquals(fake.counters.total, 3);
  }));

for (const status of [401, 403] as const) {
  test(`P68, P70, P71: ${status} for the attachments of one page is that page's trouble`, () =>
    withBench(async ({ site, fake, ingest, pass, rows, column }) => {
      const ids = addPages(site, "DOCS", 4);
      for (const id of ids) site.attach(id, { filename: "a.png" });
      fake.faults.add({ kind: "status", status: 403, times: Infinity, match: SEARCH });
      fake.faults.add({
        kind: "status",
        status: status === 401 ? 500 : 403,
        times: Infinity,
        match: { path: `/pages/${ids[1]}/attachments` },
      });
      const run = await ingest(DOCS);
      assertEquals([run.status, run.metrics.added, run.metrics.attachments_added], ["incomplete", 4, 3]);
      assertEquals(await rows("SELECT kind, id FROM failures"), [{
        kind: "attachment",
        id: `of page ${ids[1]}`,
      }]);
      fake.faults.clear();
      pass(DAY);
      assertEquals((await ingest({ reconcile: true })).status, "complete");
      assertEquals(await column("SELECT count(*) FROM current_attachments"), [4]);
      assertEquals(await rows("SELECT * FROM failures"), []);
    }));
}

test("P69: a row that is gone spoils the whole answer of the search, and nothing else", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 4);
    const files = ids.map((id) => site.attach(id, { filename: "a.png" }).id);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(ids[1]!, { body: "<p>new</p>" });
    site.editPage(ids[0]!, {});
    await ingest({ deletions: "on_demand" });
    Object.assign(site.settings.search, { lagMs: 9 * MINUTE, failOnLingering: true });
    site.trashPage(ids[0]!);
    site.deleteAttachment(files[1]!);
    site.editPage(ids[2]!, { body: "<p>newer</p>" });
    const late = site.attach(ids[3]!, { filename: "late.png" });
    const delta = await ingest({ deletions: "on_demand" });
    assertEquals([delta.status, delta.metrics.updated, delta.discrepancies], ["complete", 1, []]);
    const full = await ingest({ reconcile: true });
    assertEquals([full.status, full.metrics.deleted, full.metrics.attachments_added], ["complete", 1, 1]);
    assertEquals(
      await column("SELECT id FROM current_attachments ORDER BY id"),
      [...files.slice(2), late.id].toSorted(),
    );
  }));

test("P72, P79: a row of another shape fails alone, is told, and is read when it is well again", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const ids = addPages(site, "DOCS", 5);
    const file = site.attach(ids[0]!, { filename: "a.png" });
    const { createdAt: _, ...version } = { createdAt: "", number: 1 };
    const changes = [
      (row: Record<string, unknown>) => ({ ...row, version: "a string where an object was expected" }),
      (row: Record<string, unknown>) => ({ ...row, version }),
      (row: Record<string, unknown>) => ({ ...row, title: null }),
    ];
    for (const [n, change] of changes.entries()) {
      fake.faults.add({
        kind: "bad-rows",
        ids: [ids[n]!, ...n === 0 ? [file.id] : []],
        change,
        times: Infinity,
      });
    }
    const run = await ingest(DOCS);
    assertEquals([run.status, run.metrics.added, run.metrics.failed, run.discrepancies], [
      "incomplete",
      2,
      3,
      [],
    ]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures ORDER BY kind, id"), [
      { kind: "attachment", id: file.id, reason: "invalid" },
      ...ids.slice(0, 3).map((id) => ({ kind: "page", id, reason: "invalid" })),
    ]);
    fake.faults.clear();
    pass(DAY);
    // A delta is enough: the quarantine is asked again, whatever the mark has passed.
    const again = await ingest({ deletions: "on_demand" });
    assertEquals([again.status, again.metrics.added, again.metrics.attachments_added], ["complete", 3, 1]);
    assertEquals(await rows("SELECT * FROM failures"), []);
  }));

test("P75: a kind of parent that nobody knew is data", () =>
  withBench(async ({ site, fake, ingest, rows }) => {
    const database = site.addDatabase({ spaceKey: "DOCS", title: "Table" });
    const whiteboard = site.addWhiteboard({ spaceKey: "DOCS", title: "Board" });
    const first = site.addPage({ spaceKey: "DOCS", title: "A", parentId: database.id });
    const second = site.addPage({ spaceKey: "DOCS", title: "B", parentId: whiteboard.id });
    fake.faults.add({
      kind: "bad-rows",
      ids: [second.id],
      change: (row) => ({ ...row, parentType: "hologram" }),
      times: Infinity,
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await rows("SELECT id, parent_type FROM current_pages ORDER BY id"), [
      { id: first.id, parent_type: "database" },
      { id: second.id, parent_type: "hologram" },
    ]);
  }));

test("P76: a page that is restricted is gone by name, and comes back whole", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 6);
    const file = site.attach(id!, { filename: "a.png" });
    await ingest(DOCS);
    pass(DAY);
    site.hidePage(id!);
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 1);
    assertEquals(await column("SELECT deletion_reason FROM deleted_pages"), ["gone"]);
    pass(DAY);
    site.unhidePage(id!);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.restored, run.metrics.added, run.discrepancies], [
      "complete",
      1,
      0,
      [],
    ]);
    assertEquals(await rows("SELECT version, deleted_at, body FROM pages WHERE id = ?", id!), [
      { version: 1, deleted_at: null, body: "<p>1</p>" },
    ]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
    assertEquals(await column("SELECT kind FROM events WHERE subject_id = ? ORDER BY id", id!), [
      "added",
      "gone",
      "restored",
    ]);
  }));

test("P81: two runs on one index do not fight", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    addPages(site, "DOCS", 3);
    const second = Promise.withResolvers<unknown>();
    fake.faults.onRequest(({ endpoint }) => {
      if (endpoint === LISTING.endpoint) ingest(DOCS).then(second.resolve, second.resolve);
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    const refusal = await second.promise;
    assert(refusal instanceof ConfluenceIndexError && refusal.code === "locked", String(refusal));
    assertEquals(await column("SELECT count(*) FROM runs"), [1]);
  }));

test("P83: an error that nobody expected is not swallowed, and the index stays as it was", () =>
  withBench(async ({ site, database, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, {});
    await database.commit([{
      sql: "CREATE TRIGGER broken BEFORE INSERT ON pages BEGIN SELECT RAISE(ABORT, 'out of luck'); END",
      args: [],
    }]);
    await assertRejects(() => ingest({ deletions: "on_demand" }), Error, "out of luck");
    assertEquals(await column("SELECT status FROM runs ORDER BY started_at"), ["complete", "failed"]);
    assertEquals(await column("SELECT version FROM pages"), [1, 1, 1]);
    await database.commit([{ sql: "DROP TRIGGER broken", args: [] }]);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 1);
  }));
