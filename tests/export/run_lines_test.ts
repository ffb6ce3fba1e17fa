/** What the artifacts of a run hold: what it brought, as far as it still stands. */
import { assertEquals } from "@std/assert";
import { pageLines } from "../../src/export/lines.ts";
import { test } from "../support/each_database.ts";
import { addPages, type Bench, BOTH, DAY, withBench } from "../sync/setup.ts";

test("the lines of a run hold the current version where numbers moved down in a space that got another key", () =>
  withBench(async (bench) => {
    const { site, ingest, pass } = bench;
    const [shortened, putBack] = addPages(site, "DOCS", 3) as [string, string];
    for (const id of [shortened, putBack]) site.editPage(id, { body: "<p>two</p>" });
    pass(DAY);
    await ingest(BOTH);
    pass(DAY);
    site.renameSpaceKey("DOCS", "DOX");
    site.removeVersion(shortened, 1);
    site.rollBackPage(putBack, 1);
    pass(DAY);
    const { runId } = await ingest({ full: true });
    assertEquals(await versionsIn(bench, runId, shortened), [1]);
    assertEquals(await versionsIn(bench, runId, putBack), [1]);
  }));

test("the lines of a run that are written late leave out what later runs wrote or buried", () =>
  withBench(async (bench) => {
    const { site, ingest, pass } = bench;
    const [edited, trashed, same] = addPages(site, "DOCS", 3) as [string, string, string];
    pass(DAY);
    const { runId } = await ingest(BOTH);
    pass(DAY);
    site.editPage(edited, { body: "<p>two</p>" });
    site.editPage(trashed, { body: "<p>two</p>" });
    pass(DAY);
    await ingest();
    site.trashPage(trashed);
    await ingest({ reconcile: true });
    assertEquals(await versionsIn(bench, runId, edited), []);
    assertEquals(await versionsIn(bench, runId, trashed), []);
    assertEquals(await versionsIn(bench, runId, same), [1]);
  }));

/** The versions of a page in the lines of a run. */
async function versionsIn({ database }: Bench, runId: string, pageId: string): Promise<number[]> {
  const lines = (await Array.fromAsync(pageLines(database, runId))).map((line) => JSON.parse(line));
  return lines.filter(({ id }) => id === pageId).map(({ version }) => version);
}
