/**
 * What a person reads after an ingest.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import type { Artifacts } from "../../export/mod.ts";
import type { AttachmentCounts, IngestResult, SpaceResult } from "../../sync/mod.ts";
import { printable } from "../printable.ts";
import { layOut } from "../table.ts";

const HEADER = [
  "space",
  "read",
  "listed",
  "unchanged",
  "added",
  "updated",
  "skipped",
  "failed",
  "deleted",
  "in index",
  "attachments",
  "",
];

/** How a space is read, in a word. */
export const MODES: Readonly<Record<string, string>> = {
  first: "whole",
  full: "whole",
  reconcile: "listing",
  delta: "changes",
  since: "since",
  none: "-",
};

/** The summary: a table of spaces, what to know about them, and where the artifacts are. */
export function summarize(result: IngestResult, artifacts: Artifacts | null): string {
  const { metrics } = result;
  const rows = result.spaces.map((space) => rowOf(space));
  const seconds = metrics.duration_ms / 1000;
  return [
    layOut(HEADER, rows),
    ...result.spaces.flatMap((space) => remarksOf(space)),
    ...discrepanciesOf(result),
    `${metrics.requests} requests (${metrics.retries} retries), ${formatBytes(metrics.bytes_received)}, ${
      seconds.toFixed(1)
    } s\n`,
    ...comparison(metrics),
    ...(artifacts === null ? [] : [`artifacts: ${artifacts.folder}\n`]),
    `${verdict(result)}\n`,
  ].join("");
}

const VERDICTS: Readonly<Record<IngestResult["status"], string>> = {
  complete: "complete: every listed page is accounted for",
  incomplete: "incomplete: see above; later runs try again what failed, `status` says when",
  failed: "failed",
  interrupted: "interrupted: what was read is kept; run the same command again to go on",
};

function verdict({ status, spaces }: IngestResult): string {
  const stopped = spaces.some(({ notes }) => notes.some((note) => note.includes("--max-pages")));
  return status === "complete" && stopped
    ? "complete as far as --max-pages went: the rest was not read"
    : VERDICTS[status];
}

/** Estimate against actual; nothing where nothing was known at the start. */
function comparison({ estimate, requests, pages }: IngestResult["metrics"]): string[] {
  if (estimate.pages === 0 && estimate.unknown_spaces > 0) return [];
  const unknown = estimate.unknown_spaces > 0
    ? ` without ${estimate.unknown_spaces} spaces of unknown size`
    : "";
  return [
    `estimated ${estimate.requests} requests, ${estimate.pages} pages${unknown}; actual ${requests} requests, ${pages} pages\n`,
  ];
}

function rowOf({ space, mode, account, status }: SpaceResult): (string | number)[] {
  return [
    space.key,
    MODES[mode] ?? mode,
    account.listed,
    account.unchanged,
    account.added,
    account.updated,
    account.skippedTotal,
    account.failedTotal,
    account.deleted,
    account.countAfter,
    account.attachments.listed,
    status === "complete" ? "" : status,
  ];
}

/** What came of blog posts and comments, where there were any to tell of. */
function others({ blogPosts, comments }: SpaceResult["account"]): string[] {
  return [
    ...told("blog posts", {
      ...countsOf(blogPosts),
      skipped: blogPosts.skippedTotal,
      failed: blogPosts.failedTotal,
    }),
    ...told("comments", { ...countsOf(comments), skipped: comments.skipped, failed: comments.failed }),
  ];
}

function countsOf(
  { listed, unchanged, added, updated, deleted }: Pick<
    AttachmentCounts,
    "listed" | "unchanged" | "added" | "updated" | "deleted"
  >,
) {
  return { listed, unchanged, added, updated, deleted };
}

function told(what: string, counts: Readonly<Record<string, number>>): string[] {
  const words = Object.entries(counts).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`);
  return words.length === 0 ? [] : [`${what}: ${words.join(", ")}`];
}

/** What to know about a space, one line each. */
export function remarksOf({ space, account, notes, error }: SpaceResult): string[] {
  const reasons = [
    ...[...account.skipped].map(([reason, n]) => `${n} skipped: ${reason}`),
    ...[...account.failed].map(([reason, n]) => `${n} failed: ${reason}`),
    ...(account.attachments.failed > 0 ? [`${account.attachments.failed} attachments failed`] : []),
    ...(account.files.stored > 0
      ? [`${filesOf(account.files.stored)} downloaded, ${formatBytes(account.files.bytes)}`]
      : []),
    ...(account.files.failed > 0 ? [`${filesOf(account.files.failed)} could not be downloaded`] : []),
    ...(account.attachments.skipped > 0
      ? [`${account.attachments.skipped} attachments skipped: not on a page of the index`]
      : []),
    ...others(account),
    ...(account.labels.changed > 0 ? [`labels changed on ${account.labels.changed} pages`] : []),
    ...(account.labels.failed > 0 ? [`labels of ${account.labels.failed} pages could not be read`] : []),
    ...notes,
    ...(error === null
      ? []
      : [error.message, ...("hint" in error && typeof error.hint === "string" ? [error.hint] : [])]),
  ];
  return reasons.map((text) => `${printable(space.key)}: ${printable(text)}\n`);
}

function filesOf(n: number): string {
  return n === 1 ? "1 file" : `${n} files`;
}

/** The part of the summary that says why a run is not complete. */
export function whyIncomplete(result: IngestResult): string {
  return [
    ...result.spaces.filter(({ status, account }) => status !== "complete" || account.failures > 0)
      .flatMap((space) => remarksOf(space)),
    ...discrepanciesOf(result),
    "incomplete: later runs try again what failed; `status` names it, and says when\n",
  ].join("");
}

function discrepanciesOf({ discrepancies }: IngestResult): string[] {
  return discrepancies.map((text) => `does not add up: ${printable(text)}\n`);
}
