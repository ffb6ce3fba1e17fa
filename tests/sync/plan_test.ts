import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openIndex } from "../../src/database/mod.ts";
import {
  type IngestResult,
  type Plan,
  plan,
  type PlanOptions,
  type SpaceResult,
} from "../../src/sync/mod.ts";
import { snapshot } from "../query/support.ts";
import type { FakeConfluence } from "../support/fake/mod.ts";
import type { VirtualClock } from "../support/clock.ts";
import { randomOptions } from "../support/simulation/runs.ts";
import { clearUp } from "../support/simulation/weather.ts";
import { World } from "../support/simulation/world.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { test } from "../support/each_database.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

interface Place {
  readonly fake: FakeConfluence;
  readonly clock: VirtualClock;
  readonly database: PlanOptions["database"];
}

/** What plan and ingest can be asked alike. */
type Wishes = Omit<Partial<PlanOptions>, "client" | "clock" | "database">;

/** Makes a plan to its end, waits included. */
function planFor(
  { fake, clock, database }: Place,
  wishes: Wishes = {},
): Promise<Plan> {
  const account = fake.site.accounts[0]!;
  const client = new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: account.email,
    apiToken: account.token,
    fetch: fake.fetch,
    clock,
    random: () => 0.5,
    limits: { requestsPerSecond: 1000 },
    signal: wishes.signal,
  });
  return clock.run(plan({ client, database, clock, ...wishes }));
}

/** What plan and ingest must agree on, space by space. */
function decisions({ space, mode, status, account, notes, error }: SpaceResult): Record<string, unknown> {
  return {
    key: space.key,
    mode,
    status,
    notes,
    error: error?.message ?? null,
    listed: account.listed,
    unchanged: account.unchanged,
    added: account.added,
    updated: account.updated,
    restored: account.restored,
    deleted: account.deleted,
    movedIn: account.movedIn,
    movedOut: account.movedOut,
    skipped: Object.fromEntries(account.skipped),
    failed: Object.fromEntries(account.failed),
    attachments: { ...account.attachments },
  };
}

/** Plans, ingests with the same wishes, and compares: the plan must have known everything. */
async function assertForeseen(bench: Bench, wishes: Wishes): Promise<[Plan, IngestResult]> {
  const planned = await planFor(bench, wishes);
  const result = await bench.ingest(wishes);
  assertEquals(planned.spaces.map(decisions), result.spaces.map(decisions));
  assertEquals(planned.estimate.requests, result.metrics.requests);
  assertEquals(planned.estimate.pages, result.metrics.pages);
  assertEquals(planned.complete, result.status === "complete");
  return [planned, result];
}

test("plan() foresees a first ingest, and receives no body", () =>
  withBench(async (bench) => {
    const ids = addPages(bench.site, "DOCS", 260);
    bench.site.attach(ids[0]!, { filename: "a.png" });
    bench.fake.counters.reset();
    const [planned] = await assertForeseen(bench, DOCS);
    assertEquals(planned.asked, planned.estimate.requests);
    assertEquals(planned.spaces[0]?.account.added, 260);
    const bodies = bench.fake.counters.log.map(({ url }) => url.includes("body-format="));
    // The plan asks first, then the ingest asks the same with bodies.
    assert(!bodies.slice(0, planned.asked).includes(true));
    assert(bodies.slice(planned.asked).includes(true));
  }));

test("plan() of an index that is not there yet is the plan of a first ingest", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 3);
    await using index = await openIndex(":memory:", { mayBeMissing: true });
    const planned = await planFor({ ...bench, database: index }, DOCS);
    assertEquals(planned.spaces.map(({ mode, account }) => [mode, account.added]), [["first", 3]]);
    assertEquals(planned.estimate.from_runs, 0);
  }));

test("plan() foresees changes, and a day without any", () =>
  withBench(async (bench) => {
    const ids = addPages(bench.site, "DOCS", 5);
    await bench.ingest(DOCS);
    bench.pass(60 * MINUTE);
    bench.site.editPage(ids[0]!, { body: "<p>new</p>" });
    bench.site.renamePage(ids[1]!, "Renamed");
    bench.site.addPage({ spaceKey: "DOCS", title: "New" });
    bench.site.attach(ids[2]!, { filename: "a.png" });
    bench.pass(MINUTE);
    const [planned] = await assertForeseen(bench, {});
    const [space] = planned.spaces;
    assertEquals([space?.mode, space?.account.added, space?.account.updated], ["delta", 1, 2]);
    assertEquals(space?.account.attachments.added, 1);
    bench.pass(60 * MINUTE);
    const [quiet] = await assertForeseen(bench, {});
    assertEquals(quiet.spaces[0]?.account.updated, 0);
    assertEquals(quiet.estimate.requests, 3);
  }));

test("plan() looks twice at what is missing and tells the reasons", () =>
  withBench(async (bench) => {
    const { site } = bench;
    const ids = addPages(site, "DOCS", 30);
    site.addSpace({ key: "AWAY" });
    await bench.ingest(DOCS);
    bench.pass(8 * DAY);
    site.trashPage(ids[0]!);
    site.purgePage(ids[1]!);
    site.archivePage(ids[2]!);
    site.movePage(ids[3]!, { spaceKey: "AWAY" });
    const [planned] = await assertForeseen(bench, {});
    assertEquals(planned.spaces[0]?.mode, "reconcile");
    assertEquals(planned.spaces[0]?.going, { trashed: 1, archived: 1, moved: 1, gone: 1 });
    assertEquals(planned.complete, true);
  }));

test("plan() foresees that the brake holds, and that it lets go when told", () =>
  withBench(async (bench) => {
    const ids = addPages(bench.site, "DOCS", 40);
    await bench.ingest(DOCS);
    for (const id of ids.slice(0, 20)) bench.site.trashPage(id);
    const [held] = await assertForeseen(bench, { reconcile: true });
    assertEquals([held.spaces[0]?.status, held.spaces[0]?.going, held.complete], ["held", {}, false]);
    const [free] = await assertForeseen(bench, { reconcile: true, allowMassDeletion: true });
    assertEquals([free.spaces[0]?.status, free.spaces[0]?.going, free.complete], [
      "complete",
      { trashed: 20 },
      true,
    ]);
  }));

test("plan() counts a page that moves between two spaces once, whichever is read first", () =>
  withBench(async (bench) => {
    const { site } = bench;
    const ids = addPages(site, "DOCS", 12);
    addPages(site, "TEAM", 12);
    site.attach(ids[0]!, { filename: "follows.png" });
    await bench.ingest(BOTH);
    site.movePage(ids[0]!, { spaceKey: "TEAM" });
    for (const selection of [{ keys: ["DOCS", "TEAM"] }, { keys: ["TEAM", "DOCS"] }]) {
      const { spaces } = await planFor(bench, { selection, reconcile: true });
      assertEquals(spaces.reduce((sum, { account }) => sum + account.updated, 0), 1);
      assertEquals(spaces.reduce((sum, { account }) => sum + account.attachments.deleted, 0), 0);
    }
    await assertForeseen(bench, { reconcile: true, spacesAtOnce: 1 });
  }));

test("plan() brings attachments back with their page", () =>
  withBench(async (bench) => {
    const { site } = bench;
    const ids = addPages(site, "DOCS", 12);
    site.attach(ids[0]!, { filename: "returns.png" });
    await bench.ingest(DOCS);
    site.trashPage(ids[0]!);
    await bench.ingest({ reconcile: true });
    site.restorePage(ids[0]!);
    bench.pass(MINUTE);
    const [planned] = await assertForeseen(bench, { reconcile: true });
    assertEquals(planned.spaces[0]?.account.restored, 1);
    assertEquals(planned.spaces[0]?.account.attachments.unchanged, 1);
  }));

test("plan() follows the options of an ingest: --full, --since, --max-pages, archived pages", () =>
  withBench(async (bench) => {
    const { site } = bench;
    const ids = addPages(site, "DOCS", 8);
    site.archivePage(ids[7]!);
    await assertForeseen(bench, { ...DOCS, maxPages: 3 });
    await assertForeseen(bench, { ...DOCS, includeArchived: true, full: true });
    bench.pass(60 * MINUTE);
    const since = new Date(bench.clock.now()).toISOString();
    bench.pass(MINUTE);
    site.editPage(ids[0]!, { body: "<p>new</p>" });
    bench.pass(MINUTE);
    const [planned] = await assertForeseen(bench, { since });
    assertEquals(planned.spaces[0]?.account.updated, 1);
    await assertForeseen(bench, { full: true });
  }));

test("plan() refuses what an ingest refuses, in the same words", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 2);
    await bench.ingest(DOCS);
    for (
      const wishes of [
        { selection: { keys: ["NOPE"] } },
        { bodyFormat: "atlas_doc_format" as const },
        { includeArchived: true },
      ]
    ) {
      const refused = await assertRejects(() => bench.ingest(wishes), ConfluenceIndexError);
      const foreseen = await assertRejects(() => planFor(bench, wishes), ConfluenceIndexError);
      assertEquals([foreseen.code, foreseen.message], [refused.code, refused.message]);
    }
    bench.fake.site.accounts[0]!.revoked = true;
    const refused = await assertRejects(() => planFor(bench), ConfluenceIndexError);
    assertEquals(refused.code, "authentication");
  }));

test("plan() keeps the trouble of one space in that space", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 2);
    addPages(bench.site, "TEAM", 2);
    const docs = bench.site.space("DOCS").id;
    bench.fake.faults.add({
      kind: "status",
      status: 403,
      times: 99,
      match: { path: `/spaces/${docs}/pages` },
    });
    const { spaces, complete } = await planFor(bench, BOTH);
    assertEquals(spaces.map(({ space, status }) => [space.key, status]), [["DOCS", "failed"], [
      "TEAM",
      "complete",
    ]]);
    assert(spaces[0]?.error !== null);
    assertEquals(complete, false);
  }));

test("plan() tells of spaces that the site does not show any more, and of failures at rest", () =>
  withBench(async (bench) => {
    const [, bad] = addPages(bench.site, "DOCS", 2);
    addPages(bench.site, "TEAM", 2);
    bench.fake.faults.poisonPages.add(bad!);
    await bench.ingest(BOTH);
    bench.pass(MINUTE);
    await bench.ingest(DOCS);
    bench.site.hideSpace("TEAM");
    const { spaces, complete } = await planFor(bench);
    assertEquals(
      spaces.map(({ space, status, resting }) => [space.key, status, resting]).sort(),
      [["DOCS", "complete", 1], ["TEAM", "failed", 0]],
    );
    assertEquals(complete, false);
  }));

test("plan() of a space whose comment rests in quarantine is not complete, as the ingest would not be", () =>
  withBench(async (bench) => {
    const { site, fake } = bench;
    const [page] = addPages(site, "DOCS", 2);
    const { id } = site.addFooterComment(page!, { body: "<p>x</p>" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [id],
      times: Infinity,
      change: ({ version: _, ...row }) => row,
    });
    await bench.ingest({ ...DOCS, kinds: { comments: true }, deletions: "on_demand" });
    bench.pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "later" });
    await bench.ingest();
    const { spaces, complete } = await planFor(bench);
    assertEquals([spaces[0]?.resting, spaces[0]?.restingBesides, complete], [0, 1, false]);
    assertEquals((await bench.ingest()).status, "incomplete");
    // Not wanted, it is in nobody's way.
    assertEquals((await planFor(bench, { kinds: { comments: false } })).complete, true);
  }));

test("plan() tells who writes to the index", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 1);
    await bench.ingest(DOCS);
    assertEquals((await planFor(bench)).lease, null);
    const lease = ["ingest", "run-9", "run-9", "2026-03-01T12:00:00.000Z", "2026-03-01T12:01:00.000Z"];
    await bench.database.commit([{ sql: "INSERT INTO leases VALUES (?, ?, ?, ?, ?)", args: lease }]);
    assertEquals((await planFor(bench)).lease?.runId, "run-9");
  }));

test("plan() ends when it is told to", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 2);
    const stop = new AbortController();
    bench.fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/pages")) {
        stop.abort(new ConfluenceIndexError("interrupted", "Cannot finish: stopped"));
      }
    });
    await assertRejects(
      () => planFor(bench, { ...DOCS, signal: stop.signal }),
      ConfluenceIndexError,
      "stopped",
    );
  }));

Deno.test("plan() leaves the bytes of the index as they are", () =>
  withTempDir(async (dir) => {
    const url = `file:${dir}/index.db`;
    await withBench(async (bench) => {
      const ids = addPages(bench.site, "DOCS", 20);
      await bench.ingest(DOCS);
      await bench.database[Symbol.asyncDispose]();
      bench.pass(60 * MINUTE);
      bench.site.editPage(ids[0]!, { body: "<p>new</p>" });
      bench.site.trashPage(ids[1]!);
      bench.pass(MINUTE);
      const before = await snapshot(dir);
      for (const wishes of [{}, { reconcile: true }, { full: true }, { selection: { keys: ["TEAM"] } }]) {
        await using index = await openIndex(url);
        const { complete } = await planFor({ ...bench, database: index }, wishes);
        assertEquals(complete, true);
      }
      assertEquals(await snapshot(dir), before);
    }, { url });
  }));

Deno.test("plan() takes the decisions of the ingest through random lives of a site", async () => {
  let changed = 0;
  let deleted = 0;
  for (let seed = 1; seed <= 22; seed++) {
    await using world = await World.make(seed, ":memory:");
    const { dice, fake, traits } = world;
    for (let turn = 0; turn < 10; turn++) {
      clearUp(fake, true);
      // Lag moves on with every look at the clock: both must look at the same search index.
      fake.site.settings.search.lagMs = 0;
      for (let left = dice.between(0, 8); left > 0; left--) world.change();
      world.pass(dice.pick([0, 5, 90, 3 * 24 * 60]) * MINUTE);
      const wishes = {
        ...await randomOptions(world),
        includeArchived: traits.archivedInScope,
        kinds: traits.kinds,
        // A plan does not count what the history takes.
        historyDepth: null,
        spacesAtOnce: 1,
        failFast: false,
      };
      const told = `seed ${seed}, turn ${turn}: ${JSON.stringify(wishes)}\n${
        world.journal.slice(-30).join("\n")
      }`;
      const place = { fake, clock: world.clock, database: world.index.database };
      const planned = await planFor(place, wishes).catch((error: Error) => error);
      const result = await world.ingest(wishes).catch((error: Error) => error);
      if (planned instanceof Error || result instanceof Error) {
        assertEquals(String(planned), String(result), told);
        continue;
      }
      assertEquals(planned.spaces.map(decisions), result.spaces.map(decisions), told);
      // A 404 is asked for once more; a plan does not foresee retries.
      assertEquals(planned.estimate.requests, result.metrics.requests - result.metrics.retries, told);
      changed += result.metrics.added + result.metrics.updated;
      deleted += result.metrics.deleted;
    }
  }
  // A history in which nothing happens would prove nothing.
  assert(changed > 80 && deleted > 20, `${changed} changed, ${deleted} deleted`);
});
