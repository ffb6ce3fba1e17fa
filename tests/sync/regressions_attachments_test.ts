/** Ways in which attachments were lost, counted twice, or kept their space busy. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { LISTING, SEARCH, without } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, WITH_COMMENTS, withBench } from "./setup.ts";

test("regression: attachments that come twice in an answer are counted once", () =>
  withBench(async ({ site, ingest }) => {
    site.settings.search.duplicateRows = 1;
    const [page] = addPages(site, "DOCS", 1);
    for (let n = 0; n < 40; n++) site.attach(page!, { filename: `${n}.png` });
    const run = await ingest(DOCS);
    const { listed, unchanged, added, updated, skipped, failed } = run.spaces[0]!.account.attachments;
    assertEquals(listed, 40);
    assertEquals(listed, unchanged + added + updated + skipped + failed);
  }));

test("regression: an attachment that cannot be looked up is counted once, and its attempts go on", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 3);
    const file = site.attach(page!, { filename: "a.txt" });
    await ingest(DOCS);
    pass(DAY);
    site.deleteAttachment(file.id);
    pass(DAY);
    await ingest({ reconcile: true });
    site.restoreAttachment(file.id);
    const stop = fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { endpoint: "GET /wiki/api/v2/attachments/{id}" },
    });
    for (const attempts of [1, 2]) {
      pass(DAY);
      const { spaces: [docs] } = await ingest({ reconcile: true });
      const { listed, skipped, failed } = docs!.account.attachments;
      assertEquals([listed, skipped, failed], [1, 0, 1]);
      assertEquals(await rows("SELECT id, attempts FROM failures"), [{ id: file.id, attempts }]);
    }
    stop();
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows("SELECT deleted_at FROM attachments WHERE is_current"), [{ deleted_at: null }]);
  }));

test("regression: a first listing that is slow to begin passes a file that came after the search was answered", () =>
  withBench(async ({ site, fake, ingest, pass, column, clock }) => {
    const [page, other] = addPages(site, "DOCS", 3);
    pass(DAY);
    let file = "";
    let n = 0;
    fake.faults.add({
      kind: "rate-limit",
      retryAfter: 590,
      times: 2,
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
    });
    const stop = fake.faults.onRequest(({ endpoint }) => {
      if (endpoint !== "GET /wiki/api/v2/spaces/{id}/pages") return;
      n++;
      if (n === 2) file = site.attach(page!, { filename: "a.txt", createdAt: clock.now() - 9 * MINUTE }).id;
      if (n === 3) site.editPage(other!, {});
    });
    const first = await ingest(DOCS);
    stop();
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([first.status, next.status], ["complete", "complete"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file]);
  }));

test("regression: a page that is asked for because of its file, before the search shows its newer version", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    const page = site.addPage({ spaceKey: "DOCS", title: "young" }).id;
    for (let n = 0; n < 6; n++) site.attach(page, { filename: `${n}.txt` });
    site.index.flush();
    pass(20 * MINUTE);
    site.editPage(page, { body: "<p>two</p>" });
    pass(20 * MINUTE);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    pass(MINUTE);
    fake.faults.add({
      kind: "bad-rows",
      ids: [page],
      match: { path: /api\/v2\/pages\?id=/ },
      change: (row) => ({
        ...row,
        version: { ...(row.version as object), number: 1, createdAt: row.createdAt },
      }),
    });
    const one = await ingest();
    pass(DAY);
    const two = await ingest();
    assertEquals([one.status, two.status, fake.faults.pending], ["complete", "complete", 0]);
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", page), [2]);
  }, { fake: { settings: { search: { capExpanded: 5 } } } }));

test("regression: one archived page whose attachments cannot be had has the space listed every night", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 13);
    pass(DAY);
    const wish = { ...DOCS, includeArchived: true };
    const healthy = (await ingest(wish)).status;
    site.attach(page!, { filename: "a.txt" });
    site.archivePage(page!);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { path: `/pages/${page}/attachments` },
    });
    pass(8 * DAY);
    const modes: string[] = [];
    for (let night = 0; night < 6; night++) {
      const run = await ingest();
      modes.push(`${run.spaces[0]!.mode} ${run.status}`);
      pass(DAY);
    }
    assertEquals([healthy, modes.at(-1)], ["complete", "delta incomplete"]);
  }));

test("regression: a first run with one archived page whose attachments cannot be had never ends", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 13);
    site.attach(page!, { filename: "a.txt" });
    pass(DAY);
    site.archivePage(page!);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { path: `/pages/${page}/attachments` },
    });
    const modes: string[] = [];
    for (let night = 0; night < 10; night++) {
      const run = await ingest({ ...DOCS, includeArchived: true });
      modes.push(`${run.spaces[0]!.mode} ${run.status}`);
      pass(DAY);
    }
    assertEquals(modes.at(-1), "delta incomplete");
  }));

test("regression: attachments made while their page was out of scope come with its new space", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM" });
    await ingest({ reconcile: true });
    const file = site.attach(page!, { filename: "new.png" });
    pass(DAY);
    site.editPage(page!, {});
    pass(DAY);
    assertEquals((await ingest({ selection: { keys: ["TEAM"] } })).status, "complete");
    pass(DAY);
    assertEquals((await ingest({ deletions: "on_demand" })).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: an attachment that was carried to another page follows it, and goes where that is out of sight", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const [from, to] = addPages(site, "DOCS", 3);
    const [tracked] = addPages(site, "TEAM", 1);
    site.addSpace({ key: "FAR" });
    const [far] = addPages(site, "FAR", 1);
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "post" }).id;
    const targets = [to!, tracked!, far!, post];
    const files = targets.map((_, n) => site.attach(from!, { filename: `${n}.txt` }).id);
    pass(DAY);
    await ingest(BOTH);
    pass(DAY);
    for (const [n, target] of targets.entries()) site.carryAttachment(files[n]!, target);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    const moved = await ingest({ reconcile: true });
    assertEquals([moved.status, moved.metrics.attachments_deleted], ["complete", 2]);
    const STATE = "SELECT id, page_id, deletion_reason FROM attachments WHERE is_current ORDER BY id";
    assertEquals(
      await rows(STATE),
      files.map((id, n) => ({
        id,
        page_id: n < 2 ? targets[n] : from,
        deletion_reason: n < 2 ? null : "moved",
      })),
    );
    // And back.
    for (const id of files) site.carryAttachment(id, from!);
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows(STATE), files.map((id) => ({ id, page_id: from, deletion_reason: null })));
  }));

for (const how of ["restored", "moved in"] as const) {
  test(`regression: what hangs on a page that is ${how} minutes before a reconciliation comes with it`, () =>
    withBench(async ({ site, ingest, pass, column }) => {
      const [id] = addPages(site, how === "restored" ? "DOCS" : "TEAM", 3);
      site.addPage({ spaceKey: "DOCS", title: "other" });
      const file = site.attach(id!, { filename: "a.txt" }).id;
      const comment = site.addFooterComment(id!, {}).id;
      if (how === "restored") site.archivePage(id!);
      pass(DAY);
      assertEquals((await ingest({ ...DOCS, ...WITH_COMMENTS })).status, "complete");
      pass(8 * DAY);
      if (how === "restored") site.restorePage(id!);
      else site.movePage(id!, { spaceKey: "DOCS" });
      pass(2 * MINUTE);
      const weekly = await ingest(DOCS);
      assertEquals([weekly.status, weekly.spaces[0]!.mode], ["complete", "reconcile"]);
      assertEquals(await column("SELECT id FROM current_attachments"), [file]);
      pass(DAY);
      assertEquals((await ingest(DOCS)).spaces[0]!.mode, "reconcile");
      assertEquals(await column("SELECT id FROM current_comments"), [comment]);
      pass(DAY);
      assertEquals((await ingest(DOCS)).spaces[0]!.mode, "delta");
    }, { fake: { settings: { search: { lagMs: 5 * MINUTE } } } }));
}

test("regression: a page that a listing left out and that a file was carried to is found once", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [from, to] = addPages(site, "DOCS", 5);
    const file = site.attach(from!, { filename: "a.txt" }).id;
    await ingest({ ...DOCS, kinds: { labels: false } });
    pass(DAY);
    site.carryAttachment(file, to!);
    site.editPage(to!, { body: "<p>new</p>" });
    fake.faults.add({ kind: "transform", change: without(to!), match: LISTING });
    fake.faults.add({ kind: "transform", change: without(file), match: SEARCH });
    pass(DAY);
    const { metrics, discrepancies } = await ingest({ reconcile: true });
    assertEquals([metrics.updated, discrepancies], [1, []]);
  }));
