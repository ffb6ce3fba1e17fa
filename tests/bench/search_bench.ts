/**
 * How long a search takes inside the process, at 100,000 pages of 8 KB text:
 * `deno task bench search` (making the index takes a minute or two, and 2 GB in the temporary folder); with fewer pages
 * `deno run -P=bench tests/bench/search_bench.ts PAGES`.
 */
import { type Database, openDatabase, savePages } from "../../src/database/mod.ts";
import { openIndex, search } from "../../src/query/mod.ts";
import type { Page } from "../../src/model/mod.ts";
import { searchForm } from "../../src/sync/convert_page.ts";
import { Dice } from "../support/simulation/dice.ts";
import { median, print, table } from "./table.ts";

const PAGES = 100_000;
const CHARACTERS = 8_000;
/** What a search may take. */
const AIM_MS = 20;
const BATCH = 250;
const ROUNDS = 20;
/** Different words, the first the most frequent, as in real text. */
const WORDS = 50_000;

const SYLLABLES = "ka ne mi tor sul ver lan do pri ga hem osk ti bur ex ya".split(" ");

/** A search, by the words it is made of. */
interface Probe {
  readonly what: string;
  readonly words: string;
}

const PROBES: readonly Probe[] = [
  { what: "one rare word", words: word(20_000) },
  { what: "a frequent word", words: word(2_000) },
  { what: "two words", words: `${word(300)} ${word(3_000)}` },
  { what: "three words", words: `${word(1_000)} ${word(2_500)} ${word(6_000)}` },
  { what: "a phrase", words: `"${word(60)} ${word(61)}"` },
  { what: "the start of a word", words: `${word(9_000).slice(0, -1)}*` },
  { what: "two Chinese characters", words: "接続" },
  { what: "in titles", words: word(2_000) },
];

/** What was measured, in milliseconds. */
export interface SearchTimes {
  readonly pages: number;
  readonly medianMs: number;
  readonly probes: readonly { readonly what: string; readonly hits: number; readonly medianMs: number }[];
}

/** Makes an index in the folder and asks it. */
export async function measureSearch(folder: string, pages: number): Promise<SearchTimes> {
  const url = `file:${folder}/index.db`;
  {
    await using database = await openDatabase(url);
    await fill(database, pages);
  }
  await using index = await openIndex(url);
  const all: number[] = [];
  const probes = [];
  for (const { what, words } of PROBES) {
    const times: number[] = [];
    let hits = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      const result = await search(index, { words, inTitle: what === "in titles" });
      // The first one reads the file into memory.
      if (round > 0) times.push(performance.now() - start);
      hits = result.hits.length;
    }
    all.push(...times);
    probes.push({ what, hits, medianMs: median(times) });
  }
  return { pages, medianMs: median(all), probes };
}

async function fill(database: Database, pages: number): Promise<void> {
  const dice = new Dice(1);
  const stamp = { runId: "bench", fetchedAt: "2026-01-01T00:00:00.000Z" };
  for (let first = 1; first <= pages; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, pages - first + 1) }, (_, i) => {
      const title = `${text(dice, 30)} ${first + i}`;
      const bodyText = text(dice, CHARACTERS) + ((first + i) % 50 === 0 ? " データへ接続する" : "");
      return {
        page: toPage(String(first + i), title),
        spaceKey: "BENCH",
        replaces: null,
        searchTitle: searchForm(title),
        text: { bodyText, searchText: searchForm(bodyText), converterVersion: 1 },
      };
    });
    await database.commit(savePages(database, rows, stamp));
  }
}

function text(dice: Dice, characters: number): string {
  const words: string[] = [];
  for (let length = 0; length < characters;) {
    // The n-th word comes with a chance of about 1 in n.
    const next = word(Math.floor(WORDS ** dice.random()));
    words.push(next);
    length += next.length + 1;
  }
  return words.join(" ");
}

/** The n-th word: short ones first. */
function word(n: number): string {
  let letters = "";
  for (let rest = n + 16; rest > 0; rest = Math.floor(rest / 16)) letters += SYLLABLES[rest % 16]!;
  return letters;
}

function toPage(id: string, title: string): Page {
  const time = "2026-01-01T00:00:00.000Z";
  return {
    id,
    status: "current",
    title,
    spaceId: "1",
    parentId: null,
    parentType: null,
    position: null,
    authorId: null,
    ownerId: null,
    subtype: null,
    createdAt: time,
    version: { number: 1, createdAt: time, message: "", minorEdit: false, authorId: null },
    body: { format: "storage", value: "" },
    url: `https://bench.example/wiki/spaces/BENCH/pages/${id}`,
    askedAt: time,
  };
}

/** The part of the benchmark. */
export async function searchTable(pages = PAGES): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const { medianMs, probes } = await measureSearch(folder, pages);
    const { size } = await Deno.stat(`${folder}/index.db`);
    const line = (what: string, time: number, aim: number | null) => ({
      what,
      measured: `${time.toFixed(1)} ms`,
      against: `${AIM_MS} ms`,
      ratio: time / AIM_MS,
      aim,
    });
    return table(
      `Search in ${pages.toLocaleString("en")} pages of ${CHARACTERS} characters (${
        Math.round(size / 1e6)
      } MB), medians of ${ROUNDS}`,
      [
        ...probes.map(({ what, hits, medianMs }) => line(`${what} (${hits} shown)`, medianMs, null)),
        line("all of them", medianMs, 1),
      ],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await print(await searchTable(Number(Deno.args[0] ?? PAGES)));
