/** The wall time of an ingest where each answer takes a while, against the best that is possible. */
import { inTurns } from "./rounds.ts";
import { serveSite, type SpacePlan } from "./served_site.ts";
import { type Measurement, median, ms, table } from "./table.ts";

const BATCH = 250;
const LATENCY = 100;
const BODY = 8 * 1024;
const ROUNDS = 5;

/** Eight spaces, the first of which is larger than the others. */
function eight(first: number, others: number): SpacePlan[] {
  return Array.from({ length: 8 }, (_, index) => ({
    key: `B${index + 1}`,
    pages: index === 0 ? first : others,
    attachments: 0,
  }));
}

/** The part of the benchmark. */
export async function latencyTable(): Promise<string> {
  const title = `Wall time of 8 spaces at ${LATENCY} ms latency, against the ideal of the critical path`;
  return table(title, [
    ...await measure("one space of 5,000 pages, seven of 250", eight(5_000, 250)),
    ...await measure("eight spaces of 500 pages", eight(500, 500)),
  ]);
}

async function measure(what: string, spaces: readonly SpacePlan[]): Promise<Measurement[]> {
  await using site = await serveSite({ spaces, bodyBytes: BODY, latencyMs: LATENCY });
  const rounds = await inTurns(ROUNDS, { baseUrl: site.baseUrl, concurrency: 20, spacesAtOnce: 8 });
  const ideal = idealMs(spaces, median(rounds.floors.map(({ workMs }) => workMs)));
  const without = median(rounds.withoutText.map(({ ingestMs }) => ingestMs));
  const withText = median(rounds.ingests.map(({ ingestMs }) => ingestMs));
  const line = (what: string, measured: number, against: number, aim: number) => ({
    what,
    measured: ms(measured),
    against: ms(against),
    ratio: measured / against,
    aim,
  });
  return [
    line(`${what}, without text`, without, ideal, 1.3),
    line(`${what}, against without text`, withText, without, 1.1),
  ];
}

/**
 * Who asks, which spaces, then the answers of the largest space one after the other: each names the next. Or, where that
 * is longer, the first pages, and from there the floor's work on all of them, which no second thread shares.
 */
function idealMs(spaces: readonly SpacePlan[], workMs: number): number {
  const answers = Math.ceil(Math.max(...spaces.map(({ pages }) => pages)) / BATCH);
  return Math.max((2 + answers) * LATENCY, 3 * LATENCY + workMs);
}
