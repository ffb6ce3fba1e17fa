/** Lives of the real program that end by SIGKILL at random moments, and what they leave behind. */
import { assertEquals } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import type { FakeConfluence, RunningFake } from "./fake/mod.ts";
import { type CliOptions, runCli, startCli } from "./run_cli.ts";
import type { Dice } from "./simulation/dice.ts";

/** How one life ended. */
export type LifeEnd = "killed" | "complete";

/** Where an index is that is to survive. */
export interface CrashPlace {
  readonly url: string;
  /** Keeps the index as it is now, to come back to. */
  keep(name: string): Promise<void>;
  /** Brings back what was kept, or starts from nothing. */
  comeBack(name: string | null): Promise<void>;
}

/** The program's own choice: a file below the working folder. */
export function fileIn(dir: string): CrashPlace {
  const file = `${dir}/var/confluence.db`;
  return {
    url: `file:${file}`,
    keep: (name) => Deno.copyFile(file, `${dir}/${name}`),
    comeBack: async (name) => {
      for (const suffix of ["", "-wal", "-shm"]) {
        await Deno.remove(file + suffix).catch((error) => {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        });
      }
      if (name !== null) await Deno.copyFile(`${dir}/${name}`, file);
    },
  };
}

/** An index, and the program that writes it. */
export class CrashIndex {
  /** Kills so far. */
  kills = 0;
  readonly #fake: FakeConfluence;
  readonly #options: CliOptions;
  readonly #place: CrashPlace;
  /** How long the last life took that was not cut short, in milliseconds. */
  #usual = 3_000;

  constructor(fake: FakeConfluence, site: RunningFake, dir: string, place: CrashPlace = fileIn(dir)) {
    this.#fake = fake;
    this.#place = place;
    this.#options = { cwd: dir, site, env: { CONFLUENCE_INDEX_DB: place.url } };
  }

  /** Runs the program to its end; anything but success is an error. */
  async run(...args: string[]): Promise<void> {
    const { code, stderr } = await runCli(args, this.#options);
    assertEquals(code, 0, stderr);
  }

  /** Starts the program and kills it: after some request and a little more, or after some time. */
  async life(dice: Dice, args: readonly string[], requests: number): Promise<LifeEnd> {
    const child = startCli(args, this.#options);
    const output = child.output();
    const startedAt = performance.now();
    const over = new AbortController();
    let killed = false;
    const kill = () => {
      if (over.signal.aborted) return;
      try {
        child.kill("SIGKILL");
        killed = true;
      } catch (error) {
        // It has ended by itself just now.
        if (!(error instanceof TypeError)) throw error;
      }
    };
    const timers: ReturnType<typeof setTimeout>[] = [];
    const killIn = (ms: number) => timers.push(setTimeout(kill, ms));
    let left = dice.between(1, requests);
    const delay = dice.between(0, 60);
    const off = this.#fake.faults.onRequest(() => {
      if (--left === 0) killIn(delay);
    });
    // Starting up, opening the index and writing artifacts have no requests to tell the time by.
    if (dice.chance(0.15)) killIn(dice.between(0, this.#usual));
    const { code, stderr } = await output;
    over.abort();
    off();
    for (const timer of timers) clearTimeout(timer);
    if (killed) {
      this.kills++;
      return "killed";
    }
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    this.#usual = performance.now() - startedAt;
    return "complete";
  }

  /**
   * What a kill leaves behind is whole. Its lease is let go: a killed run gives no sign of life, so the next one may take over after
   * 60 seconds, and tests do not wait for that.
   */
  async recover(): Promise<void> {
    await using database = await openDatabase(this.#place.url);
    // A server lets nobody ask.
    if (this.#place.url.startsWith("file:")) {
      assertEquals(await database.all("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
    }
    await database.commit([{ sql: "UPDATE leases SET expires_at = '1970-01-01T00:00:00.000Z'", args: [] }]);
  }

  keep(name: string): Promise<void> {
    return this.#place.keep(name);
  }

  comeBack(name: string | null): Promise<void> {
    return this.#place.comeBack(name);
  }

  /** Every public table without what tells one run from another, and the bytes of the exported state. */
  async content(): Promise<Record<string, readonly unknown[]>> {
    const tables: Record<string, readonly unknown[]> = {};
    {
      await using database = await openDatabase(this.#place.url);
      for (const [name, sql] of Object.entries(TABLES)) tables[name] = await database.all(sql);
    }
    await this.run("export", "--out", "exported");
    const lines = await Deno.readTextFile(`${this.#options.cwd}/exported/export/confluence.ndjson`);
    tables["export"] = lines.replaceAll(/"run_id":"[^"]*"/g, '"run_id":""').split("\n");
    return tables;
  }
}

// Times of runs and numbers of events differ from life to life; everything else may not.
const TABLES: Readonly<Record<string, string>> = {
  spaces: "SELECT id, key, name, type, status, homepage_id, created_at, url FROM spaces ORDER BY id",
  pages:
    `SELECT id, version, is_current, status, title, space_id, space_key, parent_id, parent_type, position, author_id,
    owner_id, subtype, created_at, updated_at, version_message, version_author_id, minor_edit, url, labels,
    deleted_at IS NULL AS alive, deletion_reason, body_format, body_text, body FROM pages ORDER BY id, version`,
  attachments:
    `SELECT id, version, is_current, status, page_id, space_id, filename, media_type, file_size, file_id,
    download_url, comment, created_at, updated_at, version_author_id, deleted_at IS NULL AS alive, deletion_reason
    FROM attachments ORDER BY id, version`,
  blog_posts:
    `SELECT id, version, is_current, status, title, space_id, space_key, updated_at, deleted_at IS NULL AS alive,
    deletion_reason, body_format, body_text, body FROM blog_posts ORDER BY id, version`,
  comments:
    `SELECT id, version, is_current, kind, page_id, page_type, space_id, parent_id, resolution, author_id, created_at,
    updated_at, deleted_at IS NULL AS alive, deletion_reason, body_format, body_text, body FROM comments ORDER BY id, version`,
  page_labels: "SELECT * FROM page_labels ORDER BY page_id, label",
  containers: "SELECT id, type, title, parent_id, space_id, note FROM containers ORDER BY id",
  // Which of two spaces sees first that an attachment of a page between them is gone, is a matter of milliseconds.
  events:
    `SELECT kind, subject, subject_id, version, iif(subject = 'page', space_id, '') AS space_id, old_value,
    new_value FROM events ORDER BY subject, subject_id, version, kind, old_value, new_value`,
  failures: "SELECT kind, id, space_id, reason FROM failures ORDER BY kind, id",
  sync_state:
    "SELECT space_id, mark, body_format, scope, deletions, resume_link FROM sync_state ORDER BY space_id",
  left:
    "SELECT space_id, kind, id FROM listed_ids UNION ALL SELECT space_id, 'labels', page_id FROM listed_labels",
  orphans: "SELECT count(*) AS n FROM runs WHERE status = 'running'",
};
