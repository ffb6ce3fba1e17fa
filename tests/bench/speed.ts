/** The wall time of an ingest where the network costs nothing. */
import { inTurns } from "./rounds.ts";
import { serveSite, spaces } from "./served_site.ts";
import { median, ms, table } from "./table.ts";

const PAGES = 4_000;
const BODY = 8 * 1024;
const ROUNDS = 7;

/** The part of the benchmark. */
export async function speedTable(): Promise<string> {
  await using site = await serveSite({ spaces: spaces(1, PAGES, 0), bodyBytes: BODY, latencyMs: 0 });
  const rounds = await inTurns(ROUNDS, {
    baseUrl: site.baseUrl,
    requestsPerSecond: 10_000,
    concurrency: 5,
    spacesAtOnce: 3,
  });
  const floor = median(rounds.floors.map(({ allMs }) => allMs));
  const line = (what: string, times: readonly number[], aim: number | null) => ({
    what,
    measured: ms(median(times)),
    against: ms(floor),
    ratio: median(times) / floor,
    aim,
  });
  return table(`Wall time of ${PAGES.toLocaleString("en")} pages of 8 KB at no latency, against the floor`, [
    line("ingest without text", rounds.withoutText.map(({ ingestMs }) => ingestMs), 1.5),
    line("ingest", rounds.ingests.map(({ ingestMs }) => ingestMs), 2.5),
    line("ingest and artifacts", rounds.ingests.map(({ allMs }) => allMs), null),
  ]);
}
