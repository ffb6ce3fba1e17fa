/** What belongs to pages and is not read with them: it is owed, by whom and to whom, until it is read. */
import { assertEquals } from "@std/assert";
import type { Statement } from "../../src/database/mod.ts";
import { test } from "../support/each_database.ts";
import { age, arrive, atEnd, ATTACHMENTS_OF, killed, until } from "./bad_luck.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

test("regression: the debt of a killed space is not settled by another space of the run", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [docs] = addPages(site, "DOCS", 3);
    const [team] = addPages(site, "TEAM", 3);
    const files = [docs!, team!].map((id) => site.attach(id, { filename: "a.txt" }).id);
    site.hidePage(docs!, []);
    site.hidePage(team!, []);
    age(bench, "DOCS");
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    arrive(bench, docs!);
    arrive(bench, team!);
    const abort = new AbortController();
    let ended = false;
    let owed = false;
    const stop = fake.faults.onRequest(async ({ path }) => {
      if (path === `/wiki/api/v2/pages/${docs}/attachments`) await until(bench, () => owed);
      if (path !== `/wiki/api/v2/pages/${team}/attachments`) return;
      owed = true;
      await until(bench, () => ended);
      abort.abort(new Error("killed"));
    });
    const dead = await ingest({
      ...BOTH,
      signal: abort.signal,
      onEvent: atEnd("DOCS", () => ended = true),
    });
    stop();
    pass(30 * MINUTE);
    const next = await ingest(BOTH);
    assertEquals([dead.status, next.status], ["interrupted", "complete"]);
    assertEquals(await column("SELECT id FROM current_attachments ORDER BY id"), files.sort());
  }));

test("regression: the debt that one space makes on another outlives the other's end", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    fake.faults.poisonPages.add(late!);
    assertEquals((await ingest(BOTH)).status, "incomplete");
    pass(DAY);
    const file = site.attach(late!, { filename: "a.txt" });
    age(bench, "DOCS");
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "incomplete");
    fake.faults.poisonPages.clear();
    pass(DAY);
    site.movePage(late!, { spaceKey: "TEAM" });
    pass(MINUTE);
    const abort = new AbortController();
    let owed = false;
    let ended = false;
    const stop = fake.faults.onRequest(async ({ path, query }) => {
      if (query.get("cql")?.includes('"TEAM"')) await until(bench, () => owed);
      if (path !== `/wiki/api/v2/pages/${late}/attachments`) return;
      owed = true;
      await until(bench, () => ended);
      abort.abort(new Error("killed"));
    });
    const dead = await ingest({
      ...BOTH,
      signal: abort.signal,
      onEvent: atEnd("TEAM", () => ended = true),
    });
    stop();
    pass(30 * MINUTE);
    const next = await ingest(BOTH);
    assertEquals([dead.status, next.status], ["interrupted", "complete"]);
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", late!), ["TEAM"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a run killed between two portions of pages with a past leaves a debt", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, column, database } = bench;
    const big = `<p>${"x".repeat(1_500_000)}</p>`;
    const ids = [1, 2, 3, 4].map((n) => site.addPage({ spaceKey: "DOCS", title: `big ${n}`, body: big }).id);
    const files = ids.map((id) => site.attach(id, { filename: "a.txt" }).id);
    for (const id of ids) site.hidePage(id, []);
    age(bench, "DOCS");
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    for (const id of ids) arrive(bench, id);
    const { commit, all } = database;
    let dead = false;
    Object.assign(database, {
      all: (...args: Parameters<typeof all>) => {
        if (dead) throw new Error("killed");
        return all.apply(database, args);
      },
      commit: async (statements: readonly Statement[]) => {
        if (dead) throw new Error("killed");
        const changed = await commit.call(database, statements);
        if (statements.some((each) => JSON.stringify(each).includes('insert into \\"pages\\"'))) dead = true;
        return changed;
      },
    });
    const died = await ingest(DOCS).catch((error) => error.message);
    Object.assign(database, { all, commit });
    database.guardWith(undefined);
    assertEquals(died, "killed");
    pass(30 * MINUTE);
    const next = await ingest(DOCS);
    assertEquals(next.status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments ORDER BY id"), files.sort());
  }));

test("regression: a page that a killed first run began with brings its attachments when it moves", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    const file = site.attach(late!, { filename: "a.txt" });
    age(bench, "DOCS");
    age(bench, "TEAM");
    assertEquals((await ingest(TEAM)).status, "complete");
    const abort = new AbortController();
    let read = false;
    const stop = fake.faults.onRequest(async ({ query }) => {
      if (!query.has("cql")) return;
      await until(bench, () => read);
      abort.abort(new Error("killed"));
    });
    const dead = await ingest({
      ...DOCS,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "batch" && event.pages > 0) read = true;
      },
    });
    stop();
    pass(DAY);
    site.movePage(late!, { spaceKey: "TEAM", bumpVersion: true });
    pass(MINUTE);
    const team = await ingest(TEAM);
    pass(30 * MINUTE);
    const both = await ingest(BOTH);
    pass(30 * MINUTE);
    const again = await ingest(BOTH);
    assertEquals([dead.status, team.status, both.status, again.status], [
      "interrupted",
      "complete",
      "complete",
      "complete",
    ]);
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", late!), ["TEAM"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: attachments in quarantine are not forgotten where their page has moved", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    fake.faults.poisonPages.add(late!);
    await ingest(BOTH);
    pass(DAY);
    const file = site.attach(late!, { filename: "a.txt" });
    age(bench, "DOCS");
    age(bench, "TEAM");
    await ingest(BOTH);
    fake.faults.poisonPages.clear();
    pass(DAY);
    site.movePage(late!, { spaceKey: "TEAM" });
    pass(MINUTE);
    const heal = fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { path: `/pages/${late}/attachments` },
    });
    const one = await ingest(BOTH);
    heal();
    pass(30 * MINUTE);
    const two = await ingest({ ...DOCS, reconcile: true });
    pass(30 * MINUTE);
    const three = await ingest(BOTH);
    assertEquals([one.status, two.status, three.status], ["incomplete", "complete", "complete"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a page that leaves quarantine in another space has its attachments, killed or not", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [late] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    fake.faults.poisonPages.add(late!);
    assertEquals((await ingest(BOTH)).status, "incomplete");
    pass(DAY);
    const file = site.attach(late!, { filename: "a.txt" });
    age(bench, "DOCS");
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "incomplete");
    fake.faults.poisonPages.clear();
    pass(DAY);
    site.movePage(late!, { spaceKey: "TEAM" });
    pass(MINUTE);
    const dead = await killed(
      bench,
      { ...DOCS, reconcile: true },
      ({ path }) => path === `/wiki/api/v2/pages/${late}/attachments`,
    );
    pass(30 * MINUTE);
    const next = await ingest(BOTH);
    pass(30 * MINUTE);
    const again = await ingest(BOTH);
    assertEquals([dead.status, next.status, again.status], ["interrupted", "complete", "complete"]);
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", late!), ["TEAM"]);
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a page that moved and cannot be read stays in quarantine of the space it is in", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, rows } = bench;
    const [other] = addPages(site, "DOCS", 3);
    const [page] = addPages(site, "TEAM", 3);
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    site.movePage(page!, { spaceKey: "DOCS", bumpVersion: true });
    fake.faults.poisonPages.add(page!);
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    const docs = await ingest(DOCS);
    const team = await ingest({ ...TEAM, reconcile: true });
    fake.faults.poisonPages.clear();
    age(bench, "DOCS");
    const next = await ingest(DOCS);
    assertEquals([docs.status, team.status, next.status], ["incomplete", "incomplete", "complete"]);
    assertEquals(await rows("SELECT space_key, version FROM current_pages WHERE id = ?", page!), [{
      space_key: "DOCS",
      version: 2,
    }]);
  }));

test("regression: a version that a listing shows of a page in quarantine is remembered", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [page, other] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    fake.faults.poisonPages.add(page!);
    site.editPage(page!, {});
    pass(MINUTE);
    await ingest(DOCS);
    pass(MINUTE);
    await ingest(DOCS);
    pass(10 * MINUTE);
    site.editPage(page!, {});
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(MINUTE);
    await ingest({ ...DOCS, reconcile: true });
    fake.faults.poisonPages.clear();
    pass(30 * MINUTE);
    const heal = fake.faults.add({
      kind: "bad-rows",
      ids: [page!],
      times: 1,
      match: { path: /api\/v2\/pages\?id=/ },
      change: (row) => ({
        ...row,
        version: { ...(row.version as object), number: 2, createdAt: "2026-03-02T12:00:00.000Z" },
      }),
    });
    const stale = await ingest(DOCS);
    heal();
    pass(DAY);
    const next = await ingest(DOCS);
    assertEquals([stale.status, next.status], ["incomplete", "complete"]);
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", page!), [3]);
  }));

test("regression: attachments in quarantine are not forgotten when their page moves away", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 4);
    addPages(site, "TEAM", 4);
    const late = site.addPage({ spaceKey: "DOCS", title: "late" }).id;
    const file = site.attach(late, { filename: "old.png" });
    site.hidePage(late, []);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "mark" });
    site.addPage({ spaceKey: "TEAM", title: "mark" });
    await ingest({ selection: { keys: ["DOCS", "TEAM"] } });
    pass(DAY);
    site.unhidePage(late);
    site.editPage(late, {});
    pass(MINUTE);
    // The page comes, its attachments cannot be had: they wait in quarantine.
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: ATTACHMENTS_OF });
    const first = await ingest({});
    fake.faults.clear();
    site.movePage(late, { spaceKey: "TEAM" });
    pass(30 * MINUTE);
    const second = await ingest({ selection: { keys: ["DOCS"] }, reconcile: true });
    pass(30 * MINUTE);
    const third = await ingest({});
    assertEquals([
      first.status,
      second.status,
      third.status,
      await column("SELECT space_key FROM current_pages WHERE id = ?", late),
      await column("SELECT id FROM current_attachments"),
      await column("SELECT id FROM failures"),
    ], ["incomplete", "complete", "complete", ["TEAM"], [file.id], []]);
  }));

test("regression: a page that moves with an edit brings what its old space had no time to tell of", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [wanderer] = addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 5);
    await ingest({ selection: { keys: ["DOCS", "TEAM"] } });
    pass(DAY);
    const file = site.attach(wanderer!, { filename: "new.png" });
    pass(DAY);
    site.addPage({ spaceKey: "TEAM", title: "mark" });
    pass(MINUTE);
    // One night DOCS cannot be read, and TEAM can.
    fake.faults.add({
      kind: "status",
      status: 503,
      times: Infinity,
      match: ({ query }) => query.get("cql")?.includes("DOCS") === true,
    });
    const bad = await ingest({});
    fake.faults.clear();
    pass(DAY);
    site.movePage(wanderer!, { spaceKey: "TEAM", bumpVersion: true });
    pass(30 * MINUTE);
    const next = await ingest({});
    assertEquals([
      bad.status,
      next.status,
      await column("SELECT space_key FROM current_pages WHERE id = ?", wanderer!),
      await column("SELECT id FROM current_attachments"),
    ], ["incomplete", "complete", ["TEAM"], [file.id]]);
  }));

test("regression: a page that leaves the index while it is read makes no debt that nobody settles", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [id] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, { body: "<p>two</p>" });
    let searched = false;
    const stop = fake.faults.onRequest(({ path }) => {
      if (path.endsWith("/content/search") && !searched) {
        searched = true;
        pass(MINUTE);
        site.editPage(id!, { body: "<p>three</p>" });
      } else if (searched && path === "/wiki/api/v2/pages") site.movePage(id!, { spaceKey: "TEAM" });
    });
    await ingest({ reconcile: true });
    stop();
    assertEquals(await column("SELECT space_id FROM owed_comparisons"), [site.space("DOCS").id]);
    pass(DAY);
    await ingest();
    assertEquals(await column("SELECT space_id FROM owed_comparisons"), []);
    assertEquals(await column("SELECT deletion_reason FROM pages WHERE id = ? AND is_current = 1", id!), [
      "moved",
    ]);
  }));
