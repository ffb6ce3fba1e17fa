import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/each_database.ts";
import { addPages, DAY, DOCS, withBench } from "./setup.ts";

const TREE = "SELECT path, depth, type FROM page_tree ORDER BY path";
const FOLDER = "GET /wiki/api/v2/folders/{id}";

test("ingest() reads what pages hang under and climbs up, once for each, so that page_tree is whole", () =>
  withBench(async ({ site, fake, ingest, rows, column, pass }) => {
    const top = site.addFolder({ spaceKey: "DOCS", title: "Plans" });
    const inner = site.addFolder({ spaceKey: "DOCS", title: "2026", parentId: top.id });
    const board = site.addWhiteboard({ spaceKey: "DOCS", title: "Board", parentId: inner.id });
    const page = site.addPage({ spaceKey: "DOCS", title: "Goals", body: "", parentId: board.id });
    for (const title of ["First", "Second"]) {
      site.addPage({ spaceKey: "DOCS", title, body: "", parentId: page.id });
    }
    site.addPage({ spaceKey: "DOCS", title: "Alone", body: "" });
    const run = await ingest(DOCS);
    assertEquals(run.status, "complete");
    assertEquals(await rows(TREE), [
      { path: "Alone", depth: 0, type: "page" },
      { path: "Plans", depth: 0, type: "folder" },
      { path: "Plans / 2026", depth: 1, type: "folder" },
      { path: "Plans / 2026 / Board", depth: 2, type: "whiteboard" },
      { path: "Plans / 2026 / Board / Goals", depth: 3, type: "page" },
      { path: "Plans / 2026 / Board / Goals / First", depth: 4, type: "page" },
      { path: "Plans / 2026 / Board / Goals / Second", depth: 4, type: "page" },
    ]);
    assertEquals(
      await rows(
        "SELECT id, type, parent_id, parent_type, space_id = (SELECT id FROM spaces) AS here, note FROM containers ORDER BY title",
      ),
      [
        { id: inner.id, type: "folder", parent_id: top.id, parent_type: "folder", here: 1, note: null },
        { id: board.id, type: "whiteboard", parent_id: inner.id, parent_type: "folder", here: 1, note: null },
        { id: top.id, type: "folder", parent_id: null, parent_type: null, here: 1, note: null },
      ],
    );
    assertEquals(fake.counters.byEndpoint[FOLDER], 2);
    pass(DAY);
    fake.counters.reset();
    await ingest({ deletions: "on_demand" });
    assertEquals(fake.counters.byEndpoint[FOLDER], undefined, "read already");
    site.renamePage(top.id, "Old plans");
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(fake.counters.byEndpoint[FOLDER], 2);
    assertEquals(await column("SELECT path FROM page_tree WHERE title = 'Second'"), [
      "Old plans / 2026 / Board / Goals / Second",
    ]);
  }));

test("a folder that a changed page hangs under is read with the change", () =>
  withBench(async ({ site, fake, ingest, column, pass }) => {
    addPages(site, "DOCS", 2);
    await ingest(DOCS);
    pass(DAY);
    const folder = site.addFolder({ spaceKey: "DOCS", title: "New" });
    site.addPage({ spaceKey: "DOCS", title: "Inside", body: "", parentId: folder.id });
    pass(DAY);
    fake.counters.reset();
    await ingest({ deletions: "on_demand" });
    assertEquals(fake.counters.total, 5, "who, spaces, search, page, folder");
    assertEquals(await column("SELECT path FROM page_tree WHERE title = 'Inside'"), ["New / Inside"]);
  }));

test("a token without the scope for folders asks once, keeps ids and types with a note, and completes", () =>
  withBench(async ({ site, fake, ingest, rows, column }) => {
    for (let n = 0; n < 9; n++) {
      const { id } = site.addFolder({ spaceKey: "DOCS", title: `Folder ${n}` });
      site.addPage({ spaceKey: "DOCS", title: `In ${n}`, body: "", parentId: id });
    }
    const run = await ingest(DOCS);
    assertEquals(run.status, "complete");
    const [type, title, note] = Object.values(
      (await rows("SELECT type, title, note FROM containers LIMIT 1"))[0]!,
    );
    assertEquals([type, title], ["folder", null]);
    assertStringIncludes(String(note), "read:folder:confluence");
    assertEquals(await column("SELECT count(*) FROM containers"), [9]);
    assertEquals(fake.counters.byEndpoint[FOLDER]! <= 5, true, "no more than were under way together");
    assertStringIncludes(run.spaces[0]!.notes.join(), "is kept by its id");
    const id = (await column("SELECT id FROM containers ORDER BY id"))[0];
    assertEquals(
      await column("SELECT path FROM page_tree WHERE type = 'page' AND parent_id = ?", String(id)),
      [
        `folder ${id} / In 0`,
      ],
    );
  }, {
    gateway: true,
    fake: {
      accounts: [{
        email: "ana@example.com",
        token: "scoped",
        kind: "scoped",
        scopes: [
          "read:space:confluence",
          "read:page:confluence",
          "read:attachment:confluence",
          "search:confluence",
        ],
      }],
    },
  }));

test("one folder that cannot be read is noted, stops nothing, and is asked for again with the next listing", () =>
  withBench(async ({ site, fake, ingest, column, pass }) => {
    for (const name of ["A", "B"]) {
      const { id } = site.addFolder({ spaceKey: "DOCS", title: name });
      site.addPage({ spaceKey: "DOCS", title: `In ${name}`, body: "", parentId: id });
    }
    fake.faults.add({ kind: "status", status: 400, times: 1, match: { endpoint: FOLDER } });
    assertEquals((await ingest(DOCS)).status, "complete");
    assertEquals(await column("SELECT count(*) FROM containers WHERE note IS NOT NULL"), [1]);
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(await column("SELECT path FROM page_tree WHERE type = 'page' ORDER BY path"), [
      "A / In A",
      "B / In B",
    ]);
  }));

test("page_tree ends a way that comes round again, and starts at the lowest thing that is known", () =>
  withBench(async ({ site, ingest, rows, database }) => {
    const [first, second, third] = addPages(site, "DOCS", 3);
    await ingest(DOCS);
    const hang = (id: string, parent: string) => ({
      sql: "UPDATE pages SET parent_id = ?, parent_type = 'page' WHERE id = ?",
      args: [parent, id],
    });
    await database.commit([hang(first!, second!), hang(second!, first!), hang(third!, "404")]);
    assertEquals(await rows("SELECT path, depth FROM page_tree ORDER BY title"), [
      { path: "DOCS 2 / DOCS 1", depth: 1 },
      { path: "DOCS 1 / DOCS 2", depth: 1 },
      { path: "DOCS 3", depth: 0 },
    ]);
  }));
