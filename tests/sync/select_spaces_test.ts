import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { test } from "../support/each_database.ts";
import { withBench } from "./setup.ts";

const chosen = (run: { readonly spaces: readonly { readonly space: { readonly key: string } }[] }) =>
  run.spaces.map(({ space }) => space.key);

test("selectSpaces finds keys in any case, personal ones and ids, each once and in order", () =>
  withBench(async ({ site, ingest }) => {
    const me = site.addSpace({ key: "~Me.Myself" });
    const run = await ingest({
      selection: { keys: ["team", "TEAM", "~me.MYSELF"], ids: [me.id, site.space("DOCS").id] },
    });
    assertEquals(chosen(run), ["DOCS", "TEAM", "~Me.Myself"]);
  }));

test("selectSpaces names everything that it cannot find, and nothing is written", () =>
  withBench(async ({ ingest, column }) => {
    const error = await assertRejects(
      () => ingest({ selection: { keys: ["DOCS", "NOPE"], ids: ["424242"] } }),
      ConfluenceIndexError,
    );
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, '"NOPE", id 424242');
    assertEquals(await column("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM spaces)"), [0]);
  }));

test("selectSpaces takes the spaces of the index where none is named, and says how to name one where it is empty", () =>
  withBench(async ({ ingest }) => {
    const error = await assertRejects(() => ingest(), ConfluenceIndexError);
    assertStringIncludes(error.hint ?? "", "--space KEY");
    await ingest({ selection: { keys: ["TEAM"] } });
    assertEquals(chosen(await ingest()), ["TEAM"]);
    assertEquals(chosen(await ingest({ selection: { all: true } })), ["DOCS", "TEAM"]);
    assertEquals(chosen(await ingest()), ["DOCS", "TEAM"]);
  }));

test("selectSpaces of all for an account that sees none is an error and not an empty success", () =>
  withBench(async ({ site, ingest }) => {
    for (const key of ["DOCS", "TEAM"]) site.hideSpace(key);
    const error = await assertRejects(() => ingest({ selection: { all: true } }), ConfluenceIndexError);
    assertStringIncludes(error.message, "this account sees no space");
  }));

test("selectSpaces stops at a space row that it cannot read, rather than go on without it", () =>
  withBench(async ({ fake, ingest, column }) => {
    fake.faults.add({
      kind: "bad-rows",
      match: { path: "/api/v2/spaces" },
      times: Infinity,
      change: ({ key: _, ...row }) => row,
    });
    await assertRejects(() => ingest({ selection: { all: true } }), ConfluenceIndexError);
    assertEquals(await column("SELECT count(*) FROM runs"), [0]);
  }));

test("selectSpaces lets pages follow the new key of a space", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    site.addPage({ spaceKey: "DOCS", title: "Page" });
    await ingest({ selection: { keys: ["DOCS"] } });
    fake.faults.add({
      kind: "bad-rows",
      match: { path: "/api/v2/spaces" },
      change: (row) => ({ ...row, key: "PAPERS" }),
    });
    await ingest({ deletions: "on_demand" });
    assertEquals(await column("SELECT key FROM spaces"), ["PAPERS"]);
    assertEquals(await column("SELECT space_key FROM current_pages"), ["PAPERS"]);
  }));

test("selectSpaces tells of spaces of the index that are gone: one with a key that was given again, and of all any", () =>
  withBench(async ({ site, ingest, column }) => {
    for (const spaceKey of ["DOCS", "TEAM"]) site.addPage({ spaceKey, title: "Page" });
    await ingest({ selection: { all: true } });
    site.removeSpace("DOCS");
    const all = await ingest({ selection: { all: true } });
    assertEquals([all.status, all.spaces.map(({ status }) => status)], ["incomplete", [
      "failed",
      "complete",
    ]]);
    assertStringIncludes(all.spaces[0]!.notes.join(), "its pages were kept");
    site.addSpace({ key: "DOCS" });
    site.addPage({ spaceKey: "DOCS", title: "Page" });
    const again = await ingest({ selection: { keys: ["docs"] } });
    assertEquals([again.status, chosen(again), again.metrics.added], ["incomplete", ["DOCS", "DOCS"], 1]);
    assertEquals((await ingest({ selection: { keys: ["TEAM"] } })).status, "complete");
    assertEquals(await column("SELECT count(*) FROM current_pages WHERE space_key = 'DOCS'"), [2]);
  }));
