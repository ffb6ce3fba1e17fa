/**
 * The program with `--every`, without its waiting: in each pause it does the next of the steps that are its arguments, after `--`. A
 * step is a text for `.env`, or the name of a signal, which it sends itself.
 *
 * @module
 */
import { COMMANDS } from "../../src/cli/commands.ts";
import { launch } from "../../src/cli/launch.ts";
import { parse } from "../../src/cli/parse.ts";

const cut = Deno.args.indexOf("--");
const steps = Deno.args.slice(cut + 1);
const parsed = await parse(Deno.args.slice(0, cut), COMMANDS);
if (parsed.kind !== "run") throw new Error("Nothing to run");
const code = await launch(parsed.command, parsed.flags, parsed.args, {
  now: () => 0,
  random: () => 0,
  sleep: async (_ms, signal) => {
    const step = steps.shift()!;
    if (!step.startsWith("SIG")) return await Deno.writeTextFile(".env", step);
    const stopped = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => stopped.resolve());
    Deno.kill(Deno.pid, step as Deno.Signal);
    await stopped.promise;
  },
});
Deno.exit(code);
