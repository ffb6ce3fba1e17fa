/**
 * Kills the real program at hundreds of random moments and runs it again, until it comes to its end; then the tables must be those of a
 * run that nobody disturbed.
 */
import { assert, assertEquals } from "@std/assert";
import { type Database, openDatabase } from "@confluence-index/confluence-index";
import { FakeConfluence } from "../support/fake/mod.ts";
import { type CliOptions, runCli, startCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const SEED = Number(Deno.env.get("CRASH_SEED") ?? 20261122);
/** Kills per part of the test; CRASH_KILLS asks for more. */
const KILLS = Number(Deno.env.get("CRASH_KILLS") ?? 100);
const PAGES = 3_000;

Deno.test({
  name: `ingest killed at any moment and run again ends with the same tables (CRASH_SEED=${SEED})`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    withTempDir(async (dir) => {
      const random = generator(SEED);
      const fake = new FakeConfluence({ seed: SEED });
      for (const key of ["A", "B"]) fake.site.addSpace({ key, name: key });
      fake.site.fill({ spaceKey: "A", pages: PAGES, bodyBytes: 60, attachments: 300 });
      fake.site.fill({ spaceKey: "B", pages: PAGES / 4, bodyBytes: 60, attachments: 30 });
      // Slow enough for several kills before a run can end.
      fake.site.settings.latencyMs = 15;
      await using server = await fake.serve();
      const world: World = { fake, dir, random, options: { cwd: dir, site: server } };

      const first = ["--space", "A", "--space", "B"];
      await undisturbed(world, first);
      await disturbed(world, first);
      await compare(dir);

      change(fake, random);
      const later = ["--reconcile", "--deletions", "every_sync"];
      await undisturbed(world, later);
      await disturbed(world, later);
      await compare(dir);
    }),
});

interface World {
  readonly fake: FakeConfluence;
  readonly dir: string;
  readonly random: () => number;
  readonly options: CliOptions;
}

async function undisturbed({ options }: World, args: readonly string[]): Promise<void> {
  const run = await runCli(
    ["ingest", ...args, "--db", "file:calm.db", "--out", "calm", "--rps", "1000"],
    options,
  );
  assertEquals(run.code, 0, run.stderr);
}

/** Runs until it ends by itself, killed on the way; starts over on a fresh file until enough kills have hit. */
async function disturbed(world: World, args: readonly string[]): Promise<void> {
  const { dir } = world;
  for (let kills = 0, round = 0; kills < KILLS; round++) {
    // The file before this part, so that every round kills the same work.
    if (round > 0) await restore(dir);
    else await keep(dir);
    for (let life = 0;; life++) {
      assert(life < 400, "A killed run never comes to its end");
      // Now and then a long life, so that the work gets done.
      const killed = await liveAndDie(world, args, life);
      await inspect(`${dir}/killed.db`);
      if (!killed) break;
      kills++;
    }
    await compare(dir);
  }
}

async function liveAndDie(
  { fake, options, random }: World,
  args: readonly string[],
  life: number,
): Promise<boolean> {
  const child = startCli(
    ["ingest", ...args, "--db", "file:killed.db", "--out", "killed", "--rps", "1000"],
    options,
  );
  const requests = Math.floor(random() * 9);
  const delay = Math.floor(random() * 40);
  let killed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const die = () => {
    if (killed) return;
    killed = true;
    try {
      child.kill("SIGKILL");
    } catch { /* It ended just now, by itself. */ }
  };
  let seen = 0;
  // Every tenth life may come as far as it can.
  const remove = life % 10 === 9 ? () => {} : fake.faults.onRequest(() => {
    if (seen++ === requests) timer = setTimeout(die, delay);
  });
  const { code, stderr } = await child.output();
  clearTimeout(timer);
  remove();
  const died = code !== 0;
  if (died) assert(killed, new TextDecoder().decode(stderr));
  return died;
}

/** What a kill leaves must be a sound file; its lease is made to have ended, as it would a minute later. */
async function inspect(path: string): Promise<void> {
  await using database = await openDatabase(`file:${path}`);
  assertEquals(await database.all("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  await database.commit(["UPDATE leases SET expires_at = '2000-01-01T00:00:00.000Z'"]);
}

async function keep(dir: string): Promise<void> {
  await Deno.remove(`${dir}/before.db`).catch(() => {});
  await Deno.copyFile(`${dir}/killed.db`, `${dir}/before.db`).catch(() => {});
}

async function restore(dir: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(`${dir}/killed.db${suffix}`).catch(() => {});
  await Deno.copyFile(`${dir}/before.db`, `${dir}/killed.db`).catch(() => {});
}

/** Edits, moves, deletions and attachments, the same for both files. */
function change({ site }: FakeConfluence, random: () => number): void {
  const pages = site.visiblePages().toSorted((a, b) => Number(a.id) - Number(b.id));
  for (const [i, page] of pages.entries()) {
    const dice = random();
    if (i % 9 === 0) site.editPage(page.id, { body: `<p>edited ${i}</p>`, title: `${page.title} again` });
    else if (dice < 0.01) site.trashPage(page.id);
    else if (dice < 0.02) site.archivePage(page.id);
    else if (dice < 0.03) site.hidePage(page.id);
    else if (dice < 0.04) {
      site.attach(page.id, { filename: `new-${i}.txt`, mediaType: "text/plain", size: i });
    }
  }
  site.index.flush();
}

const TABLES: Readonly<Record<string, string>> = {
  pages:
    `SELECT id, version, is_current, status, title, space_id, space_key, parent_id, parent_type, position, author_id, owner_id,
    subtype, created_at, updated_at, version_message, version_author_id, minor_edit, url, labels, deletion_reason,
    deleted_at IS NULL AS alive, body_format, body FROM pages ORDER BY id, version`,
  attachments:
    `SELECT id, version, is_current, status, page_id, space_id, filename, media_type, file_size, file_id, download_url, comment,
    created_at, updated_at, deletion_reason, deleted_at IS NULL AS alive FROM attachments ORDER BY id, version`,
  spaces: "SELECT id, key, name, type, status, homepage_id, url FROM spaces ORDER BY id",
  failures: "SELECT kind, id, reason FROM failures ORDER BY kind, id",
  states:
    "SELECT space_id, mark, body_format, scope, deletions, resume_link, resume_since FROM sync_state ORDER BY space_id",
  events: `SELECT kind, subject, subject_id, version, space_id, old_value, new_value FROM events
    ORDER BY subject, subject_id, version, kind, old_value, new_value`,
  leftovers: "SELECT * FROM listed_ids UNION ALL SELECT name, owner, run_id FROM leases",
};

async function compare(dir: string): Promise<void> {
  await using calm = await openDatabase(`file:${dir}/calm.db`);
  await using killed = await openDatabase(`file:${dir}/killed.db`);
  const rows = async (database: Database, sql: string) =>
    (await database.all(sql)).map((row) => JSON.stringify(row)).join("\n");
  for (const [name, sql] of Object.entries(TABLES)) {
    const [expected, actual] = [await rows(calm, sql), await rows(killed, sql)];
    assert(expected === actual, `${name} differ:\n${firstDifference(expected, actual)}`);
  }
}

function firstDifference(expected: string, actual: string): string {
  const [a, b] = [expected.split("\n"), actual.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  const place = at === -1 ? a.length : at;
  return `calm:   ${a[place]}\nkilled: ${b[place]}`;
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
