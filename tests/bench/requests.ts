/** How many requests runs take: exact numbers, so `tests/sync/request_budget_test.ts` asserts what this prints. */
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import type { Kind } from "../../src/model/mod.ts";
import { ingest, type IngestOptions } from "../../src/sync/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { DEFAULT_ACCOUNT, FakeConfluence } from "../support/fake/mod.ts";
import { type SpacePlan, spaces } from "./served_site.ts";
import { type Measurement, table } from "./table.ts";

/** Rows of an answer at most, as the API has it. */
const BATCH = 250;
const HOUR = 60 * 60_000;

/** A site, and how much of it changes between two runs. */
export interface Case {
  readonly spaces: readonly SpacePlan[];
  /** How many pages of the first space are edited. */
  readonly changed: number;
  /** The most rows of a search answer, which the site decides. */
  readonly searchCap: number;
  /** What is not read. */
  readonly without?: readonly Kind[];
}

/** Requests of four runs, one after the other. */
export interface RequestCounts {
  /** The first ingest. */
  readonly first: number;
  /** Again, with nothing changed. */
  readonly unchanged: number;
  /** After so many edits. */
  readonly changed: number;
  /** A reconciliation with nothing changed. */
  readonly reconciled: number;
}

/** Counts the requests of each run on a site in memory, by a clock that does not wait. */
export async function countRequests(
  { spaces, changed, searchCap, without = [] }: Case,
): Promise<RequestCounts> {
  const clock = new VirtualClock();
  const fake = new FakeConfluence({ clock, settings: { search: { capExpanded: searchCap } } });
  const pages = spaces.map(({ key, pages, attachments }) => {
    fake.site.addSpace({ key, name: `Space ${key}` });
    return fake.site.fill({ spaceKey: key, pages, attachments, bodyBytes: 200 }).pageIds;
  });
  await using database = await openDatabase(":memory:");
  const kinds = Object.fromEntries(without.map((kind) => [kind, false]));
  const count = async (options: Partial<IngestOptions>) => {
    clock.set(clock.now() + HOUR);
    fake.counters.reset();
    const client = new ConfluenceClient({
      baseUrl: fake.baseUrl,
      email: DEFAULT_ACCOUNT.email,
      apiToken: DEFAULT_ACCOUNT.token,
      fetch: fake.fetch,
      clock,
    });
    const { status } = await clock.run(
      ingest({ client, database, clock, selection: { all: true }, kinds, ...options }),
    );
    if (status !== "complete") throw new Error(`Cannot count requests: the run is ${status}`);
    return fake.counters.total;
  };
  const first = await count({});
  const unchanged = await count({});
  clock.set(clock.now() + HOUR);
  for (const id of pages[0]!.slice(0, changed)) fake.site.editPage(id, { body: "<p>Changed</p>" });
  return { first, unchanged, changed: await count({}), reconciled: await count({ reconcile: true }) };
}

/** What the runs may take at most. */
export function requestBudgets({ spaces, changed, searchCap, without = [] }: Case): RequestCounts {
  const answers = (pick: (space: SpacePlan) => number, rows: number) =>
    Math.ceil(spaces.reduce((sum, space) => sum + pick(space), 0) / rows);
  const perSpace = (pick: (space: SpacePlan) => number, rows: number) =>
    spaces.reduce((sum, space) => sum + Math.max(1, Math.ceil(pick(space) / rows)), 0);
  // The rows of the search that tell of the labels of pages.
  const labelled = (space: SpacePlan) => without.includes("labels") ? 0 : space.pages;
  // Spaces with pages of which it tells nothing: they are asked whether they are still called so.
  const silent =
    spaces.filter((space) => space.pages > 0 && space.attachments + labelled(space) === 0).length;
  const empty = spaces.filter((space) => space.pages === 0).length;
  const run = 1;
  const unchanged = 2 * spaces.length + run;
  return {
    first: answers((space) => space.pages, BATCH) + answers((space) => space.attachments, 50) +
      answers(labelled, searchCap) + 3 * spaces.length + 3,
    unchanged,
    changed: unchanged + Math.ceil(changed / 50),
    // Who asks, which spaces; then every page once by its listing, and where there are any, what the search tells, and who asked.
    reconciled: run + 1 + spaces.length - empty + perSpace((space) => space.pages, BATCH) +
      perSpace((space) => space.attachments + labelled(space), searchCap) - empty + silent,
  };
}

const CASES: readonly Case[] = [
  { spaces: spaces(1, 1_000, 100), changed: 100, searchCap: 250 },
  { spaces: spaces(1, 10_000, 1_000), changed: 1_000, searchCap: 250 },
  { spaces: spaces(8, 4_000, 2_000), changed: 50, searchCap: 250 },
  { spaces: spaces(40, 2_000, 400), changed: 1, searchCap: 250 },
  { spaces: spaces(3, 3_000, 3_000), changed: 100, searchCap: 50 },
];

/** The part of the benchmark. */
export async function requestTable(): Promise<string> {
  const measurements: Measurement[] = [];
  for (const one of CASES) {
    const total = (pick: (space: SpacePlan) => number) =>
      one.spaces.reduce((sum, space) => sum + pick(space), 0).toLocaleString("en");
    const site = `S=${one.spaces.length} N=${total((s) => s.pages)} A=${total((s) => s.attachments)}`;
    const cap = one.searchCap < BATCH ? `, ${one.searchCap} rows a search` : "";
    const counts = await countRequests(one);
    const budgets = requestBudgets(one);
    const line = (what: string, run: keyof RequestCounts) =>
      measurements.push({
        what: `${site}${cap}: ${what}`,
        measured: `${counts[run]}`,
        against: `${budgets[run]}`,
        ratio: counts[run] / budgets[run],
        aim: 1,
      });
    line("first ingest", "first");
    line("nothing changed", "unchanged");
    line(`${one.changed} changed`, "changed");
    line("reconciliation", "reconciled");
  }
  return table("Requests, against the most that is allowed", measurements);
}
