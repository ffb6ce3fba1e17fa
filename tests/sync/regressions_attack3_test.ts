/** What fresh eyes broke, third time: comments, labels and attachments. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const WITH_COMMENTS = { kinds: { comments: true } } as const;

test("regression: comments switched on while their space was archived come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "newer" });
    await ingest(DOCS);
    site.archiveSpace("DOCS");
    pass(DAY);
    const archived = await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: comments that nobody could read in an archived space come when it is back", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 3);
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    pass(DAY);
    const comment = site.addFooterComment(page!, { body: "<p>x</p>" });
    pass(60 * MINUTE);
    site.editPage(page!, {});
    site.archiveSpace("DOCS");
    pass(8 * DAY);
    const archived = await ingest(DOCS);
    site.unarchiveSpace("DOCS");
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals([archived.status, next.status, await column("SELECT id FROM current_comments")], [
      "complete",
      "complete",
      [comment.id],
    ]);
  }));

test("regression: the comments of an archived space are not missed", () =>
  withBench(async ({ site, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 3);
    for (let n = 0; n < 12; n++) site.addFooterComment(page!, { body: `<p>${n}</p>` });
    await ingest({ ...DOCS, ...WITH_COMMENTS });
    site.archiveSpace("DOCS");
    pass(8 * DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
  }));
