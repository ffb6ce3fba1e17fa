/** A site, an index, and the clocks of both: everything a simulation is about. */
import { ConfluenceClient } from "../../../src/confluence/mod.ts";
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
  readonly skew: number;
  readonly lagMs: number;
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
  ledger: Ledger = { pages: [], attachments: [] };
  /** What happened, newest last. */
  readonly journal: string[] = [];
  /** First readings that went on where an earlier run had stopped. */
  resumed = 0;
  #misledUntil = -Infinity;

  private constructor(seed: number, index: MortalDatabase) {
    this.dice = new Dice(seed);
    const { dice } = this;
    this.traits = {
      archivedInScope: dice.chance(0.35),
      skew: dice.pick([0, 0, 7_200_000, -10_800_000]),
      lagMs: dice.pick([0, 20_000, 180_000, 540_000]),
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
    this.history = new History(this.fake.site, dice);
    for (const key of ["ONE", "TWO", "~three"]) {
      this.fake.site.addSpace({ key, homepage: key !== "TWO", isPublic: key === "ONE" });
    }
    this.sight = new Sight(this.fake.site);
    this.index = index;
    index.watch = (work) => this.clock.outside(work);
  }

  static async make(seed: number, url: string): Promise<World> {
    return new World(seed, await MortalDatabase.open(url));
  }

  get statuses(): readonly Status[] {
    return this.traits.archivedInScope ? ["current", "archived"] : ["current"];
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
    const { clock, dice } = this;
    const client = new ConfluenceClient({
      baseUrl: this.fake.baseUrl,
      email: "ana@example.com",
      apiToken: "test-token-ana",
      fetch: this.fake.fetch,
      clock,
      random: dice.random,
      limits: { requestsPerSecond: 1000 },
      signal: options.signal,
    });
    return clock.run(ingest({
      client,
      database: this.index.database,
      includeArchived: this.traits.archivedInScope,
      clock,
      random: dice.random,
      onEvent: (event) => {
        if (event.type === "space_started" && event.resumed) this.resumed++;
      },
      ...options,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.index[Symbol.asyncDispose]();
  }
}
