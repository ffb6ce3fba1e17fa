/**
 * The main job: read spaces from Confluence into the index, and account for every page.
 *
 * @module
 */
import { pooledMap } from "@std/async/pool";
import { ConfluenceIndexError } from "../errors.ts";
import type { BodyFormat, Clock, Space } from "../model/mod.ts";
import {
  ConfluenceAuthError,
  type ConfluenceClient,
  ConfluenceError,
  systemClock,
} from "../confluence/mod.ts";
import {
  clearFailures,
  type Database,
  type DeletionMode,
  endRun,
  failuresOf,
  knownSpaces,
  pageCounts,
  readMeta,
  type RunStatus,
  saveAccount,
  saveFailures,
  saveMeta,
  saveSpace,
  startRun,
  syncStates,
} from "../database/mod.ts";
import { Account } from "./account.ts";
import type { RunContext, SpaceContext, SpaceStatus, SyncEvent, SyncSettings } from "./context.ts";
import { now } from "./context.ts";
import { holdLease } from "./hold_lease.ts";
import { type Metrics, toMetrics } from "./metrics.ts";
import { type SelectedSpaces, selectSpaces, type SpaceSelection } from "./select_spaces.ts";
import { chooseMode, readSpace, reconciliationDue } from "./sync_space.ts";

/** Options of {@linkcode ingest}. Only the client and the database have no default. */
export interface IngestOptions {
  readonly client: ConfluenceClient;
  readonly database: Database;
  /** @default {the spaces already in the index} */
  readonly selection?: Partial<SpaceSelection>;
  /** @default {what the index holds, else "storage"} */
  readonly bodyFormat?: BodyFormat | undefined;
  /** Whether archived pages are in scope. @default {as the space was ingested before, else false} */
  readonly includeArchived?: boolean | undefined;
  /** When missing pages are looked for. @default {as the space was ingested before, else "weekly_reconciliation"} */
  readonly deletions?: DeletionMode | undefined;
  /** Read everything again, bodies included. @default {false} */
  readonly full?: boolean;
  /** Look for missing pages now. @default {false} */
  readonly reconcile?: boolean;
  /** Believe that a large part of a space is gone. @default {false} */
  readonly allowMassDeletion?: boolean;
  /** Only versions made since this time, ISO 8601 UTC. @default {null} */
  readonly since?: string | null;
  /** Stop after so many pages. @default {null} */
  readonly maxPages?: number | null;
  /** End the run at the first failure. @default {false} */
  readonly failFast?: boolean;
  /** Wait for another run on the same index. @default {false} */
  readonly wait?: boolean;
  /** How far the search index may lag, in minutes. @default {10} */
  readonly overlapMinutes?: number;
  /** Spaces read at the same time. @default {8} */
  readonly spacesAtOnce?: number;
  /** Stored with the run; must hold no secret. @default {{}} */
  readonly args?: Readonly<Record<string, unknown>>;
  /** @default {"ingest"} */
  readonly command?: string;
  /** @default {"0.0.0"} */
  readonly toolVersion?: string;
  /** Aborting it ends the run after the batch in hand. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** Between 0 and 1. @default {Math.random} */
  readonly random?: () => number;
  readonly onEvent?: (event: SyncEvent) => void;
}

/** One space after a run. */
export interface SpaceResult {
  readonly space: Pick<Space, "id" | "key" | "name">;
  readonly status: SpaceStatus;
  readonly mode: string;
  readonly account: Account;
  readonly notes: readonly string[];
  readonly error: Error | null;
}

/** What came of a run. */
export interface IngestResult {
  readonly runId: string;
  readonly status: Exclude<RunStatus, "running">;
  readonly metrics: Metrics;
  readonly spaces: readonly SpaceResult[];
  /** Sums that do not add up, one sentence each. */
  readonly discrepancies: readonly string[];
}

/**
 * Ingests spaces: everything at first, then what changed; complete, accounted for, and safe to interrupt.
 *
 * @throws {ConfluenceIndexError} Before anything is written: `usage` (unknown spaces, changed format or scope), `configuration`
 * (another site), `authentication`, `locked`. Later only `database`; what happens to single spaces and pages is in the result.
 */
export async function ingest(options: IngestOptions): Promise<IngestResult> {
  const { client, database, signal = new AbortController().signal, onEvent = () => {} } = options;
  const clock = options.clock ?? systemClock;
  const runId = makeRunId(clock.now(), options.random ?? Math.random);
  const lease = {
    clock,
    runId,
    wait: options.wait ?? false,
    signal,
    onWait: (holder: { runId: string; acquiredAt: string }) =>
      onEvent({ type: "lease_wait", holder: holder.runId, since: holder.acquiredAt }),
  };
  return await holdLease(database, lease, async () => {
    await proveCredentials(client, signal);
    await proveSite(client, database);
    const selection = { keys: [], ids: [], all: false, ...options.selection };
    const selected = await selectSpaces(client, database, selection, signal);
    return await new IngestRun(options, clock, runId, signal, onEvent).execute(selected);
  });
}

/** A bogus token on a site with public spaces is silently anonymous: a 200 proves nothing, `known` does. */
async function proveCredentials(client: ConfluenceClient, signal: AbortSignal): Promise<void> {
  try {
    const user = await client.getCurrentUser({ signal });
    if (user.type === "known") return;
    throw new ConfluenceIndexError(
      "authentication",
      `Cannot ingest: the site treats this token as ${user.type}`,
      {
        hint:
          "The e-mail and the token do not belong together, or the token was revoked. Make a new one and set CONFLUENCE_API_TOKEN.",
      },
    );
  } catch (error) {
    // A scoped token without this scope is still a token: the next request proves it.
    if (error instanceof ConfluenceAuthError && error.reason === "scope") return;
    throw error;
  }
}

async function proveSite(client: ConfluenceClient, database: Database): Promise<void> {
  const site = await readMeta(database, "site");
  if (site !== undefined && site !== client.siteUrl) {
    throw new ConfluenceIndexError(
      "configuration",
      `Cannot ingest ${client.siteUrl}: this index holds ${site}`,
      {
        hint: "Keep one index for each site: name another file with --db. Nothing was changed.",
      },
    );
  }
}

function makeRunId(time: number, random: () => number): string {
  const stamp = new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${Math.floor(random() * 0x1000000).toString(16).padStart(6, "0")}`;
}

class IngestRun {
  readonly #options: IngestOptions;
  readonly #clock: Clock;
  readonly #runId: string;
  readonly #signal: AbortSignal;
  readonly #emit: (event: SyncEvent) => void;
  readonly #stop = new AbortController();

  constructor(
    options: IngestOptions,
    clock: Clock,
    runId: string,
    signal: AbortSignal,
    emit: (event: SyncEvent) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#runId = runId;
    this.#signal = signal;
    this.#emit = emit;
  }

  async execute({ spaces, vanished }: SelectedSpaces): Promise<IngestResult> {
    const { database, client } = this.#options;
    const startedAt = this.#clock.now();
    const contexts = await this.#prepare(spaces);
    const keys = new Map((await knownSpaces(database)).map((space) => [space.id, space.key]));
    await database.commit([
      ...startRun({
        id: this.#runId,
        command: this.#options.command ?? "ingest",
        startedAt: new Date(startedAt).toISOString(),
        completedAt: null,
        status: "running",
        args: JSON.stringify(this.#options.args ?? {}),
        metrics: null,
        toolVersion: this.#options.toolVersion ?? "0.0.0",
      }),
      ...saveMeta("site", client.siteUrl),
      ...spaces.flatMap((space) =>
        saveSpace(database, space, new Date(startedAt).toISOString(), keys.get(space.id))
      ),
    ]);
    this.#emit({ type: "run_started", runId: this.#runId, spaces: spaces.length });
    try {
      const results: SpaceResult[] = vanished.map((space) => invisible(space));
      for await (
        const result of pooledMap(this.#options.spacesAtOnce ?? 8, contexts, (space) => this.#read(space))
      ) {
        results.push(result);
      }
      return await this.#end(results, startedAt);
    } catch (error) {
      await database.commit(
        endRun({ id: this.#runId, completedAt: this.#now(), status: "failed", metrics: null }),
      ).catch(() => {});
      throw error;
    }
  }

  /** Everything that can be refused is refused here, before the first row is written. */
  async #prepare(spaces: readonly Space[]): Promise<SpaceContext[]> {
    const { client, database } = this.#options;
    const states = await syncStates(database);
    const counts = await pageCounts(database);
    const trackedSpaces = new Map((await knownSpaces(database)).map((space) => [space.id, space.key]));
    for (const space of spaces) trackedSpaces.set(space.id, space.key);
    const settings = this.#settings();
    const run: RunContext = {
      client,
      database,
      clock: this.#clock,
      runId: this.#runId,
      signal: AbortSignal.any([this.#signal, this.#stop.signal]),
      emit: this.#emit,
      trackedSpaces,
      accounts: new Map(),
      budget: { pages: settings.maxPages ?? Infinity },
      settings,
    };
    const contexts: SpaceContext[] = [];
    for (const space of spaces) {
      const state = states.get(space.id);
      const choices = this.#choices(space, state);
      const due = reconciliationDue(state, choices.deletions, settings.reconcile, this.#clock.now());
      const account = new Account();
      account.countBefore = counts.get(space.id) ?? 0;
      run.accounts.set(space.id, account);
      const failures = await failuresOf(database, space.id, "page");
      contexts.push({
        ...run,
        ...choices,
        space,
        state,
        account,
        mode: chooseMode(state, settings, due),
        resting: new Map(
          failures.filter((each) => each.nextTryAt > this.#now()).map((each) => [each.id, each]),
        ),
        notes: [],
      });
    }
    return contexts;
  }

  #settings(): SyncSettings {
    const options = this.#options;
    return {
      full: options.full ?? false,
      since: options.since ?? null,
      maxPages: options.maxPages ?? null,
      reconcile: options.reconcile ?? false,
      allowMassDeletion: options.allowMassDeletion ?? false,
      failFast: options.failFast ?? false,
      overlapMinutes: options.overlapMinutes ?? 10,
    };
  }

  /** This run's choices for a space: what was asked, else what was chosen before. A change needs a full reading. */
  #choices(
    space: Space,
    state: SpaceContext["state"],
  ): Pick<SpaceContext, "bodyFormat" | "statuses" | "deletions"> {
    const { bodyFormat, includeArchived, deletions, full, reconcile } = this.#options;
    const before = state?.scope.split(",") ?? ["current"];
    const statuses = includeArchived === undefined
      ? before
      : includeArchived
      ? ["current", "archived"]
      : ["current"];
    const format = bodyFormat ?? state?.bodyFormat as BodyFormat ?? "storage";
    const known = state !== undefined && (state.mark !== null || state.resumeLink !== null);
    if (known && state.bodyFormat !== format && !full) {
      throw new ConfluenceIndexError(
        "usage",
        `Cannot ingest ${space.key} as ${format}: the index holds its bodies as ${state.bodyFormat}`,
        {
          hint:
            "Add --full to fetch every body again in the new format, or use another --db. Nothing was changed.",
        },
      );
    }
    if (known && state.scope !== statuses.join(",") && !full && !reconcile) {
      throw new ConfluenceIndexError(
        "usage",
        `Cannot ingest ${space.key} with ${statuses.join(" and ")} pages: the index holds ${
          before.join(" and ")
        } ones`,
        {
          hint:
            "Add --reconcile (or --full), so that the whole space is listed in the new scope. Nothing was changed.",
        },
      );
    }
    return {
      bodyFormat: format,
      statuses,
      deletions: deletions ?? state?.deletions ?? "weekly_reconciliation",
    };
  }

  async #read(space: SpaceContext): Promise<SpaceResult> {
    const resumed = space.mode === "first" && (space.state?.resumeLink ?? null) !== null;
    this.#emit({ type: "space_started", space: space.space, mode: space.mode, resumed });
    let status: SpaceStatus;
    let error: Error | null = null;
    try {
      space.signal.throwIfAborted();
      status = await readSpace(space);
      await space.database.commit(clearFailures("space", [space.space.id]));
    } catch (thrown) {
      if (this.#signal.aborted) status = "interrupted";
      else if (
        !(thrown instanceof ConfluenceError ||
          (thrown instanceof ConfluenceIndexError && thrown.code !== "database" && thrown.code !== "locked"))
      ) {
        this.#stop.abort(thrown);
        throw thrown;
      } else {
        status = "failed";
        error = thrown;
        await this.#quarantine(space, thrown);
        if (space.settings.failFast) this.#stop.abort(thrown);
      }
    }
    const result = {
      space: space.space,
      status,
      mode: space.mode,
      account: space.account,
      notes: space.notes,
      error,
    };
    this.#emit({ type: "space_ended", space: space.space, status, account: space.account });
    return result;
  }

  async #quarantine(space: SpaceContext, error: Error): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const failure = {
      kind: "space" as const,
      id: space.space.id,
      spaceId: space.space.id,
      reason: error instanceof ConfluenceIndexError ? error.code : "unexpected",
      message: error.message,
    };
    await space.database.commit(saveFailures([failure], this.#runId, now(space)));
  }

  /** Checks the sums, stores them with the run, and says how it ended. */
  async #end(results: SpaceResult[], startedAt: number): Promise<IngestResult> {
    const { database, client } = this.#options;
    const counts = await pageCounts(database);
    const discrepancies: string[] = [];
    let open = 0;
    for (const { space, account, status } of results) {
      account.countAfter = counts.get(space.id) ?? 0;
      open += (await failuresOf(database, space.id, "page")).length;
      // A space that ended early has read pages it had no time to account for.
      if (status !== "failed" && status !== "interrupted") {
        discrepancies.push(...account.discrepancies().map((text) => `${space.key}: ${text}`));
      }
    }
    const complete = open === 0 && discrepancies.length === 0 &&
      results.every(({ status, account }) =>
        status === "complete" && account.failedTotal + account.attachments.failed === 0
      );
    const status = this.#signal.aborted ? "interrupted" : complete ? "complete" : "incomplete";
    const metrics = toMetrics({
      runId: this.#runId,
      status,
      complete,
      since: this.#options.since ?? null,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: this.#clock.now() - startedAt,
      args: this.#options.args ?? {},
      accounts: results.map((result) => result.account),
      stats: client.stats,
    });
    await database.commit([
      ...endRun({ id: this.#runId, completedAt: this.#now(), status, metrics: JSON.stringify(metrics) }),
      ...results.flatMap(({ space, account, mode, status, notes }) =>
        saveAccount(this.#runId, account.toRow(space.id, mode, status, notes))
      ),
    ]);
    return { runId: this.#runId, status, metrics, spaces: results, discrepancies };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/** A space of the index that the site does not show any more. Its rows are kept: this is no proof of anything. */
function invisible(space: { readonly id: string; readonly key: string }): SpaceResult {
  return {
    space: { ...space, name: space.key },
    status: "failed",
    mode: "none",
    account: new Account(),
    notes: [
      "the site does not show this space any more (deleted, or not visible to this account): its pages were kept",
    ],
    error: null,
  };
}
