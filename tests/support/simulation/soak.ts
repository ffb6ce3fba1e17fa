/**
 * Simulated lives without end: `deno task soak [MINUTES] [FIRST_SEED]`. Each seed that breaks a promise is told with how to see it
 * again; the exit code is 1 when there was one.
 */
import { withTempDir } from "../temp_dir.ts";
import { noTotals, simulate } from "./simulation.ts";

const minutes = Number(Deno.args[0] ?? 60);
const first = Number(Deno.args[1] ?? Date.now() % 1_000_000_000);
const until = performance.now() + minutes * 60_000;
const totals = noTotals();
let broken = 0;

for (let seed = first; performance.now() < until; seed++) {
  try {
    // Every fourth life is a long one.
    const turns = seed % 4 === 0 ? 240 : 60;
    // Every third index is on file, where two runs can be at work at the same time.
    if (seed % 3 !== 0) await simulate({ seed, turns }, totals);
    else await withTempDir((dir) => simulate({ seed, turns, url: `file:${dir}/index.db` }, totals));
  } catch (error) {
    broken++;
    tell(`${error instanceof Error ? error.message : error}\n\n`);
  }
  if ((seed - first) % 10 === 9) {
    tell(`${seed - first + 1} lives, ${broken} broken: ${JSON.stringify(totals)}\n`);
  }
}
tell(`${broken} broken: ${JSON.stringify(totals)}\n`);
if (broken > 0) Deno.exit(1);

function tell(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
