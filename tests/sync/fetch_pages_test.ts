import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import { without } from "./bad_luck.ts";
import { addPages, DAY, DOCS, withBench } from "./setup.ts";

const LISTING = "GET /wiki/api/v2/spaces/{id}/pages";
const BY_ID = "GET /wiki/api/v2/pages";

test("walkPages goes on without bodies where they are too much, at the same place and with the same limit", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const ids = addPages(site, "DOCS", 9);
    fake.faults.add({ kind: "short-page", rows: 3, times: Infinity, match: { endpoint: LISTING } });
    fake.faults.poisonPages.add(ids[4]!);
    const run = await ingest(DOCS);
    assertEquals([run.metrics.added, run.metrics.failed, run.discrepancies], [8, 1, []]);
    assertStringIncludes(run.spaces[0]!.notes.join(), "goes on without bodies");
    const listed = fake.counters.log.filter(({ endpoint, status }) => endpoint === LISTING && status === 200)
      .map(({ url }) => new URL(url).searchParams);
    assertEquals(listed.map((query) => query.get("limit")), ["250", "250", "250"]);
    assertEquals(listed.map((query) => query.has("body-format")), [true, false, false]);
    assertEquals(new Set(listed.map((query) => query.get("cursor"))).size, 3);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE body IS NOT NULL"), [8]);
  }));

test("fetchPages halves a request that fails, down to the page that is to blame", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const ids = addPages(site, "DOCS", 16);
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids) site.editPage(id, { body: "<p>new</p>" });
    fake.faults.poisonPages.add(ids[5]!);
    fake.counters.reset();
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.metrics.updated, run.metrics.failed, run.discrepancies], [15, 1, []]);
    const sizes = fake.counters.log.filter(({ endpoint, status }) => endpoint === BY_ID && status === 200)
      .map(({ url }) => new URL(url).searchParams.get("id")!.split(",").length);
    assertEquals(sizes.toSorted((a, b) => a - b), [1, 2, 4, 8]);
    assertEquals(await rows("SELECT id, reason, attempts FROM failures"), [{
      id: ids[5],
      reason: "body",
      attempts: 1,
    }]);
  }));

test("fetchPages takes many bad bodies for their pages' fault while the server answers without bodies", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const ids = addPages(site, "DOCS", 30);
    for (const id of ids.slice(2, 27)) fake.faults.poisonPages.add(id);
    const run = await ingest(DOCS);
    assertEquals([run.spaces[0]!.status, run.metrics.added, run.metrics.failed], ["complete", 5, 25]);
    assertEquals(await column("SELECT count(*) FROM failures WHERE reason = 'body'"), [25]);
  }));

test("fetchPages takes an outage for an outage, and records no page as bad", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 30);
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids) site.editPage(id, {});
    fake.faults.add({ kind: "status", status: 503, times: Infinity, match: { endpoint: BY_ID } });
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.spaces[0]!.status, run.metrics.updated], ["failed", 0]);
    assertEquals(await column("SELECT kind FROM failures"), ["space"]);
    fake.faults.clear();
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 30);
  }));

test("fetchPages leaves a page whose pause is not over in quarantine, with longer and longer pauses", () =>
  withBench(async ({ site, fake, clock, ingest, pass, rows, column }) => {
    const [id] = addPages(site, "DOCS", 2);
    fake.faults.poisonPages.add(id!);
    await ingest(DOCS);
    const hours: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt++) {
      const [failure] = await rows(
        "SELECT attempts, next_try_at, first_failed_at, last_failed_at FROM failures",
      );
      assertEquals(failure!["attempts"], attempt);
      hours.push(
        (Date.parse(String(failure!["next_try_at"])) - Date.parse(String(failure!["last_failed_at"]))) /
          3_600_000,
      );
      if (attempt > 1) {
        // A moment before it is due, nobody asks.
        clock.set(Date.parse(String(failure!["next_try_at"])) - 1000);
        fake.counters.reset();
        const resting = await ingest({ deletions: "on_demand" });
        assertEquals([resting.status, fake.counters.byEndpoint[BY_ID]], ["incomplete", undefined]);
      }
      pass(2000);
      await ingest({ deletions: "on_demand" });
    }
    assertEquals(hours, [0, 1, 2, 4, 8, 16, 32, 64, 128, 168, 168]);
    fake.faults.clear();
    pass(8 * DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
    assert((await column("SELECT id FROM current_pages")).includes(id));
  }));

test("fetchPages counts a resting page as failed in a listing too, and gets it when it is due", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, {});
    fake.faults.poisonPages.add(id!);
    for (let n = 0; n < 2; n++) await ingest({ reconcile: true });
    fake.faults.clear();
    const resting = await ingest({ reconcile: true });
    assertEquals([resting.metrics.failed_by_reason, resting.discrepancies], [{ quarantined: 1 }, []]);
    pass(DAY);
    const due = await ingest({ reconcile: true });
    assertEquals([due.status, due.metrics.updated], ["complete", 1]);
  }));

test("retryAttachments asks again for attachments, and forgets those that are gone", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    const files = ids.map((id) => site.attach(id, { filename: "a.png" }).id);
    const bad = { kind: "bad-rows", ids: files, times: Infinity } as const;
    fake.faults.add({ ...bad, change: ({ version: _, ...row }: Record<string, unknown>) => row });
    await ingest(DOCS);
    assertEquals(await column("SELECT id FROM failures ORDER BY id"), files);
    site.purgeAttachment(files[1]!);
    pass(DAY);
    const again = await ingest({ deletions: "on_demand" });
    assertEquals(again.status, "incomplete");
    assertEquals(await column("SELECT id FROM failures ORDER BY id"), [files[0], files[2]]);
    fake.faults.clear();
    pass(DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.attachments_added, 2);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("readDelta brings the old attachments of a page that arrives, and new ones of a page the index calls gone", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 2);
    site.addSpace({ key: "FAR" });
    const [mover, hermit] = addPages(site, "FAR", 2);
    const old = site.attach(mover!, { filename: "old.png" });
    pass(90 * DAY);
    site.movePage(hermit!, { spaceKey: "DOCS" });
    site.addPage({ spaceKey: "DOCS", title: "Fresh" });
    await ingest(DOCS);
    site.hidePage(hermit!);
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT id FROM deleted_pages"), [hermit]);

    pass(DAY);
    site.movePage(mover!, { spaceKey: "DOCS", bumpVersion: true });
    site.unhidePage(hermit!);
    const fresh = site.attach(hermit!, { filename: "fresh.png" });
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.spaces[0]!.mode, run.metrics.added, run.metrics.restored, run.discrepancies], [
      "delta",
      1,
      1,
      [],
    ]);
    assertEquals(
      await column("SELECT id FROM current_attachments ORDER BY id"),
      [old.id, fresh.id].toSorted(),
    );
  }));

test("fetchPages does not take an answer that leaves pages out for the pages being gone", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const ids = addPages(site, "DOCS", 30);
    fake.faults.failBodiesOver = 29;
    // What a failed gateway may say in the place of the site.
    fake.faults.add({
      kind: "transform",
      match: ({ endpoint, query }) => endpoint === BY_ID && query.get("id")!.split(",").length === 15,
      change: () => ({ results: [] }),
    });
    const first = await ingest(DOCS);
    assertEquals([first.status, first.metrics.added, first.metrics.skipped], ["complete", 30, 0]);
    assertEquals(fake.faults.fired["transform"], 1);
    fake.faults.clear();
    pass(DAY);
    for (const id of ids.slice(0, 4)) site.editPage(id, {});
    site.trashPage(ids[4]!);
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      match: { endpoint: BY_ID },
      change: without(ids[1]!),
    });
    fake.faults.add({ kind: "status", status: 403, match: { path: `/pages/${ids[1]}` }, times: Infinity });
    const delta = await ingest({ deletions: "on_demand" });
    assertEquals([delta.status, delta.metrics.updated, delta.discrepancies], ["incomplete", 3, []]);
    assertEquals(await rows("SELECT id, reason FROM failures"), [{ id: ids[1], reason: "absent" }]);
    fake.faults.clear();
    assertEquals((await ingest({ deletions: "on_demand" })).metrics.updated, 1);
  }));

test("fetchPages takes no version that is older than what was shown before", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const [late, other] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    const [{ created_at: createdAt }] = await rows("SELECT created_at FROM pages WHERE id = ?", late!) as [
      { created_at: string },
    ];
    for (const wish of [{ deletions: "on_demand" }, { reconcile: true }] as const) {
      pass(DAY);
      site.editPage(late!, { body: "<p>new</p>" });
      pass(DAY);
      site.editPage(other!, {});
      fake.faults.add({
        kind: "bad-rows",
        ids: [late!],
        match: { endpoint: BY_ID },
        change: (row) => ({ ...row, version: { number: 1, createdAt } }),
      });
      const run = await ingest(wish);
      assertEquals([run.status, run.metrics.failed_by_reason, run.discrepancies], [
        "incomplete",
        { outdated: 1 },
        [],
      ]);
      assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
      assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", late!), [
        site.page(late!).version.number,
      ]);
    }
  }));
