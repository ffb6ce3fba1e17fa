import { assertEquals, assertRejects } from "@std/assert";
import { ConfluenceIndexError } from "@confluence-index/confluence-index";
import { acquireLease } from "../../src/database/mod.ts";
import { reconvert } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { addPages, DOCS, withBench } from "./setup.ts";

const EVERYTHING =
  "SELECT id, version, body_text, search_title, search_text, converter_version FROM pages ORDER BY id";
const LINKS = "SELECT * FROM links ORDER BY from_page_id, position";

test("reconvert makes again what another converter made, and gives the same as an ingest", () =>
  withBench(async ({ site, ingest, database, clock, rows, column }) => {
    const target = site.addPage({ spaceKey: "DOCS", title: "接続", body: "<p>データ</p>" }).id;
    site.addPage({
      spaceKey: "DOCS",
      title: "From",
      body:
        '<p><ac:link><ri:page ri:content-title="接続"/></ac:link></p><ac:structured-macro ac:name="children"/>',
    });
    await ingest(DOCS);
    const before = [await rows(EVERYTHING), await rows(LINKS), await rows("SELECT * FROM conversion_notes")];
    await database.commit([
      "UPDATE pages SET body_text = 'old', search_text = NULL, converter_version = 0",
      "DELETE FROM conversion_notes",
      "UPDATE links SET text = 'old'",
      // Renamed meanwhile: what the old title was resolved to must stay.
      `UPDATE pages SET title = 'renamed', search_title = NULL WHERE id = '${target}'`,
    ]);
    assertEquals(await reconvert({ database, clock }), { converted: 2, left: 0 });
    await database.commit([`UPDATE pages SET title = '接続' WHERE id = '${target}'`]);
    assertEquals(await column("SELECT to_page_id FROM links"), [target]);
    await reconvert({ database, clock, all: true });
    assertEquals(
      [await rows(EVERYTHING), await rows(LINKS), await rows("SELECT * FROM conversion_notes")],
      before,
    );
    assertEquals(await reconvert({ database, clock }), { converted: 0, left: 0 });
    await database.commit(["INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)"]);
  }));

test("reconvert goes on where it was interrupted", () =>
  withBench(async ({ site, ingest, database, clock, column }) => {
    addPages(site, "DOCS", 250);
    await ingest(DOCS);
    await database.commit(["UPDATE pages SET body_text = 'old', converter_version = 0"]);
    const stop = new AbortController();
    const first = await reconvert({
      database,
      clock,
      signal: stop.signal,
      onProgress: (done) => {
        if (done > 0) stop.abort();
      },
    });
    assertEquals(first, { converted: 100, left: 150 });
    assertEquals(await reconvert({ database, clock }), { converted: 150, left: 0 });
    assertEquals(await column("SELECT count(*) FROM pages WHERE body_text = 'old'"), [0]);
  }));

test("reconvert leaves an index alone that a run writes to", () =>
  withBench(async ({ ingest, database, clock, column }) => {
    await ingest(DOCS);
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    await acquireLease(database, {
      owner: "other",
      runId: "other",
      acquiredAt: at(0),
      expiresAt: at(60_000),
    }, await column("SELECT id FROM spaces") as string[]);
    await assertRejects(() => reconvert({ database, clock }), ConfluenceIndexError, "run other is writing");
  }));
