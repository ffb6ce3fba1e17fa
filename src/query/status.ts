/**
 * How the index fares: what it holds, how old it is, what went wrong, and who writes to it.
 *
 * @module
 */
import {
  failureCounts,
  type FailureOverview,
  failureOverviews,
  isStale,
  latestRuns,
  type Readable,
  readMeta,
  reconciliationDue,
  type Run,
  runLeases,
  type SpaceOverview,
  spaceOverviews,
} from "../database/reader.ts";

/** One space. */
export interface SpaceStatusReport extends Omit<SpaceOverview, "unfinished"> {
  /** Whether a first listing has not come to its end. */
  readonly unfinished: boolean;
  /** Milliseconds since the newest change that is covered; null before the first reading ended. */
  readonly markAgeMs: number | null;
  /** Milliseconds since the last complete reconciliation; null where there was none. */
  readonly reconciledAgeMs: number | null;
  /** Whether the next ingest looks for missing pages. */
  readonly reconciliationDue: boolean;
}

/** One run. Counts are null where it ended without metrics. */
export interface RunReport {
  readonly id: string;
  readonly command: string;
  /** As on record; `killed` for a run that nobody can be running any more. */
  readonly status: string;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly durationMs: number | null;
  readonly spaces: number | null;
  readonly added: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
  readonly failed: number | null;
  readonly requests: number | null;
}

/** Who writes to the index. */
export interface Writer {
  readonly runId: string;
  readonly since: string;
  readonly expiresAt: string;
  /** Whether it has been silent for so long that the next run takes over. */
  readonly stale: boolean;
}

/** The whole report. */
export interface IndexStatus {
  /** The site it mirrors; null before the first ingest. */
  readonly site: string | null;
  readonly writer: Writer | null;
  readonly spaces: readonly SpaceStatusReport[];
  readonly runs: readonly RunReport[];
  readonly failures: {
    readonly total: number;
    readonly byReason: ReadonlyMap<string, number>;
    /** Those that are tried next first. */
    readonly next: readonly FailureOverview[];
  };
}

/**
 * Reads the report.
 *
 * @param index The index.
 * @param options The time, milliseconds since 1970, and how many runs and failures to tell of.
 */
export async function readStatus(
  index: Readable,
  options: { readonly now: number; readonly runs: number; readonly failures: number },
): Promise<IndexStatus> {
  const { now } = options;
  const leases = await runLeases(index);
  const [lease] = leases;
  const writer = lease === undefined ? null : {
    runId: lease.runId,
    since: lease.acquiredAt,
    expiresAt: lease.expiresAt,
    stale: isStale(lease, now),
  };
  const alive = new Set(
    leases.filter((each) => !isStale(each, now)).map(({ runId }) => runId),
  );
  const byReason = await failureCounts(index);
  return {
    site: await readMeta(index, "site") ?? null,
    writer,
    spaces: (await spaceOverviews(index)).map((space) => reportSpace(space, now)),
    runs: (await latestRuns(index, options.runs)).map((run) => reportRun(run, alive.has(run.id))),
    failures: {
      total: [...byReason.values()].reduce((sum, n) => sum + n, 0),
      byReason,
      next: await failureOverviews(index, options.failures),
    },
  };
}

function reportSpace(space: SpaceOverview, now: number): SpaceStatusReport {
  const { mark, reconciledAt, deletions } = space;
  return {
    ...space,
    unfinished: space.unfinished !== 0,
    markAgeMs: mark === null ? null : now - Date.parse(mark),
    reconciledAgeMs: reconciledAt === null ? null : now - Date.parse(reconciledAt),
    // A first reading finds everything there is; only what is known can be missing.
    reconciliationDue: mark !== null && deletions !== null && reconciliationDue(space, deletions, false, now),
  };
}

function reportRun(run: Run, alive: boolean): RunReport {
  const metrics: Readonly<Record<string, unknown>> = run.metrics === null ? {} : JSON.parse(run.metrics);
  const number = (name: string): number | null => {
    const value = metrics[name];
    return typeof value === "number" ? value : null;
  };
  return {
    id: run.id,
    command: run.command,
    status: run.status === "running" && !alive ? "killed" : run.status,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    durationMs: run.completedAt === null ? null : Date.parse(run.completedAt) - Date.parse(run.startedAt),
    spaces: number("spaces"),
    added: number("added"),
    updated: number("updated"),
    deleted: number("deleted"),
    failed: number("failed"),
    requests: number("requests"),
  };
}
