/**
 * From work to bytes and seconds, by what earlier runs took.
 *
 * @module
 */
import type { PastRun } from "../database/mod.ts";

/** What there is to do. */
export interface Work {
  readonly requests: number;
  /** Pages that are listed. */
  readonly pages: number;
  /** Of those, pages that come with their bodies. */
  readonly bodies: number;
  /** Attachments that are listed. */
  readonly attachments: number;
}

/** What it will take. Names are a public contract: they stand in metrics and in the JSON of a plan. */
export interface Estimate {
  readonly requests: number;
  /** Pages that are listed. */
  readonly pages: number;
  readonly bytes: number;
  readonly seconds: number;
  /** How many earlier runs it was learned from; 0 where it is assumed. */
  readonly from_runs: number;
}

/** What earlier runs taught. */
export interface Experience {
  readonly bytesPerBody: number;
  /** Milliseconds of a run for each of its requests, waiting and writing included. */
  readonly msPerRequest: number;
  /** Milliseconds on top of that for each body. */
  readonly msPerBody: number;
  /** How many runs it was learned from. */
  readonly runs: number;
}

/** How many earlier runs are looked at. */
export const PAST_RUNS = 20;

const BYTES_PER_PAGE = 1_000;
const BYTES_PER_ATTACHMENT = 2_000;
/** Runs with fewer bodies for each request tell what a request takes by itself. */
const LIGHT = 25;
/** Assumed where there is no earlier run: a usual page, a usual site. */
const ASSUMED: Experience = { bytesPerBody: 8_000, msPerRequest: 300, msPerBody: 5, runs: 0 };

/**
 * Learns from earlier runs.
 *
 * @param past The runs; what they do not tell is assumed.
 */
export function learn(past: readonly PastRun[]): Experience {
  const runs = past.filter((run) => run.requests > 0);
  const withBodies = runs.filter((run) => run.bodies > 0);
  const light = runs.filter((run) => run.bodies < run.requests * LIGHT);
  const heavy = runs.filter((run) => run.bodies >= run.requests * LIGHT);
  const msPerRequest = perUnit(light, (run) => run.durationMs, (run) => run.requests) ??
    Math.min(
      ASSUMED.msPerRequest,
      perUnit(runs, (run) => run.durationMs, (run) => run.requests) ?? Infinity,
    );
  return {
    bytesPerBody: perUnit(withBodies, (run) => run.bytes - rowBytes(run), (run) => run.bodies) ??
      ASSUMED.bytesPerBody,
    msPerRequest,
    msPerBody: perUnit(heavy, (run) => run.durationMs - run.requests * msPerRequest, (run) => run.bodies) ??
      ASSUMED.msPerBody,
    runs: runs.length,
  };
}

/**
 * Estimates what work takes.
 *
 * @param work What there is to do.
 * @param experience What was learned.
 */
export function estimate(work: Work, experience: Experience): Estimate {
  const ms = work.requests * experience.msPerRequest + work.bodies * experience.msPerBody;
  return {
    requests: work.requests,
    pages: work.pages,
    bytes: Math.round(rowBytes(work) + work.bodies * experience.bytesPerBody),
    seconds: Math.round(ms) / 1000,
    from_runs: experience.runs,
  };
}

/** Adds up work. */
export function addWork(parts: readonly Work[]): Work {
  return {
    requests: sum(parts, (part) => part.requests),
    pages: sum(parts, (part) => part.pages),
    bodies: sum(parts, (part) => part.bodies),
    attachments: sum(parts, (part) => part.attachments),
  };
}

function rowBytes({ pages, attachments }: Pick<Work, "pages" | "attachments">): number {
  return pages * BYTES_PER_PAGE + attachments * BYTES_PER_ATTACHMENT;
}

/** How much there was for each unit, never less than none; undefined where no run tells. */
function perUnit(
  runs: readonly PastRun[],
  amount: (run: PastRun) => number,
  units: (run: PastRun) => number,
): number | undefined {
  return runs.length === 0 ? undefined : Math.max(0, sum(runs, amount) / sum(runs, units));
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
