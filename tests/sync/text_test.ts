import { assert, assertEquals } from "@std/assert";
import { convertBody } from "../../src/sync/convert_page.ts";
import { test } from "../support/each_database.ts";
import { type Bench, BOTH, DAY, DOCS, withBench } from "./setup.ts";

function linkTo(title: string, space?: string): string {
  const key = space === undefined ? "" : ` ri:space-key="${space}"`;
  return `<p><ac:link><ri:page ri:content-title="${title}"${key} /></ac:link></p>`;
}

/** Page ids that a search finds, best first. */
function found({ column }: Bench, words: string): Promise<unknown[]> {
  return column(
    "SELECT CAST(rowid AS TEXT) FROM page_search WHERE page_search MATCH ? ORDER BY rank, rowid",
    words,
  );
}

test("ingest keeps text, converter version, notes and links with the page", () =>
  withBench(async (bench) => {
    const { site, ingest, rows } = bench;
    const { id } = site.addPage({
      spaceKey: "DOCS",
      title: "Plan",
      body:
        `<h1>Aim</h1><p>Ship <em>now</em> <a href="https://example.org/x">there</a></p>${linkTo("Nowhere")}` +
        `<ac:structured-macro ac:name="children" />`,
    });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await rows("SELECT body_text, converter_version FROM pages"), [
      { body_text: "Aim\nShip now there\nNowhere", converter_version: 1 },
    ]);
    assertEquals(await rows("SELECT kind, name, count FROM conversion_notes WHERE page_id = ?", id), [
      { kind: "no_stored_content", name: "children", count: 1 },
    ]);
    assertEquals(
      await rows(
        "SELECT from_page_id, from_version, position, kind, used_as, text, to_page_id, to_space_key, to_title, url FROM links ORDER BY position",
      ),
      [
        {
          from_page_id: id,
          from_version: 1,
          position: 0,
          kind: "url",
          used_as: "link",
          text: "there",
          to_page_id: null,
          to_space_key: null,
          to_title: null,
          url: "https://example.org/x",
        },
        {
          from_page_id: id,
          from_version: 1,
          position: 1,
          kind: "page",
          used_as: "link",
          text: "Nowhere",
          to_page_id: null,
          to_space_key: "DOCS",
          to_title: "Nowhere",
          url: null,
        },
      ],
    );
    assertEquals(await rows("SELECT from_page_id, reason FROM broken_links"), [
      { from_page_id: id, reason: "no page of that title" },
    ]);
  }));

test("ingest goes on past hostile bodies and keeps what text they have", () =>
  withBench(async ({ site, ingest, rows }) => {
    const bodies = [
      "<p>" + "<ul><li>".repeat(3_000) + "deep",
      '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[open',
      "&".repeat(1_000) + '&#0;&#x110000;<!DOCTYPE x [<!ENTITY a "b">]>&a;',
      "\u0000\ud800<p a='1' a='2'",
    ];
    for (const [i, body] of bodies.entries()) site.addPage({ spaceKey: "DOCS", title: `Hostile ${i}`, body });
    const { status } = await ingest(DOCS);
    assertEquals(status, "complete");
    const texts = await rows("SELECT body_text FROM pages ORDER BY title");
    assertEquals(texts.length, bodies.length);
    assert(String(texts[0]!["body_text"]).includes("deep"));
    assert(String(texts[1]!["body_text"]).includes("open"));
  }));

test("links find their page when it comes later, and keep it when it is renamed, moved to another space or comes back", () =>
  withBench(async (bench) => {
    const { site, ingest, rows, column, pass } = bench;
    const from = site.addPage({ spaceKey: "DOCS", title: "From", body: linkTo("Aim") }).id;
    await ingest(BOTH);
    assertEquals(await column("SELECT to_page_id FROM links"), [null]);

    pass(DAY);
    const aim = site.addPage({ spaceKey: "DOCS", title: "aim", body: "<p>here</p>" }).id;
    await ingest(BOTH);
    assertEquals(await rows("SELECT page_id, from_page_id FROM backlinks"), [{
      page_id: aim,
      from_page_id: from,
    }]);
    assertEquals(await rows("SELECT * FROM broken_links"), []);

    pass(DAY);
    site.renamePage(aim, "Goal");
    await ingest(BOTH);
    assertEquals(await rows("SELECT page_id, title FROM backlinks"), [{ page_id: aim, title: "Goal" }]);

    site.movePage(aim, { spaceKey: "TEAM" });
    await ingest({ ...BOTH, reconcile: true });
    assertEquals(await rows("SELECT page_id, space_key FROM backlinks"), [{
      page_id: aim,
      space_key: "TEAM",
    }]);

    site.trashPage(aim);
    await ingest({ ...BOTH, reconcile: true });
    assertEquals(await rows("SELECT page_id FROM backlinks"), []);
    assertEquals(await rows("SELECT to_page_id, to_title, reason FROM broken_links"), [
      { to_page_id: aim, to_title: "Goal", reason: "deleted: trashed" },
    ]);

    site.restorePage(aim);
    await ingest({ ...BOTH, reconcile: true });
    assertEquals(await column("SELECT page_id FROM backlinks"), [aim]);
    assertEquals(await rows("SELECT * FROM broken_links"), []);
  }));

test("links by title lead to the page that took the place of a deleted one, whichever is seen first", () =>
  withBench(async ({ site, ingest, column, pass }) => {
    const old = site.addPage({ spaceKey: "DOCS", title: "Aim", body: "" }).id;
    site.addPage({ spaceKey: "DOCS", title: "From", body: linkTo("Aim") });
    await ingest(DOCS);
    assertEquals(await column("SELECT page_id FROM backlinks"), [old]);
    pass(DAY);
    site.trashPage(old);
    const next = site.addPage({ spaceKey: "DOCS", title: "Aim", body: "" }).id;
    await ingest({ ...DOCS, deletions: "on_demand" });
    assertEquals(await column("SELECT page_id FROM backlinks"), [old]);
    await ingest({ ...DOCS, reconcile: true });
    assertEquals(await column("SELECT page_id FROM backlinks"), [next]);
  }));

test("search finds current pages that are not deleted, and only those", () =>
  withBench(async (bench) => {
    const { site, ingest, pass, database } = bench;
    const { id } = site.addPage({ spaceKey: "DOCS", title: "Bericht", body: "<p>Rückblick</p>" });
    const other =
      site.addPage({ spaceKey: "DOCS", title: "数据库接続", body: "<p>データを読む 그룹을</p>" }).id;
    await ingest(DOCS);
    assertEquals(await found(bench, "ruckblick"), [id]);
    assertEquals(await found(bench, '"接\u200a続"'), [other]);
    assertEquals(await found(bench, '"데"'), []);
    assertEquals(await found(bench, '"그\u200a룹"'), [other]);

    pass(DAY);
    site.editPage(id, { body: "<p>Ausblick</p>" });
    await ingest(DOCS);
    assertEquals(await found(bench, "ruckblick"), []);
    assertEquals(await found(bench, "ausblick"), [id]);

    pass(DAY);
    site.renamePage(id, "Lagebild");
    await ingest(DOCS);
    assertEquals([await found(bench, "bericht"), await found(bench, "lagebild")], [[], [id]]);

    site.trashPage(id);
    await ingest({ ...DOCS, reconcile: true });
    assertEquals(await found(bench, "ausblick"), []);
    site.restorePage(id);
    await ingest({ ...DOCS, reconcile: true });
    assertEquals(await found(bench, "ausblick"), [id]);
    await database.commit([{
      sql: `UPDATE pages SET labels = '["wichtig"]' WHERE id = ? AND is_current = 1`,
      args: [id],
    }]);
    assertEquals(await found(bench, "labels: wichtig"), [id]);
    // Compares the whole search index with what it was made from.
    await database.commit(["INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)"]);
  }));

Deno.test("convertBody counts the links that it leaves out", () => {
  const value = '<a href="https://example.org/">x</a>'.repeat(5_003);
  const { links, notes } = convertBody(
    { pageId: "1", spaceKey: "A", format: "storage", value },
    "https://a.example/wiki",
  );
  assertEquals(links.length, 5_000);
  assertEquals(notes.find(({ name }) => name === "links")?.count, 3);
});

test("text with NUL or half a surrogate pair is kept to its end, and is the same the next time", () =>
  withBench(async ({ site, fake, ingest, pass, rows, column }) => {
    const page = site.addPage({ spaceKey: "DOCS", title: "odd", body: "<p>before\u0000after 🙂</p>" });
    const file = site.attach(page.id, { filename: "a\u0000b.png" });
    fake.faults.add({
      kind: "bad-rows",
      ids: [page.id],
      times: Infinity,
      change: (row) => ({ ...row, title: "half \ud800 a pair" }),
    });
    await ingest(DOCS);
    assertEquals(await rows("SELECT title, body FROM current_pages"), [
      { title: "half \ufffd a pair", body: "<p>before\ufffdafter 🙂</p>" },
    ]);
    assertEquals(await column("SELECT filename FROM current_attachments WHERE id = ?", file.id), [
      "a\ufffdb.png",
    ]);
    pass(DAY);
    const again = await ingest({ reconcile: true });
    assertEquals([again.metrics.updated, again.metrics.attachments_updated], [0, 0]);
  }));
