import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import { without } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, withBench } from "./setup.ts";

test("findMissing looks at attachments that came with a page into an empty space", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 3);
    const file = site.attach(id!, { filename: "a.png" });
    await ingest(BOTH);
    pass(DAY);
    site.movePage(id!, { spaceKey: "TEAM" });
    site.deleteAttachment(file.id);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", id!), ["TEAM"]);
    assertEquals(await column("SELECT id FROM current_attachments"), []);
    assertEquals(await column("SELECT deletion_reason FROM attachments"), ["trashed"]);
  }));

test("findMissing finds the page of an attachment that hangs on no page of the index, or calls it moved", () =>
  withBench(async ({ site, fake, ingest, column, rows }) => {
    const [here] = addPages(site, "DOCS", 2);
    site.addSpace({ key: "FAR" });
    const [there] = addPages(site, "FAR", 1);
    site.attach(here!, { filename: "here.png" });
    const stray = site.attach(there!, { filename: "there.png" });
    // The search is wrong about the space of one attachment, and the listing leaves a page out.
    const off = fake.faults.add({
      kind: "transform",
      times: Infinity,
      match: { path: "/content/search" },
      change: (body) => ({
        ...body as object,
        results: (body as { results: object[] }).results.map((row) => ({ ...row, space: { key: "DOCS" } })),
      }),
    });
    fake.site.index.catchUp(Infinity, 0);
    const lie = fake.faults.add({
      kind: "transform",
      match: { path: "/content/search" },
      change: (body) => {
        const { results, ...rest } = body as { results: Record<string, unknown>[] };
        const strange = {
          ...results.find(({ type }) => type === "attachment")!,
          id: stray.id,
          title: "there.png",
          container: { id: there, type: "page", title: "FAR 1" },
        };
        return { ...rest, results: [...results, strange] };
      },
    });
    const hidden = fake.faults.add({
      kind: "transform",
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
      change: without(here!),
    });
    await ingest(DOCS);
    off();
    lie();
    hidden();
    assertEquals(await column("SELECT filename FROM current_attachments"), ["here.png"]);
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", here!), [here]);
    assertEquals(await rows("SELECT id, deletion_reason FROM attachments WHERE deleted_at IS NOT NULL"), [
      { id: stray.id, deletion_reason: "moved" },
    ]);
  }));

test("findMissing brings back with a page what went with it, and nothing that had gone before", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    const [kept, gone] = ["kept.png", "gone.png"].map((filename) => site.attach(ids[0]!, { filename }).id);
    await ingest(DOCS);
    site.deleteAttachment(gone!);
    pass(DAY);
    await ingest({ reconcile: true });
    pass(DAY);
    site.trashPage(ids[0]!);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT id FROM current_attachments"), []);
    pass(DAY);
    site.restorePage(ids[0]!);
    fake.counters.reset();
    const delta = await ingest({ deletions: "on_demand" });
    assertEquals([delta.status, delta.metrics.restored], ["complete", 1]);
    assertEquals(await column("SELECT id FROM current_attachments"), [kept]);
    assertEquals(fake.counters.byEndpoint["GET /wiki/api/v2/attachments/{id}"], undefined);
  }));

test("findMissing does not count a listing that left out pages that are there", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 20);
    const [old] = addPages(site, "TEAM", 1);
    await ingest(DOCS);
    const before = await column("SELECT reconciled_at FROM sync_state");
    pass(8 * DAY);
    site.movePage(old!, { spaceKey: "DOCS" });
    fake.faults.add({
      kind: "transform",
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
      change: (body) => ({ results: (body as { results: unknown[] }).results.slice(0, 5) }),
    });
    const short = await ingest();
    assertEquals([short.spaces[0]!.mode, short.status, short.metrics.deleted, short.discrepancies], [
      "reconcile",
      "incomplete",
      0,
      [],
    ]);
    assertStringIncludes(short.spaces[0]!.notes.join(), "left out 15 pages that are there");
    assertEquals(await column("SELECT reconciled_at FROM sync_state"), before);
    const again = await ingest();
    assertEquals([again.spaces[0]!.mode, again.status, again.metrics.unchanged], [
      "reconcile",
      "complete",
      21,
    ]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [ids.length + 1]);
  }));
