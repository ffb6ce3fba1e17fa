/** The wall time of an ingest where each answer takes a while, against the best that is possible. */
import { inTurns } from "./rounds.ts";
import { serveSite, type SpacePlan } from "./served_site.ts";
import { type Measurement, median, ms, table } from "./table.ts";

const BATCH = 250;
const LATENCY = 100;
const BODY = 8 * 1024;
/** What a client does where nothing else is said: requests a second, and in flight; the command reads three spaces at once. */
const USUAL = { requestsPerSecond: 10, concurrency: 5, spacesAtOnce: 3 } as const;
/** As fast as it goes, which no site would stand. */
const UNBOUND = { requestsPerSecond: 10_000, concurrency: 20, spacesAtOnce: 8 } as const;

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
  const large = eight(5_000, 250);
  const even = eight(500, 500);
  return table(title, [
    ...await measure("one space of 5,000 pages, seven of 250", large, USUAL, 3),
    ...await measure("eight spaces of 500 pages", even, USUAL, 3),
    ...await measure("one of 5,000, seven of 250, no limits", large, UNBOUND, 5),
    ...await measure("eight of 500, no limits", even, UNBOUND, 5),
  ]);
}

async function measure(
  what: string,
  spaces: readonly SpacePlan[],
  pace: typeof USUAL | typeof UNBOUND,
  count: number,
): Promise<Measurement[]> {
  await using site = await serveSite({ spaces, bodyBytes: BODY, latencyMs: LATENCY });
  const rounds = await inTurns(count, { baseUrl: site.baseUrl, ...pace });
  const ideal = idealMs(spaces, {
    requests: Math.min(...rounds.ingests.map(({ urls }) => urls.length)),
    workMs: median(rounds.floors.map(({ workMs }) => workMs)),
    requestsPerSecond: pace.requestsPerSecond,
  });
  const without = median(rounds.withoutText.map(({ ingestMs }) => ingestMs));
  const withText = median(rounds.ingests.map(({ ingestMs }) => ingestMs));
  const line = (what: string, measured: number, against: number, aim: number) => ({
    what,
    measured: ms(measured),
    against: ms(against),
    ratio: measured / against,
    aim: pace === USUAL ? aim : null,
  });
  return [
    line(`${what}, without text`, without, ideal, 1.3),
    line(`${what}, against without text`, withText, without, 1.1),
  ];
}

/**
 * Who asks, which spaces, then the answers of the largest space one after the other: each names the next. Or, where that
 * is longer, the first pages, and from there the floor's work on all of them, which no second thread shares. Or as long as
 * the allowed rate takes for all requests.
 */
function idealMs(
  spaces: readonly SpacePlan[],
  { requests, workMs, requestsPerSecond }: {
    readonly requests: number;
    readonly workMs: number;
    readonly requestsPerSecond: number;
  },
): number {
  const answers = Math.ceil(Math.max(...spaces.map(({ pages }) => pages)) / BATCH);
  return Math.max(
    (2 + answers) * LATENCY,
    3 * LATENCY + workMs,
    (requests - 1) / requestsPerSecond * 1000 + LATENCY,
  );
}
