/**
 * The state of an index as people read it.
 *
 * @module
 */
import type { IndexStatus, RunReport, SpaceStatusReport, Writer } from "../../query/mod.ts";
import { age } from "../age.ts";
import { printable } from "../printable.ts";
import { layOut } from "../table.ts";
import { adviceOn } from "./advice.ts";

/**
 * Draws the report.
 *
 * @param status What was read.
 * @param database Where the index is.
 * @param now Milliseconds since 1970.
 */
export function statusTables(status: IndexStatus, database: string, now: number): string {
  const { site, writer, spaces, runs } = status;
  const head = [
    `index    ${printable(database)}\n`,
    `site     ${site === null ? "none yet" : printable(site)}\n`,
    `writing  ${writerLine(writer, now)}\n`,
  ].join("");
  return [
    head,
    spaces.length === 0 ? "no space yet: run ingest --space KEY\n" : spaceTable(spaces),
    ...(runs.length === 0 ? [] : [runTable(runs, now)]),
    ...failureTables(status, now),
  ].join("\n");
}

function writerLine(writer: Writer | null, now: number): string {
  if (writer === null) return "nobody";
  const run = `run ${printable(writer.runId)}, since ${printable(writer.since)}`;
  if (!writer.stale) return run;
  const silence = now - Date.parse(writer.expiresAt);
  const why = silence < 0 ? "by a clock that was wrong" : `silent for ${age(silence)} too long`;
  return `${run}; ${why}: the next run takes over`;
}

const NEVER = "never";

function spaceTable(spaces: readonly SpaceStatusReport[]): string {
  return layOut(
    [
      "space",
      "pages",
      "attachments",
      "covered up to",
      "format",
      "scope",
      "with",
      "deletions",
      "looked for",
      "failures",
      "",
    ],
    spaces.map((space) => [
      space.key,
      space.pages,
      space.attachments,
      space.mark === null || space.markAgeMs === null
        ? NEVER
        : `${space.mark.slice(0, 16).replace("T", " ")} (${age(space.markAgeMs)} ago)`,
      space.bodyFormat ?? "",
      space.scope?.replace(",", " and ") ?? "",
      space.kinds?.replaceAll(",", ", ") ?? "",
      space.deletions ?? "",
      space.reconciledAgeMs === null ? NEVER : `${age(space.reconciledAgeMs)} ago`,
      space.failures,
      remark(space),
    ]),
  );
}

function remark(space: SpaceStatusReport): string {
  if (space.unfinished) return "first ingest unfinished: run ingest to go on";
  if (space.mark === null) return "not read yet: run ingest";
  return space.reconciliationDue ? "deletions are looked for by the next ingest" : "";
}

function runTable(runs: readonly RunReport[], now: number): string {
  const count = (value: number | null): string | number => value ?? "";
  return layOut(
    ["run", "command", "ended", "started", "took", "added", "updated", "deleted", "failed", "requests"],
    runs.map((run) => [
      run.id,
      run.command,
      run.status,
      `${age(now - Date.parse(run.startedAt))} ago`,
      run.durationMs === null ? "" : took(run.durationMs),
      count(run.added),
      count(run.updated),
      count(run.deleted),
      count(run.failed),
      count(run.requests),
    ]),
  );
}

/** Most runs are short: there a tenth of a second is worth telling. */
function took(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : age(ms);
}

function failureTables({ failures }: IndexStatus, now: number): string[] {
  const { total, byReason, next } = failures;
  if (total === 0) return ["no failures on record\n"];
  const table = layOut(
    ["failed", "id", "space", "title", "why", "tries", "next try"],
    next.map((failure) => [
      failure.kind,
      failure.id,
      failure.spaceKey ?? failure.spaceId ?? "",
      failure.title ?? "",
      failure.reason,
      failure.attempts,
      Date.parse(failure.nextTryAt) <= now
        ? "with the next ingest"
        : `in ${age(Date.parse(failure.nextTryAt) - now)}`,
    ]),
  );
  const hidden = total - next.length;
  const advice = [...byReason].map(([reason, n]) => `${n} ${printable(reason)}: ${adviceOn(reason)}\n`);
  return [
    table + (hidden > 0 ? `and ${hidden} more (--failures ${total} shows all)\n` : ""),
    advice.join(""),
  ];
}
