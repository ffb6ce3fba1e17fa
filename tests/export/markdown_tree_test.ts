/** The Markdown export on disk: what it writes, what it writes again, what it removes, and what it never touches. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import type { Database } from "../../src/database/mod.ts";
import { AttachmentStore, type MarkdownTree, writeMarkdownTree } from "../../src/export/mod.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { filesOf, indexWith, type PageRow, pagesOf, putAttachment, putPages } from "./support.ts";

interface Bench {
  readonly database: Database;
  readonly dir: string;
  readonly folder: string;
  /** Exports, and gives the counts as `[written, unchanged, removed, kept]`. */
  export(): Promise<number[]>;
  pages(): Promise<Record<string, string>>;
}

function withExport(pages: readonly PageRow[], work: (bench: Bench) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    await using database = await indexWith(pages);
    const folder = `${dir}/export/markdown`;
    await work({
      database,
      dir,
      folder,
      export: async () => counts(await writeMarkdownTree(database, dir)),
      pages: () => pagesOf(folder),
    });
  });
}

function counts({ written, unchanged, removed, kept }: MarkdownTree): number[] {
  return [written, unchanged, removed, kept];
}

const THREE: readonly PageRow[] = [
  { id: "1", title: "Home" },
  { id: "2", title: "Plan", parent: "1" },
  { id: "3", title: "Week", parent: "2" },
];

Deno.test("writeMarkdownTree writes front matter, body and links that lead to the other files", () =>
  withExport([
    {
      id: "1",
      title: 'Home: "a"\u2028',
      labels: ["b", "a"],
      body: `<p><ac:link><ri:page ri:content-title="Plan" /></ac:link></p>
<p><ac:link><ri:page ri:space-key="TEAM" ri:content-title="far away" /><ac:plain-text-link-body><![CDATA[far]]></ac:plain-text-link-body></ac:link></p>
<p><a href="https://example.atlassian.net/wiki/spaces/DOCS/pages/2/Old+title#part">by id</a></p>
<p><ac:link><ri:page ri:content-title="Unknown" /></ac:link></p>
<p><ac:link><ri:attachment ri:filename="a b.pdf" /></ac:link></p>
<p><ac:link><ri:attachment ri:filename="c.pdf"><ri:page ri:content-title="Plan" /></ri:attachment></ac:link></p>`,
    },
    { id: "2", title: "Plan", parent: "1" },
    { id: "3", title: "Far away", space: "TEAM" },
  ], async ({ database, export: run, pages }) => {
    await putAttachment(database, { id: "att1", page: "1", filename: "a b.pdf" });
    await putAttachment(database, { id: "att2", page: "2", filename: "c.pdf" });
    assertEquals(await run(), [3, 0, 0, 0]);
    const files = await pages();
    assertEquals(Object.keys(files), ["DOCS/Home- -a-.md", "DOCS/Home- -a-/Plan.md", "TEAM/Far away.md"]);
    assertEquals(
      files["DOCS/Home- -a-.md"],
      `---
title: "Home: \\"a\\"\\u2028"
id: "1"
version: 1
space: "DOCS"
status: "current"
parent_id: null
labels: ["a", "b"]
author: null
updated_by: null
created_at: "2026-01-01T00:00:00.000Z"
updated_at: "2026-01-02T00:00:00.000Z"
url: "https://example.atlassian.net/wiki/spaces/DOCS/pages/1"
---

[Plan](Home-%20-a-/Plan.md)

[far](../TEAM/Far%20away.md)

[by id](Home-%20-a-/Plan.md#part)

[Unknown](confluence:DOCS/Unknown)

[a b.pdf](https://example.atlassian.net/wiki/download/att1)

[c.pdf](https://example.atlassian.net/wiki/download/att2)
`,
    );
  }));

Deno.test("writeMarkdownTree writes nothing the second time, and the same bytes elsewhere", () =>
  withExport(THREE, async ({ database, dir, folder, export: run }) => {
    assertEquals(await run(), [3, 0, 0, 0]);
    const first = await filesOf(folder);
    const { mtime } = await Deno.stat(`${folder}/DOCS/Home.md`);
    assertEquals(await run(), [0, 3, 0, 0]);
    assertEquals(await filesOf(folder), first);
    assertEquals((await Deno.stat(`${folder}/DOCS/Home.md`)).mtime, mtime);
    await writeMarkdownTree(database, `${dir}/other`);
    assertEquals(await filesOf(`${dir}/other/export/markdown`), first);
  }));

Deno.test("writeMarkdownTree rewrites what changed, moves what moved, removes what is gone with its folders", () =>
  withExport(THREE, async ({ database, export: run, pages }) => {
    await run();
    await putPages(database, [
      { id: "1", title: "Home", version: 2, body: "<p>New</p>" },
      { id: "2", title: "Plan B", parent: "1", version: 2 },
    ]);
    assertEquals(await run(), [3, 0, 2, 0]);
    assertEquals(Object.keys(await pages()), [
      "DOCS/Home.md",
      "DOCS/Home/Plan B.md",
      "DOCS/Home/Plan B/Week.md",
    ]);
    await putPages(database, [{ id: "2", deleted: true }, { id: "3", deleted: true }]);
    assertEquals(await run(), [0, 1, 2, 0]);
    assertEquals(Object.keys(await pages()), ["DOCS/Home.md"]);
    await putPages(database, [{ id: "1", title: "HOME", version: 3 }]);
    assertEquals(await run(), [1, 0, 1, 0]);
    assertEquals(Object.keys(await pages()), ["DOCS/HOME.md"]);
  }));

Deno.test("writeMarkdownTree rewrites a page whose link leads to another place now", () =>
  withExport([
    { id: "1", title: "Home", body: `<p><ac:link><ri:page ri:content-title="Plan" /></ac:link></p>` },
    { id: "2", title: "Plan", parent: "1" },
  ], async ({ database, export: run, pages }) => {
    await run();
    await putPages(database, [{ id: "2", title: "Plan" }]);
    assertEquals(await run(), [2, 0, 1, 0]);
    assertStringIncludes((await pages())["DOCS/Home.md"]!, "[Plan](Plan.md)");
  }));

Deno.test("writeMarkdownTree leaves alone what somebody else made or changed, in the way or not", () =>
  withExport(THREE, async ({ database, folder, export: run, pages }) => {
    await Deno.mkdir(`${folder}/DOCS/Home`, { recursive: true });
    await Deno.writeTextFile(`${folder}/DOCS/Home.md`, "mine");
    await Deno.writeTextFile(`${folder}/DOCS/Home/notes.txt`, "mine too");
    assertEquals(await run(), [2, 0, 0, 1]);
    await Deno.writeTextFile(`${folder}/DOCS/Home/Plan.md`, "edited");
    await Deno.writeTextFile(`${folder}/DOCS/Home/Plan/Week.md`, "edited");
    await putPages(database, [{ id: "3", deleted: true }, {
      id: "2",
      title: "Plan",
      parent: "1",
      version: 2,
    }]);
    assertEquals(await run(), [0, 0, 0, 3]);
    assertEquals(await run(), [0, 0, 0, 3]);
    assertEquals(await pages(), {
      "DOCS/Home.md": "mine",
      "DOCS/Home/Plan.md": "edited",
      "DOCS/Home/Plan/Week.md": "edited",
      "DOCS/Home/notes.txt": "mine too",
    });
    await Deno.remove(`${folder}/DOCS/Home/Plan.md`);
    await Deno.remove(`${folder}/DOCS/Home/Plan/Week.md`);
    assertEquals(await run(), [1, 0, 0, 1]);
  }));

Deno.test("writeMarkdownTree follows no planted link, neither for files nor for folders", () =>
  withExport(THREE, async ({ database, dir, folder, export: run }) => {
    await Deno.mkdir(`${dir}/outside/Plan`, { recursive: true });
    await Deno.writeTextFile(`${dir}/outside/victim`, "safe");
    await Deno.mkdir(`${folder}/DOCS`, { recursive: true });
    await Deno.symlink(`${dir}/outside/victim`, `${folder}/DOCS/Home.md`);
    await Deno.symlink(`${dir}/outside`, `${folder}/DOCS/Home`);
    assertEquals(await run(), [0, 0, 0, 3]);
    assertEquals(await filesOf(`${dir}/outside`), { victim: "safe" });

    await Deno.remove(`${folder}/DOCS/Home.md`);
    await Deno.remove(`${folder}/DOCS/Home`);
    await run();
    // The very bytes that were written, but behind a link: not ours to remove.
    await Deno.rename(`${folder}/DOCS/Home`, `${dir}/outside/Home`);
    await Deno.symlink(`${dir}/outside/Home`, `${folder}/DOCS/Home`);
    await putPages(database, [{ id: "2", deleted: true }, { id: "3", deleted: true }]);
    await run();
    assertEquals(Object.keys(await filesOf(`${dir}/outside`)), [
      "Home/Plan.md",
      "Home/Plan/Week.md",
      "victim",
    ]);
  }));

Deno.test("writeMarkdownTree uses nothing of its record that leads out of the folder", () =>
  withExport(THREE, async ({ dir, folder, export: run }) => {
    await run();
    const text = "victim";
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    const entry = (path: string) => `${JSON.stringify({ path, sha256: digest.toHex() })}\n`;
    await Deno.writeTextFile(`${dir}/victim.md`, text);
    await Deno.writeTextFile(
      `${folder}/.confluence-index.ndjson`,
      entry("../../victim.md") + entry(`${dir}/victim.md`) + "not json\n",
      { append: true },
    );
    assertEquals(await run(), [0, 3, 0, 0]);
    assertEquals(await Deno.readTextFile(`${dir}/victim.md`), text);
  }));

Deno.test("writeMarkdownTree goes on after it was stopped in the middle, knowing its own files", () =>
  withExport(THREE, async ({ database, dir, folder, export: run, pages }) => {
    await putPages(database, Array.from({ length: 120 }, (_, i) => ({ id: String(i + 100) })));
    const stop = new AbortController();
    let asked = 0;
    const index = {
      all: <T>(sql: string, args?: readonly never[]) => {
        if (sql.includes("body_format") && ++asked === 2) stop.abort(new Error("stopped"));
        return database.all<T>(sql, args);
      },
      first: <T>(sql: string, args?: readonly never[]) => database.first<T>(sql, args),
    };
    await assertRejects(() => writeMarkdownTree(index, dir, stop.signal), Error, "stopped");
    const half = Object.keys(await pages()).length;
    assert(half > 0 && half < 123, `${half}`);
    // A temporary file of a killed run.
    await Deno.writeTextFile(`${folder}/.confluence-index.0123abcd.tmp`, "half");
    await putPages(database, [{ id: "100", version: 2, body: "<p>changed meanwhile</p>" }]);
    const [written, unchanged, removed, kept] = await run();
    assertEquals([written! + unchanged!, removed, kept], [123, 0, 0]);
    assertEquals(unchanged, half - 1);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort(), [
      ".confluence-index.ndjson",
      "DOCS",
    ]);
  }));

Deno.test("writeMarkdownTree refuses a folder whose record it cannot read", () =>
  withExport(THREE, async ({ folder, export: run }) => {
    await run();
    await Deno.writeTextFile(
      `${folder}/.confluence-index.ndjson`,
      '{"format":"confluence-index markdown","version":9}\n',
    );
    const error = await assertRejects(run, ConfluenceIndexError);
    assertEquals(error.code, "files");
    assertStringIncludes(error.message, "not of this version");
  }));

Deno.test("writeMarkdownTree writes each hostile title somewhere below its folder", () =>
  withExport(
    ["../../../x", "/etc/passwd", "..", "a/b", "C:\\x", "CON", "\u0000", "x".repeat(500), ".git", "a\nb"].map(
      (title, i) => ({
        id: String(i + 1),
        title,
        space: i % 2 === 0 ? "DOCS" : "../up",
      }),
    ),
    async ({ dir, export: run, pages }) => {
      assertEquals(await run(), [10, 0, 0, 0]);
      assertEquals(Object.keys(await pages()).length, 10);
      assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["export"]);
    },
  ));

Deno.test("writeMarkdownTree copies the files that the index keeps, links to them, and follows their changes", () =>
  withExport([
    {
      id: "1",
      title: "Home",
      body:
        `<p><ac:link><ri:attachment ri:filename="../a plan.pdf" /></ac:link> <ac:image><ri:attachment ri:filename="lost.png" /></ac:image></p>`,
    },
  ], async (bench) => {
    const { database, dir, folder } = bench;
    const store = new AttachmentStore(dir);
    const keep = async (id: string, text: string) => {
      await using incoming = await store.receive(`${id}.1`);
      await incoming.write(new TextEncoder().encode(text));
      const { sha256, bytes } = await incoming.finish();
      await database.commit([{
        sql: "UPDATE attachments SET sha256 = ?, stored_bytes = ? WHERE id = ?",
        args: [sha256, bytes, id],
      }]);
      return store.pathOf(sha256);
    };
    await putAttachment(database, { id: "att1", page: "1", filename: "../a plan.pdf" });
    await putAttachment(database, { id: "att2", page: "1", filename: "lost.png" });
    await putAttachment(database, { id: "att3", page: "1", filename: "con" });
    await keep("att1", "a plan");
    await keep("att3", "a device");
    await Deno.remove(await keep("att2", "lost"));
    assertEquals(await bench.export(), [3, 0, 0, 0]);
    assertEquals(await Deno.readTextFile(`${folder}/_files/att1/_a plan.pdf`), "a plan");
    assertEquals(await Deno.readTextFile(`${folder}/_files/att3/_con`), "a device");
    const page = await Deno.readTextFile(`${folder}/DOCS/Home.md`);
    assertStringIncludes(page, "](../_files/att1/_a%20plan.pdf)");
    assertStringIncludes(page, "https://example.atlassian.net/wiki/download/att2");
    assertEquals(await bench.export(), [0, 3, 0, 0]);
    await keep("att1", "a newer plan");
    assertEquals(await bench.export(), [1, 2, 0, 0]);
    assertEquals(await Deno.readTextFile(`${folder}/_files/att1/_a plan.pdf`), "a newer plan");
    // Somebody's own work on a copy is not written over, and what is gone goes.
    await Deno.writeTextFile(`${folder}/_files/att1/_a plan.pdf`, "my notes");
    await keep("att1", "the newest plan");
    await database.commit([
      "UPDATE attachments SET deleted_at = '2026-02-01T00:00:00.000Z' WHERE id = 'att3'",
    ]);
    assertEquals(await bench.export(), [0, 1, 1, 1]);
    assertEquals(await Deno.readTextFile(`${folder}/_files/att1/_a plan.pdf`), "my notes");
  }));
