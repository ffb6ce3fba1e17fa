import { assertEquals, assertStringIncludes } from "@std/assert";
import type { FaultRule } from "../support/fake/mod.ts";
import { test } from "../support/each_database.ts";
import { without } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, withBench } from "./setup.ts";

const SINGLE = "GET /wiki/api/v2/pages/{id}";

const DOUBTFUL: readonly (readonly [string, FaultRule])[] = [
  ["a bare 404", { kind: "reject-credential" }],
  ["a 403", { kind: "status", status: 403 }],
  ["a 404 of the edge", { kind: "edge", status: 404 }],
  ["a 403 of the edge", { kind: "edge", status: 403 }],
  ["a 500", { kind: "status", status: 500 }],
  ["a 404 without a name", { kind: "status", status: 404, body: "html" }],
  ["a broken answer", { kind: "truncate" }],
  ["a reset", { kind: "reset" }],
  ["a page of an unknown status", {
    kind: "transform",
    change: (body) => ({ ...body as object, status: "limbo" }),
  }],
];

for (const [what, rule] of DOUBTFUL) {
  test(`lookAgain keeps a page and an attachment whose second look is ${what}`, () =>
    withBench(async ({ site, fake, ingest, pass, rows, column }) => {
      const [lost, home] = addPages(site, "DOCS", 5);
      const file = site.attach(home!, { filename: "a.png" });
      await ingest(DOCS);
      pass(DAY);
      if (what === "a page of an unknown status") {
        fake.faults.add({ ...dropping(lost!), match: { endpoint: "GET /wiki/api/v2/pages" } });
        fake.faults.add({ ...dropping(lost!), match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" } });
      } else {
        site.purgePage(lost!);
        site.purgeAttachment(file.id);
      }
      for (const endpoint of [SINGLE, "GET /wiki/api/v2/attachments/{id}"]) {
        fake.faults.add({ ...rule, times: Infinity, match: { endpoint } });
      }
      const run = await ingest({ reconcile: true });
      assertEquals([run.status, run.metrics.deleted, run.metrics.attachments_deleted], ["incomplete", 0, 0]);
      assertEquals(await column("SELECT count(*) FROM pages WHERE deleted_at IS NOT NULL"), [0]);
      const doubts = await rows(
        "SELECT kind, reason, attempts FROM failures WHERE reason = 'doubtful' ORDER BY kind",
      );
      assertEquals(doubts[doubts.length - 1], { kind: "page", reason: "doubtful", attempts: 1 });
      assertStringIncludes(run.spaces[0]!.notes.join(), "could not be checked and were kept");
      // The reconciliation was none: it is due again, and the doubt is counted.
      const again = await ingest();
      assertEquals(again.spaces[0]!.mode, "delta");
      const [reconciled] = await column("SELECT reconciled_at FROM sync_state");
      await ingest({ reconcile: true });
      assertEquals(await column("SELECT reconciled_at FROM sync_state"), [reconciled]);
      assertEquals(await column("SELECT attempts > 1 FROM failures WHERE kind = 'page'"), [1]);
      fake.faults.clear();
      const clear = await ingest({ reconcile: true });
      const gone = what === "a page of an unknown status" ? 0 : 1;
      assertEquals([clear.status, clear.metrics.deleted], ["complete", gone]);
      assertEquals(await column("SELECT count(*) FROM failures"), [0]);
      assertEquals(await column("SELECT count(*) FROM current_attachments"), [1 - gone]);
    }));
}

function dropping(id: string): Extract<FaultRule, { kind: "transform" }> {
  return {
    kind: "transform",
    times: Infinity,
    change: without(id),
  };
}

test("lookAgain tells trashed, archived, moved out of scope and gone apart, and finds what moved within", () =>
  withBench(async ({ site, ingest, pass, rows, column }) => {
    const [trashed, archived, far, purged, hidden, near, stays] = addPages(site, "DOCS", 7);
    addPages(site, "TEAM", 1);
    site.addSpace({ key: "FAR" });
    await ingest(BOTH);
    pass(DAY);
    site.trashPage(trashed!);
    site.archivePage(archived!);
    site.movePage(far!, { spaceKey: "FAR" });
    site.purgePage(purged!);
    site.hidePage(hidden!);
    site.movePage(near!, { spaceKey: "TEAM" });
    const run = await ingest({ reconcile: true, ...DOCS });
    assertEquals([run.status, run.metrics.deleted, run.discrepancies], ["complete", 5, []]);
    assertEquals(await rows("SELECT id, deletion_reason, status FROM deleted_pages ORDER BY id"), [
      { id: trashed, deletion_reason: "trashed", status: "trashed" },
      { id: archived, deletion_reason: "archived", status: "archived" },
      { id: far, deletion_reason: "moved", status: "current" },
      { id: purged, deletion_reason: "gone", status: "current" },
      { id: hidden, deletion_reason: "gone", status: "current" },
    ]);
    assertEquals(
      await rows("SELECT id, space_key FROM current_pages WHERE id IN (?, ?) ORDER BY id", near!, stays!),
      [
        { id: near, space_key: "TEAM" },
        { id: stays, space_key: "DOCS" },
      ],
    );
    assertEquals(
      await column(
        "SELECT kind FROM events WHERE subject_id IN (?, ?, ?, ?, ?) AND kind <> 'added' ORDER BY subject_id",
        trashed!,
        archived!,
        far!,
        purged!,
        hidden!,
      ),
      ["trashed", "archived", "moved", "gone", "gone"],
    );
  }));

test("lookAgain brakes each space by itself: more than a fifth and more than ten", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    const docs = addPages(site, "DOCS", 30);
    const team = addPages(site, "TEAM", 100);
    const few = site.addSpace({ key: "FEW" });
    const small = addPages(site, "FEW", 12);
    const all = { selection: { keys: ["DOCS", "TEAM", "FEW"] } };
    await ingest(all);
    pass(DAY);
    for (const id of docs.slice(0, 11)) site.trashPage(id); // 11 of 30: held
    for (const id of team.slice(0, 20)) site.trashPage(id); // 20 of 100: a fifth, not more
    for (const id of small.slice(0, 10)) site.trashPage(id); // 10 of 12: ten, not more
    const run = await ingest({ reconcile: true });
    assertEquals(run.spaces.map(({ space, status, account }) => [space.key, status, account.deleted]), [
      ["DOCS", "held", 0],
      ["FEW", "complete", 10],
      ["TEAM", "complete", 20],
    ]);
    assertEquals([run.status, run.discrepancies], ["incomplete", []]);
    assertEquals(
      await rows(
        "SELECT key, reconciled_at > fetched_at AS fresh FROM sync_state y JOIN spaces s ON s.id = y.space_id WHERE key = 'DOCS'",
      ),
      [{ key: "DOCS", fresh: 0 }],
    );
    // It stays due until somebody looks.
    pass(8 * DAY);
    assertEquals((await ingest()).spaces[0]!.status, "held");
    assertEquals((await ingest({ reconcile: true, allowMassDeletion: true })).metrics.deleted, 11);
    assertEquals(few.key, "FEW");
  }));

test("lookAgain asks for no page one by one where the brake holds", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const ids = addPages(site, "DOCS", 60);
    await ingest(DOCS);
    pass(DAY);
    for (const id of ids.slice(0, 50)) site.hidePage(id);
    fake.counters.reset();
    assertEquals((await ingest({ reconcile: true })).spaces[0]!.status, "held");
    assertEquals(fake.counters.byEndpoint[SINGLE], undefined);
  }));

test("lookAgain believes nothing when the space stops answering meanwhile", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 4);
    await ingest(DOCS);
    pass(DAY);
    site.trashPage(id!);
    const off = fake.faults.onRequest(({ query }) => {
      if (query.getAll("status").includes("trashed")) site.hideSpace("DOCS");
    });
    const run = await ingest({ reconcile: true });
    off();
    assertEquals([run.status, run.metrics.deleted], ["incomplete", 0]);
    assertStringIncludes(run.spaces[0]!.notes.join(), "stopped answering");
    assertEquals(await column("SELECT count(*) FROM deleted_pages"), [0]);
    site.unhideSpace("DOCS");
    assertEquals((await ingest({ reconcile: true })).metrics.deleted, 1);
  }));

test("lookAgain takes a scoped token that may not read users for a token", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 4);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.purgePage(id!);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.deleted], ["complete", 1]);
    assertEquals(await column("SELECT deletion_reason FROM deleted_pages"), ["gone"]);
  }, {
    gateway: true,
    fake: {
      accounts: [{
        email: "ana@example.com",
        token: "scoped",
        kind: "scoped",
        scopes: [
          "read:space:confluence",
          "read:page:confluence",
          "read:attachment:confluence",
          "search:confluence",
        ],
      }],
    },
  }));

test("lookAgain believes no answer about another page or attachment than the one it asked for", () =>
  withBench(async ({ site, fake, ingest, pass, column, rows }) => {
    const [lost, home] = addPages(site, "DOCS", 5);
    const file = site.attach(home!, { filename: "a.png" });
    await ingest(DOCS);
    pass(DAY);
    for (const path of ["/spaces/", "/v2/pages", "/content/search"]) {
      for (const id of [lost!, file.id]) {
        const match = ({ path: asked }: { path: string }) => asked.includes(path) && !asked.includes(id);
        fake.faults.add({ ...dropping(id), match });
      }
    }
    for (const endpoint of [SINGLE, "GET /wiki/api/v2/attachments/{id}"]) {
      fake.faults.add({
        kind: "transform",
        times: Infinity,
        match: { endpoint },
        change: (body) => ({ ...body as object, id: "4711", status: "trashed" }),
      });
    }
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.deleted, run.metrics.attachments_deleted], ["incomplete", 0, 0]);
    assertEquals(await rows("SELECT id, reason FROM failures ORDER BY kind"), [
      { id: file.id, reason: "doubtful" },
      { id: lost, reason: "doubtful" },
    ]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [5]);
  }));
