/**
 * The state of the index and the numbers of its last run, as OpenMetrics text.
 *
 * @module
 */
import { beyondBelief } from "../../database/reader.ts";
import type { IndexStatus } from "../../query/mod.ts";
import type { Metrics } from "../../sync/mod.ts";

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | null];

const RUN_COUNTS = ["added", "updated", "unchanged", "restored", "deleted", "skipped", "failed"] as const;

/**
 * Writes the text. Times are seconds since 1970; what is not known has no sample.
 *
 * @param status The index, with as many runs as the last success may be back.
 * @param run The run that has just ended.
 * @param now Milliseconds since 1970, UTC.
 */
export function openMetrics(status: IndexStatus, run: Metrics, now: number): string {
  const { spaces } = status;
  // What a clock that was wrong has written would hide for as long that nothing succeeds any more.
  const success = status.runs.find((one) =>
    one.status === "complete" && (one.completedAt ?? "") < beyondBelief(new Date(now).toISOString())
  );
  const perSpace = (value: (space: IndexStatus["spaces"][number]) => number | null): Sample[] =>
    spaces.map((space) => [{ space: space.key }, value(space)]);
  return [
    ...gauge("last_run_timestamp_seconds", "When the last run ended", [[{}, now / 1000]]),
    ...gauge("last_run_complete", "Whether the last run was complete", [[{}, run.complete ? 1 : 0]]),
    ...gauge("last_run_duration_seconds", "How long the last run took", [[{}, run.duration_ms / 1000]]),
    ...gauge("last_success_timestamp_seconds", "When a run was last complete", [
      [{}, seconds(success?.completedAt ?? null)],
    ]),
    ...gauge(
      "last_run_pages",
      "Pages of the last run",
      RUN_COUNTS.map((what) => [{ outcome: what }, run[what]]),
    ),
    ...gauge("last_run_requests", "Requests of the last run, retries included", [[{}, run.requests]]),
    ...gauge("last_run_retries", "Retries of the last run", [[{}, run.retries]]),
    ...gauge("last_run_received_bytes", "What the last run received", [[{}, run.bytes_received]]),
    ...gauge(
      "failures",
      "Pages, attachments and spaces in quarantine",
      [...status.failures.byReason].map(([reason, n]) => [{ reason }, n]),
    ),
    ...gauge("space_pages", "Pages that are there", perSpace(({ pages }) => pages)),
    ...gauge("space_attachments", "Attachments that are there", perSpace(({ attachments }) => attachments)),
    ...gauge("space_failures", "What is in quarantine", perSpace(({ failures }) => failures)),
    ...gauge(
      "space_synced_timestamp_seconds",
      "When a run last read the space to its end",
      perSpace(({ syncedAt }) => seconds(syncedAt)),
    ),
    ...gauge(
      "space_reconciliation_age_seconds",
      "How long ago the last complete reconciliation started, when this was written",
      perSpace(({ reconciledAgeMs }) => reconciledAgeMs === null ? null : reconciledAgeMs / 1000),
    ),
    "# EOF\n",
  ].join("");
}

function* gauge(name: string, help: string, samples: readonly Sample[]): Iterable<string> {
  const full = `confluence_index_${name}`;
  yield `# HELP ${full} ${help}.\n# TYPE ${full} gauge\n`;
  const unit = /_(seconds|bytes)$/.exec(name)?.[1];
  if (unit !== undefined) yield `# UNIT ${full} ${unit}\n`;
  for (const [labels, value] of samples) {
    if (value === null) continue;
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`).join(",");
    yield `${full}${pairs === "" ? "" : `{${pairs}}`} ${value}\n`;
  }
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function seconds(time: string | null): number | null {
  return time === null ? null : Date.parse(time) / 1000;
}
