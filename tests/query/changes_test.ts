import { assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import {
  type ChangeEvent,
  type Database,
  openDatabase,
  saveAttachments,
  saveEvents,
  savePages,
  saveSpaces,
  startRun,
} from "../../src/database/mod.ts";
import { changeFeed, type FeedEntry, type FeedOptions } from "../../src/query/mod.ts";
import { attachment, page, space } from "../support/samples.ts";

const AT = "2026-03-01T00:00:00.000Z";
const STAMP = { runId: "run-1", fetchedAt: AT };
const NO_SUGGESTION = () => Promise.resolve(undefined);

/** An index of two spaces, three pages and an attachment, and three runs that saw nothing yet. */
async function withIndex(work: (database: Database) => Promise<void>): Promise<void> {
  await using database = await openDatabase(":memory:");
  const pages = [
    page({ id: "1", title: "Home", spaceId: "10" }),
    page({ id: "2", title: "Guide", spaceId: "10" }),
    page({ id: "3", title: "Notes", spaceId: "20" }),
  ];
  await database.commit([
    ...saveSpaces(database, [space({ id: "10", key: "DOCS" }), space({ id: "20", key: "TEAM" })], {
      runId: "run-1",
      fetchedAt: AT,
    }),
    ...savePages(database, pages.map((each) => ({ page: each, spaceKey: "X", replaces: null })), STAMP),
    ...saveAttachments(
      database,
      [{ attachment: attachment({ id: "att1", filename: "plan.pdf" }), spaceId: "10", replaces: null }],
      STAMP,
    ),
    ...["run-1", "run-2", "run-3"].flatMap((id, i) =>
      startRun({
        id,
        command: "ingest",
        // The last two start at the same moment: their ids tell the order.
        startedAt: `2026-03-0${Math.min(i + 1, 2)}T00:00:00.000Z`,
        completedAt: null,
        status: "running",
        args: "{}",
        metrics: null,
        toolVersion: "0.0.0",
      })
    ),
  ]);
  await work(database);
}

function event(given: Partial<ChangeEvent>): ChangeEvent {
  return {
    kind: "updated",
    subject: "page",
    subjectId: "1",
    version: 1,
    spaceId: "10",
    oldValue: "1",
    newValue: "2",
    ...given,
  };
}

function feed(database: Database, options: Partial<FeedOptions> = {}): Promise<FeedEntry[]> {
  return Array.fromAsync(changeFeed(database, { runs: ["latest"], suggest: NO_SUGGESTION, ...options }));
}

const place = (space_id: string, parent_id: string | null, position = 0, parent_type = "page") =>
  JSON.stringify({ space_id, parent_id, parent_type: parent_id === null ? null : parent_type, position });

Deno.test("changeFeed() tells what one run changed, in order, with names", () =>
  withIndex(async (database) => {
    await database.commit([
      ...saveEvents([event({ subjectId: "2" })], "run-1", AT),
      ...saveEvents(
        [
          event({ kind: "added", subjectId: "3", spaceId: "20", oldValue: null, newValue: "Notes" }),
          event({
            kind: "added",
            subject: "attachment",
            subjectId: "att1",
            oldValue: null,
            newValue: "plan.pdf",
          }),
          event({ kind: "gone", subjectId: "999", version: 4, oldValue: "Purged", newValue: null }),
        ],
        "run-2",
        AT,
      ),
    ]);
    assertEquals(await feed(database, { runs: ["run-2"] }), [
      {
        at: AT,
        run_id: "run-2",
        kind: "added",
        subject: "page",
        id: "3",
        title: "Notes",
        space_key: "TEAM",
        version: 1,
        old: null,
        new: "Notes",
      },
      {
        at: AT,
        run_id: "run-2",
        kind: "added",
        subject: "attachment",
        id: "att1",
        title: "plan.pdf",
        space_key: "DOCS",
        version: 1,
        old: null,
        new: "plan.pdf",
      },
      {
        at: AT,
        run_id: "run-2",
        kind: "gone",
        subject: "page",
        id: "999",
        title: null,
        space_key: "DOCS",
        version: 4,
        old: "Purged",
        new: null,
      },
    ]);
    assertEquals(await feed(database, { runs: ["run-3"] }), []);
  }));

Deno.test("changeFeed() of two runs leaves out the first and takes in the second", () =>
  withIndex(async (database) => {
    for (const run of ["run-1", "run-2", "run-3"]) {
      await database.commit(saveEvents([event({ oldValue: run })], run, AT));
    }
    const told = async (first: string, second: string) =>
      (await feed(database, { runs: [first, second] })).map((entry) => entry.run_id);
    assertEquals(await told("run-1", "run-3"), ["run-2", "run-3"]);
    assertEquals(await told("run-1", "latest"), ["run-2", "run-3"]);
    assertEquals(await told("run-2", "run-3"), ["run-3"]);
    assertEquals(await told("run-2", "run-2"), []);
    const error = await assertRejects(
      () => told("run-3", "run-2"),
      ConfluenceIndexError,
      "the first started later",
    );
    assertEquals(error.code, "usage");
  }));

Deno.test("changeFeed() titles a change as the page was called at that version", () =>
  withIndex(async (database) => {
    await database.commit([
      ...savePages(
        database,
        [{ page: page({ id: "1", version: 2, title: "Welcome" }), spaceKey: "DOCS", replaces: 1 }],
        STAMP,
      ),
      ...saveEvents(
        [event({ version: 1 }), event({ version: 2 }), event({ version: 7 }), event({ version: null })],
        "run-3",
        AT,
      ),
    ]);
    assertEquals((await feed(database)).map(({ title }) => title), ["Home", "Welcome", "Welcome", "Welcome"]);
  }));

Deno.test("changeFeed() makes places of moved pages readable, and leaves all other values alone", () =>
  withIndex(async (database) => {
    await database.commit(
      saveEvents(
        [
          event({
            kind: "moved",
            subjectId: "2",
            oldValue: place("10", "1", 3),
            newValue: place("20", null),
          }),
          event({
            kind: "moved",
            subjectId: "2",
            oldValue: place("10", "77", 0, "folder"),
            newValue: place("30", "1"),
          }),
          event({ kind: "moved", subjectId: "2", oldValue: '{"space_id":"20"}', newValue: "4242" }),
          event({ kind: "moved", subject: "attachment", subjectId: "att1", oldValue: "1", newValue: "2" }),
          event({ kind: "renamed", subjectId: "2", oldValue: '{"space_id":"20"}', newValue: "{broken" }),
        ],
        "run-3",
        AT,
      ),
    );
    const docs = { space_id: "10", space_key: "DOCS" };
    assertEquals((await feed(database)).map(({ old, new: now }) => [old, now]), [
      [
        { ...docs, parent_id: "1", parent_type: "page", parent_title: "Home", position: 3 },
        {
          space_id: "20",
          space_key: "TEAM",
          parent_id: null,
          parent_type: null,
          parent_title: null,
          position: 0,
        },
      ],
      [
        { ...docs, parent_id: "77", parent_type: "folder", parent_title: null, position: 0 },
        {
          space_id: "30",
          space_key: "30",
          parent_id: "1",
          parent_type: "page",
          parent_title: "Home",
          position: 0,
        },
      ],
      // A tombstone: the old title, whatever it looks like, and the space outside.
      ['{"space_id":"20"}', "4242"],
      ["1", "2"],
      ['{"space_id":"20"}', "{broken"],
    ]);
  }));

Deno.test("changeFeed() filters by subject and by space, moves out of the space included", () =>
  withIndex(async (database) => {
    await database.commit(
      saveEvents(
        [
          event({ subjectId: "1" }),
          event({ subjectId: "3", spaceId: "20" }),
          event({
            kind: "moved",
            subjectId: "2",
            spaceId: "20",
            oldValue: place("10", null),
            newValue: place("20", null),
          }),
          event({
            kind: "renamed",
            subjectId: "3",
            spaceId: "20",
            oldValue: '{"space_id":"10"}',
            newValue: "x",
          }),
          event({ subject: "attachment", subjectId: "att1" }),
        ],
        "run-3",
        AT,
      ),
    );
    const ids = async (options: Partial<FeedOptions>) => (await feed(database, options)).map(({ id }) => id);
    assertEquals(await ids({ space: "docs" }), ["1", "2", "att1"]);
    assertEquals(await ids({ space: "10", subject: "page" }), ["1", "2"]);
    assertEquals(await ids({ space: "TEAM" }), ["3", "2", "3"]);
    assertEquals(await ids({ subject: "attachment" }), ["att1"]);
  }));

Deno.test("changeFeed() streams a long feed in parts, without loss and without sorting", () =>
  withIndex(async (database) => {
    const many = Array.from({ length: 4503 }, (_, i) => event({ subjectId: String(i), oldValue: String(i) }));
    await database.commit([
      ...saveEvents([event({ subjectId: "before" })], "run-1", AT),
      ...saveEvents(many.slice(0, 2700), "run-2", AT),
      ...saveEvents(many.slice(2700), "run-3", AT),
    ]);
    const sizes: number[] = [];
    const sorts: string[] = [];
    const spy = {
      all: async <T>(sql: string, args: readonly (string | number | null)[] = []): Promise<T[]> => {
        const rows = await database.all<T>(sql, args);
        if (sql.includes("FROM events e")) {
          sizes.push(rows.length);
          const plan = await database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, args);
          sorts.push(...plan.map(({ detail }) => detail).filter((detail) => detail.includes("TEMP B-TREE")));
        }
        return rows;
      },
      first: <T>(sql: string, args: readonly (string | number | null)[] = []) => database.first<T>(sql, args),
    };
    const entries = await feed(spy as Database, { runs: ["run-1", "run-3"] });
    assertEquals(entries.map(({ id }) => id), many.map(({ subjectId }) => subjectId));
    assertEquals(sizes, [2000, 2000, 503]);
    assertEquals(sorts, []);
  }));

Deno.test("changeFeed() explains runs and spaces that are not there", () =>
  withIndex(async (database) => {
    const suggest = (word: string, known: readonly string[]) =>
      Promise.resolve(known.find((each) => each.startsWith(word)));
    const refusal = (options: Partial<FeedOptions>) =>
      assertRejects(() => feed(database, { suggest, ...options }), ConfluenceIndexError);
    assertEquals(
      (await refusal({ runs: ["run"] })).hint,
      "Did you mean run-3? The latest are run-3, run-2, run-1.",
    );
    assertEquals((await refusal({ runs: ["x"] })).hint, "The latest are run-3, run-2, run-1.");
    assertEquals((await refusal({ runs: ["run-1", "x"] })).code, "usage");
    assertEquals((await refusal({ space: "DOC" })).hint, "Did you mean DOCS?");
    assertEquals((await refusal({ space: "x" })).hint, "confluence-index status lists them.");
    await database.commit(["DELETE FROM runs"]);
    assertEquals((await refusal({ runs: ["latest"] })).hint, "Run ingest first.");
  }));
