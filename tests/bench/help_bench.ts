/**
 * How long help takes against an empty script, as a ratio: help loads neither database nor schemas.
 * `deno run -P=bench tests/bench/help_bench.ts`
 */
import { fromFileUrl } from "@std/path";

const ROUNDS = 15;
const MAIN = fromFileUrl(import.meta.resolve("../../src/cli/main.ts"));
const EMPTY = fromFileUrl(import.meta.resolve("./empty.ts"));

/** Wall time of the empty script and of help, in milliseconds, and their ratio; the medians of several rounds. */
export interface HelpTimes {
  readonly emptyMs: number;
  readonly helpMs: number;
  readonly ratio: number;
}

/** Measures both, one after the other in each round, so that a busy machine slows both. */
export async function measureHelp(rounds = ROUNDS): Promise<HelpTimes> {
  const empty: number[] = [];
  const help: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const times = [await timeOf([EMPTY]), await timeOf([MAIN, "--help"])] as const;
    // The first round fills Deno's caches.
    if (round === 0) continue;
    empty.push(times[0]);
    help.push(times[1]);
  }
  const [emptyMs, helpMs] = [median(empty), median(help)];
  return { emptyMs, helpMs, ratio: helpMs / emptyMs };
}

async function timeOf(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const { success } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "-P=cli", ...args],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${args.join(" ")} failed`);
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

if (import.meta.main) {
  const { emptyMs, helpMs, ratio } = await measureHelp();
  const line = `--help: ${ratio.toFixed(2)} x an empty script (${helpMs.toFixed(0)} ms to ${
    emptyMs.toFixed(0)
  } ms; aim: 3)`;
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
