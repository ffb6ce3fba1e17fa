/** How much of the allowed rate an ingest of many spaces uses, by the virtual clock. */
import { assert, assertEquals } from "@std/assert";
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { type Database, openDatabase } from "../../src/database/mod.ts";
import { ingest, type IngestOptions } from "../../src/sync/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { FakeConfluence } from "../support/fake/mod.ts";

/** As the command line does it. */
const SPACES_AT_ONCE = 3;
const RATE = 10;
const LATENCY = 200;

/** Spaces of these sizes, with an attachment for every third page. */
function siteOf(clock: VirtualClock, sizes: readonly number[]): FakeConfluence {
  const fake = new FakeConfluence({ clock });
  sizes.forEach((pages, i) => {
    const key = `S${i}`;
    fake.site.addSpace({ key });
    fake.site.fill({ spaceKey: key, pages, attachments: Math.ceil(pages / 3), bodyBytes: 20 });
  });
  fake.site.index.flush();
  return fake;
}

/** Runs an ingest; gives how many requests it made, and which part of the allowed rate that was. */
async function run(
  clock: VirtualClock,
  fake: FakeConfluence,
  database: Database,
  options: Partial<IngestOptions> = {},
): Promise<{ requests: number; used: number }> {
  const client = new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: "ana@example.com",
    apiToken: "test-token-ana",
    clock,
    random: () => 0.5,
    limits: { requestsPerSecond: RATE },
    fetch: async (url, init) => {
      await clock.sleep(LATENCY);
      return await fake.fetch(url, init);
    },
  });
  const start = clock.now();
  const { status, metrics } = await clock.run(
    ingest({ client, database, clock, spacesAtOnce: SPACES_AT_ONCE, selection: { all: true }, ...options }),
  );
  assertEquals(status, "complete");
  const seconds = (clock.now() - start) / 1000;
  return { requests: metrics.requests, used: metrics.requests / (RATE * seconds) };
}

const SIZES = Array.from({ length: 120 }, (_, i) => [1, 3, 20, 260, 5][i % 5]!);

Deno.test("ingest() of many spaces uses at least 95 % of the allowed rate: at first, unchanged, changed, reconciled", async () => {
  const clock = new VirtualClock();
  const fake = siteOf(clock, SIZES);
  await using database = await openDatabase(":memory:");
  const check = (what: string, { requests, used }: { requests: number; used: number }) =>
    assert(
      used >= 0.95 && used <= 1.05,
      `${what}: ${requests} requests at ${(used * 100).toFixed(1)} % of the rate`,
    );
  check("first", await run(clock, fake, database));
  clock.set(clock.now() + 86_400_000);
  check("unchanged", await run(clock, fake, database));
  for (const page of fake.site.state.pages.rows.filter((_, i) => i % 7 === 0)) {
    fake.site.editPage(page.id, { body: "<p>new</p>" });
  }
  clock.set(clock.now() + 86_400_000);
  fake.site.index.flush();
  check("changed", await run(clock, fake, database));
  check("reconciled", await run(clock, fake, database, { reconcile: true }));
});
