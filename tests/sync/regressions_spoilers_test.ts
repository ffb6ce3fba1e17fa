/** One thing that fails, is too large or is blocked, and keeps no other out. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { failuresOf, knownSpaces, syncStates } from "../../src/database/mod.ts";
import { pagesToExport } from "../../src/database/reader.ts";
import { test } from "../support/each_database.ts";
import { BY_IDS, LISTING, SEARCH } from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, WITH_COMMENTS, withBench } from "./setup.ts";

type Asked = { readonly path: string; readonly query: URLSearchParams };

function idsIn(query: URLSearchParams): string[] {
  return query.getAll("id").join(",").split(",");
}

/** Whatever carries a text comes as the web page of a filter. */
function filter({ fake }: Bench, text: string, status: number): void {
  const { fetch } = fake;
  Object.defineProperty(fake, "fetch", {
    value: async (input: Request | URL | string, init?: RequestInit) => {
      const answer = await fetch(input, init);
      if (!(await answer.clone().text()).includes(text)) return answer;
      const headers = { "content-type": "text/html" };
      return new Response("<html><body>Blocked by a filter</body></html>", { status, headers });
    },
  });
}

test("regression: one refusal of the search is not believed, whatever it looks like", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [page] = addPages(site, "DOCS", 5);
    await ingest(DOCS);
    for (const status of [401, 403]) {
      pass(DAY);
      site.editPage(page!, {});
      pass(30 * MINUTE);
      fake.faults.add({ kind: "status", status, match: SEARCH });
      const { status: end, spaces: [docs] } = await ingest({ deletions: "on_demand" });
      assertEquals([end, docs!.notes, docs!.account.updated], ["complete", [], 1]);
    }
  }));

test("regression: a search that fails for good from the first run on keeps no page from being read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    addPages(site, "DOCS", 5);
    // One row whose expansion fails spoils the answer, each time (CONFCLOUD-76424; api.md 13, number 12).
    fake.faults.add({ kind: "status", status: 500, times: Infinity, match: ({ query }) => query.has("cql") });
    const nights = [(await ingest(DOCS)).status];
    pass(DAY);
    const young = site.addPage({ spaceKey: "DOCS", title: "young" }).id;
    for (let night = 0; night < 15; night++) {
      pass(DAY);
      nights.push((await ingest()).status);
    }
    assertEquals(new Set(nights), new Set(["complete"]));
    assertEquals(await column("SELECT id FROM current_pages WHERE id = ?", young), [young]);
  }));

test("regression: a listing that fails for good keeps no change from being read that the search shows", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [page] = addPages(site, "DOCS", 4);
    assertEquals((await ingest(DOCS)).status, "complete");
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" },
    });
    for (let night = 0; night < 14; night++) {
      pass(DAY);
      if (night === 9) site.editPage(page!, {});
      await ingest(DOCS);
    }
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", page!), [{ version: 2 }]);
  }));

test("regression: a listing that breaks off leaves sums that add up, and what changed is read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const pages = addPages(site, "DOCS", 6);
    await ingest(DOCS);
    pass(8 * DAY);
    for (const id of pages) site.editPage(id, {});
    pass(30 * MINUTE);
    fake.faults.add({ kind: "short-page", rows: 2, times: Infinity, match: LISTING });
    fake.faults.add({ kind: "status", status: 503, times: Infinity, after: 1, match: LISTING });
    const run = await ingest(DOCS);
    assertEquals([run.status, run.discrepancies, run.spaces[0]!.status], ["incomplete", [], "incomplete"]);
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE version = 2"), [6]);
  }));

for (
  const [what, body] of [
    ["a pasted log of 3 MB", `<p>${"2026-03-01 12:00:00 INFO nothing happened ".repeat(72_000)}</p>`],
    ["a Japanese page of 450,000 characters", `<p>${"日本語の長い文章です。".repeat(41_000)}</p>`],
  ] as const
) {
  test(`regression: ${what} keeps nothing else out of an index`, () =>
    withBench(async ({ site, database, ingest, pass, rows, column }) => {
      const [page] = addPages(site, "DOCS", 3);
      addPages(site, "TEAM", 3);
      assertEquals((await ingest(BOTH)).status, "complete");
      pass(DAY);
      const long = site.addPage({ spaceKey: "DOCS", title: "long", body }).id;
      site.editPage(page!, {});
      pass(MINUTE);
      const run = await ingest();
      assertEquals(run.discrepancies, []);
      assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", page!), [{ version: 2 }]);
      // A file takes it; of a server it is told that it does not.
      const onRecord = await failuresOf(database, run.spaces[0]!.space.id, "page");
      const isHeld = (await column("SELECT id FROM current_pages WHERE id = ?", long)).length === 1;
      assertEquals(
        [run.status, onRecord.map(({ id, reason }) => [id, reason]), isHeld],
        database.url.startsWith("http")
          ? ["incomplete", [[long, "too large"]], false]
          : ["complete", [], true],
      );
      site.editPage(long, { body: "<p>short</p>" });
      pass(DAY);
      assertEquals((await ingest()).status, "complete");
      assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", long), [{ version: 2 }]);
    }));
}

test("regression: pages of a hundred links each come into an index", () =>
  withBench(async ({ site, ingest, column }) => {
    for (let page = 0; page < 250; page++) {
      const links = Array.from({ length: 120 }, (_, i) => {
        const url = `https://tickets.example.com/browse/projects/HARBOUR/issues/HARBOUR-${page * 120 + i}`;
        return `<p><a href="${url}">${url}</a></p>`;
      });
      site.addPage({ spaceKey: "DOCS", title: `Report ${page}`, body: links.join("") });
    }
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_pages"), [250]);
    assertEquals(await column("SELECT count(*) FROM links"), [250 * 120]);
  }));

test("regression: more states of spaces than a server gives in one answer", () =>
  withBench(async ({ site, database, ingest, pass }) => {
    addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    await database.commit([
      {
        sql: `INSERT INTO spaces (id, key, name, type, status, url, fetched_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
          SELECT 'x' || i, '~x' || i, 'Personal space of number ' || i, 'personal', 'current', '', '' FROM n`,
        args: [],
      },
      {
        sql:
          `INSERT INTO sync_state (space_id, mark, body_format, scope, kinds, deletions, reconciled_at, resume_link)
          SELECT s.id, NULL, t.body_format, t.scope, t.kinds, t.deletions, NULL, printf('%.*c', 2000, 'x')
          FROM spaces s, sync_state t WHERE s.id LIKE 'x%'`,
        args: [],
      },
    ]);
    pass(DAY);
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals([(await syncStates(database)).size, (await knownSpaces(database)).length], [6_001, 6_001]);
  }));

test("regression: more pages than a server gives in one answer can be missing", () =>
  withBench(async ({ site, database, ingest, pass, column }) => {
    addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    await database.commit([{
      sql:
        `INSERT INTO pages (id, version, is_current, status, title, space_id, space_key, created_at, updated_at,
          version_message, minor_edit, url, run_id, fetched_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
        SELECT '9' || (1000000 + i), 1, 1, 'current', printf('%.*c', 800, 'x') || i, space_id, space_key, created_at, updated_at,
          '', 0, url, run_id, '2020-01-01T00:00:00.000Z' FROM n, (SELECT * FROM pages LIMIT 1)`,
      args: [],
    }]);
    pass(DAY);
    const run = await ingest({ ...DOCS, reconcile: true });
    assertEquals([run.status, run.spaces[0]!.status], ["incomplete", "held"]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [12_003]);
  }));

test("regression: a position beyond all numbers ends no later run", () =>
  withBench(async ({ site, fake, ingest, pass, rows }) => {
    const [odd, other] = addPages(site, "DOCS", 3);
    const change = (row: Record<string, unknown>) => ({ ...row, position: 2 ** 60 });
    const stop = fake.faults.add({ kind: "bad-rows", ids: [odd!], times: Infinity, change });
    assertEquals((await ingest(DOCS)).status, "complete");
    stop();
    for (let night = 0; night < 2; night++) {
      pass(DAY);
      site.editPage(other!, {});
      assertEquals((await ingest({ reconcile: night === 1 })).status, "complete");
    }
    assertEquals(await rows("SELECT version FROM current_pages WHERE id = ?", other!), [{ version: 3 }]);
  }));

test("regression: a long page full of quotes goes out with its run", () =>
  withBench(async ({ site, database, ingest }) => {
    addPages(site, "DOCS", 3);
    const body = `<p>x</p>${`<br a="" b="" c=""/>`.repeat(210_000)}`;
    const { id } = site.addPage({ spaceKey: "DOCS", title: "long", body });
    assertEquals((await ingest(DOCS)).status, "complete");
    const lines = [];
    for (let after = { spaceKey: "", id: "" };;) {
      const rows = await pagesToExport(database, null, after, 250);
      if (rows.length === 0) break;
      lines.push(...rows);
      after = rows.at(-1)!;
    }
    assertEquals(lines.length, 4);
    const line = lines.find((each) => each.id === id)!.line;
    assertEquals(JSON.parse(line).body_html, body);
    assertEquals(
      Object.keys(JSON.parse(line)),
      Object.keys(JSON.parse(lines.find((each) => each.id !== id)!.line)),
    );
  }));

for (const status of [403, 200]) {
  test(`regression: a page that a web filter blocks (${status}) keeps no other out`, () =>
    withBench(async (bench) => {
      const { site, ingest, pass, rows, column } = bench;
      filter(bench, "EICAR", status);
      const pages = addPages(site, "DOCS", 5);
      const { id } = site.addPage({ spaceKey: "DOCS", title: "scanners", body: "<p>EICAR</p>" });
      const first = await ingest(DOCS);
      assertEquals([first.status, await rows("SELECT id FROM failures")], ["incomplete", [{ id }]]);
      assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), [...pages].sort());
      pass(DAY);
      site.editPage(pages[0]!, { body: "<p>EICAR</p>" });
      site.editPage(pages[1]!, { body: "<p>new</p>" });
      pass(30 * MINUTE);
      assertEquals((await ingest()).status, "incomplete");
      assertEquals(await rows("SELECT body FROM current_pages WHERE id = ?", pages[1]!), [{
        body: "<p>new</p>",
      }]);
    }));
}

test("regression: a comparison that broke off is still owed after the changes that stood in for it", () =>
  withBench(async ({ fake, site, ingest, pass, column }) => {
    const early = site.addPage({ spaceKey: "DOCS", title: "Early" });
    const file = site.attach(early.id, { filename: "early.pdf" });
    const other = site.addPage({ spaceKey: "DOCS", title: "Other" });
    site.hidePage(early.id);
    site.hidePage(other.id);
    addPages(site, "DOCS", 6);
    pass(DAY);
    site.addPage({ spaceKey: "DOCS", title: "Newest" });
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    site.unhidePage(early.id);
    site.unhidePage(other.id);
    site.editPage(other.id, { body: "<p>seen by the search</p>" });
    pass(60 * MINUTE);
    const match = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
    fake.faults.add({ kind: "short-page", rows: 3, times: Infinity, match });
    fake.faults.add({ kind: "status", status: 500, times: Infinity, after: 1, match });
    assertEquals((await ingest({ reconcile: true })).status, "incomplete");
    fake.faults.clear();
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
  }));

test("regression: a row by whose id nobody could ask again spoils no later run", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    for (const id of ["", "12 34", "９９"]) {
      fake.faults.add({
        kind: "bad-rows",
        ids: [ids[1]!],
        match: LISTING,
        change: (row) => ({ ...row, id }),
      });
      assertEquals((await ingest({ ...DOCS, reconcile: true })).status, "incomplete");
    }
    assertEquals(await column("SELECT id FROM failures"), []);
    pass(DAY);
    site.editPage(ids[0]!, { body: "<p>new</p>" });
    pass(30 * MINUTE);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT id FROM current_pages ORDER BY id"), [...ids].sort());
    assertEquals(await column("SELECT body FROM current_pages WHERE id = ?", ids[0]!), ["<p>new</p>"]);
  }));

test("regression: thousands of links by title on a page keep what they were resolved to when its text is written again", () =>
  withBench(async ({ site, ingest, column }) => {
    const link = '<ac:link><ri:page ri:content-title="Glossary" /></ac:link>';
    const pages = Array.from(
      { length: 4 },
      (_, n) => site.addPage({ spaceKey: "DOCS", title: `index ${n}`, body: link.repeat(5_000) }).id,
    );
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Glossary" });
    assertEquals((await ingest(DOCS)).status, "complete");
    const resolved = "SELECT count(*) FROM links WHERE to_page_id = ?";
    assertEquals(await column(resolved, id), [20_000]);
    site.renamePage(id, "Words");
    for (const page of pages) {
      Object.assign(site.page(page).version, { storage: `${link.repeat(5_000)}<p>x</p>` });
    }
    assertEquals((await ingest({ full: true })).metrics.updated, 5);
    assertEquals(await column(resolved, id), [20_000]);
  }));

for (const fault of [{ kind: "status", status: 504 }, { kind: "reset" }] as const) {
  test(`regression: a search that is never answered keeps no page as it was (${Object.values(fault).join(" ")})`, () =>
    withBench(async ({ site, fake, ingest, pass, column }) => {
      const [edited, trashed] = addPages(site, "DOCS", 12);
      pass(DAY);
      await ingest({ ...DOCS, ...WITH_COMMENTS });
      const stop = fake.faults.add({ ...fault, times: Infinity, match: SEARCH });
      site.trashPage(trashed!);
      for (let night = 1; night <= 8; night++) {
        pass(DAY);
        const { version } = site.editPage(edited!, {});
        const { status, spaces: [docs] } = await ingest();
        assertEquals([status, docs!.status], ["incomplete", "incomplete"]);
        assertStringIncludes(docs!.notes.join(), "the search does not answer");
        assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", edited!), [
          version.number,
        ]);
      }
      assertEquals(await column("SELECT count(*) FROM current_pages"), [11]);
      stop();
      site.addLabel(edited!, "late");
      const file = site.attach(edited!, { filename: "a.txt" }).id;
      pass(DAY);
      assertEquals((await ingest()).status, "complete");
      assertEquals(await column("SELECT id FROM current_attachments"), [file]);
      assertEquals(await column("SELECT label FROM page_labels"), ["late"]);
    }));
}

test("regression: one page in the trash that spoils answers by id keeps no other in the index", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 40);
    pass(DAY);
    await ingest(DOCS);
    for (const id of ids.slice(0, 4)) site.trashPage(id);
    let isWell = false;
    const bulk = ({ path, query }: Asked) => path === "/wiki/api/v2/pages" && idsIn(query).includes(ids[0]!);
    const alone = ({ path }: Asked) => !isWell && path === `/wiki/api/v2/pages/${ids[0]}`;
    for (const match of [bulk, alone]) {
      fake.faults.add({ kind: "status", status: 500, times: Infinity, match });
    }
    pass(8 * DAY);
    const spoiled = await ingest();
    assertEquals([spoiled.status, spoiled.metrics.deleted], ["incomplete", 3]);
    isWell = true;
    pass(DAY);
    const well = await ingest();
    assertEquals([well.status, well.metrics.deleted], ["complete", 1]);
    assertEquals(await column("SELECT count(*) FROM current_pages"), [36]);
  }));

test("regression: a page in quarantine that spoils answers about what is in the trash keeps no other from being read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 40);
    const bad = ids[0]!;
    pass(DAY);
    fake.faults.poisonPages.add(bad);
    await ingest(DOCS);
    site.trashPage(bad);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ path, query }) =>
        path === "/wiki/api/v2/pages" && idsIn(query).includes(bad) &&
        query.getAll("status").join().includes("trashed"),
    });
    for (let night = 2; night < 11; night++) {
      pass(DAY);
      site.editPage(ids[1]!, {});
      await ingest();
      assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", ids[1]!), [night]);
    }
    // Asked for alone, it says where it is.
    assertEquals(await column("SELECT id FROM failures"), []);
  }));

test("regression: what a space is not read for any more is no trouble of it", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 2);
    site.archivePage(id!);
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { endpoint: "GET /wiki/api/v2/pages/{id}/labels" },
    });
    await ingest({ ...DOCS, includeArchived: true });
    assertEquals(await column("SELECT DISTINCT kind FROM failures"), ["labels"]);
    pass(DAY);
    await ingest({ kinds: { labels: false } });
    assertEquals(await column("SELECT id FROM failures"), []);
  }));

test("regression: one page that is refused, alone and among others, keeps no other from being read", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 40);
    const bad = ids[0]!;
    pass(DAY);
    await ingest(DOCS);
    const bulk = ({ path, query }: Asked) => path === "/wiki/api/v2/pages" && idsIn(query).includes(bad);
    const alone = ({ path }: Asked) => path === `/wiki/api/v2/pages/${bad}`;
    for (const [night, status] of [403, 400].entries()) {
      const stops = [bulk, alone].map((match) =>
        fake.faults.add({ kind: "status", status, times: Infinity, match })
      );
      for (const id of ids.slice(0, 6)) site.editPage(id, {});
      pass(DAY);
      assertEquals((await ingest()).status, "incomplete");
      assertEquals(await column("SELECT count(*) FROM current_pages WHERE version = ?", night + 2), [5]);
      assertEquals(await column("SELECT id FROM failures"), [bad]);
      for (const stop of stops) stop();
    }
    pass(8 * DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE version = 3"), [6]);
  }));

for (const status of ["trashed", "draft"]) {
  test(`regression: a row that says ${status} where current pages were asked for is no living page`, () =>
    withBench(async ({ site, fake, ingest, pass, rows }) => {
      const [listed, edited] = addPages(site, "DOCS", 5);
      await ingest(DOCS);
      pass(DAY);
      site.editPage(edited!, { body: "<p>new</p>" });
      const change = (row: Record<string, unknown>) => ({ ...row, status });
      fake.faults.add({ kind: "bad-rows", ids: [listed!], match: LISTING, change });
      fake.faults.add({ kind: "bad-rows", ids: [edited!], times: Infinity, match: BY_IDS, change });
      assertEquals((await ingest({ reconcile: true })).discrepancies, []);
      fake.faults.clear();
      pass(DAY);
      assertEquals((await ingest({ reconcile: true })).status, "complete");
      assertEquals(
        await rows("SELECT status, deleted_at FROM pages WHERE is_current = 1 AND status <> 'current'"),
        [],
      );
      assertEquals(await rows("SELECT kind FROM events WHERE kind NOT IN ('added', 'updated')"), []);
    }));
}
