/**
 * The numbers that README quotes, each as a ratio against a floor measured in the same run: `deno task bench`, or some parts of
 * it: `deno task bench requests memory`.
 */
import { measureHelp } from "./help_bench.ts";
import { latencyTable } from "./latency.ts";
import { memoryTable } from "./memory.ts";
import { requestTable } from "./requests.ts";
import { speedTable } from "./speed.ts";
import { ms, print, table } from "./table.ts";

const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  requests: requestTable,
  speed: speedTable,
  latency: latencyTable,
  memory: memoryTable,
  help: helpTable,
};

async function helpTable(): Promise<string> {
  const { emptyMs, helpMs, ratio } = await measureHelp();
  return table("Start of --help, against an empty script", [
    { what: "--help", measured: ms(helpMs), against: ms(emptyMs), ratio, aim: 3 },
  ]);
}

const names = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(`Cannot measure ${unknown.join(", ")}: the parts are ${Object.keys(PARTS).join(", ")}`);
}
const { os, arch } = Deno.build;
await print(`Deno ${Deno.version.deno}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores\n`);
for (const name of names) await print(`\n${await PARTS[name]!()}`);
