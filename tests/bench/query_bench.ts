/** How long `query` takes to its first row over an empty script: `deno task bench query`. */
import { fromFileUrl } from "@std/path";
import { openDatabase } from "../../src/database/mod.ts";
import { putPages } from "../export/support.ts";
import { median, ms, table } from "./table.ts";

const ROUNDS = 15;
const PAGES = 1_000;
const MAIN = fromFileUrl(import.meta.resolve("../../src/cli/main.ts"));
const EMPTY = fromFileUrl(import.meta.resolve("./empty.ts"));
/** What `query` may take over the empty script, in milliseconds. */
const AIM_MS = 150;

/** Questions of each kind: SQL, and one that is saved. */
const QUESTIONS: readonly (readonly string[])[] = [
  ["SELECT id, title FROM current_pages"],
  ["stale-pages", "--param", "days:=1"],
];

/** Medians of several rounds, in milliseconds. */
export interface QueryTimes {
  readonly emptyMs: number;
  /** To the first row, for each of the questions. */
  readonly firstRowMs: readonly number[];
}

/** Measures both, one after the other in each round, so that a busy machine slows both. */
export async function measureQuery(rounds = ROUNDS): Promise<QueryTimes> {
  const dir = await Deno.makeTempDir();
  try {
    {
      await using database = await openDatabase(`file:${dir}/index.db`);
      const pages = Array.from({ length: PAGES }, (_, n) => ({
        id: String(n + 1),
        title: `Page ${n}`,
        parent: null,
        body: "<p>Text</p>",
      }));
      await putPages(database, pages);
    }
    const empty: number[] = [];
    const queries = QUESTIONS.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      const times = [await firstByte([EMPTY])];
      for (const question of QUESTIONS) {
        times.push(await firstByte([MAIN, "query", "--quiet", "--db", `${dir}/index.db`, ...question]));
      }
      // The first round fills Deno's caches.
      if (round === 0) continue;
      empty.push(times[0]!);
      queries.forEach((all, i) => all.push(times[i + 1]!));
    }
    return { emptyMs: median(empty), firstRowMs: queries.map(median) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Milliseconds from the start of a program to its first output, or to its end where it has none. */
async function firstByte(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = new Deno.Command("deno", {
    args: ["run", "--quiet", "-P=cli", ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  let time = performance.now() - start;
  while (!(await reader.read()).done);
  const { success } = await child.status;
  if (done) time = performance.now() - start;
  if (!success) throw new Error(`Cannot measure: ${args.join(" ")} failed`);
  return time;
}

/** The part of the benchmark. */
export async function queryTable(): Promise<string> {
  const { emptyMs, firstRowMs } = await measureQuery();
  return table(
    `Start of query to its first row, over an empty script; the ratio is of what it takes more to ${AIM_MS} ms`,
    firstRowMs.map((time, i) => ({
      what: `query "${QUESTIONS[i]![0]}"`,
      measured: ms(time),
      against: ms(emptyMs),
      ratio: (time - emptyMs) / AIM_MS,
      aim: 1,
    })),
  );
}
