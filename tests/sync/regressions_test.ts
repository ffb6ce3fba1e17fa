/** One test for each way in which other systems lost pages, or deleted good ones. Numbers are those of the list of pitfalls. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceAuthError } from "../../src/confluence/mod.ts";
import { test } from "../support/each_database.ts";
import { LISTING, SEARCH } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const NOTHING_DELETED = "SELECT count(*) AS n FROM pages WHERE deleted_at IS NOT NULL";

test("regression: first page of a listing only (P1, P2, P6, P8, P10, P20, P31)", () =>
  withBench(async ({ site, ingest, column }) => {
    const { pageIds } = site.fill({ spaceKey: "DOCS", pages: 600, bodyBytes: 40, attachments: 270 });
    const run = await ingest(DOCS);
    assertEquals([run.status, run.metrics.pages, run.metrics.attachments], ["complete", 600, 270]);
    assertEquals(await column("SELECT id FROM current_pages ORDER BY length(id), id"), [...pageIds]);
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [270]);
  }));

test("regression: short page taken for the end (P11, P18, P25, P26, P27)", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 20);
    for (const id of ids) site.attach(id, { filename: "a.png" });
    for (const match of [LISTING, SEARCH]) {
      fake.faults.add({ kind: "short-page", rows: 0, times: 2, match });
      fake.faults.add({ kind: "short-page", rows: 3, times: 3, match });
    }
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), ids);
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [20]);
    pass(DAY);
    for (const id of ids) site.editPage(id, {});
    fake.faults.add({ kind: "short-page", rows: 1, times: 15, match: SEARCH });
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 20);
  }));

for (
  const [zone, skew] of [["Pacific/Auckland", 13 * 3_600_000], [
    "America/Los_Angeles",
    -8 * 3_600_000,
  ]] as const
) {
  test(`regression: CQL in another zone, and a local clock that is wrong, ${zone} (P46, P47, P48, P49)`, () =>
    withBench(async ({ site, fake, ingest, pass, column }) => {
      const [first, second] = addPages(site, "DOCS", 2);
      await ingest(DOCS);
      pass(3 * DAY);
      site.editPage(first!, { body: "<p>early</p>" });
      pass(2 * DAY);
      site.editPage(second!, { body: "<p>late</p>" });
      const run = await ingest({ deletions: "on_demand" });
      assertEquals([run.spaces[0]!.mode, run.metrics.updated], ["delta", 2]);
      assertEquals(await column("SELECT body FROM current_pages ORDER BY id"), [
        "<p>early</p>",
        "<p>late</p>",
      ]);
      const asked = fake.counters.log.map(({ url }) => decodeURIComponent(url)).filter((url) =>
        url.includes("lastmodified")
      );
      assert(
        asked.length > 0 && asked.every((url) => /lastmodified >= now\("-\d+m"\)/.test(url)),
        asked.join(),
      );
    }, { skew, fake: { settings: { timeZone: zone } } }));
}

test("regression: index lag", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [slow, quick] = addPages(site, "DOCS", 2);
    await ingest(DOCS);
    pass(DAY);
    const before = await column("SELECT mark FROM sync_state");
    Object.assign(site.settings.search, { lagMs: 8 * MINUTE, hydrate: "index" });
    site.editPage(slow!, { body: "<p>not to be found yet</p>" });
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 0);
    assertEquals(await column("SELECT mark FROM sync_state"), before);
    // A later change is read from the database before the earlier one is in the search: the mark overtakes it.
    pass(5 * MINUTE);
    site.editPage(quick!, { body: "<p>listed at once</p>" });
    await ingest({ full: true, selection: { keys: ["DOCS"] }, deletions: "on_demand" });
    pass(4 * MINUTE);
    const late = site.attach(slow!, { filename: "late.png" });
    await ingest({ reconcile: true });
    pass(8 * MINUTE);
    await ingest({ deletions: "on_demand" });
    assertEquals(await column("SELECT version FROM current_pages"), [2, 2]);
    assertEquals(await column("SELECT id FROM current_attachments"), [late.id]);
  }));

test("regression: page failed and mark moved on (P17, P50, P51)", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const [bad, good] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(bad!, { body: "<p>new</p>" });
    fake.faults.poisonPages.add(bad!);
    pass(3 * DAY);
    site.editPage(good!, {});
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.status, run.metrics.updated, run.metrics.failed, run.discrepancies], [
      "incomplete",
      1,
      1,
      [],
    ]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures"), [{
      kind: "page",
      id: bad,
      reason: "body",
    }]);
    fake.faults.clear();
    // The mark has passed it by days: only the quarantine remembers it.
    pass(DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT body FROM current_pages WHERE id = ?", bad!), ["<p>new</p>"]);
    assertEquals(await rows("SELECT * FROM failures"), []);
  }));

test("regression: one mark shared by spaces", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [docs] = addPages(site, "DOCS", 2);
    const [team] = addPages(site, "TEAM", 2);
    await ingest(BOTH);
    const mark = "SELECT mark FROM sync_state y JOIN spaces s ON s.id = y.space_id WHERE key = ?";
    const [teamMark] = await column(mark, "TEAM");
    pass(DAY);
    site.editPage(team!, { body: "<p>team</p>" });
    pass(5 * DAY);
    site.editPage(docs!, { body: "<p>docs</p>" });
    fake.faults.add({
      kind: "status",
      status: 503,
      times: Infinity,
      match: ({ query }) => query.get("cql")?.includes('"TEAM"') ?? false,
    });
    const run = await ingest({ deletions: "on_demand" });
    assertEquals(run.spaces.map(({ space, status }) => [space.key, status]), [["DOCS", "complete"], [
      "TEAM",
      "incomplete",
    ]]);
    assertEquals(await column(mark, "TEAM"), [teamMark]);
    fake.faults.clear();
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT body FROM current_pages WHERE version = 2 ORDER BY space_key"), [
      "<p>docs</p>",
      "<p>team</p>",
    ]);
  }));

test("regression: partial listing then mass deletion (P38, P41)", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 40);
    for (const id of ids.slice(0, 15)) site.attach(id, { filename: "a.png" });
    await ingest(DOCS);
    pass(DAY);
    // The listing ends early and says nothing; the search too.
    for (const match of [LISTING, SEARCH]) {
      fake.faults.add({
        kind: "transform",
        match,
        change: (body) => ({
          ...body as object,
          results: (body as { results: unknown[] }).results.slice(0, 5),
          _links: {},
        }),
      });
    }
    const short = await ingest({ reconcile: true, allowMassDeletion: true });
    assertEquals([short.metrics.deleted, short.metrics.attachments_deleted, short.discrepancies], [0, 0, []]);
    assertEquals(await column(NOTHING_DELETED), [0]);

    // It breaks in the middle: no end, no proof.
    fake.faults.add({ kind: "short-page", rows: 5, times: Infinity, match: LISTING });
    fake.faults.add({ kind: "status", status: 503, times: Infinity, after: 2, match: LISTING });
    const broken = await ingest({ reconcile: true, allowMassDeletion: true });
    assertEquals([broken.spaces[0]!.status, broken.metrics.deleted], ["incomplete", 0]);
    fake.faults.clear();

    // The account sees little of the space: the brake holds, whatever the second look says.
    for (const id of ids.slice(0, 12)) site.hidePage(id);
    const held = await ingest({ reconcile: true });
    assertEquals([held.spaces[0]!.status, held.status, held.metrics.deleted], ["held", "incomplete", 0]);
    assertStringIncludes(held.spaces[0]!.notes.join(), "--allow-mass-deletion");
    assertEquals(await column(NOTHING_DELETED), [0]);
    assertEquals((await ingest({ reconcile: true, allowMassDeletion: true })).metrics.deleted, 12);
  }));

test("regression: delta taken for a listing (P37)", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 6);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(ids[0]!, {});
    site.trashPage(ids[5]!);
    for (
      const wish of [
        { deletions: "on_demand" as const },
        { deletions: "every_sync" as const, since: new Date(site.clock.now() - 60 * MINUTE).toISOString() },
        { deletions: "every_sync" as const, maxPages: 1 },
        { deletions: "every_sync" as const, maxPages: 2, full: true },
        { deletions: "every_sync" as const, maxPages: 5000, full: true },
      ]
    ) {
      assertEquals((await ingest(wish)).metrics.deleted, 0, JSON.stringify(wish));
    }
    assertEquals(await column("SELECT count(*) FROM current_pages"), [6]);
    assertEquals(await column(NOTHING_DELETED), [0]);
    // However large the cap, every night: it is told that something is left out.
    const capped = { deletions: "weekly_reconciliation" as const, maxPages: 5000 };
    await ingest({ deletions: "weekly_reconciliation" });
    pass(DAY);
    assertEquals((await ingest(capped)).spaces[0]!.notes, []);
    pass(7 * DAY);
    assertStringIncludes(
      (await ingest(capped)).spaces[0]!.notes.join(),
      "leaves out the comparison that is due",
    );
  }));

test("regression: moved-in page with an old date", () =>
  withBench(async ({ site, ingest, pass, column, rows }) => {
    addPages(site, "DOCS", 2);
    site.addSpace({ key: "FAR" });
    const [id] = addPages(site, "FAR", 1);
    const file = site.attach(id!, { filename: "a.png" });
    pass(90 * DAY);
    site.addPage({ spaceKey: "DOCS", title: "Fresh" });
    await ingest(DOCS);
    pass(DAY);
    site.movePage(id!, { spaceKey: "DOCS" });
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.added, 0);
    const run = await ingest({ reconcile: true });
    assertEquals([run.metrics.added, run.metrics.attachments_added, run.discrepancies], [1, 1, []]);
    assertEquals(await rows("SELECT id, version, space_key FROM current_pages WHERE id = ?", id!), [
      { id, version: 1, space_key: "DOCS" },
    ]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: trashed page answered as 200 (P34, P42, P43, P44)", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 4);
    site.attach(id!, { filename: "a.png" });
    await ingest(DOCS);
    pass(DAY);
    // The search still shows it.
    site.settings.search.lagMs = 5 * MINUTE;
    site.editPage(id!, {});
    pass(6 * MINUTE);
    site.trashPage(id!);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.skipped_by_reason, { vanished: 1 });
    const run = await ingest({ reconcile: true });
    assertEquals([run.metrics.deleted, run.discrepancies], [1, []]);
    assertEquals(await rows("SELECT id, status, deletion_reason FROM deleted_pages"), [
      { id, status: "trashed", deletion_reason: "trashed" },
    ]);
    assertEquals(await column("SELECT kind FROM events WHERE subject_id = ? ORDER BY id", id!), [
      "added",
      "trashed",
    ]);
    assertEquals(await column("SELECT count(*) FROM current_attachments"), [0]);
  }));

test("regression: revoked token answered as 404 (P80)", () =>
  withBench(async ({ site, fake, ingest, pass, column, rows }) => {
    const ids = addPages(site, "DOCS", 10);
    site.attach(ids[0]!, { filename: "a.png" });
    await ingest(DOCS);
    const [runs] = await column("SELECT count(*) FROM runs");
    pass(DAY);
    const account = site.accounts[0]!;
    account.revoked = true;
    await assertRejects(() => ingest({ reconcile: true }), ConfluenceAuthError);
    assertEquals(await column("SELECT count(*) FROM runs"), [runs]);

    // It dies between the listing and the second look: bare 404s for each page, which are in doubt.
    account.revoked = false;
    site.purgePage(ids[0]!);
    site.trashPage(ids[1]!);
    let looking = false;
    fake.faults.onRequest(({ endpoint, query }) => {
      looking ||= endpoint === "GET /wiki/api/v2/pages" && query.getAll("status").includes("trashed");
      account.revoked = looking;
    });
    const run = await ingest({ reconcile: true });
    assert(run.status !== "complete");
    assertEquals(run.metrics.deleted, 0);
    assertEquals(await column(NOTHING_DELETED), [0]);
    fake.faults.clear();
    account.revoked = false;
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 2);
    assertEquals(await rows("SELECT id, deletion_reason FROM deleted_pages ORDER BY id"), [
      { id: ids[0], deletion_reason: "gone" },
      { id: ids[1], deletion_reason: "trashed" },
    ]);
  }));

for (const until of ["the end", "the second look is over"]) {
  test(`regression: revoked token answered as an anonymous 200, until ${until}`, () =>
    withBench(async ({ site, fake, ingest, pass, column }) => {
      const open = site.addSpace({ key: "OPEN", isPublic: true });
      const ids = addPages(site, "OPEN", 8);
      site.hidePage(ids[3]!, [site.accounts[0]!.accountId]);
      site.hidePage(ids[4]!, [site.accounts[0]!.accountId]);
      await ingest({ selection: { ids: [open.id] } });
      assertEquals(await column("SELECT count(*) FROM current_pages"), [8]);
      pass(DAY);
      site.settings.anonymousAccess = true;
      let single = 0;
      fake.faults.onRequest(({ endpoint }) => {
        if (endpoint === LISTING.endpoint) site.accounts[0]!.revoked = true;
        if (endpoint === "GET /wiki/api/v2/pages/{id}") single++;
        if (until !== "the end" && single > 0 && endpoint.endsWith("user/current")) {
          site.accounts[0]!.revoked = false;
        }
      });
      const run = await ingest({ reconcile: true, allowMassDeletion: true });
      assertEquals([run.metrics.deleted, run.status], [0, "incomplete"]);
      assertEquals(await column(NOTHING_DELETED), [0]);
    }));
}

test("regression: rename treated as new (P115, P116, P118)", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [parent, child] = addPages(site, "DOCS", 2);
    site.movePage(child!, { parentId: parent! });
    await ingest(DOCS);
    pass(DAY);
    site.renamePage(parent!, "Another name");
    const run = await ingest({ deletions: "every_sync" });
    assertEquals([run.metrics.added, run.metrics.updated, run.metrics.deleted], [0, 1, 0]);
    assertEquals(
      await rows("SELECT version, is_current, title FROM pages WHERE id = ? ORDER BY version", parent!),
      [
        { version: 1, is_current: 0, title: "DOCS 1" },
        { version: 2, is_current: 1, title: "Another name" },
      ],
    );
    assertEquals(await column("SELECT count(*) FROM pages WHERE id = ?", child!), [1]);
    assertEquals(await rows("SELECT kind, old_value, new_value FROM events WHERE kind = 'renamed'"), [
      { kind: "renamed", old_value: "DOCS 1", new_value: "Another name" },
    ]);
  }));

test("a site put back from a backup is followed: at once where it goes on, with --full where it does not", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [edited, still] = addPages(site, "DOCS", 3);
    for (const text of ["two", "three"]) {
      pass(DAY);
      for (const id of [edited!, still!]) site.editPage(id, { body: `<p>${text}</p>` });
    }
    await ingest(DOCS);
    for (const id of [edited!, still!]) site.page(id).versions.splice(1);
    const body = "SELECT version, body FROM current_pages WHERE id = ?";
    for (const version of [2, 3]) {
      pass(DAY);
      site.editPage(edited!, { body: `<p>again ${version}</p>` });
      const run = await ingest({ deletions: "on_demand" });
      assertEquals([run.status, run.metrics.updated], ["complete", 1]);
      assertEquals(await rows(body, edited!), [{ version, body: `<p>again ${version}</p>` }]);
    }
    const doubtful = await ingest({ reconcile: true });
    assertEquals(doubtful.metrics.skipped_by_reason, { "older than the index": 1 });
    assertStringIncludes(doubtful.spaces[0]!.notes.join(), "run once with --full");
    const full = await ingest({ full: true });
    assertEquals([full.metrics.updated, full.discrepancies], [1, []]);
    assertEquals(await rows(body, still!), [{ version: 1, body: "<p>2</p>" }]);
    assertEquals(await column("SELECT count(*) FROM pages WHERE id = ? AND is_current", still!), [1]);
    assertEquals((await ingest({ reconcile: true })).metrics.updated, 0);
  }));

test("a page that moves without a version soon after an edit is found by the next delta", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [mover] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 1);
    await ingest(BOTH);
    pass(DAY);
    site.editPage(mover!, {});
    await ingest({ deletions: "on_demand" });
    pass(MINUTE);
    site.movePage(mover!, { spaceKey: "TEAM" });
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.metrics.updated, run.discrepancies], [1, []]);
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", mover!), ["TEAM"]);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 0);
  }));

test("a clock that was wrong once does not put off the reconciliation for ever", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [purged] = addPages(site, "DOCS", 3);
    pass(20_000 * DAY);
    await ingest(DOCS);
    pass(-20_000 * DAY);
    site.purgePage(purged!);
    const run = await ingest();
    assertEquals([run.spaces[0]!.mode, run.metrics.deleted], ["reconcile", 1]);
    pass(DAY);
    assertEquals((await ingest()).spaces[0]!.mode, "delta");
    assertEquals(await column("SELECT reconciled_at FROM sync_state"), ["2026-03-01T12:00:00.000Z"]);
  }));

test("a run is not complete while an attachment is in quarantine, not even while its pause lasts", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [home] = addPages(site, "DOCS", 3);
    const file = site.attach(home!, { filename: "a.png" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [file.id],
      times: Infinity,
      change: ({ version: _, ...row }) => row,
    });
    await ingest(DOCS);
    pass(DAY);
    site.editPage(home!, {});
    for (let n = 0; n < 4; n++) {
      assertEquals((await ingest({ deletions: "on_demand" })).status, "incomplete");
      pass(30 * MINUTE);
    }
    assertEquals((await rows("SELECT attempts < 5 AS paused FROM failures"))[0], { paused: 1 });
    fake.faults.clear();
    pass(DAY);
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.status, run.metrics.attachments_added], ["complete", 1]);
  }));

test("a token that becomes nobody's while a public space is read for the first time loses no page", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const account = site.accounts[0]!;
    site.settings.anonymousAccess = true;
    site.addSpace({ key: "PUB", isPublic: true });
    const ids = addPages(site, "PUB", 20);
    for (const id of ids.slice(10)) site.hidePage(id, [account.accountId]);
    pass(DAY);
    site.editPage(ids[0]!, {});
    fake.faults.add({ kind: "short-page", rows: 5, times: Infinity, match: { path: "/pages" } });
    let answers = 0;
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/pages") && ++answers === 2) account.revoked = true;
    });
    const public_ = { selection: { keys: ["PUB"] } };
    const first = await ingest(public_);
    assertEquals([first.status, first.metrics.added], ["incomplete", 10]);
    assertStringIncludes(first.spaces[0]!.notes.join(), "became nobody's");
    stop();
    account.revoked = false;
    const second = await ingest(public_);
    assertEquals([second.status, second.metrics.added, second.discrepancies], ["complete", 10, []]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [20]);
  }));
