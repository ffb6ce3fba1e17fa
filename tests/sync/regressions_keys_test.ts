/** What has to follow a space that gets another key. */
import { assertEquals } from "@std/assert";
import type { IndexDocument } from "../support/fake/search/documents.ts";
import { indexUrl, test } from "../support/each_database.ts";
import { age, another, patient } from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

test("regression: the addresses of pages follow their space to another key", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    addPages(site, "DOCS", 1);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.renameSpaceKey("DOCS", "DOX");
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await column("SELECT url FROM current_pages WHERE url LIKE '%/DOCS/%'"), []);
  }));

test("regression: pages whose space gets another key go out with their new addresses", () =>
  withBench(async ({ site, ingest, pass, column }) => {
    const [, dead] = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    site.trashPage(dead!);
    pass(DAY);
    assertEquals((await ingest({ ...DOCS, reconcile: true })).status, "complete");
    site.renameSpaceKey("DOCS", "PAPERS");
    pass(DAY);
    const { status, runId } = await ingest({});
    assertEquals(status, "complete");
    assertEquals(await column("SELECT count(*) FROM pages WHERE run_id = ?", runId), [2]);
    pass(DAY);
    assertEquals(await column("SELECT count(*) FROM pages WHERE run_id = ?", (await ingest({})).runId), [0]);
  }));

test("regression: a page that another run brings into a space follows the space's new key", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, clock, rows } = bench;
    const [page] = addPages(site, "DOCS", 3);
    addPages(site, "TEAM", 3);
    const team = site.space("TEAM").id;
    // Old enough for TEAM's own search not to show it.
    age(bench, "TEAM");
    assertEquals((await ingest(BOTH)).status, "complete");
    pass(DAY);
    site.movePage(page!, { spaceKey: "TEAM" });
    pass(MINUTE);
    let once = true;
    let beside = "";
    const stop = fake.faults.onRequest(async ({ path, query }) => {
      if (!once || path !== "/wiki/api/v2/pages" || !query.get("id")?.includes(page!)) return;
      once = false;
      site.renameSpaceKey("TEAM", "CREW");
      beside = (await another(bench, indexUrl(), { selection: { ids: [team] } })).status;
    });
    const run = await ingest({ ...DOCS, reconcile: true, client: patient(fake, clock) });
    stop();
    assertEquals([run.status, beside], ["complete", "complete"]);
    const where = "SELECT space_key, url LIKE '%/CREW/%' AS follows FROM pages WHERE id = ?";
    // Brought in under the key that its run knew.
    assertEquals((await rows(where, page!))[0]!.space_key, "TEAM");
    pass(DAY);
    assertEquals((await ingest({ reconcile: true })).status, "complete");
    assertEquals(await rows(where, page!), [{ space_key: "CREW", follows: 1 }]);
  }));

test("regression: links to a space follow it to a key that another space had", () =>
  withBench(async ({ site, ingest, pass, rows }) => {
    site.addSpace({ key: "NEW" });
    const link = (title: string) =>
      `<ac:link><ri:page ri:space-key="NEW" ri:content-title="${title}" /></ac:link>`;
    site.addPage({ spaceKey: "DOCS", title: "Start" });
    site.addPage({ spaceKey: "NEW", title: "Start" });
    site.addPage({ spaceKey: "TEAM", title: "Links", body: `<p>${link("Start")}${link("Later")}</p>` });
    await ingest({ selection: { keys: ["DOCS", "NEW", "TEAM"] } });
    pass(DAY);
    site.renameSpaceKey("DOCS", "OLD");
    site.renameSpaceKey("NEW", "DOCS");
    const later = site.addPage({ spaceKey: "DOCS", title: "Later" });
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await rows("SELECT to_space_key, to_page_id FROM current_links WHERE to_title = 'Later'"), [
      { to_space_key: "DOCS", to_page_id: later.id },
    ]);
  }));

test("regression: a space with the key of one that is gone asks for none of its pages", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 5);
    addPages(site, "TEAM", 1);
    await ingest(BOTH);
    pass(DAY);
    site.removeSpace("DOCS");
    const { id } = site.addSpace({ key: "DOCS", name: "Documents, new" });
    const fresh = addPages(site, "DOCS", 2);
    pass(DAY);
    fake.counters.reset();
    await ingest({ selection: { ids: [id] } });
    assertEquals(fake.counters.byEndpoint["GET /wiki/api/v2/pages/{id}/labels"], undefined);
    assertEquals(await column("SELECT id FROM current_pages WHERE space_id = ?", id), fresh);
  }));

test("regression: edits from before a space got another key are found, though the search follows page by page", () =>
  withBench((bench) =>
    editedBefore(bench, () => bench.site.renameSpaceKey("DOCS", "DOX"), (indexed) => indexed)
  ));

test("regression: edits in an archived space that comes back are found, though the search follows page by page", () =>
  withBench(async (bench) => {
    const { site, ingest, pass } = bench;
    await ingest(DOCS);
    site.archiveSpace("DOCS");
    pass(DAY);
    await editedBefore(bench, () => site.unarchiveSpace("DOCS"), () => null);
  }));

test("regression: edits in a space that was out of sight are found, though the search follows page by page", () =>
  withBench(async (bench) => {
    const { site, ingest } = bench;
    addPages(site, "TEAM", 1);
    await ingest(TEAM);
    await editedBefore(bench, async () => {
      site.hideSpace("DOCS");
      assertEquals((await ingest()).status, "incomplete");
      site.unhideSpace("DOCS");
    }, () => null);
  }));

/** A page is edited, then something happens to its space, and the search knows only what was edited since. */
async function editedBefore(
  { site, ingest, pass, column }: Bench,
  happens: () => unknown,
  meanwhile: (indexed: IndexDocument) => IndexDocument | null,
): Promise<void> {
  const ids = addPages(site, "DOCS", 6);
  pass(DAY);
  assertEquals((await ingest(DOCS)).status, "complete");
  pass(14 * 60 * MINUTE);
  site.editPage(ids[0]!, { body: "<p>edited before</p>" });
  pass(9 * 60 * MINUTE);
  const indexed = () => {
    site.index.catchUp(site.clock.now(), 0);
    return new Map(ids.map((id) => [id, site.index.get(id)!]));
  };
  const before = indexed();
  await happens();
  pass(2 * MINUTE);
  site.editPage(ids[1]!, { body: "<p>edited after</p>" });
  const after = indexed();
  for (const id of ids) {
    if (id !== ids[1]) site.index.note(site.clock.now(), id, meanwhile(before.get(id)!));
  }
  pass(3 * MINUTE);
  assertEquals((await ingest()).status, "complete");
  for (const id of ids) site.index.note(site.clock.now(), id, after.get(id)!);
  pass(DAY);
  assertEquals((await ingest()).status, "complete");
  assertEquals(await column("SELECT version FROM current_pages WHERE id IN (?, ?)", ids[0]!, ids[1]!), [
    2,
    2,
  ]);
  pass(DAY);
  assertEquals(new Set((await ingest()).spaces.map(({ mode }) => mode)), new Set(["delta"]));
}
