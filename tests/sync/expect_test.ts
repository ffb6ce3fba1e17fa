import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

test("ingest() of new spaces expects nothing of them, and says how many they are", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 3);
    const { metrics } = await bench.ingest(BOTH);
    assertEquals(metrics.estimate.unknown_spaces, 2);
    assertEquals([metrics.estimate.requests, metrics.estimate.pages, metrics.estimate.from_runs], [2, 0, 0]);
  }));

test("ingest() expects a listing to be as long as the index knows the space", () =>
  withBench(async (bench) => {
    const ids = addPages(bench.site, "DOCS", 260);
    bench.site.attach(ids[0]!, { filename: "a.png" });
    await bench.ingest(DOCS);
    bench.pass(8 * DAY);
    const { metrics } = await bench.ingest();
    // Who asks, the space, two answers with pages, two of the search with labels and attachments, and who it was that asked.
    assertEquals(metrics.estimate.requests, 7);
    assertEquals(metrics.requests, 7);
    assertEquals([metrics.estimate.pages, metrics.pages], [260, 260]);
    assertEquals([metrics.estimate.unknown_spaces, metrics.estimate.from_runs], [0, 1]);
    const full = await bench.ingest({ full: true });
    assertEquals([full.metrics.estimate.requests, full.metrics.requests], [7, 7]);
    const capped = await bench.ingest({ full: true, maxPages: 10 });
    assertEquals(capped.metrics.estimate.pages, 10);
  }));

test("ingest() expects of a delta what earlier ones brought", () =>
  withBench(async (bench) => {
    const ids = addPages(bench.site, "DOCS", 20);
    await bench.ingest(DOCS);
    for (const [day, changes] of [4, 2].entries()) {
      bench.pass(60 * MINUTE);
      for (const id of ids.slice(day * 4, day * 4 + changes)) bench.site.editPage(id, { body: "<p>new</p>" });
      bench.pass(MINUTE);
      await bench.ingest();
    }
    bench.pass(60 * MINUTE);
    const { metrics } = await bench.ingest();
    // Who asks, the space, one search, one answer with the three pages that changed on average.
    assertEquals(metrics.estimate.requests, 4);
    assertEquals(metrics.estimate.from_runs, 3);
    assertEquals(metrics.requests, 3);
  }));

test("ingest() stores what it expected with the run", () =>
  withBench(async (bench) => {
    addPages(bench.site, "DOCS", 2);
    const { metrics } = await bench.ingest(DOCS);
    const [stored] = await bench.column("SELECT metrics FROM runs");
    assertEquals(JSON.parse(String(stored)).estimate, { ...metrics.estimate });
  }));
