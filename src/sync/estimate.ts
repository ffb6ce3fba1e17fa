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
  /** Milliseconds a request takes in all, waiting and writing included: many bodies in each, or few. */
  readonly msPerRequest: { readonly bulk: number; readonly light: number };
  readonly runs: number;
}

/** How many earlier runs are looked at. */
export const PAST_RUNS = 20;

const BYTES_PER_PAGE = 1_000;
const BYTES_PER_ATTACHMENT = 2_000;
/** From so many bodies in a request on, it is the bodies that take the time. */
const BULK = 25;
/** Assumed where there is no earlier run: a usual page, a usual site. */
const ASSUMED: Experience = { bytesPerBody: 8_000, msPerRequest: { bulk: 1_500, light: 300 }, runs: 0 };

/**
 * Learns from earlier runs.
 *
 * @param past The runs; what they do not tell is assumed.
 */
export function learn(past: readonly PastRun[]): Experience {
  const runs = past.filter((run) => run.requests > 0);
  const withBodies = runs.filter((run) => run.bodies > 0);
  const bodyBytes = sum(withBodies, (run) => run.bytes - rowBytes(run));
  const bulk = msPerRequest(runs.filter(isBulk));
  const light = msPerRequest(runs.filter((run) => !isBulk(run)));
  return {
    bytesPerBody: withBodies.length === 0
      ? ASSUMED.bytesPerBody
      : Math.max(0, bodyBytes / sum(withBodies, (run) => run.bodies)),
    msPerRequest: {
      bulk: bulk ?? light ?? ASSUMED.msPerRequest.bulk,
      light: light ?? bulk ?? ASSUMED.msPerRequest.light,
    },
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
  const { bulk, light } = experience.msPerRequest;
  return {
    requests: work.requests,
    pages: work.pages,
    bytes: Math.round(rowBytes(work) + work.bodies * experience.bytesPerBody),
    seconds: Math.round(work.requests * (isBulk(work) ? bulk : light)) / 1000,
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

function isBulk({ bodies, requests }: Pick<Work, "bodies" | "requests">): boolean {
  return bodies >= requests * BULK;
}

function msPerRequest(runs: readonly PastRun[]): number | undefined {
  return runs.length === 0
    ? undefined
    : sum(runs, (run) => run.durationMs) / sum(runs, (run) => run.requests);
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
