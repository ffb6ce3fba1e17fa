/**
 * The main job: read spaces from Confluence into the index, and account for every page.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Clock, Kind, Space } from "../model/mod.ts";
import { type ConfluenceClient, systemClock } from "../confluence/mod.ts";
import {
  BY_SPACES,
  clearFailures,
  correctFailureTimes,
  type Database,
  endRun,
  type Failure,
  failuresOf,
  type KnownSpace,
  knownSpaces,
  newestEvent,
  oweComparisons,
  owedComparisons,
  pageCounts,
  type RunStatus,
  saveAccount,
  saveFailures,
  saveMetaOnce,
  saveSpaces,
  saveSyncState,
  spacesChangedByOthers,
  startRun,
  type Statement,
} from "../database/mod.ts";
import type { SpaceContext, SpaceStatus, SyncEvent } from "./context.ts";
import { now } from "./context.ts";
import { fetchFiles, type FileWishes } from "./fetch_files.ts";
import { begun } from "./finish_space.ts";
import { type Expectation, expectRun } from "./expect.ts";
import { holdLease } from "./hold_lease.ts";
import { inParallel } from "./in_parallel.ts";
import { IndexStore } from "./index_store.ts";
import { type Metrics, toMetrics } from "./metrics.ts";
import { prepareSpaces, type ReadingOptions } from "./prepare.ts";
import { proveCloudId, proveCredentials, proveSite } from "./prove.ts";
import { readHistory } from "./read_history.ts";
import { type SelectedSpaces, selectSpaces, type SpaceSelection } from "./select_spaces.ts";
import { invisible, type SpaceResult, staysInSpace } from "./space_result.ts";
import { readSpace } from "./sync_space.ts";

/** Options of {@linkcode ingest}. Only the client and the database have no default. */
export interface IngestOptions extends ReadingOptions {
  readonly client: ConfluenceClient;
  readonly database: Database;
  /** @default {the spaces already in the index} */
  readonly selection?: Partial<SpaceSelection>;
  /** Wait for another run on the same index. @default {false} */
  readonly wait?: boolean;
  /** Spaces read at the same time. @default {8} */
  readonly spacesAtOnce?: number;
  /** Downloads the files of attachments too. @default {only what is known about them} */
  readonly files?: FileWishes | undefined;
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
  /** More for the commit that the run begins with. */
  readonly remember?: (runId: string) => Statement[];
  /** Called with the result, while nobody else may write the spaces of the run yet. */
  readonly whileHeld?: (result: IngestResult) => Promise<void>;
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
  await proveCloudId(client, signal);
  await proveCredentials(client, signal);
  await proveSite(client, database);
  const selection = { keys: [], ids: [], all: false, ...options.selection };
  const selected = await selectSpaces(client, database, selection, signal);
  let waited = false;
  const lease = {
    clock,
    spaces: selected.spaces,
    runId,
    wait: options.wait ?? false,
    signal,
    onWait: (holder: { runId: string; acquiredAt: string }) => {
      waited = true;
      onEvent({ type: "lease_wait", holder: holder.runId, since: holder.acquiredAt });
    },
  };
  // Spaces may have been renamed or archived meanwhile; only those whose leases are held are read.
  const chosenAgain = async ({ spaces }: SelectedSpaces): Promise<SelectedSpaces> => {
    const held = new Set(spaces.map(({ id }) => id));
    const again = await selectSpaces(client, database, selection, signal);
    return { ...again, spaces: again.spaces.filter(({ id }) => held.has(id)) };
  };
  return await holdLease(database, lease, async () => {
    // Somebody may have filled an empty index while this run waited.
    await proveSite(client, database);
    const chosen = waited ? await chosenAgain(selected) : selected;
    const result = await new IngestRun(options, clock, runId, signal, onEvent).execute(chosen);
    await options.whileHeld?.(result);
    return result;
  });
}

/** Whether the search may show a space piece by piece for a while: under its new key, or since it is no longer archived. */
function isFollowedLate(space: Space, known: KnownSpace | undefined): boolean {
  if (known === undefined) return false;
  return known.key !== space.key || known.status === "archived" && space.status !== "archived";
}

/** How a space ended whose pages were read, and then their history. */
function worse(pages: SpaceStatus, history: SpaceStatus): SpaceStatus {
  return pages === "complete" ? history : pages;
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
  /** The newest event of the index before this run. */
  #eventBefore = 0;
  /** What is read of each space besides pages and attachments. */
  readonly #kinds = new Map<string, ReadonlySet<Kind>>();

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
    const stamp = { runId: this.#runId, fetchedAt: new Date(startedAt).toISOString() };
    await database.commit(correctFailureTimes(stamp.fetchedAt));
    this.#eventBefore = await newestEvent(database);
    const contexts = await this.#prepare(spaces);
    const expectation = await expectRun(database, contexts);
    const known = new Map((await knownSpaces(database)).map((space) => [space.id, space]));
    // Of two first runs of two sites that begin together only one goes on.
    await database.commit(saveMetaOnce("site", client.siteUrl));
    await proveSite(client, database);
    const late = [
      ...spaces.filter((space) => isFollowedLate(space, known.get(space.id))),
      ...await this.#newlyVanished(vanished),
    ];
    await database.commit([
      ...startRun({
        id: this.#runId,
        command: this.#options.command ?? "ingest",
        startedAt: stamp.fetchedAt,
        completedAt: null,
        status: "running",
        args: JSON.stringify(this.#options.args ?? {}),
        metrics: null,
        toolVersion: this.#options.toolVersion ?? "0.0.0",
      }),
      ...saveSpaces(database, spaces, stamp, known),
      ...oweComparisons(late.map(({ id }) => id), BY_SPACES, this.#runId),
      // What was asked for is remembered even where the run does not come to read it.
      ...contexts.flatMap((context) => saveSyncState(begun(context))),
      ...this.#options.remember?.(this.#runId) ?? [],
    ]);
    this.#emit({ type: "run_started", runId: this.#runId, spaces: spaces.length });
    try {
      const read = await inParallel(
        this.#options.spacesAtOnce ?? 8,
        contexts,
        (space) => this.#read(space),
      );
      const results = [...vanished.map((space) => invisible(space)), ...read];
      return await this.#end(results, startedAt, expectation);
    } catch (error) {
      await database.commit(
        endRun({ id: this.#runId, completedAt: this.#now(), status: "failed", metrics: null }),
      ).catch(() => {});
      throw error;
    }
  }

  /** Spaces that may come back piece by piece. One that stays out of sight owes no more each night. */
  async #newlyVanished(vanished: SelectedSpaces["vanished"]): Promise<SelectedSpaces["vanished"]> {
    const debts = await owedComparisons(this.#options.database);
    const owing = new Set(debts.filter(({ owedBy }) => owedBy === BY_SPACES).map(({ spaceId }) => spaceId));
    return vanished.filter(({ id }) => !owing.has(id));
  }

  /** Everything that can be refused is refused here, before the first row is written. */
  async #prepare(spaces: readonly Space[]): Promise<SpaceContext[]> {
    const { client, database } = this.#options;
    const store = new IndexStore(database, this.#runId, client.siteUrl);
    const prepared = await prepareSpaces(spaces, this.#options, {
      database,
      clock: this.#clock,
      signal: AbortSignal.any([this.#signal, this.#stop.signal]),
      emit: this.#emit,
      credentials: client.credentialsDigest,
    });
    for (const { space, kinds } of prepared) this.#kinds.set(space.id, kinds);
    return prepared.map((space) => ({ ...space, client, store }));
  }

  async #read(space: SpaceContext): Promise<SpaceResult> {
    const resumed = space.mode === "first" && (space.state?.resumeLink ?? null) !== null;
    this.#emit({ type: "space_started", space: space.space, mode: space.mode, resumed });
    let status: SpaceStatus;
    let error: Error | null = null;
    try {
      space.signal.throwIfAborted();
      status = worse(await readSpace(space), await this.#readHistory(space));
      await this.#fetchFiles(space);
      await this.#options.database.commit(clearFailures("space", [space.space.id]));
    } catch (thrown) {
      if (this.#signal.aborted) status = "interrupted";
      else if (!staysInSpace(thrown)) {
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

  async #fetchFiles(space: SpaceContext): Promise<void> {
    const { client, database, files: wishes } = this.#options;
    if (wishes !== undefined) await fetchFiles(space, { client, database, runId: this.#runId, wishes });
  }

  #readHistory(space: SpaceContext): Promise<SpaceStatus> {
    const { client, database } = this.#options;
    const { historyDepth: depth } = space.settings;
    if (depth === null) return Promise.resolve("complete");
    return readHistory(space, { client, database, runId: this.#runId, depth });
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
    await this.#options.database.commit(saveFailures([failure], this.#runId, now(space)));
  }

  /** Checks the sums, stores them with the run, and says how it ended. */
  async #end(results: SpaceResult[], startedAt: number, expectation: Expectation): Promise<IngestResult> {
    const { database, client } = this.#options;
    const counts = await pageCounts(database);
    const shared = await spacesChangedByOthers(database, this.#runId, this.#eventBefore);
    const discrepancies: string[] = [];
    let open = 0;
    const postCounts = await pageCounts(database, "blogpost");
    for (const { space, account, status } of results) {
      account.countAfter = counts.get(space.id) ?? 0;
      for (const kind of this.#wanted(space.id)) open += (await failuresOf(database, space.id, kind)).length;
      const withPosts = this.#kinds.get(space.id)?.has("blogposts") === true;
      if (withPosts) account.blogPosts.countAfter = postCounts.get(space.id) ?? 0;
      // A space that ended early has read pages it had no time to account for.
      if (status !== "failed" && status !== "interrupted") {
        const isShared = shared.has(space.id);
        const found = [
          ...account.discrepancies("page", isShared),
          ...(withPosts ? account.blogPosts.discrepancies("blog post", isShared) : []),
        ];
        discrepancies.push(...found.map((text) => `${space.key}: ${text}`));
      }
    }
    const complete = open === 0 && discrepancies.length === 0 &&
      results.every(({ status, account }) => status === "complete" && account.failures === 0);
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
      estimate: expectation,
    });
    await database.commit([
      ...endRun({ id: this.#runId, completedAt: this.#now(), status, metrics: JSON.stringify(metrics) }),
      ...results.flatMap(({ space, account, mode, status, notes }) =>
        saveAccount(this.#runId, account.toRow(space.id, mode, status, notes))
      ),
    ]);
    return { runId: this.#runId, status, metrics, spaces: results, discrepancies };
  }

  /** What of a space must not wait in quarantine where the run is to be complete. */
  #wanted(spaceId: string): Failure["kind"][] {
    const kinds = this.#kinds.get(spaceId) ?? new Set();
    return [
      "page",
      "attachment",
      ...(kinds.has("blogposts") ? ["blogpost" as const] : []),
      ...(kinds.has("labels") ? ["labels" as const] : []),
      ...(kinds.has("comments") ? ["comment" as const] : []),
      ...(this.#options.files === undefined ? [] : ["file" as const]),
      ...((this.#options.historyDepth ?? null) === null ? [] : ["history" as const]),
    ];
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
