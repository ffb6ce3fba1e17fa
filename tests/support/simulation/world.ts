/** A site, an index, and the clocks of both: everything a simulation is about. */
import { ConfluenceClient } from "../../../src/confluence/mod.ts";
import { type Database, openDatabase, type SyncState, syncStates } from "../../../src/database/mod.ts";
import { ingest, type IngestOptions, type IngestResult } from "../../../src/sync/mod.ts";
import { VirtualClock } from "../clock.ts";
import { FakeConfluence, type Status } from "../fake/mod.ts";
import { Dice } from "./dice.ts";
import { History } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import { MortalDatabase } from "./mortal.ts";
import { Sight } from "./sight.ts";

/** What a seed decides once for all. */
export interface Traits {
  readonly archivedInScope: boolean;
  /** How far the local clock is ahead of the site's, in milliseconds. */
  skew: number;
  readonly lagMs: number;
  /** Whether the site is larger than what is asked for at once. */
  readonly large: boolean;
  /** What is read besides pages, attachments and labels, at first. */
  readonly kinds: { readonly blogposts: boolean; readonly comments: boolean };
}

/** One simulated world. */
export class World implements AsyncDisposable {
  readonly dice: Dice;
  readonly clock: VirtualClock;
  readonly fake: FakeConfluence;
  readonly history: History;
  readonly sight: Sight;
  readonly index: MortalDatabase;
  readonly traits: Traits;
  /** The tables after the last run. */
  ledger: Ledger = { pages: [], attachments: [], posts: [], comments: [] };
  /** What happened, newest last. */
  readonly journal: string[] = [];
  /** First readings that went on where an earlier run had stopped. */
  resumed = 0;
  /** How each space was read last. */
  states: ReadonlyMap<string, SyncState> = new Map();
  /** The same before the run that is looked at. */
  statesChecked: ReadonlyMap<string, SyncState> = new Map();
  /** Pages of which a version number came again, at any time. */
  readonly rewritten = new Set<string>();
  /** Pages that a backup of the site put back, and no run with --full has followed yet. */
  readonly rolledBack = new Set<string>();
  /** Where the index is. */
  readonly url: string;

  #misledUntil = -Infinity;

  private constructor(seed: number, index: MortalDatabase, url: string) {
    this.dice = new Dice(seed);
    this.url = url;
    const { dice } = this;
    this.traits = {
      archivedInScope: dice.chance(0.35),
      skew: dice.pick([0, 0, 7_200_000, -10_800_000]),
      lagMs: dice.pick([0, 20_000, 180_000, 540_000]),
      large: dice.chance(0.06),
      kinds: { blogposts: dice.chance(0.5), comments: dice.chance(0.5) },
    };
    this.clock = new VirtualClock();
    const siteClock = {
      now: () => this.clock.now() - this.traits.skew,
      sleep: (ms: number, signal?: AbortSignal) => this.clock.sleep(ms, signal),
    };
    this.fake = new FakeConfluence({
      clock: siteClock,
      seed,
      settings: {
        timeZone: dice.pick(["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"]),
        search: { lagMs: this.traits.lagMs },
      },
    });
    this.history = new History(this.fake.site, dice, this.traits.large ? 900 : 130, (id, what) => {
      this.rewritten.add(id);
      if (what === "put back") this.rolledBack.add(id);
    });
    for (const key of ["ONE", "TWO", "~three"]) {
      this.fake.site.addSpace({ key, homepage: key !== "TWO", isPublic: key === "ONE" });
    }
    if (this.traits.large) {
      for (let n = 0; n < 600; n++) {
        this.fake.site.addPage({ spaceKey: n % 5 === 0 ? "TWO" : "ONE", title: `of many ${n}` });
      }
    }
    this.sight = new Sight(this.fake.site);
    this.index = index;
    index.watch = (work) => this.clock.outside(work);
  }

  static async make(seed: number, url: string): Promise<World> {
    return new World(seed, await MortalDatabase.open(url), url);
  }

  /** The statuses in scope of a space, as it was read last. */
  statuses(spaceId: string): readonly Status[] {
    return (this.states.get(spaceId)?.scope.split(",") ?? ["current"]) as Status[];
  }

  /** Learns from the index how each space was read. */
  async learn(): Promise<void> {
    this.states = await syncStates(this.index.database);
  }

  /** Somebody sets the clock of the machine; the site does not care. */
  shiftClock(ms: number): void {
    this.pass(ms);
    this.traits.skew += ms;
  }

  /** The person makes a new token and forgets the old one. */
  renewToken(): void {
    Object.assign(this.fake.site.accounts[0]!, { token: `token-${this.dice.between(1, 1e9)}` });
  }

  tell(text: string): void {
    this.journal.push(text);
  }

  /** Something happens to the site. */
  change(): void {
    const what = this.history.change();
    this.sight.look();
    this.tell(`  ${new Date(this.fake.site.clock.now()).toISOString()} ${what}`);
  }

  /** Time goes by; nobody waits for anything. */
  pass(ms: number): void {
    this.clock.set(this.clock.now() + ms);
  }

  /** The site told the program lies until now: what was changed before that moment may have been passed by. */
  mislead(): void {
    this.#misledUntil = this.fake.site.clock.now();
  }

  /** A comparison found the index right: lies told before do not count any more. */
  believeAgain(): void {
    this.#misledUntil = -Infinity;
  }

  /** Whether a change of that time may have been hidden by a lie. */
  misled(time: string): boolean {
    return Date.parse(time) <= this.#misledUntil;
  }

  /** One run of the program: its own client, the shared index. */
  ingest(options: Partial<IngestOptions>): Promise<IngestResult> {
    return this.clock.run(this.#ingest(this.index.database, options));
  }

  /** Two runs at the same time, each with a connection of its own; the second gives its error as a value. */
  async ingestBoth(
    options: Partial<IngestOptions>,
    others: Partial<IngestOptions>,
  ): Promise<[IngestResult, IngestResult | Error]> {
    const database = await openDatabase(this.url);
    const { all, commit } = database;
    Object.assign(database, {
      all: (...args: Parameters<Database["all"]>) => this.clock.outside(all.apply(database, args)),
      commit: (...args: Parameters<Database["commit"]>) => this.clock.outside(commit.apply(database, args)),
    });
    try {
      const second = this.#ingest(database, others).catch((error: Error) => error);
      const first = this.#ingest(this.index.database, options);
      // Neither is left behind while the other has ended.
      const [one, other] = await this.clock.run(Promise.allSettled([first, second]));
      if (one.status === "rejected") throw one.reason;
      return [one.value, (other as PromiseFulfilledResult<IngestResult | Error>).value];
    } finally {
      await database[Symbol.asyncDispose]();
    }
  }

  #ingest(database: Database, options: Partial<IngestOptions>): Promise<IngestResult> {
    const { clock, dice } = this;
    const client = new ConfluenceClient({
      baseUrl: this.fake.baseUrl,
      email: "ana@example.com",
      apiToken: this.fake.site.accounts[0]!.token,
      fetch: this.fake.fetch,
      clock,
      random: dice.random,
      limits: { requestsPerSecond: 1000 },
      signal: options.signal,
    });
    return ingest({
      client,
      database,
      clock,
      random: dice.random,
      onEvent: (event) => {
        if (event.type === "space_started" && event.resumed) this.resumed++;
      },
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.index[Symbol.asyncDispose]();
  }
}
