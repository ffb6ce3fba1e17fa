/**
 * What an ingest would do now. It is the same reading with the same decisions, from a source that leaves out bodies into a store that
 * only counts; no connection that could write is involved.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import { type ConfluenceClient, systemClock } from "../confluence/mod.ts";
import { currentLease, type Lease, pastRuns, type Readable } from "../database/mod.ts";
import { Ahead } from "./ahead.ts";
import { BodilessSource } from "./bodiless_source.ts";
import { note, now, type SpaceContext, type SpaceStatus, type SyncEvent } from "./context.ts";
import { addWork, type Estimate, estimate, learn, PAST_RUNS, type Work } from "./estimate.ts";
import { inParallel } from "./in_parallel.ts";
import { type Going, PlanStore } from "./plan_store.ts";
import { type PreparedSpace, prepareSpaces, type ReadingOptions } from "./prepare.ts";
import { proveCloudId, proveCredentials, proveSite } from "./prove.ts";
import { selectSpaces, type SpaceSelection } from "./select_spaces.ts";
import { invisible, type SpaceResult, staysInSpace } from "./space_result.ts";
import { readSpace } from "./sync_space.ts";

/** Options of {@linkcode plan}; what is left out means the same as for an ingest. */
export interface PlanOptions extends ReadingOptions {
  readonly client: ConfluenceClient;
  /** The index, to be read. */
  readonly database: Readable;
  /** @default {the spaces already in the index} */
  readonly selection?: Partial<SpaceSelection>;
  /** Spaces read at the same time. @default {8} */
  readonly spacesAtOnce?: number;
  /** Aborting it ends the plan; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  readonly onEvent?: (event: SyncEvent) => void;
}

/** What would happen to one space. Its account counts what would be counted. */
export interface SpacePlan extends SpaceResult {
  /** Pages that would be called deleted, by reason. */
  readonly going: Going;
  /** Pages on record as failed whose next try is not due. */
  readonly resting: number;
  /** The same of attachments, labels and comments, as far as they are wanted. */
  readonly restingBesides: number;
  readonly estimate: Estimate;
}

/** What an ingest would do now. */
export interface Plan {
  readonly spaces: readonly SpacePlan[];
  /** All spaces together, and what the run needs besides. */
  readonly estimate: Estimate;
  /** Requests that making the plan took, retries included. */
  readonly asked: number;
  /** Whoever writes to the index just now, or did until it was killed. */
  readonly lease: Lease | null;
  /** Whether the ingest would read everything and account for it, as far as this can be foreseen. */
  readonly complete: boolean;
}

/**
 * Finds out what an ingest would do now, and writes nothing.
 *
 * @throws {ConfluenceIndexError} What the ingest would throw before it writes, and `interrupted`.
 */
export async function plan(options: PlanOptions): Promise<Plan> {
  const { client, database, signal = new AbortController().signal } = options;
  const before = client.stats;
  await proveCloudId(client, signal);
  await proveCredentials(client, signal);
  await proveSite(client, database);
  const selection = { keys: [], ids: [], all: false, ...options.selection };
  const { spaces, vanished } = await selectSpaces(client, database, selection, signal);
  const overhead = client.stats.requests - client.stats.retries - (before.requests - before.retries);
  const experience = learn(await pastRuns(database, PAST_RUNS));
  const prepared = await prepareSpaces(spaces, options, {
    database,
    clock: options.clock ?? systemClock,
    signal,
    emit: options.onEvent ?? (() => {}),
    credentials: client.credentialsDigest,
  });
  options.onEvent?.({ type: "run_started", runId: "plan", spaces: prepared.length });
  const ahead = new Ahead();
  const planned: readonly PlannedSpace[] = [
    ...vanished.map((space) => ({
      ...invisible(space),
      going: {},
      resting: 0,
      restingBesides: 0,
      work: addWork([]),
    })),
    ...await inParallel(options.spacesAtOnce ?? 8, prepared, (space) => planSpace(client, space, ahead)),
  ];
  const run: Work = { ...addWork([]), requests: overhead };
  return {
    spaces: planned.map(({ work, ...space }) => ({ ...space, estimate: estimate(work, experience) })),
    estimate: estimate(addWork([run, ...planned.map(({ work }) => work)]), experience),
    asked: client.stats.requests - before.requests,
    lease: await currentLease(database),
    complete: planned.every(({ status, account, resting, restingBesides }) =>
      status === "complete" && resting + restingBesides + account.failures === 0
    ),
  };
}

type PlannedSpace = Omit<SpacePlan, "estimate"> & { readonly work: Work };

async function planSpace(
  client: ConfluenceClient,
  prepared: PreparedSpace,
  ahead: Ahead,
): Promise<PlannedSpace> {
  const source = new BodilessSource(client);
  const store = new PlanStore(prepared.database, source, ahead);
  const space: SpaceContext = { ...prepared, client: source, store };
  const { account, mode, signal } = space;
  space.emit({ type: "space_started", space: space.space, mode, resumed: false });
  let status: SpaceStatus;
  let error: Error | null = null;
  try {
    signal.throwIfAborted();
    status = await readSpace(space);
    const { size } = source.unasked;
    if (size > 0) {
      note(
        space,
        `the ingest would ask ${size} more pages for their attachments, one by one: they are not in these numbers`,
      );
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    if (!staysInSpace(thrown)) throw thrown;
    status = "failed";
    error = thrown;
  }
  space.emit({ type: "space_ended", space: space.space, status, account });
  return {
    space: space.space,
    status,
    mode,
    account,
    notes: space.notes,
    error,
    going: store.going,
    resting: space.resting.size,
    restingBesides: restingBesides(space),
    work: {
      requests: source.requests,
      pages: account.listed,
      bodies: source.bodies,
      attachments: account.attachments.listed,
    },
  };
}

function restingBesides(space: SpaceContext): number {
  const { lost, unlabelled, unread, kinds } = space;
  return [...lost, ...(kinds.has("labels") ? unlabelled : []), ...(kinds.has("comments") ? unread : [])]
    .filter(({ nextTryAt }) => nextTryAt > now(space)).length;
}
