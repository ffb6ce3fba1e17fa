import { assertGreater } from "@std/assert";
import { noTotals, simulate } from "../support/simulation/simulation.ts";
import { withTempDir } from "../support/temp_dir.ts";

// SIM_SEED=n lives through one seed again, SIM_TURNS=n makes lives longer. `deno task soak` goes on for hours.
const ASKED = Deno.env.get("SIM_SEED");
const TURNS = Number(Deno.env.get("SIM_TURNS") ?? 60);
const BLOCKS = ASKED === undefined ? [1, 2, 3, 4].map((block) => seedsOf(block, 10)) : [[Number(ASKED)]];

function seedsOf(block: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => (block - 1) * size + index + 1);
}

for (const seeds of BLOCKS) {
  Deno.test(`ingest keeps its promises through ${seeds.length} simulated lives, seed ${seeds[0]} and on`, async () => {
    const totals = noTotals();
    for (const seed of seeds) {
      // A real file is opened anew after each kill.
      if (seed % 5 === 0) {
        await withTempDir((dir) => simulate({ seed, turns: TURNS, url: `file:${dir}/index.db` }, totals));
      } else await simulate({ seed, turns: TURNS }, totals);
    }
    if (seeds.length === 1) return;
    // Lives in which little happens prove little.
    for (const [what, least] of Object.entries(LEAST)) {
      assertGreater(totals[what as keyof typeof totals], least, what);
    }
  });
}

/** What must happen in ten lives. */
const LEAST = {
  changes: 1200,
  runs: 590,
  kills: 30,
  interrupted: 5,
  buried: 100,
  restored: 20,
  resumed: 0,
  checks: 50,
};
