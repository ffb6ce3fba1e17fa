/** What was known to go wrong after the third attack, and what fresh eyes broke in the fourth. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { age } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const WITH_COMMENTS = { kinds: { comments: true } } as const;
const SEARCH = { endpoint: "GET /wiki/rest/api/content/search" };

test("regression: the comments of a page that moves, edited, to the one space that reads them come with it", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column } = bench;
    const [page] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    age(bench, "TEAM");
    await ingest({ selection: { keys: ["TEAM"] }, ...WITH_COMMENTS });
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM", bumpVersion: true });
    pass(30 * MINUTE);
    const run = await ingest(BOTH);
    assertEquals([run.status, await column("SELECT id FROM current_comments")], ["complete", [comment.id]]);
  }));

test("regression: a page that a reconciliation finds in the one space that reads comments has that space compared", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    await ingest({ selection: { keys: ["TEAM"] }, ...WITH_COMMENTS });
    await ingest(DOCS);
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM", bumpVersion: false });
    pass(30 * MINUTE);
    await ingest({ ...DOCS, reconcile: true });
    pass(DAY);
    const run = await ingest({ selection: { keys: ["TEAM"] }, deletions: "on_demand" });
    assertEquals([run.spaces[0]!.mode, run.status], ["reconcile", "complete"]);
    assertEquals(await column("SELECT id FROM current_comments"), [comment.id]);
  }));

test("regression: comments changed before a --full run of an archived space come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page, other] = addPages(site, "DOCS", 3);
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(60 * MINUTE);
    site.editPage(other!, {});
    site.archiveSpace("DOCS");
    pass(MINUTE);
    const archived = await ingest({ ...DOCS, full: true, deletions: "on_demand" });
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest({ ...DOCS, deletions: "on_demand" });
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: one refusal of the search is not believed, whatever it looks like", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    for (const status of [401, 403]) {
      pass(DAY);
      site.editPage(page!, {});
      pass(30 * MINUTE);
      fake.faults.add({ kind: "status", status, match: SEARCH });
      const { status: end, spaces: [docs] } = await ingest({ deletions: "on_demand" });
      assertEquals([end, docs!.notes, docs!.account.updated], ["complete", [], 1]);
    }
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
