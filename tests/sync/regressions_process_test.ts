/** What fresh eyes broke with the real process, made small. */
import { assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { test } from "../support/each_database.ts";
import { killed } from "./bad_luck.ts";
import { addPages, DAY, DOCS, withBench } from "./setup.ts";

test("regression: capped first readings get on from one to the next, and end", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 25);
    const held: unknown[] = [];
    for (let night = 0; night < 4; night++) {
      assertEquals((await ingest({ ...DOCS, maxPages: 10 })).discrepancies, []);
      held.push(...await column("SELECT count(*) FROM current_pages"));
      pass(DAY);
    }
    assertEquals(held, [10, 20, 25, 25]);
    assertEquals(await column("SELECT mark IS NULL FROM sync_state"), [0]);
  }));

test("regression: a reconciliation that is asked for looks at a first reading that was killed as well", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    const pages = addPages(site, "DOCS", 20);
    fake.faults.add({
      kind: "short-page",
      rows: 5,
      times: Infinity,
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
    });
    let answers = 0;
    const dead = await killed(bench, DOCS, ({ endpoint }) => {
      if (endpoint === "GET /wiki/api/v2/spaces/{id}/pages") answers++;
      return answers === 4;
    });
    const held = await column("SELECT id FROM current_pages ORDER BY id");
    site.trashPage(pages[0]!);
    site.purgePage(pages[1]!);
    pass(DAY);
    const next = await ingest({ ...DOCS, reconcile: true });
    assertEquals([dead.status, held.length > 4, next.status], ["interrupted", true, "complete"]);
    assertEquals(
      await column("SELECT deletion_reason FROM pages WHERE deleted_at IS NOT NULL ORDER BY deletion_reason"),
      ["gone", "trashed"],
    );
  }));

test("regression: nobody writes a space while the artifacts of its run are being written", () =>
  withBench(async ({ site, ingest }) => {
    addPages(site, "DOCS", 3);
    let other: unknown;
    const run = await ingest({
      ...DOCS,
      whileHeld: async () => {
        other = await assertRejects(() => ingest(DOCS), ConfluenceIndexError);
      },
    });
    assertEquals([run.status, (other as ConfluenceIndexError).code], ["complete", "locked"]);
  }));
