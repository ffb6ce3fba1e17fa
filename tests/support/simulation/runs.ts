/** Random runs of the program: how they are asked for, and how they are cut short. */
import { ConfluenceIndexError } from "../../../src/errors.ts";
import { knownSpaces } from "../../../src/database/mod.ts";
import type { IngestOptions, IngestResult } from "../../../src/sync/mod.ts";
import { Killed } from "./mortal.ts";
import { makeWeather, MISLEADING } from "./weather.ts";
import { Witness } from "./witness.ts";
import type { World } from "./world.ts";

/** How a run ended. */
export interface RunEnd {
  readonly result: IngestResult | null;
  readonly error: unknown;
  readonly killed: boolean;
  readonly witness: Witness;
  readonly options: Partial<IngestOptions>;
}

/** A random wish. */
export async function randomOptions(world: World): Promise<Partial<IngestOptions>> {
  const { dice, fake: { site } } = world;
  const known = await knownSpaces(world.index.database);
  const keys = [...site.state.spacesById.values()].filter((space) => space.visibleTo === null).map((
    { key },
  ) => key);
  const selection = known.length > 0 && dice.chance(0.6)
    ? {}
    : dice.chance(0.4) || keys.length === 0
    ? { all: true }
    : {
      keys: [dice.pick(keys), ...dice.some(keys, 0.4)].map((key) =>
        dice.chance(0.2) ? key.toLowerCase() : key
      ),
    };
  const deletions = dice.pick(
    [undefined, undefined, "weekly_reconciliation", "every_sync", "on_demand"] as const,
  );
  const wish = dice.weighted<Partial<IngestOptions>>([
    [5, {}],
    [2, { reconcile: true }],
    [1, { full: true }],
    [0.7, { since: new Date(site.clock.now() - dice.between(1, 5000) * 60_000).toISOString() }],
    [0.8, { maxPages: dice.between(1, 60) }],
  ]);
  const listed = wish.full === true || wish.reconcile === true;
  // What is not said is as it was; at first, as the world's traits say.
  const first = known.length === 0 || dice.chance(0.3);
  return {
    selection,
    deletions,
    ...wish,
    // A new scope is refused where the spaces are not listed.
    ...(known.length === 0 || listed && dice.chance(0.2)
      ? { includeArchived: listed ? dice.chance(0.5) : world.traits.archivedInScope }
      : {}),
    ...(first ? { kinds: world.traits.kinds } : dice.chance(0.08)
      ? {
        kinds: { blogposts: dice.chance(0.6), comments: dice.chance(0.6), labels: dice.chance(0.7) },
      }
      : {}),
    ...(wish.full === true && dice.chance(0.3)
      ? { bodyFormat: dice.pick(["storage", "atlas_doc_format"] as const) }
      : {}),
    ...(dice.chance(0.12) ? { historyDepth: dice.pick([1, 3, 100]) } : {}),
    allowMassDeletion: dice.chance(0.5),
    failFast: dice.chance(0.05),
    spacesAtOnce: dice.between(1, 8),
  };
}

/** Runs the program once, on a random day: the weather, people at work meanwhile, Ctrl-C, kill -9. */
export async function randomRun(world: World): Promise<RunEnd> {
  const { dice, fake, index } = world;
  if (dice.chance(0.05)) world.renewToken();
  // A lease of a killed run would seem to end later than it does.
  const isHeld = await index.database.first("SELECT 1 FROM leases LIMIT 1") !== undefined;
  if (!isHeld && dice.chance(0.04)) {
    const ms = dice.pick([-1, 1]) * dice.pick([3_600_000, 2 * 86_400_000]);
    world.shiftClock(ms);
    world.tell(`the clock of the machine is set by ${ms} ms`);
  }
  const options = await randomOptions(world);
  world.tell(`ingest ${JSON.stringify(options)}`);
  if (dice.chance(0.65)) { for (const told of makeWeather(fake, dice)) world.tell(`  weather: ${told}`); }
  const stop = new AbortController();
  const end = dice.weighted<
    "none" | "abort" | "kill at request" | "kill before commit" | "kill after commit"
  >([
    [10, "none"],
    [1.2, "abort"],
    [1, "kill at request"],
    [0.6, "kill before commit"],
    [0.6, "kill after commit"],
  ]);
  let killed = false;
  const kill = () => {
    killed = true;
    index.kill();
    stop.abort(new Killed());
    world.tell(`  killed ${end}`);
  };
  const moment = dice.between(1, dice.pick([6, 30]));
  let requests = 0;
  const busy = dice.chance(0.45) ? dice.pick([0.05, 0.2, 0.5]) : 0;
  const slow = dice.chance(0.25) ? dice.pick([0.05, 0.3]) : 0;
  fake.faults.onRequest(() => {
    if (dice.chance(busy)) world.change();
    if (dice.chance(slow)) world.pass(dice.between(1_000, dice.pick([20_000, 240_000])));
    if (++requests !== moment) return;
    if (end === "abort") {
      world.tell("  Ctrl-C");
      stop.abort();
    } else if (end === "kill at request") kill();
  });
  index.onCommit = (when, number) => {
    if (killed || number !== moment || end !== `kill ${when} commit`) return;
    kill();
    throw new Killed();
  };
  const beside = world.url !== ":memory:" && dice.chance(0.3) ? await randomOptions(world) : undefined;
  if (beside !== undefined) world.tell(`beside it ingest ${JSON.stringify(beside)}`);
  return await watchedRun(world, { ...options, signal: stop.signal }, () => killed, beside);
}

/** Runs the program once under the eyes of a witness. */
export async function watchedRun(
  world: World,
  options: Partial<IngestOptions>,
  isKilled: () => boolean = () => false,
  beside?: Partial<IngestOptions>,
): Promise<RunEnd> {
  const { fake, index } = world;
  const rolledBack = [...world.rolledBack];
  const witness = new Witness(world, [options, beside ?? {}]);
  fake.faults.onRequest((request) => witness.see(request));
  let result: IngestResult | null = null;
  let error: unknown = null;
  try {
    if (beside === undefined) result = await world.ingest(options);
    else {
      const [one, other] = await world.ingestBoth(options, beside);
      result = one;
      if (other instanceof Error) {
        world.tell(`  beside it = ${other}`);
        if (!isExpected(other, undefined) && !isLocked(other)) throw other;
      } else {
        world.tell(
          `  beside it = ${other.status} ${
            other.spaces.map(({ space, mode, status }) => `${space.key} ${mode} ${status}`).join(", ")
          }`,
        );
        if (other.discrepancies.length > 0) throw new Error(other.discrepancies.join("; "));
      }
    }
  } catch (thrown) {
    error = thrown;
  }
  const killed = isKilled();
  await index.rest();
  // A killed run leaves its lease behind, which nobody renews.
  if (killed) world.pass(61_000);
  if (error !== null && !killed && !isExpected(error, options.signal) && !(beside && isLocked(error))) {
    throw error;
  }
  const spaces = result?.spaces.map(({ space, mode, status }) => `${space.key} ${mode} ${status}`) ?? [];
  // Listings that leave rows out, and answers meant for nobody in particular, look like any others.
  const { faults, site } = world.fake;
  if (faults.fired[MISLEADING] !== undefined || site.settings.anonymousAccess) world.mislead();
  await world.learn();
  // What is in the trash there is followed where the run looks for what is gone.
  const looks = options.reconcile === true || options.deletions === "every_sync";
  if (options.full === true && looks && options.maxPages === undefined && options.since === undefined) {
    followed(world, result, rolledBack);
  }
  world.tell(`  = ${killed ? "killed" : result?.status ?? String(error)} ${spaces.join(", ")}`);
  return { result, error, killed, witness, options };
}

/** A run with --full that reads a space to its end follows what a backup of the site has put back there. */
function followed(world: World, result: IngestResult | null, rolledBack: readonly string[]): void {
  const whole = new Set(
    result?.spaces.filter(({ status }) => status === "complete").map(({ space }) => space.id),
  );
  for (const id of rolledBack) {
    const page = world.fake.site.state.contents.get(id);
    if (page === undefined || whole.has(page.spaceId)) world.rolledBack.delete(id);
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof ConfluenceIndexError && error.code === "locked";
}

/** What a bad day may end a run with; anything else is a bug. */
function isExpected(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true && error === signal.reason) return true;
  return error instanceof ConfluenceIndexError && error.code !== "database" && error.code !== "locked";
}
