/**
 * The numbers that README quotes, each as a ratio against a floor measured in the same run: `deno task bench`, or some parts of
 * it: `deno task bench requests memory`. Some parts take minutes or much space: they are measured only when they are named.
 */
import { contentTable } from "./content_bench.ts";
import { exportTable } from "./export_bench.ts";
import { measureHelp } from "./help_bench.ts";
import { latencyTable } from "./latency.ts";
import { memoryTable } from "./memory.ts";
import { requestTable } from "./requests.ts";
import { searchTable } from "./search_bench.ts";
import { speedTable } from "./speed.ts";
import { startupTable } from "./startup_bench.ts";
import { ms, print, table } from "./table.ts";

const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  requests: requestTable,
  speed: speedTable,
  latency: latencyTable,
  memory: memoryTable,
  help: helpTable,
  content: contentTable,
  export: exportTable,
  search: searchTable,
  startup: startupTable,
};
/** The parts that are measured where none is named. */
const USUAL = ["requests", "speed", "latency", "memory", "help", "content"];

async function helpTable(): Promise<string> {
  const { emptyMs, helpMs, ratio } = await measureHelp();
  return table("Start of --help, against an empty script", [
    { what: "--help", measured: ms(helpMs), against: ms(emptyMs), ratio, aim: 3 },
  ]);
}

const names = Deno.args.length > 0 ? Deno.args : USUAL;
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(`Cannot measure ${unknown.join(", ")}: the parts are ${Object.keys(PARTS).join(", ")}`);
}
const { os, arch } = Deno.build;
await print(`Deno ${Deno.version.deno}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores\n`);
for (const name of names) await print(`\n${await PARTS[name]!()}`);
