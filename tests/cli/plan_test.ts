import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command as ingest } from "../../src/cli/ingest/command.ts";
import { command as plan } from "../../src/cli/plan/command.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { hashes, ingestInto } from "../support/index_file.ts";
import { type CliOptions, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface World {
  readonly fake: FakeConfluence;
  readonly dir: string;
  readonly pages: readonly string[];
  run(...args: string[]): ReturnType<typeof runCli>;
  /** Makes the index of the whole space. */
  index(): Promise<void>;
}

/** A served site with 30 pages in DOCS, and an empty folder. */
async function withSite(work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    await using server = await fake.serve();
    fake.site.addSpace({ key: "DOCS" });
    const pages = Array.from(
      { length: 30 },
      (_, i) => fake.site.addPage({ spaceKey: "DOCS", title: `Page ${i + 1}`, body: "<p>text</p>" }).id,
    );
    fake.site.index.flush();
    const options: CliOptions = { cwd: dir, site: server };
    await work({
      fake,
      dir,
      pages,
      run: (...args) => runCli(args, options),
      index: async () => {
        await ingestInto(dir, fake, { baseUrl: server.baseUrl, selection: { keys: ["DOCS"] } });
      },
    });
  });
}

Deno.test("plan before the first ingest tells what it would take, and makes no file", () =>
  withSite(async ({ fake, dir, run }) => {
    const result = await run("plan", "--space", "docs");
    assertEquals(result.code, 0, result.stderr);
    const planned = JSON.parse(result.stdout);
    assertEquals(Object.keys(planned), [
      "site",
      "database",
      "complete",
      "estimate",
      "asked",
      "writer",
      "spaces",
    ]);
    assertEquals(planned.estimate.from_runs, 0);
    assertEquals(planned.estimate.requests, 5);
    assertEquals(planned.estimate.pages, 30);
    const [space] = planned.spaces;
    assertEquals([space.key, space.mode, space.to_add, space.unchanged], ["DOCS", "first", 30, 0]);
    assertEquals(await hashes(dir), {});
    // No body was asked for.
    assertEquals(fake.counters.log.filter(({ url }) => url.includes("body-format=")), []);
  }));

Deno.test("plan leaves the bytes of the index as they are, and the ingest does what it said", () =>
  withSite(async ({ fake, dir, pages, run, index }) => {
    await index();
    fake.site.editPage(pages[0]!, { body: "<p>new</p>" });
    fake.site.renamePage(pages[1]!, "Renamed");
    fake.site.trashPage(pages[2]!);
    fake.site.addPage({ spaceKey: "DOCS", title: "New" });
    fake.site.index.flush();
    const before = await hashes(dir);
    const result = await run("plan", "--reconcile", "--json");
    assertEquals(result.code, 0, result.stderr);
    assertEquals(await hashes(dir), before);
    const planned = JSON.parse(result.stdout);
    const [space] = planned.spaces;
    assertEquals([space.mode, space.to_add, space.to_update, space.unchanged], ["reconcile", 1, 2, 27]);
    assertEquals(space.to_delete, { trashed: 1, archived: 0, moved: 0, gone: 0 });
    assertEquals(planned.estimate.from_runs, 1);

    const real = await run("ingest", "--reconcile", "--json");
    assertEquals(real.code, 0, real.stderr);
    const metrics = JSON.parse(real.stdout);
    assertEquals(metrics.requests, planned.estimate.requests);
    assertEquals([metrics.added, metrics.updated, metrics.deleted, metrics.unchanged], [1, 2, 1, 27]);
    // The ingest has an estimate of its own, made from what the index knew.
    assertEquals(metrics.estimate.pages, 30);
    assertStringIncludes(real.stderr, `estimated ${metrics.estimate.requests} requests, 30 pages; actual `);
  }));

Deno.test("plan prints a table for people, the brake included, and ends with 1 where the ingest would", () =>
  withSite(async ({ fake, pages, run, index }) => {
    await index();
    for (const id of pages.slice(0, 12)) fake.site.trashPage(id);
    const held = await run("plan", "--reconcile", "--format", "table");
    assertEquals(held.code, 1, held.stderr);
    assertMatch(held.stdout, /^space +read +listed +unchanged +to add +to update +to delete /);
    assertMatch(held.stdout, /\nDOCS +listing +18 +18 +0 +0 +0 .* held\n/);
    assertStringIncludes(held.stdout, "DOCS: the brake held: 12 pages of DOCS are missing");
    assertMatch(held.stdout, /an ingest would take \d+ requests, about .* \(learned from 1 earlier run\)\n/);
    assertStringIncludes(held.stdout, "nothing was written\n");
    assertStringIncludes(held.stdout, "the ingest would end incomplete: see above\n");
    const free = await run("plan", "--reconcile", "--allow-mass-deletion", "--format", "table");
    assertEquals(free.code, 0, free.stderr);
    assertStringIncludes(free.stdout, "DOCS: to delete: 12 trashed\n");
  }));

Deno.test("plan refuses what an ingest refuses, with exit code 2", () =>
  withSite(async ({ dir, run }) => {
    const refusal = async (...args: string[]) => {
      const { code, stdout, stderr } = await run("plan", ...args);
      assertEquals([code, stdout], [2, ""]);
      return stderr;
    };
    assertStringIncludes(await refusal(), "no space was named, and the index holds none yet");
    assertStringIncludes(await refusal("--space", "NOPE"), 'Cannot find space "NOPE"');
    assertStringIncludes(await refusal("--space", "DOCS", "--all-spaces"), "contradict each other");
    assertStringIncludes(
      await refusal("--since", "2026-01-01", "--reconcile"),
      "Cannot reconcile with --since",
    );
    await Deno.writeTextFile(`${dir}/text.db`, "no database, but long enough to look like one ".repeat(9));
    assertStringIncludes(await refusal("--db", "text.db", "--space", "DOCS"), "not an SQLite database");
  }));

Deno.test("plan takes every option of ingest that decides what is read, and no other", () => {
  const writing = ["fail-fast", "wait", "dry-run", "out", "metrics-file", "every"];
  // A plan does not count these in.
  const more = ["attachments", "max-attachment-size", "history", "history-depth"];
  const names = (options: readonly { readonly name: string }[]) => options.map(({ name }) => name);
  const kept = names(ingest.options).filter((name) => ![...writing, ...more].includes(name));
  assertEquals(names(plan.options).filter((name) => name !== "format").sort(), kept.sort());
  assertEquals(plan.needs.database, "read");
  assert(!plan.needs.out);
});
