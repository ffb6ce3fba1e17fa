/**
 * A site with a life of its own, copied again and again on good and bad days; after each run the promises are
 * checked, and now and then the copy is compared with the site. The same seed gives the same life.
 */
import { clearUp } from "./weather.ts";
import { brokenPromises, readLedger } from "./ledger.ts";
import { randomRun, type RunEnd } from "./runs.ts";
import { checkDelta, checkQuiet, checkReconciliation } from "./checks.ts";
import { World } from "./world.ts";

/** How much happened, to see that the simulation is not idle. */
export interface Totals {
  changes: number;
  runs: number;
  kills: number;
  interrupted: number;
  buried: number;
  restored: number;
  held: number;
  resumed: number;
  checks: number;
}

/** What to simulate. */
export interface Simulation {
  readonly seed: number;
  /** Turns: each is a few changes of the site, or a run. */
  readonly turns: number;
  /** Where the index is. @default ":memory:" */
  readonly url?: string;
}

/** Empty totals. */
export function noTotals(): Totals {
  return {
    changes: 0,
    runs: 0,
    kills: 0,
    interrupted: 0,
    buried: 0,
    restored: 0,
    held: 0,
    resumed: 0,
    checks: 0,
  };
}

/**
 * Lives through one simulated life and adds to `totals`.
 *
 * @throws {Error} When a promise was broken, with the last things that happened and how to see it again.
 */
export async function simulate({ seed, turns, url = ":memory:" }: Simulation, totals: Totals): Promise<void> {
  await using world = await World.make(seed, url);
  try {
    for (let turn = 0; turn < turns; turn++) {
      await oneTurn(world, totals);
      if (turn % 12 === 11) await compare(world, totals, false);
    }
    await compare(world, totals, true);
    totals.resumed += world.resumed;
  } catch (error) {
    const tail = world.journal.slice(-120).join("\n");
    const again = `SIM_SEED=${seed} deno test -P tests/sync/simulation_test.ts`;
    throw new Error(
      `Seed ${seed} broke a promise: ${error instanceof Error ? error.message : error}\n${tail}\n` +
        `Once more: ${again}`,
      { cause: error },
    );
  }
}

async function oneTurn(world: World, totals: Totals): Promise<void> {
  const { dice, traits } = world;
  world.pass(dice.weighted([[6, dice.between(1, 90_000)], [4, dice.between(60_000, 3_600_000)], [
    0.3,
    dice.between(1, 9) * 86_400_000,
  ]]));
  // Search lag is a fact of life and holds in good weather too.
  world.fake.site.settings.search.lagMs = traits.lagMs;
  for (let left = dice.between(0, 5); left > 0; left--) {
    world.change();
    totals.changes++;
    if (dice.chance(0.3)) world.pass(dice.between(0, 120_000));
  }
  const end = await randomRun(world);
  clearUp(world.fake, dice.chance(0.5));
  world.sight.look();
  count(end, totals);
  await checkRun(world, end, totals);
}

function count({ result, killed }: RunEnd, totals: Totals): void {
  totals.runs++;
  if (killed) totals.kills++;
  if (result === null) return;
  if (result.status === "interrupted") totals.interrupted++;
  totals.restored += result.metrics.restored;
  if (result.spaces.some(({ status }) => status === "held")) totals.held++;
}

/** What holds after every run, however it ended. */
async function checkRun(world: World, end: RunEnd, totals: Totals): Promise<void> {
  const { database } = world.index;
  const before = world.ledger;
  const after = await readLedger(database);
  world.ledger = after;
  const statesBefore = world.statesChecked;
  world.statesChecked = world.states;
  const tracked = new Set((await database.all<{ id: string }>("SELECT id FROM spaces")).map(({ id }) => id));
  const wrong = [
    ...brokenPromises(before, after, world.rewritten),
    ...end.witness.wrongBurials(before, after, tracked, statesBefore),
    ...end.result?.discrepancies ?? [],
  ];
  totals.buried += after.pages.filter((row) => row.deleted_at !== null).length -
    before.pages.filter((row) => row.deleted_at !== null).length;
  if (wrong.length > 0) throw new Error(wrong.slice(0, 8).join("; "));
}

/** On a clear day, when the search has caught up: nothing that a delta must see is missing, then nothing at all. */
async function compare(world: World, totals: Totals, final: boolean): Promise<void> {
  const { dice, fake, traits } = world;
  clearUp(fake, final || dice.chance(0.6));
  world.sight.look();
  world.pass(final ? 8 * 86_400_000 : traits.lagMs + 61_000);
  totals.checks++;
  const checked = async (work: () => Promise<RunEnd>) => await checkRun(world, await work(), totals);
  await checked(() => checkDelta(world));
  // The first is a first reading for some spaces, the second for none.
  await checked(() => checkReconciliation(world, final));
  await checked(() => checkReconciliation(world, final));
  await checked(() => checkQuiet(world));
}
