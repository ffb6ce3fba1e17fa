/**
 * Simulated lives without end: `deno task soak [MINUTES] [FIRST_SEED]`. Each seed that breaks a promise is told with how to see it
 * again; the exit code is 1 when there was one.
 */
import { noTotals, simulate } from "./simulation.ts";

const minutes = Number(Deno.args[0] ?? 60);
const first = Number(Deno.args[1] ?? Date.now() % 1_000_000_000);
const until = performance.now() + minutes * 60_000;
const totals = noTotals();
let broken = 0;

for (let seed = first; performance.now() < until; seed++) {
  try {
    // Every fourth life is a long one.
    await simulate({ seed, turns: seed % 4 === 0 ? 240 : 60 }, totals);
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
