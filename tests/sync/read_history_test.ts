import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import type { NewVersion } from "../support/fake/verbs/contents.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const VERSIONS = "GET /wiki/api/v2/pages/{id}/versions";

/** A history of `n` versions, each with its number in title and body, a minute apart. */
function history(n: number): NewVersion[] {
  return Array.from({ length: n }, (_, i) => ({
    number: i + 1,
    title: `Title ${i + 1}`,
    body: `<p>wording${i + 1}</p>`,
    message: `note ${i + 1}`,
    createdAt: Date.UTC(2025, 0, 1, 0, i),
  }));
}

test("readHistory brings the earlier versions of each page with their text, and nothing becomes current by it", () =>
  withBench(async ({ site, ingest, rows, column }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Title 3", history: history(3) });
    site.addPage({ spaceKey: "DOCS", title: "Young" });
    const run = await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals([run.status, run.metrics.added, run.metrics.history_versions], ["complete", 2, 2]);
    assertEquals(
      await rows(
        "SELECT version, is_current, status, title, updated_at, version_message, body, body_text, space_key FROM pages WHERE id = ? ORDER BY version",
        id,
      ),
      [1, 2, 3].map((n) => ({
        version: n,
        is_current: n === 3 ? 1 : 0,
        status: n === 3 ? "current" : "historical",
        title: `Title ${n}`,
        updated_at: `2025-01-01T00:0${n - 1}:00.000Z`,
        version_message: `note ${n}`,
        body: `<p>wording${n}</p>`,
        body_text: `wording${n}`,
        space_key: "DOCS",
      })),
    );
    assertEquals(await column("SELECT count(*) FROM page_search WHERE page_search MATCH 'wording1'"), [0]);
    assertEquals(run.discrepancies, []);
  }));

test("readHistory asks once for each page and 50 versions, and not at all where nothing is missing", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const sizes = [1, 2, 50, 51, 130];
    sizes.forEach((n, i) => site.addPage({ spaceKey: "DOCS", title: `P${i}`, history: history(n) }));
    const asked = async (historyDepth: number | null) => {
      fake.counters.reset();
      const run = await ingest({ ...DOCS, historyDepth, deletions: "on_demand" });
      assertEquals(run.status, "complete");
      return fake.counters.byEndpoint[VERSIONS] ?? 0;
    };
    // The list starts with the current version, which the index has.
    const bound = (depth: number) =>
      sizes.reduce((sum, n) => sum + (n === 1 ? 0 : Math.ceil((Math.min(depth, n - 1) + 1) / 50)), 0);
    assertEquals(await asked(null), 0);
    assertEquals(await asked(10), bound(10));
    assertEquals(await column("SELECT count(*) FROM pages WHERE is_current = 0"), [1 + 10 + 10 + 10]);
    assertEquals(await asked(10), 0);
    // Deeper: only pages that have more, down to where there are no more.
    assertEquals(await asked(100), 1 + 2 + 3);
    assertEquals(await column("SELECT count(*) FROM pages WHERE is_current = 0"), [1 + 49 + 50 + 100]);
    assertEquals(await asked(100), 0);
  }));

test("readHistory reads only the versions between two runs when a page was changed more than once", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Busy", history: history(4) });
    await ingest({ ...DOCS, historyDepth: 100 });
    pass(DAY);
    site.editPage(id, { body: "<p>once</p>" });
    fake.counters.reset();
    await ingest({ historyDepth: 100 });
    assertEquals(fake.counters.byEndpoint[VERSIONS], undefined);
    pass(DAY);
    for (const body of ["<p>a</p>", "<p>b</p>", "<p>c</p>"]) site.editPage(id, { body });
    await ingest({ historyDepth: 100 });
    const [asked] = fake.counters.log.filter(({ endpoint }) => endpoint === VERSIONS);
    assertEquals(new URL(asked!.url).searchParams.get("limit"), "3");
    assertEquals(await column("SELECT version FROM pages WHERE id = ? ORDER BY version", id), [
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    ]);
  }));

test("readHistory does not ask again for versions that somebody deleted", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const { id } = site.addPage({
      spaceKey: "DOCS",
      title: "Cut",
      history: history(6).filter(({ number }) => number !== 2 && number !== 4),
    });
    await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals(await column("SELECT version FROM pages WHERE id = ? ORDER BY version", id), [1, 3, 5, 6]);
    fake.counters.reset();
    await ingest({ historyDepth: 100 });
    assertEquals(fake.counters.byEndpoint[VERSIONS], undefined);
  }));

test("readHistory passes over the version whose body cannot be had, and comes back to it", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Poison", history: history(20) });
    const other = site.addPage({ spaceKey: "DOCS", title: "Other", history: history(2) }).id;
    fake.faults.poisonPages.add(`${id}@7`);
    const run = await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals([run.status, run.metrics.history_versions, run.metrics.history_failed], [
      "incomplete",
      19,
      1,
    ]);
    assertEquals(await column("SELECT count(*) FROM pages WHERE id = ?", other), [2]);
    const [failure] = await rows("SELECT kind, id, reason, message FROM failures");
    assertEquals([failure!.kind, failure!.id], ["history", id]);
    assertStringIncludes(String(failure!.message), "version 7: Cannot list versions of page");
    // Tried again at once, then after a pause.
    assertEquals((await ingest({ historyDepth: 100 })).metrics.history_failed, 1);
    fake.counters.reset();
    const rested = await ingest({ historyDepth: 100 });
    assertEquals([rested.status, fake.counters.byEndpoint[VERSIONS]], ["incomplete", undefined]);
    // A run that does not ask for history is not to blame for it.
    assertEquals((await ingest()).status, "complete");
    fake.faults.clear();
    pass(DAY);
    assertEquals((await ingest({ historyDepth: 100 })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM pages WHERE id = ?", id), [20]);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("readHistory goes on past a page whose versions cannot be listed at all", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const ids = [1, 2, 3].map((n) =>
      site.addPage({ spaceKey: "DOCS", title: `P${n}`, history: history(3) }).id
    );
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ path }) => path.includes(`/pages/${ids[1]}/versions`),
    });
    const run = await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals([run.status, run.metrics.failed, run.metrics.history_failed], ["incomplete", 0, 1]);
    assertEquals(await column("SELECT DISTINCT id FROM pages WHERE is_current = 0 ORDER BY id"), [
      ids[0],
      ids[2],
    ]);
  }));

test("readHistory takes an outage for an outage: the space fails, and the next run reads the rest", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    for (let n = 0; n < 30; n++) site.addPage({ spaceKey: "DOCS", title: `P${n}`, history: history(2) });
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: { endpoint: VERSIONS } });
    const run = await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals([run.spaces[0]!.status, run.metrics.added], ["failed", 30]);
    assert((run.metrics.requests_by_endpoint["GET /pages/{id}/versions"] ?? 0) < 150);
    fake.faults.clear();
    assertEquals((await ingest({ historyDepth: 100 })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM pages WHERE is_current = 0"), [30]);
  }));

test("readHistory ends with the batch in hand when it is stopped, and goes on there", () =>
  withBench(async ({ site, ingest, column }) => {
    for (let n = 0; n < 12; n++) site.addPage({ spaceKey: "DOCS", title: `P${n}`, history: history(3) });
    const stop = new AbortController();
    let read = 0;
    const run = await ingest({
      ...DOCS,
      historyDepth: 100,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "history" && ++read === 3) stop.abort();
      },
    });
    assertEquals(run.status, "interrupted");
    const [kept] = await column("SELECT count(*) FROM pages WHERE is_current = 0");
    assert(Number(kept) >= 6 && Number(kept) < 24, `${kept} versions`);
    const next = await ingest({ historyDepth: 100 });
    assertEquals(next.metrics.history_versions, 24 - Number(kept));
    assertEquals(await column("SELECT count(*) FROM pages WHERE is_current = 0"), [24]);
  }));

test("readHistory survives bad rows, keeps the good ones and says which page it was", () =>
  withBench(async ({ site, fake, ingest, rows, column }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Odd", history: history(4) });
    const spoil = (body: unknown) => {
      const { results } = body as { results: Record<string, unknown>[] };
      return { ...body as object, results: results.map((row) => row.number === 2 ? { number: "two" } : row) };
    };
    fake.faults.add({ kind: "transform", change: spoil, match: { endpoint: VERSIONS } });
    assertEquals((await ingest({ ...DOCS, historyDepth: 100 })).status, "incomplete");
    assertEquals(await column("SELECT version FROM pages WHERE id = ? ORDER BY version", id), [1, 3, 4]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures"), [{
      kind: "history",
      id,
      reason: "invalid",
    }]);
    assertEquals((await ingest({ historyDepth: 100 })).status, "complete");
    assertEquals(await column("SELECT version FROM pages WHERE id = ? ORDER BY version", id), [1, 2, 3, 4]);
  }));

test("readHistory does not touch pages that are gone, and forgets their failures", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Going", history: history(3) });
    site.addPage({ spaceKey: "DOCS", title: "Staying" });
    fake.faults.poisonPages.add(`${id}@1`);
    await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals(await column("SELECT kind FROM failures"), ["history"]);
    pass(DAY);
    site.trashPage(id);
    fake.counters.reset();
    assertEquals((await ingest({ historyDepth: 100, reconcile: true })).status, "complete");
    assertEquals(fake.counters.byEndpoint[VERSIONS], undefined);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("readHistory reads of at most maxPages pages", () =>
  withBench(async ({ site, ingest, column }) => {
    for (let n = 0; n < 5; n++) site.addPage({ spaceKey: "DOCS", title: `P${n}`, history: history(2) });
    await ingest(DOCS);
    await ingest({ historyDepth: 100, maxPages: 2 });
    assertEquals(await column("SELECT count(*) FROM pages WHERE is_current = 0"), [2]);
  }));

test("readHistory ends the run at the first bad page where failFast asks for it", () =>
  withBench(async ({ site, fake, ingest }) => {
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Poison", history: history(3) });
    fake.faults.poisonPages.add(`${id}@1`);
    const run = await ingest({ ...DOCS, historyDepth: 100, failFast: true });
    assertEquals([run.status, run.spaces[0]!.status], ["incomplete", "failed"]);
  }));

test("readHistory reads versions between two readings of the history when they are wanted", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [page] = addPages(site, "DOCS", 1);
    const edit = (n: number) => {
      for (let i = 0; i < n; i++) {
        pass(MINUTE);
        site.editPage(page!, { body: `<p>edit ${i}</p>` });
      }
    };
    edit(2);
    const one = await ingest({ ...DOCS, historyDepth: 2 });
    pass(DAY);
    edit(7);
    pass(MINUTE);
    const two = await ingest({ ...DOCS, historyDepth: 2 });
    pass(DAY);
    const three = await ingest({ ...DOCS, historyDepth: 100 });
    assertEquals([one.status, two.status, three.status], ["complete", "complete", "complete"]);
    assertEquals(
      await column("SELECT version FROM pages WHERE id = ? ORDER BY version", page!),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  }));
