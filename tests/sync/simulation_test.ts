import { assertGreater } from "@std/assert";
import { noTotals, simulate } from "../support/simulation/simulation.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

const asked = Number(Deno.env.get("SIM_SEED") ?? NaN);
const seeds = Number.isNaN(asked)
  ? Array.from({ length: Number(Deno.env.get("SIM_SEEDS") ?? 24) }, (_, i) => i + 1)
  : [asked];
const turns = Number(Deno.env.get("SIM_TURNS") ?? 60);

Deno.test("ingest keeps its promises through random lives of a site, in memory and on file", async () => {
  const totals = noTotals();
  for (const seed of seeds) {
    if (seed % 5 !== 0) await simulate({ seed, turns }, totals);
    else await withTempDir((dir) => simulate({ seed, turns, url: `file:${dir}/index.db` }, totals));
  }
  if (seeds.length > 1) assertGreater(totals.runs, 0);
});

Deno.test({
  name: `ingest keeps its promises through a random life of a site, on a server${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: async () => {
    await using server = await startSqld();
    const totals = noTotals();
    await simulate(
      { seed: Number.isNaN(asked) ? 3 : asked, turns: Math.min(turns, 24), url: server.url },
      totals,
    );
    assertGreater(totals.runs, 0);
  },
});
