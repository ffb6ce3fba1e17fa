import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { CrashIndex, type CrashPlace } from "../support/crash.ts";
import { FakeConfluence, type Site } from "../support/fake/mod.ts";
import { Dice } from "../support/simulation/dice.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** Kills over all seeds; more with CRASH_KILLS. */
const KILLS = Number(Deno.env.get("CRASH_KILLS") ?? 200);
const SEEDS = [11, 12];
const LISTING = "GET /wiki/api/v2/spaces/{id}/pages";

interface Phase {
  readonly name: string;
  readonly change: (site: Site, dice: Dice) => void;
  readonly args: readonly string[];
  /** Part of all kills. */
  readonly share: number;
  /** Kills before the program may come to its end. */
  readonly patience: number;
}

const PHASES: readonly Phase[] = [
  {
    name: "first",
    change: fill,
    args: [
      ...["--space", "BIG", "--space", "SMALL", "--deletions", "on_demand"],
      ...["--include", "blogposts", "--include", "comments"],
    ],
    share: 0.45,
    patience: 14,
  },
  { name: "delta", change: edit, args: ["--deletions", "on_demand"], share: 0.15, patience: 4 },
  {
    name: "reconciliation",
    change: remove,
    args: ["--reconcile", "--allow-mass-deletion"],
    share: 0.2,
    patience: 4,
  },
  {
    name: "new format",
    change: () => {},
    args: ["--full", "--reconcile", "--body-format", "atlas_doc_format"],
    share: 0.2,
    patience: 4,
  },
];

for (const seed of SEEDS) {
  Deno.test(`ingest killed at random moments ends as if it had never been killed, seed ${seed}`, {
    ignore: Deno.build.os === "windows",
  }, () => withTempDir((dir) => liveThrough(seed, dir, Math.ceil(KILLS / SEEDS.length))));
}

Deno.test({
  name: `ingest into a server killed at random moments ends as if it had never been killed${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: () =>
    withTempDir(async (dir) => {
      await using server = await startSqld();
      await liveThrough(13, dir, Math.ceil(KILLS / 20), server);
    }),
});

async function liveThrough(seed: number, dir: string, kills: number, place?: CrashPlace): Promise<void> {
  const dice = new Dice(seed);
  // The site's fate must not depend on when a process happened to die.
  const fate = new Dice(seed + 1000);
  const fake = new FakeConfluence({ seed });
  await using server = await fake.serve();
  // Small answers that take a moment: many batches, and time to be killed between them.
  const rows = {
    kind: "short-page",
    rows: 12,
    times: Infinity,
    match: { path: /\/(pages|blogposts|search)(\?|$)/ },
  } as const;
  fake.faults.add(rows);
  fake.site.settings.latencyMs = 12;
  const control = new CrashIndex(fake, server, `${dir}/control`);
  const index = new CrashIndex(fake, server, `${dir}/killed`, place);
  for (const folder of ["control", "killed"]) await Deno.mkdir(`${dir}/${folder}`);
  let before: string | null = null;
  for (const { name, change, args, share, patience } of PHASES) {
    change(fake.site, fate);
    const command = ["ingest", "--rps", "1000", "--quiet", ...args];
    fake.counters.reset();
    await control.run(...command);
    const listed = fake.counters.byEndpoint[LISTING] ?? 0;
    const total = fake.counters.total;
    const expected = await control.content();
    const quota = Math.ceil(kills * share);
    for (const goal = index.kills + quota; index.kills < goal;) {
      await index.comeBack(before);
      fake.counters.reset();
      const killsBefore = index.kills;
      let end = "killed";
      // A first reading gets on with each life; what cannot be resumed would begin again for ever.
      for (let lives = dice.between(1, patience); lives > 0 && end === "killed"; lives--) {
        end = await index.life(dice, command, Math.ceil(total * (name === "first" ? 0.35 : 1.2)));
        await index.recover();
      }
      if (end === "killed") await index.run(...command);
      const kills = index.kills - killsBefore;
      const again = fake.counters.byEndpoint[LISTING] ?? 0;
      if (name === "first") {
        // At most the batch in hand and the one asked ahead are read again, in each of the two spaces; a space that was resumed
        // to its end is compared once by the run after.
        assert(
          again <= 2 * listed + 4 * kills,
          `${again} listing requests after ${kills} kills, ${listed} without`,
        );
      }
      assertSame(await index.content(), expected, `${name} after ${kills} kills`);
    }
    before = name;
    await index.keep(name);
  }
  assertGreaterOrEqual(index.kills, kills);
}

type Content = Awaited<ReturnType<CrashIndex["content"]>>;

/** Shows the first rows that differ, with the name of their table. */
function assertSame(actual: Content, expected: Content, when: string): void {
  for (const [table, rows] of Object.entries(expected)) {
    const found = actual[table]!;
    const at = rows.findIndex((row, n) => JSON.stringify(row) !== JSON.stringify(found[n]));
    if (at >= 0) assertEquals(found.slice(at, at + 2), rows.slice(at, at + 2), `${table}, ${when}`);
    assertEquals(found.length, rows.length, `rows of ${table}, ${when}`);
  }
}

function fill(site: Site, dice: Dice): void {
  for (const [key, count] of [["BIG", 260], ["SMALL", 60]] as const) {
    site.addSpace({ key, homepage: true });
    for (let n = 1; n <= count; n++) {
      const page = site.addPage({
        spaceKey: key,
        title: `${key} ${n}`,
        body: `<p>${"word ".repeat(dice.between(1, 300))}</p>`,
      });
      if (dice.chance(0.25)) site.attach(page.id, { filename: `${n}.png`, size: n });
      if (dice.chance(0.2)) site.addLabel(page.id, dice.pick(["one", "two", "three"]));
      if (dice.chance(0.1)) site.addFooterComment(page.id, { body: `<p>on ${n}</p>` });
    }
    const folder = site.addFolder({ spaceKey: key, title: `Folder of ${key}` });
    site.addPage({ spaceKey: key, title: `In a folder of ${key}`, body: "", parentId: folder.id });
    for (let n = 1; n <= 20; n++) {
      const post = site.addBlogPost({ spaceKey: key, title: `Post ${n}`, body: `<p>${n}</p>` });
      if (n % 5 === 0) site.addInlineComment(post.id, { body: "<p>on a post</p>", selection: "a post" });
    }
  }
}

function edit(site: Site, dice: Dice): void {
  for (const page of dice.some([...site.state.pages.rows], 0.3)) {
    site.editPage(page.id, {
      body: `<p>edited ${page.id}</p>`,
      ...(dice.chance(0.3) ? { title: `New ${page.id}` } : {}),
    });
  }
  for (const file of dice.some([...site.state.attachments.rows], 0.3)) site.attachVersion(file.id);
  for (const post of dice.some([...site.state.blogposts.rows], 0.3)) {
    site.editPage(post.id, { body: `<p>edited ${post.id}</p>` });
  }
  for (const { id } of dice.some([...site.state.commentsById.values()], 0.3)) {
    site.editComment(id, `<p>edited ${id}</p>`);
  }
  for (let n = 1; n <= 20; n++) {
    const page = site.addPage({
      spaceKey: dice.pick(["BIG", "SMALL"]),
      title: `Late ${n}`,
      body: "<p>late</p>",
    });
    site.attach(page.id, { filename: "late.txt" });
  }
}

function remove(site: Site, dice: Dice): void {
  const pages = dice.some([...site.state.pages.rows], 0.35).filter(({ id }) => site.state.contents.has(id));
  for (const { id } of pages) {
    const what = dice.pick(["trash", "purge", "archive", "hide", "move", "rename"]);
    if (what === "trash") site.trashPage(id);
    else if (what === "purge") site.purgePage(id);
    else if (what === "archive") site.archivePage(id);
    else if (what === "hide") site.hidePage(id);
    else if (what === "rename") site.renamePage(id, `Renamed ${id}`);
    else site.movePage(id, { spaceKey: dice.pick(["BIG", "SMALL"]) });
  }
  for (const file of dice.some([...site.state.attachments.rows], 0.2)) site.deleteAttachment(file.id);
  for (const { id } of dice.some([...site.state.blogposts.rows], 0.3)) site.trashPage(id);
  for (const { id } of dice.some([...site.state.commentsById.values()], 0.3)) site.deleteComment(id);
  for (const { id } of dice.some([...site.state.pages.rows], 0.1)) site.addLabel(id, "late");
}
