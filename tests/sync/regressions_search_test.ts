/** Searches that move while they are read, or end early. */
import { assertEquals } from "@std/assert";
import { test } from "../support/each_database.ts";
import { LISTING, SEARCH, without } from "./bad_luck.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, TEAM, withBench } from "./setup.ts";

/** A day of edits, one in `apart`, after a first run that has everything. */
async function editedAll({ site, ingest, pass }: Bench, n: number, apart: number): Promise<string[]> {
  const ids = addPages(site, "DOCS", n);
  assertEquals((await ingest(DOCS)).status, "complete");
  pass(DAY);
  for (const id of ids) {
    site.editPage(id, { body: "<p>new</p>" });
    pass(apart);
  }
  return ids;
}

/** A page that alone is in the window of the next search. */
async function withNewest({ site, ingest, pass }: Bench): Promise<string> {
  addPages(site, "DOCS", 3);
  pass(DAY);
  const { id } = site.addPage({ spaceKey: "DOCS", title: "newest" });
  pass(DAY);
  assertEquals((await ingest(DOCS)).status, "complete");
  return id;
}

/** What the nights after it do not find. */
async function leftOld({ ingest, pass, column }: Bench): Promise<unknown[]> {
  for (let night = 0; night < 3; night++) {
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
  }
  return await column("SELECT id FROM current_pages WHERE body NOT LIKE '<p>new%'");
}

/** Cursors that say how many rows to leave out, and nothing of the last one. */
function byOffset({ fake }: Bench): void {
  fake.faults.add({
    kind: "transform",
    times: Infinity,
    match: SEARCH,
    change: (body) => {
      const { _links: links, ...rest } = body as { _links: { next?: string } };
      const next = links.next?.replace(/_sa_[^&]*/, `_sa_${encodeURIComponent(btoa("[1]"))}`);
      return { ...rest, _links: next === undefined ? links : { ...links, next } };
    },
  });
}

/** Something happens just before the search is asked for its n-th answer. */
function before({ fake }: Bench, n: number, happen: () => void): void {
  let asked = 0;
  fake.faults.onRequest(({ endpoint }) => {
    if (endpoint === SEARCH.endpoint && ++asked === n) happen();
  });
}

test("regression: an edit between two answers of the search hides no other page, an empty answer in between", () =>
  withBench(async (bench) => {
    const { site, fake, ingest } = bench;
    const ids = await editedAll(bench, 6, 60 * MINUTE);
    fake.faults.add({ kind: "short-page", rows: 2, match: SEARCH });
    fake.faults.add({ kind: "short-page", rows: 0, match: SEARCH, after: 1 });
    before(bench, 3, () => site.editPage(ids[0]!, { body: "<p>new again</p>" }));
    assertEquals((await ingest()).status, "complete");
    assertEquals(await leftOld(bench), []);
  }));

test("regression: an edit between two answers of the search hides no other page, where cursors count rows", () =>
  withBench(async (bench) => {
    const { site, ingest, pass } = bench;
    const ids = await editedAll(bench, 300, 2 * MINUTE);
    pass(60 * MINUTE);
    byOffset(bench);
    before(bench, 2, () => site.editPage(ids[0]!, { body: "<p>new again</p>" }));
    assertEquals((await ingest()).status, "complete");
    assertEquals(await leftOld(bench), []);
  }));

test("regression: a search that shows all in one answer is asked once, one in several twice", () =>
  withBench(async (bench) => {
    const { fake, ingest } = bench;
    const ids = await editedAll(bench, 6, 60 * MINUTE);
    const searches = async () => {
      fake.counters.reset();
      assertEquals((await ingest()).status, "complete");
      return fake.counters.byEndpoint[SEARCH.endpoint];
    };
    assertEquals(await searches(), 1);
    for (const id of ids) bench.site.editPage(id, {});
    bench.pass(60 * MINUTE);
    fake.faults.add({ kind: "short-page", rows: 5, times: 1, match: SEARCH });
    assertEquals(await searches(), 3);
    assertEquals(await searches(), 1);
  }));

test("regression: rows of other spaces do not make a search restless", () =>
  withBench(async (bench) => {
    addPages(bench.site, "TEAM", 200);
    await editedAll(bench, 6, 60 * MINUTE);
    assertEquals((await bench.ingest()).status, "complete");
  }, { fake: { settings: { search: { strayRows: 1, capExpanded: 3 } } } }));

test("regression: a search that ends early moves the mark no further than it came, whatever times its rows show", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass } = bench;
    const ids = await editedAll(bench, 6, 60 * MINUTE);
    fake.faults.add({ kind: "short-page", rows: 2, match: SEARCH });
    fake.faults.add({
      kind: "transform",
      after: 1,
      match: SEARCH,
      change: (body) => {
        const { _links: { next: _, ...links }, ...rest } = body as { _links: Record<string, string> };
        return { ...rest, results: [], size: 0, _links: links };
      },
    });
    // The search index does not know it yet, but rows are filled from the database.
    site.editPage(ids[0]!, { body: "<p>new again</p>" });
    pass(MINUTE);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await leftOld(bench), []);
  }, { fake: { settings: { search: { lagMs: 5 * MINUTE } } } }));

const SHOWS_NOTHING = {
  kind: "transform",
  times: Infinity,
  match: SEARCH,
  change: (body: unknown) => ({ ...body as Record<string, unknown>, results: [], size: 0 }),
} as const;

test("regression: nights in which the search shows nothing are read by the listing", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    assertEquals((await ingest(DOCS)).status, "complete");
    fake.faults.add(SHOWS_NOTHING);
    for (const id of ids) {
      pass(DAY);
      site.editPage(id, { body: "<p>new</p>" });
      pass(60 * MINUTE);
      assertEquals((await ingest()).status, "complete");
      assertEquals(await column("SELECT body FROM current_pages WHERE id = ?", id), ["<p>new</p>"]);
    }
  }));

test("regression: a space whose newest page went to the trash has a search that rightly shows nothing", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass } = bench;
    const id = await withNewest(bench);
    site.trashPage(id);
    pass(DAY);
    fake.counters.reset();
    assertEquals((await ingest()).status, "complete");
    assertEquals(fake.counters.byEndpoint[LISTING.endpoint], undefined);
  }));

test("regression: a first reading while the search shows nothing has its attachments when the search is back", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const ids = addPages(site, "DOCS", 3);
    const files = ids.map((id) => site.attach(id, { filename: `${id}.png` }).id);
    pass(DAY);
    site.editPage(ids[0]!, {});
    pass(DAY);
    const stop = fake.faults.add(SHOWS_NOTHING);
    assertEquals((await ingest(DOCS)).status, "incomplete");
    stop();
    pass(DAY);
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT id FROM current_attachments ORDER BY id"), [...files].sort());
  }));

for (const first of [true, false]) {
  test(
    `regression: a page that a ${
      first ? "first listing" : "reconciliation"
    } leaves out is brought in by the search`,
    () =>
      withBench(async ({ site, fake, ingest, pass, column }) => {
        addPages(site, "DOCS", 4);
        if (!first) assertEquals((await ingest(DOCS)).status, "complete");
        pass(8 * DAY);
        const { id } = site.addPage({ spaceKey: "DOCS", title: "left out" });
        const file = site.attach(id, { filename: "a.png" });
        pass(60 * MINUTE);
        site.addPage({ spaceKey: "DOCS", title: "newer" });
        pass(60 * MINUTE);
        fake.faults.add({ kind: "transform", change: without(id), match: LISTING });
        assertEquals((await ingest(DOCS)).status, "complete");
        assertEquals(await column("SELECT title FROM current_pages WHERE id = ?", id), ["left out"]);
        assertEquals(await column("SELECT id FROM current_attachments"), [file.id]);
      }),
  );
}

test("regression: a search that shows nothing is not believed where what was changed last is gone", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    site.trashPage(await withNewest(bench));
    await ingest({ reconcile: true });
    const [id] = await column("SELECT id FROM current_pages WHERE title = 'DOCS 1'") as [string];
    pass(DAY);
    site.editPage(id, { body: "<p>new</p>" });
    pass(60 * MINUTE);
    fake.faults.add(SHOWS_NOTHING);
    await ingest();
    assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", id), [2]);
  }));

for (
  const what of [
    "an attachment",
    "a blog post",
    "a comment",
    "what is trashed now",
    "what is edited all the time",
  ]
) {
  test(`regression: a search that shows nothing is not believed where ${what} was changed last`, () =>
    withBench(async ({ site, fake, ingest, pass, column }) => {
      const [id, other] = addPages(site, "DOCS", 3);
      pass(DAY);
      if (what.startsWith("what")) site.editPage(other!, { body: "<p>newest</p>" });
      else if (what === "an attachment") site.attach(id!, { filename: "a.pdf" });
      else if (what === "a comment") site.addFooterComment(id!, { body: "<p>hm</p>" });
      else site.addBlogPost({ spaceKey: "DOCS", title: "Post" });
      pass(60 * MINUTE);
      await ingest({ ...DOCS, kinds: { blogposts: true, comments: true } });
      pass(DAY);
      site.editPage(id!, { body: "<p>new</p>" });
      pass(60 * MINUTE);
      if (what === "what is trashed now") site.trashPage(other!);
      if (what === "what is edited all the time") site.editPage(other!, { body: "<p>newer</p>" });
      fake.faults.add(SHOWS_NOTHING);
      await ingest();
      assertEquals(await column("SELECT version FROM current_pages WHERE id = ?", id!), [2]);
    }));
}

test("regression: a page of another space that a listing leaves out is brought in by the search", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [id] = addPages(site, "DOCS", 4);
    addPages(site, "TEAM", 4);
    await ingest(BOTH);
    pass(DAY);
    site.movePage(id!, { spaceKey: "TEAM", bumpVersion: false });
    pass(DAY);
    fake.faults.add({ kind: "transform", change: without(id!), match: LISTING });
    await ingest({ ...TEAM, reconcile: true });
    assertEquals(await column("SELECT space_key FROM current_pages WHERE id = ?", id!), ["TEAM"]);
    pass(DAY);
    // A listing that leaves out one page may leave out others.
    assertEquals((await ingest(TEAM)).spaces.map(({ mode }) => mode), ["reconcile"]);
  }));

test("regression: a listing from half an hour ago hides no edit that the search of the same run shows", () =>
  withBench(async ({ site, fake, ingest, pass, column }) => {
    const [id, other] = addPages(site, "DOCS", 4);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(7 * DAY);
    const { number, createdAt } = site.page(id!).version;
    site.editPage(id!, { body: "<p>new</p>" });
    pass(20 * MINUTE);
    site.attach(other!, { filename: "late.png" });
    pass(MINUTE);
    fake.faults.add({
      kind: "bad-rows",
      ids: [id!],
      match: LISTING,
      change: (row) => ({
        ...row,
        version: { ...(row["version"] as object), number, createdAt: new Date(createdAt).toISOString() },
      }),
    });
    const { status, spaces } = await ingest();
    assertEquals([status, spaces.map(({ mode }) => mode)], ["complete", ["reconcile"]]);
    assertEquals(await column("SELECT body FROM current_pages WHERE id = ?", id!), ["<p>new</p>"]);
  }));

test("regression: quiet nights of a space whose newest page has a search row that cannot be read are quiet", () =>
  withBench(async (bench) => {
    const { fake, ingest, pass } = bench;
    const id = await withNewest(bench);
    const change = ({ title: _, ...row }: Record<string, unknown>) => ({ ...row, type: 7 });
    fake.faults.add({ kind: "bad-rows", ids: [id], times: Infinity, match: SEARCH, change });
    pass(DAY);
    fake.counters.reset();
    await ingest();
    assertEquals(fake.counters.byEndpoint[LISTING.endpoint], undefined);
  }));

test("regression: the only change of a day is not hidden by rows that move, behind known ones", () =>
  withBench(async (bench) => {
    const { site, ingest, pass } = bench;
    const ids = addPages(site, "DOCS", 260);
    pass(DAY);
    for (const id of ids.slice(0, 250)) site.editPage(id, { body: "<p>new</p>" });
    pass(MINUTE);
    assertEquals((await ingest(DOCS)).status, "complete");
    pass(DAY);
    for (const id of ids.slice(250)) site.editPage(id, { body: "<p>new</p>" });
    pass(60 * MINUTE);
    byOffset(bench);
    before(bench, 2, () => {
      for (const id of ids.slice(0, 5)) site.editPage(id, { body: "<p>new again</p>" });
    });
    assertEquals((await ingest()).status, "complete");
    assertEquals(await leftOld(bench), []);
  }));

test("regression: of two rows of one page in one answer of the search the newer counts, whichever comes last", () =>
  withBench(async (bench) => {
    const { site, fake, ingest, pass, column } = bench;
    const [id, other] = addPages(site, "DOCS", 4);
    pass(DAY);
    await ingest(DOCS);
    pass(DAY);
    site.editPage(id!, {});
    pass(30 * MINUTE);
    site.editPage(other!, {});
    pass(30 * MINUTE);
    const when = new Date(site.page(id!).versions[0]!.createdAt).toISOString();
    fake.faults.add({
      kind: "transform",
      match: SEARCH,
      change: (body) => {
        const { results, ...rest } = body as { results: { id: string; version: object }[] };
        const twice = results.flatMap((row) =>
          row.id === id ? [row, { ...row, version: { ...row.version, number: 1, when } }] : [row]
        );
        return { ...rest, results: twice };
      },
    });
    assertEquals((await ingest()).status, "complete");
    assertEquals(await column("SELECT version FROM current_pages WHERE id IN (?, ?)", id!, other!), [2, 2]);
  }));

for (const what of ["space", "page"]) {
  test(`regression: a ${what} that is hidden just while a delta asks for what was shown is compared the next night`, () =>
    withBench(async ({ site, fake, ingest, pass, column }) => {
      const [hidden, seen] = addPages(site, "DOCS", 6);
      await ingest(DOCS);
      pass(DAY);
      for (const id of [hidden!, seen!]) {
        site.editPage(id, { body: "<p>new</p>" });
        pass(5 * 60 * MINUTE);
      }
      let asked = 0;
      const stop = fake.faults.onRequest(({ path }) => {
        if (!path.startsWith("/wiki/api/v2/pages")) return;
        asked++;
        if (asked === 1) what === "space" ? site.hideSpace("DOCS") : site.hidePage(hidden!);
        if (asked === 4) what === "space" ? site.unhideSpace("DOCS") : site.unhidePage(hidden!);
      });
      await ingest();
      stop();
      site.unhidePage(hidden!);
      pass(DAY);
      assertEquals((await ingest()).spaces.map(({ mode }) => mode), ["reconcile"]);
      assertEquals(await column("SELECT version FROM current_pages WHERE version > 1"), [2, 2]);
      pass(DAY);
      assertEquals((await ingest()).spaces.map(({ mode }) => mode), ["delta"]);
    }));
}
