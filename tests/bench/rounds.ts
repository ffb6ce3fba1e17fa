/** Ingest and floor in turns, so that a busy machine slows both, each in a fresh process. */
import { join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { withTempDir } from "../support/temp_dir.ts";
import type { FloorJob, FloorTimes } from "./floor_program.ts";
import type { IngestJob, IngestTimes } from "./ingest_program.ts";
import { runProgram } from "./processes.ts";

/** The garbage collector is set as the task sets it: it saves memory for time. */
const FLAGS = config.tasks.ingest.command.split(" ").filter((part) => part.startsWith("--v8-flags="));

/** What the rounds measured. */
export interface Rounds {
  /** With the text of bodies, links and search, as the command makes them. */
  readonly ingests: readonly IngestTimes[];
  /** Without. */
  readonly withoutText: readonly IngestTimes[];
  readonly floors: readonly FloorTimes[];
}

/** All in turns; the first round fills caches and does not count. */
export async function inTurns(rounds: number, job: Omit<IngestJob, "folder">): Promise<Rounds> {
  const results = {
    ingests: [] as IngestTimes[],
    withoutText: [] as IngestTimes[],
    floors: [] as FloorTimes[],
  };
  for (let round = 0; round <= rounds; round++) {
    const ingest = await timeIngest(job, []);
    const without = await timeWithoutText(job);
    const floor = await timeFloor(ingest.urls);
    if (round === 0) continue;
    results.ingests.push(ingest);
    results.withoutText.push(without);
    results.floors.push(floor);
  }
  return results;
}

function timeIngest(job: Omit<IngestJob, "folder">, flags: readonly string[]): Promise<IngestTimes> {
  return withTempDir((folder) =>
    runProgram<IngestTimes>("ingest_program.ts", { ...job, folder }, [...FLAGS, ...flags])
  );
}

/** The same program with an import map that puts nothing in the place of the conversion. */
function timeWithoutText(job: Omit<IngestJob, "folder">): Promise<IngestTimes> {
  return withTempDir(async (folder) => {
    const url = (path: string) => import.meta.resolve(path);
    const scopes = {
      [url("../../src/sync/")]: { [url("../../src/content/mod.ts")]: url("./no_content.ts") },
    };
    const map = join(folder, "import_map.json");
    await Deno.writeTextFile(map, JSON.stringify({ imports: config.imports, scopes }));
    return await timeIngest(job, [`--import-map=${map}`]);
  });
}

function timeFloor(urls: readonly string[]): Promise<FloorTimes> {
  return withTempDir((folder) =>
    runProgram<FloorTimes>("floor_program.ts", { folder, urls } satisfies FloorJob)
  );
}
