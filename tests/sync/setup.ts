/** A fake site, an empty index, and one clock for both: what tests of the sync work with. */
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { type Database, openDatabase } from "../../src/database/mod.ts";
import { ingest, type IngestOptions, type IngestResult } from "../../src/sync/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { indexUrl, nameOutside } from "../support/each_database.ts";
import { FakeConfluence, type FakeOptions } from "../support/fake/mod.ts";

/** Minutes in milliseconds. */
export const MINUTE = 60_000;
/** Days in milliseconds. */
export const DAY = 24 * 60 * MINUTE;

/** What a test works with. */
export interface Bench {
  readonly fake: FakeConfluence;
  readonly site: FakeConfluence["site"];
  readonly clock: VirtualClock;
  readonly database: Database;
  /** Runs an ingest to its end, waits included. Without a selection, of the indexed spaces. */
  ingest(options?: Partial<IngestOptions>): Promise<IngestResult>;
  /** Lets time go by, so that later changes are newer than the mark by more than the overlap. */
  pass(ms: number): void;
  /** Rows of a query. */
  rows(sql: string, ...args: (string | number)[]): Promise<Record<string, unknown>[]>;
  /** The first column of each row. */
  column(sql: string, ...args: (string | number)[]): Promise<unknown[]>;
}

/** Options of {@linkcode withBench}. */
export interface BenchOptions {
  readonly fake?: FakeOptions;
  /** How far the local clock is ahead of the site's, in milliseconds. */
  readonly skew?: number;
  readonly url?: string;
  /** Goes through the gateway, as scoped tokens do. */
  readonly gateway?: boolean;
}

/** Runs `work` on a fresh site with the empty spaces DOCS and TEAM. */
export async function withBench(
  work: (bench: Bench) => Promise<void>,
  options: BenchOptions = {},
): Promise<void> {
  const clock = new VirtualClock();
  const { skew = 0 } = options;
  const siteClock = {
    now: () => clock.now() - skew,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
  const fake = new FakeConfluence({ clock: siteClock, ...options.fake });
  fake.site.addSpace({ key: "DOCS", name: "Documents" });
  fake.site.addSpace({ key: "TEAM", name: "Team" });
  const url = options.url ?? indexUrl();
  await using database = nameOutside(await openDatabase(url), clock);
  const account = fake.site.accounts[0]!;
  await work({
    fake,
    site: fake.site,
    clock,
    database,
    ingest: (wishes = {}) => {
      const client = new ConfluenceClient({
        baseUrl: fake.baseUrl,
        email: account.email,
        apiToken: account.token,
        fetch: fake.fetch,
        clock,
        random: () => 0.5,
        limits: { requestsPerSecond: 1000 },
        signal: wishes.signal,
        ...(options.gateway === true ? { cloudId: fake.site.cloudId } : {}),
      });
      return clock.run(ingest({ client, database, clock, ...wishes }));
    },
    pass: (ms) => clock.set(clock.now() + ms),
    rows: (sql, ...args) => database.all(sql, args),
    column: async (sql, ...args) => (await database.all(sql, args)).map((row) => Object.values(row)[0]),
  });
}

/** Pages `1` to `n` of a space, one version each; gives their ids. */
export function addPages(site: Bench["site"], spaceKey: string, n: number): string[] {
  return Array.from(
    { length: n },
    (_, i) => site.addPage({ spaceKey, title: `${spaceKey} ${i + 1}`, body: `<p>${i + 1}</p>` }).id,
  );
}

/** The whole of both spaces. */
export const BOTH = { selection: { keys: ["DOCS", "TEAM"] } } as const;
/** One space. */
export const DOCS = { selection: { keys: ["DOCS"] } } as const;
/** The other. */
export const TEAM = { selection: { keys: ["TEAM"] } } as const;
/** Comments too, at a space's first run. */
export const WITH_COMMENTS = { kinds: { comments: true } } as const;
