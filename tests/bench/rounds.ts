/** Ingest and floor in turns, so that a busy machine slows both, each in a fresh process. */
import { withTempDir } from "../support/temp_dir.ts";
import type { FloorJob, FloorTimes } from "./floor_program.ts";
import type { IngestJob, IngestTimes } from "./ingest_program.ts";
import { runProgram } from "./processes.ts";

/** One ingest into an empty index. */
export function timeIngest(baseUrl: string, concurrency: number): Promise<IngestTimes> {
  return withTempDir((folder) =>
    runProgram<IngestTimes>("ingest_program.ts", { baseUrl, folder, concurrency } satisfies IngestJob)
  );
}

/** The floor of an ingest. */
export function timeFloor(urls: readonly string[]): Promise<FloorTimes> {
  return withTempDir((folder) =>
    runProgram<FloorTimes>("floor_program.ts", { folder, urls } satisfies FloorJob)
  );
}

/** Both in turns; the first round fills caches and does not count. */
export async function inTurns(
  baseUrl: string,
  rounds: number,
  concurrency: number,
): Promise<{ readonly ingests: IngestTimes[]; readonly floors: FloorTimes[] }> {
  const ingests: IngestTimes[] = [];
  const floors: FloorTimes[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ingest = await timeIngest(baseUrl, concurrency);
    const floor = await timeFloor(ingest.urls);
    if (round === 0) continue;
    ingests.push(ingest);
    floors.push(floor);
  }
  return { ingests, floors };
}
