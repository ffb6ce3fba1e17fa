import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, feedHead, feedLine } from "../../src/cli/diff/lines.ts";
import { printable } from "../../src/cli/printable.ts";
import { textWidth } from "../../src/cli/text_width.ts";
import type { FeedEntry, Place } from "../../src/query/mod.ts";
import type { IngestOptions } from "../../src/sync/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { hashes, ingestInto } from "../support/index_file.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface World {
  readonly runs: readonly string[];
  readonly dir: string;
  diff(...args: string[]): ReturnType<typeof runCli>;
  feed(...args: string[]): Promise<FeedEntry[]>;
}

/** An index of two spaces after three runs: everything, a day's changes, and a reconciliation. */
async function withRuns(work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    const { site } = fake;
    site.addSpace({ key: "DOCS" });
    site.addSpace({ key: "TEAM" });
    const [home, guide, old] = ["Home", "Guide", "Old"].map((title) =>
      site.addPage({ spaceKey: "DOCS", title }).id
    );
    const team = site.addPage({ spaceKey: "TEAM", title: "Team" }).id;
    const runs: string[] = [];
    const ingest = async (options: Partial<IngestOptions> = {}) => {
      const { runId, status } = await ingestInto(dir, fake, options);
      assertEquals(status, "complete");
      runs.push(runId);
    };
    await ingest({ selection: { keys: ["DOCS", "TEAM"] } });
    site.renamePage(guide!, "Guide \x1b[31mto all");
    site.attach(home!, { filename: "plan.pdf" });
    await ingest();
    site.movePage(guide!, { parentId: team, spaceKey: "TEAM" });
    site.trashPage(old!);
    await ingest({ reconcile: true });
    const diff = (...args: string[]) => runCli(["diff", ...args], { cwd: dir });
    await work({
      runs,
      dir,
      diff,
      feed: async (...args) => {
        const { code, stdout, stderr } = await diff(...args);
        assertEquals(code, 0, stderr);
        return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
      },
    });
  });
}

const brief = (entries: readonly FeedEntry[]) =>
  entries.map(({ kind, subject, title }) => `${kind} ${subject} ${title}`).sort();

Deno.test("diff RUN prints what the run changed as JSON lines when piped, and writes nothing", () =>
  withRuns(async ({ runs, dir, feed, diff }) => {
    const before = await hashes(`${dir}/var`);
    const second = await feed(runs[1]!);
    assertEquals(brief(second), [
      "added attachment plan.pdf",
      "renamed page Guide \x1b[31mto all",
      "updated page Guide \x1b[31mto all",
    ]);
    assertEquals(new Set(second.map((entry) => entry.run_id)), new Set([runs[1]]));
    assertEquals(Object.keys(second[0]!), [
      "at",
      "run_id",
      "kind",
      "subject",
      "id",
      "title",
      "space_key",
      "version",
      "old",
      "new",
    ]);
    const renamed = second.find(({ kind }) => kind === "renamed");
    assertEquals([renamed?.old, renamed?.new], ["Guide", "Guide \x1b[31mto all"]);
    const { stdout, stderr } = await diff(runs[1]!);
    assertEquals(stdout.includes("\x1b"), false);
    assertEquals(stderr, "3 changes\n");
    assertEquals((await diff(runs[1]!, "-q")).stderr, "");
    assertEquals(await hashes(`${dir}/var`), before);
  }));

Deno.test("diff RUN RUN prints all that changed after the first, up to and including the second", () =>
  withRuns(async ({ runs, feed, diff }) => {
    const both = await feed(runs[0]!, "latest");
    assertEquals(new Set(both.map((entry) => entry.run_id)), new Set([runs[1], runs[2]]));
    assertEquals(both, [...await feed(runs[1]!), ...await feed(runs[2]!)]);
    assertEquals(await feed("latest", "latest"), []);
    const refused = await diff(runs[2]!, runs[0]!);
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertStringIncludes(refused.stderr, "the first started later");
  }));

Deno.test("diff makes moves readable, in JSON and in the table", () =>
  withRuns(async ({ feed, diff }) => {
    const moved = (await feed("latest")).find(({ kind }) => kind === "moved");
    const [from, to] = [moved?.old as Place, moved?.new as Place];
    assertEquals([from.space_key, from.parent_title], ["DOCS", null]);
    assertEquals([to.space_key, to.parent_title, to.parent_type], ["TEAM", "Team", "page"]);
    const { stdout } = await diff("latest", "--format", "table");
    assertMatch(stdout, /^when \(UTC\) +what +of +space +id +ver +title +change\n/);
    assertMatch(stdout, /moved +page +TEAM +\d+ +v2 +Guide \\x1b\[31mto all +DOCS \/ top → TEAM \/ Team\n/);
    assertMatch(stdout, /trashed +page +DOCS +\d+ +v1 +Old\n/);
    assertEquals(stdout.includes("\x1b"), false);
  }));

Deno.test("diff filters by subject and space", () =>
  withRuns(async ({ runs, feed }) => {
    assertEquals(brief(await feed(runs[1]!, "--subject", "attachment")), ["added attachment plan.pdf"]);
    assertEquals((await feed(runs[2]!, "--space", "docs")).map(({ kind }) => kind).sort(), [
      "moved",
      "trashed",
    ]);
    assertEquals(await feed(runs[1]!, "--space", "TEAM"), []);
  }));

Deno.test("diff explains runs and spaces that are not there, and words too many", () =>
  withRuns(async ({ runs, diff }) => {
    const refusal = async (...args: string[]) => {
      const { code, stdout, stderr } = await diff(...args);
      assertEquals([code, stdout], [2, ""]);
      return stderr;
    };
    const wrong = `${runs[1]!.slice(0, -1)}x`;
    const typo = await refusal(wrong);
    assertStringIncludes(typo, `Cannot find run "${wrong}": the index knows no such run`);
    assertMatch(typo, new RegExp(`Did you mean \\S+\\? The latest are ${runs[2]}, `));
    assertStringIncludes(await refusal("latests"), "Did you mean latest?");
    assertStringIncludes(await refusal("latest", "--space", "DOC"), "Did you mean DOCS?");
    assertStringIncludes(
      await refusal("a", "b", "c"),
      "a is not the id of a page, and of runs there are at most two",
    );
    assertStringIncludes(await refusal(), "diff needs RUN|PAGE");
  }));

const ENTRY: FeedEntry = {
  at: "2026-03-01T12:34:56.000Z",
  run_id: "run-1",
  kind: "updated",
  subject: "page",
  id: "123",
  title: "Title",
  space_key: "DOCS",
  version: 2,
  old: "1",
  new: "2",
};

const PLACE: Place = {
  space_id: "10",
  space_key: "DOCS",
  parent_id: "1",
  parent_type: "page",
  parent_title: "Home",
  position: 1,
};

Deno.test("describe() says what changed in words", () => {
  const words = (given: Partial<FeedEntry>) => describe({ ...ENTRY, ...given });
  assertEquals(words({}), "v1 → v2");
  assertEquals(words({ old: "storage", new: "atlas_doc_format" }), "storage → atlas_doc_format");
  assertEquals(words({ kind: "added", old: null, new: "Title" }), "");
  assertEquals(words({ kind: "gone", old: "Title", new: null }), "");
  assertEquals(words({ kind: "renamed", old: "A", new: "B" }), "A → B");
  assertEquals(words({ kind: "archived", old: "current", new: "archived" }), "current → archived");
  assertEquals(words({ kind: "restored", old: "trashed", new: "current" }), "was trashed");
  assertEquals(words({ kind: "moved", old: "Title", new: "30" }), "out of the index, to space 30");
  assertEquals(words({ kind: "moved", subject: "attachment", old: "1", new: "2" }), "page 1 → 2");
  const moved = (to: Partial<Place>) => words({ kind: "moved", old: PLACE, new: { ...PLACE, ...to } });
  assertEquals(moved({ position: 4 }), "position 1 → 4");
  assertEquals(moved({ parent_id: null, parent_title: null }), "DOCS / Home → DOCS / top");
  assertEquals(
    moved({ space_id: "20", space_key: "TEAM", parent_id: "9", parent_type: "folder", parent_title: null }),
    "DOCS / Home → TEAM / folder 9",
  );
});

Deno.test("feedLine() keeps within the columns there are, wide characters and escapes included", () => {
  const hostile = "日本語 \x1b]0;x\x07 \u202e" + "long ".repeat(40);
  for (const columns of [200, 120, 90, 80, 40, 10]) {
    for (const title of ["Short", hostile, null]) {
      const line = feedLine({ ...ENTRY, title, kind: "renamed", old: hostile, new: hostile }, columns);
      assert(textWidth(line.trimEnd()) <= columns, `${columns}: ${line}`);
      assertEquals(line, `${printable(line.slice(0, -1))}\n`);
      assert(line.endsWith("\n"));
    }
    assert(textWidth(feedHead(columns).trimEnd()) <= columns);
  }
});

Deno.test("feedLine() into a file cuts nothing", () => {
  const title = "long ".repeat(40).trim();
  assertStringIncludes(feedLine({ ...ENTRY, title }, Infinity), `${title}  v1 → v2\n`);
});
