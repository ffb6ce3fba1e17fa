import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { search } from "../../src/query/mod.ts";
import { test } from "../support/each_database.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const LABELS = "SELECT labels FROM pages WHERE is_current = 1 ORDER BY length(id), id";
const TABLE = "SELECT page_id, label, prefix FROM page_labels ORDER BY page_id, label";
const ONE_BY_ONE = "GET /wiki/api/v2/pages/{id}/labels";

test("ingest() reads labels in bulk: in order, in the table, in the artifact's line, in the search", () =>
  withBench(async ({ site, fake, ingest, rows, column, database }) => {
    const [first, second, third] = addPages(site, "DOCS", 3);
    for (const label of ["zeta", "how-to", "my:favourite", "team:blue"]) site.addLabel(first!, label);
    site.addLabel(second!, "how-to");
    const run = await ingest(DOCS);
    assertEquals(run.status, "complete");
    assertEquals(await column(LABELS), ['["how-to","team:blue","zeta"]', '["how-to"]', "[]"]);
    assertEquals(await rows(TABLE), [
      { page_id: first, label: "blue", prefix: "team" },
      { page_id: first, label: "how-to", prefix: "global" },
      { page_id: first, label: "zeta", prefix: "global" },
      { page_id: second, label: "how-to", prefix: "global" },
    ]);
    assertEquals(
      await column("SELECT kind FROM events WHERE kind = 'labeled'"),
      [],
      "read first, not changed",
    );
    assertEquals(await column("SELECT count(*) FROM listed_labels"), [0]);
    assertEquals(fake.counters.byEndpoint[ONE_BY_ONE], undefined);
    const found = await search(database, { words: "zeta" });
    assertEquals(found.hits.map(({ id }) => id), [first]);
    const how = await search(database, { words: "DOCS", labels: ["HOW-TO"] });
    assertEquals(how.hits.map(({ id }) => id).sort(), [first!, second!].sort());
    assert(third !== undefined);
  }));

test("ingest() finds changed labels at the reconciliation: an event, the table, and the run's own pages", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [first, second] = addPages(site, "DOCS", 3);
    site.addLabel(first!, "old");
    await ingest(DOCS);
    pass(DAY);
    site.removeLabel(first!, "old");
    site.addLabel(first!, "new");
    site.addLabel(second!, "new");
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.labels_changed, run.metrics.updated], ["complete", 2, 0]);
    assertEquals(await column(LABELS), ['["new"]', '["new"]', "[]"]);
    assertEquals(
      await rows(
        "SELECT subject_id, version, old_value, new_value FROM events WHERE kind = 'labeled' ORDER BY id",
      ),
      [
        { subject_id: first, version: 1, old_value: '["old"]', new_value: '["new"]' },
        { subject_id: second, version: 1, old_value: "[]", new_value: '["new"]' },
      ],
    );
    assertEquals(await column("SELECT id FROM pages WHERE run_id = ? ORDER BY id", run.runId), [
      first,
      second,
    ]);
    assertEquals(await column("SELECT page_id FROM page_labels WHERE label = 'old'"), []);
    pass(DAY);
    const again = await ingest({ reconcile: true });
    assertEquals(again.metrics.labels_changed, 0);
    assertEquals(
      await column("SELECT id FROM pages WHERE run_id = ?", again.runId),
      [],
      "nothing is written",
    );
  }));

test("ingest() takes labels along with what changed, and asks for nothing more", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [first] = addPages(site, "DOCS", 2);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(first!, { body: "<p>new</p>" });
    site.addLabel(first!, "edited");
    const added = site.addPage({ spaceKey: "DOCS", title: "Another", body: "<p></p>" }).id;
    site.addLabel(added, "fresh");
    pass(MINUTE);
    fake.counters.reset();
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.spaces[0]!.mode, run.metrics.labels_changed], ["delta", 1]);
    assertEquals(await column(LABELS), ['["edited"]', "[]", '["fresh"]']);
    assertEquals(fake.counters.total, 4, "who, spaces, search, pages");
  }));

test("a page keeps its labels over a new version, and page_labels follows it into and out of deletion", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [first] = addPages(site, "DOCS", 12);
    site.addLabel(first!, "kept");
    await ingest(DOCS);
    pass(DAY);
    site.trashPage(first!);
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT labels FROM deleted_pages"), ['["kept"]']);
    assertEquals(await column("SELECT page_id FROM page_labels"), []);
    site.restorePage(first!);
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT page_id FROM page_labels"), [first]);
    assertEquals(await column("SELECT labels FROM pages WHERE id = ? ORDER BY version", first!), [
      '["kept"]',
      '["kept"]',
    ]);
  }));

test("ingest() asks for labels page by page where the search does not show a page, or not all its labels", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [many, , archived] = addPages(site, "DOCS", 3);
    for (let n = 0; n < 230; n++) site.addLabel(many!, `label-${n}`);
    site.addLabel(archived!, "past");
    site.archivePage(archived!);
    pass(DAY);
    const run = await ingest({ ...DOCS, includeArchived: true });
    assertEquals(run.status, "complete");
    assertEquals(fake.counters.byEndpoint[ONE_BY_ONE], 2);
    assertEquals((await column(LABELS)).map((labels) => JSON.parse(String(labels)).length), [230, 0, 1]);
  }));

test("ingest() reads labels page by page for an account that may not search", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const [first] = addPages(site, "DOCS", 3);
    site.addLabel(first!, "found");
    fake.faults.add({
      kind: "status",
      status: 403,
      times: Infinity,
      match: { endpoint: "GET /wiki/rest/api/content/search" },
    });
    const run = await ingest(DOCS);
    assertEquals(run.status, "complete");
    assertStringIncludes(run.spaces[0]!.notes.join(), "attachments and labels are read page by page");
    assertEquals(await column(LABELS), ['["found"]', "[]", "[]"]);
    assertEquals(fake.counters.byEndpoint[ONE_BY_ONE], 3);
  }));

test("labels that cannot be read stop nothing, are on record, and come with a later run", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const [first] = addPages(site, "DOCS", 2);
    for (let n = 0; n < 201; n++) site.addLabel(first!, `label-${n}`);
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: { endpoint: ONE_BY_ONE } });
    const run = await ingest(DOCS);
    assertEquals([run.status, run.metrics.labels_failed, run.metrics.added], ["incomplete", 1, 2]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures"), [
      { kind: "labels", id: first, reason: "labels" },
    ]);
    assertEquals(await column(LABELS), [null, "[]"]);
    fake.faults.clear();
    pass(DAY);
    const next = await ingest({ deletions: "on_demand" });
    assertEquals([next.status, next.spaces[0]!.mode], ["complete", "delta"]);
    assertEquals(await column("SELECT count(*) FROM page_labels"), [201]);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("one broken label on the wire costs its own page a request, nothing else", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const [first, second] = addPages(site, "DOCS", 2);
    site.addLabel(first!, "broken");
    site.addLabel(second!, "well");
    fake.faults.add({
      kind: "transform",
      match: { endpoint: "GET /wiki/rest/api/content/search" },
      change: (body) => JSON.parse(JSON.stringify(body).replaceAll('"name":"broken"', '"name":7')),
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column(LABELS), ['["broken"]', '["well"]']);
  }));

test("the choice of labels is remembered for each space; taken in again, all of them are read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [first] = addPages(site, "DOCS", 2);
    addPages(site, "TEAM", 1);
    site.addLabel(first!, "found");
    await ingest({ ...BOTH, kinds: { labels: false } });
    pass(DAY);
    await ingest();
    assertEquals(await column(LABELS), [null, null, null]);
    assertEquals(await column("SELECT kinds FROM sync_state"), ["{}", "{}"]);
    pass(DAY);
    fake.counters.reset();
    const run = await ingest({ ...DOCS, kinds: { labels: true }, deletions: "on_demand" });
    assertEquals([run.status, run.spaces[0]!.mode], ["complete", "delta"]);
    assertEquals(fake.counters.total, 5, "who, spaces, what changed, all labels, who still");
    assertEquals(await column(LABELS), ['["found"]', "[]", null]);
    assertEquals(await column("SELECT kind FROM events WHERE kind = 'labeled'"), []);
    assertEquals(await column("SELECT id FROM pages WHERE run_id = ?", run.runId), [first]);
    pass(DAY);
    fake.counters.reset();
    await ingest({ ...DOCS, deletions: "on_demand" });
    assertEquals(fake.counters.total, 3, "remembered, and read as a whole already");
  }));
