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
  return {
    selection,
    deletions,
    ...wish,
    allowMassDeletion: dice.chance(0.5),
    failFast: dice.chance(0.05),
    spacesAtOnce: dice.between(1, 8),
  };
}

/** Runs the program once, on a random day: the weather, people at work meanwhile, Ctrl-C, kill -9. */
export async function randomRun(world: World): Promise<RunEnd> {
  const { dice, fake, index } = world;
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
  fake.faults.onRequest(() => {
    if (dice.chance(busy)) world.change();
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
  return await watchedRun(world, { ...options, signal: stop.signal }, () => killed);
}

/** Runs the program once under the eyes of a witness. */
export async function watchedRun(
  world: World,
  options: Partial<IngestOptions>,
  isKilled: () => boolean = () => false,
): Promise<RunEnd> {
  const { fake, index } = world;
  const witness = new Witness(world);
  fake.faults.onRequest((request) => witness.see(request));
  let result: IngestResult | null = null;
  let error: unknown = null;
  try {
    result = await world.ingest(options);
  } catch (thrown) {
    error = thrown;
  }
  const killed = isKilled();
  await index.rest();
  // A killed run leaves its lease behind, which nobody renews.
  if (killed) world.pass(61_000);
  if (error !== null && !killed && !isExpected(error, options.signal)) throw error;
  const spaces = result?.spaces.map(({ space, mode, status }) => `${space.key} ${mode} ${status}`) ?? [];
  // Listings that leave rows out, and answers meant for nobody in particular, look like any others.
  const { faults, site } = world.fake;
  if (faults.fired[MISLEADING] !== undefined || site.settings.anonymousAccess) world.mislead();
  world.tell(`  = ${killed ? "killed" : result?.status ?? String(error)} ${spaces.join(", ")}`);
  return { result, error, killed, witness, options };
}

/** What a bad day may end a run with; anything else is a bug. */
function isExpected(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true && error === signal.reason) return true;
  return error instanceof ConfluenceIndexError && error.code !== "database" && error.code !== "locked";
}
