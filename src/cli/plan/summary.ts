/**
 * A plan as people read it.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import { isStale } from "../../database/mod.ts";
import type { Estimate, Plan, SpacePlan } from "../../sync/mod.ts";
import { age } from "../age.ts";
import { MODES, remarksOf } from "../ingest/summary.ts";
import { printable } from "../printable.ts";
import { layOut } from "../table.ts";

const HEADER = [
  "space",
  "read",
  "listed",
  "unchanged",
  "to add",
  "to update",
  "to delete",
  "attachments to change",
  "requests",
  "bytes",
  "time",
  "",
];

/**
 * Draws a plan.
 *
 * @param plan The plan.
 * @param now Milliseconds since 1970.
 */
export function summarizePlan(plan: Plan, now: number): string {
  return [
    layOut(HEADER, plan.spaces.map(rowOf)),
    ...plan.spaces.flatMap((space) => [...goingOf(space), ...restingOf(space), ...remarksOf(space)]),
    ...writerOf(plan, now),
    `an ingest would take ${plan.estimate.requests} requests, about ${formatBytes(plan.estimate.bytes)} and ${
      time(plan.estimate)
    } (${basis(plan.estimate)})\n`,
    `the plan took ${plan.asked} requests; nothing was written\n`,
    ...(plan.complete ? [] : ["the ingest would end incomplete: see above\n"]),
  ].join("");
}

function rowOf({ space, mode, account, status, estimate }: SpacePlan): (string | number)[] {
  const { attachments } = account;
  return [
    space.key,
    MODES[mode] ?? mode,
    account.listed,
    account.unchanged,
    account.added,
    account.updated,
    account.deleted,
    attachments.added + attachments.updated + attachments.deleted,
    estimate.requests,
    formatBytes(estimate.bytes),
    time(estimate),
    status === "complete" ? "" : status,
  ];
}

function goingOf({ space, going }: SpacePlan): string[] {
  const reasons = Object.entries(going).map(([reason, n]) => `${n} ${reason}`);
  return reasons.length === 0 ? [] : [`${printable(space.key)}: to delete: ${reasons.join(", ")}\n`];
}

function restingOf({ space, resting, restingBesides }: SpacePlan): string[] {
  const what = [
    ...(resting === 0 ? [] : [`${resting} pages`]),
    ...(restingBesides === 0 ? [] : [`${restingBesides} attachments, comments or lists of labels`]),
  ];
  return what.length === 0 ? [] : [
    `${printable(space.key)}: ${what.join(" and ")} failed before and are not tried again yet (see status)\n`,
  ];
}

function writerOf({ lease }: Plan, now: number): string[] {
  if (lease === null || isStale(lease, now)) return [];
  return [
    `run ${printable(lease.runId)} is writing to the index, since ${printable(lease.acquiredAt)}: ` +
    "an ingest now would have to wait, and would find less to do\n",
  ];
}

function time({ seconds }: Estimate): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : age(seconds * 1000);
}

function basis({ from_runs: runs }: Estimate): string {
  return runs === 0
    ? "assumed: there is no earlier run to learn from"
    : `learned from ${runs} earlier ${runs === 1 ? "run" : "runs"}`;
}
