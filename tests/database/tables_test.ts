import { assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError, type Database, openDatabase } from "@confluence-index/confluence-index";
import {
  acquireLease,
  asCompared,
  clearFailures,
  failuresOf,
  knownPages,
  latestRuns,
  type LeaseWish,
  newestChange,
  OvertakenError,
  pageCounts,
  releaseLease,
  renewLease,
  saveAttachments,
  saveFailures,
  saveListedIds,
  savePages,
  saveSpaces,
  startRun,
  tombstonePages,
  unlistedPages,
} from "../../src/database/mod.ts";
import { attachment, page, space } from "../support/samples.ts";

const STAMP = { runId: "run-1", fetchedAt: "2026-01-01T00:00:00.000Z" };

async function withDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  await using database = await openDatabase(":memory:");
  await work(database);
}

Deno.test("savePages() keeps every version and marks the newest as current", () =>
  withDatabase(async (database) => {
    await database.commit(
      savePages(database, [{ page: page({ id: "1", version: 1 }), spaceKey: "A", replaces: null }], STAMP),
    );
    await database.commit(
      savePages(database, [{ page: page({ id: "1", version: 3 }), spaceKey: "A", replaces: 1 }], STAMP),
    );
    assertEquals(await database.all("SELECT version, is_current FROM pages ORDER BY version"), [
      { version: 1, is_current: 0 },
      { version: 3, is_current: 1 },
    ]);
    assertEquals((await database.all("SELECT version FROM current_pages")).length, 1);
  }));

Deno.test("savePages() refuses two current versions of one page", () =>
  withDatabase(async (database) => {
    await database.commit(
      savePages(database, [{ page: page({ id: "1", version: 1 }), spaceKey: "A", replaces: null }], STAMP),
    );
    await assertRejects(() =>
      database.commit(
        savePages(database, [{ page: page({ id: "1", version: 2 }), spaceKey: "A", replaces: null }], STAMP),
      )
    );
    assertEquals(await database.all("SELECT version FROM pages"), [{ version: 1 }]);
  }));

Deno.test("savePages() without a body keeps the body, with one replaces it", () =>
  withDatabase(async (database) => {
    const save = (each: Parameters<typeof page>[0]) =>
      database.commit(savePages(database, [{ page: page(each), spaceKey: "A", replaces: 1 }], STAMP));
    await save({ id: "1", body: { format: "storage", value: "<p>one</p>" } });
    await save({ id: "1", title: "New title", body: null });
    assertEquals(await database.all("SELECT title, body, body_format FROM pages"), [
      { title: "New title", body: "<p>one</p>", body_format: "storage" },
    ]);
    await save({ id: "1", body: { format: "atlas_doc_format", value: "{}" } });
    assertEquals(await database.all("SELECT body, body_format FROM pages"), [{
      body: "{}",
      body_format: "atlas_doc_format",
    }]);
  }));

Deno.test("tombstonePages() hides a page and its attachments, and saving the page brings it back", () =>
  withDatabase(async (database) => {
    await database.commit([
      ...savePages(database, [{ page: page({ id: "1" }), spaceKey: "A", replaces: null }], STAMP),
      ...saveAttachments(database, [{
        attachment: attachment({ id: "att1", pageId: "1" }),
        spaceId: "10",
        replaces: null,
      }], STAMP),
    ]);
    const deletedAt = "2026-02-01T00:00:00.000Z";
    await database.commit(
      tombstonePages(["1"], { deletedAt, reason: "trashed", status: "trashed", runId: "run-2" }),
    );
    assertEquals(await database.all("SELECT id FROM current_pages"), []);
    assertEquals(await database.all("SELECT id FROM current_attachments"), []);
    assertEquals(
      await database.all("SELECT id, status, deletion_reason, deleted_at, run_id FROM deleted_pages"),
      [
        { id: "1", status: "trashed", deletion_reason: "trashed", deleted_at: deletedAt, run_id: "run-2" },
      ],
    );
    await database.commit(
      savePages(database, [{ page: page({ id: "1" }), spaceKey: "A", replaces: 1 }], STAMP),
    );
    assertEquals(await database.all("SELECT id, status FROM current_pages"), [{
      id: "1",
      status: "current",
    }]);
  }));

Deno.test("unlistedPages() are those of the space that the listing has not seen", () =>
  withDatabase(async (database) => {
    const rows = ["1", "2", "3"].map((id) => ({ page: page({ id }), spaceKey: "A", replaces: null }));
    const elsewhere = { page: page({ id: "4", spaceId: "99" }), spaceKey: "B", replaces: null };
    await database.commit([
      ...savePages(database, [...rows, elsewhere], STAMP),
      ...saveListedIds("10", "page", ["1", "3"]),
    ]);
    assertEquals((await unlistedPages(database, "10")).map(({ id }) => id), ["2"]);
    assertEquals(await pageCounts(database), new Map([["10", 3], ["99", 1]]));
  }));

Deno.test("newestChange() takes pages and attachments together", () =>
  withDatabase(async (database) => {
    assertEquals(await newestChange(database, "10"), null);
    const [early, late] = ["2026-01-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"];
    await database.commit([
      ...savePages(
        database,
        [{ page: page({ id: "1", updatedAt: early }), spaceKey: "A", replaces: null }],
        STAMP,
      ),
      ...saveAttachments(database, [{
        attachment: attachment({ id: "att1", pageId: "1", updatedAt: late }),
        spaceId: "10",
        replaces: null,
      }], STAMP),
    ]);
    assertEquals(await newestChange(database, "10"), late);
  }));

Deno.test("saveSpaces() lets pages follow a renamed key", () =>
  withDatabase(async (database) => {
    await database.commit([
      ...saveSpaces(database, [space({ id: "10", key: "OLD" })], STAMP),
      ...savePages(database, [{ page: page({ id: "1" }), spaceKey: "OLD", replaces: null }], STAMP),
    ]);
    await database.commit(
      saveSpaces(database, [space({ id: "10", key: "NEW" })], STAMP, new Map([["10", { key: "OLD" }]])),
    );
    assertEquals(await database.all("SELECT space_key FROM pages"), [{ space_key: "NEW" }]);
    assertEquals(await database.all("SELECT key FROM spaces"), [{ key: "NEW" }]);
  }));

Deno.test("saveFailures() is due at once, then after growing pauses up to a week", () =>
  withDatabase(async (database) => {
    const failure = { kind: "page", id: "1", spaceId: "10", reason: "body", message: "Cannot read" } as const;
    const now = "2026-01-01T00:00:00.000Z";
    const hours: number[] = [];
    for (let i = 0; i < 11; i++) {
      await database.commit(saveFailures([failure], "run", now));
      const [row] = await failuresOf(database, "10", "page");
      assertEquals(row!.attempts, i + 1);
      hours.push((Date.parse(row!.nextTryAt) - Date.parse(now)) / 3_600_000);
    }
    assertEquals(hours, [0, 1, 2, 4, 8, 16, 32, 64, 128, 168, 168]);
    assertEquals(await failuresOf(database, "10", "page", now), []);
    await database.commit(clearFailures("page", ["1"]));
    assertEquals(await failuresOf(database, "10", "page"), []);
  }));

Deno.test("startRun() closes runs that a kill left behind", () =>
  withDatabase(async (database) => {
    const run = {
      command: "ingest",
      completedAt: null,
      status: "running",
      args: "{}",
      metrics: null,
      toolVersion: "0",
    } as const;
    await database.commit(startRun({ ...run, id: "a", startedAt: "2026-01-01T00:00:00.000Z" }));
    await database.commit(startRun({ ...run, id: "b", startedAt: "2026-01-02T00:00:00.000Z" }));
    assertEquals((await latestRuns(database, 5)).map(({ id, status }) => [id, status]), [["b", "running"], [
      "a",
      "interrupted",
    ]]);
  }));

function lease(owner: string, acquiredAt: string, expiresAt: string): LeaseWish {
  return { owner, runId: owner, acquiredAt, expiresAt };
}

Deno.test("acquireLease() takes over what was given by a clock that was a year ahead", () =>
  withDatabase(async (database) => {
    await acquireLease(database, lease("a", "2027-01-01T00:00:00Z", "2027-01-01T00:01:00Z"), ["1"]);
    const now = lease("b", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
    assertEquals(await acquireLease(database, now, ["1"]), null);
    await acquireLease(database, lease("c", "2026-01-01T00:05:00Z", "2026-01-01T00:06:00Z"), ["2"]);
    // Five minutes are no error of a clock.
    assertEquals((await acquireLease(database, now, ["2"]))?.owner, "c");
  }));

Deno.test("acquireLease() is refused while another holds one of the spaces, and takes over what is stale", () =>
  withDatabase(async (database) => {
    const a = lease("a", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
    assertEquals(await acquireLease(database, a, ["1", "2"]), null);
    const early = lease("b", "2026-01-01T00:00:30Z", "2026-01-01T00:01:30Z");
    const holder = await acquireLease(database, early, ["3", "2"]);
    assertEquals([holder?.owner, holder?.spaceId, holder?.expiresAt], ["a", "2", "2026-01-01T00:01:00Z"]);
    assertEquals(await acquireLease(database, early, ["3"]), null);
    assertEquals(
      await acquireLease(database, lease("c", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"), ["2"]),
      null,
    );
    assertEquals(await database.all("SELECT name FROM leases ORDER BY name"), [
      { name: "run:b" },
      { name: "run:c" },
      { name: "space:2" },
      { name: "space:3" },
    ]);
  }));

Deno.test("asCompared() refuses rows that somebody else has written since", () =>
  withDatabase(async (database) => {
    const insert = (id: string, version: number) =>
      `INSERT INTO attachments (id, version, is_current, status, page_id, space_id, filename, download_url, updated_at, run_id,
        fetched_at) VALUES ('${id}', ${version}, 1, 'current', '1', 'S', 'f', '', '', 'r', '')`;
    await database.commit([insert("a1", 2)]);
    const known = new Map([["a1", { version: 2, spaceId: "S", deletedAt: null }]]);
    await database.commit([...asCompared("attachments", ["a1", "a2"], known), insert("a2", 1)]);
    for (
      const wrong of [
        new Map(),
        new Map([["a1", { version: 1, spaceId: "S", deletedAt: null }]]),
        new Map([["a1", { version: 2, spaceId: "T", deletedAt: null }]]),
        new Map([["a1", { version: 2, spaceId: "S", deletedAt: "2026-01-01" }]]),
      ]
    ) {
      const error = await assertRejects(
        () => database.commit([insert("a3", 1), ...asCompared("attachments", ["a1"], wrong)]),
        OvertakenError,
      );
      assertEquals(error.code, "incomplete");
    }
    assertEquals(await database.all("SELECT id FROM attachments ORDER BY id"), [{ id: "a1" }, { id: "a2" }]);
  }));

Deno.test("Database.commit() behind a lost lease writes nothing", () =>
  withDatabase(async (database) => {
    const mine = lease("a", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
    await acquireLease(database, mine, ["1"]);
    database.guardWith(() => renewLease(mine));
    await database.commit(["INSERT INTO meta VALUES ('held', 'yes')"]);
    database.guardWith(undefined);
    await acquireLease(database, lease("b", "2026-01-01T00:05:00Z", "2026-01-01T00:06:00Z"), ["1"]);
    database.guardWith(() => renewLease(mine));
    const error = await assertRejects(
      () => database.commit(["INSERT INTO meta VALUES ('lost', 'yes')"]),
      ConfluenceIndexError,
      "another run has taken it over",
    );
    assertEquals(error.code, "locked");
    database.guardWith(undefined);
    assertEquals(await database.all("SELECT key FROM meta"), [{ key: "held" }]);
    await database.commit(releaseLease(mine));
    assertEquals(await database.all("SELECT DISTINCT owner FROM leases"), [{ owner: "b" }]);
  }));

Deno.test("knownPages() finds pages whose ids hold SQL", () =>
  withDatabase(async (database) => {
    const id = `1'); DROP TABLE pages; --"`;
    await database.commit(
      savePages(database, [{ page: page({ id, title: id }), spaceKey: id, replaces: null }], STAMP),
    );
    assertEquals((await knownPages(database, [id])).get(id)?.title, id);
  }));
