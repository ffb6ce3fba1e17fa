/**
 * Proves a built file on the machine it was built for: `deno run -P=test tests/build/smoke.ts FILE KIND`. The release
 * workflow runs it on every system.
 */
import { resolve } from "@std/path";
import { Place } from "./alone.ts";
import { doWholeJob } from "./whole_job.ts";

const [file, kind] = Deno.args;
if (file === undefined || kind === undefined) throw new Error("Cannot prove a file: name it, and its kind");
await using place = await Place.make();
await doWholeJob(place, resolve(file), kind);
await Deno.stdout.write(new TextEncoder().encode(`${file} works\n`));
