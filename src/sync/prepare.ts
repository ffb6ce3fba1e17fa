/**
 * From what was asked, and what the index remembers, to how each space is read. Everything that can be refused is refused here,
 * before the first row is written.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { type BodyFormat, type Kind, KINDS, type Page, type Space, USUAL_KINDS } from "../model/mod.ts";
import {
  type DeletionMode,
  failuresOf,
  holdsPages,
  knownSpaces,
  owedComparisons,
  pageCounts,
  reconciliationDue,
  spacesAmong,
  statesAmong,
  type SyncState,
  syncStates,
} from "../database/mod.ts";
import { Account } from "./account.ts";
import {
  isAside,
  now,
  type RunContext,
  type Scope,
  scopeOf,
  type SpaceContext,
  type SyncSettings,
} from "./context.ts";
import { chooseMode } from "./sync_space.ts";

/** What can be asked of a reading. */
export interface ReadingOptions {
  /** @default {what the index holds, else "storage"} */
  readonly bodyFormat?: BodyFormat | undefined;
  /** Whether archived pages are in scope. @default {as the space was ingested before, else false} */
  readonly includeArchived?: boolean | undefined;
  /** Which kinds are read besides pages and attachments. @default {as the space was ingested before, else labels} */
  readonly kinds?: Readonly<Partial<Record<Kind, boolean>>> | undefined;
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
  /** Read so many earlier versions of each page, as far as the index lacks them. @default {null, none} */
  readonly historyDepth?: number | null;
  /** How far the search index may lag, in minutes. @default {10} */
  readonly overlapMinutes?: number;
}

/** A space ready to be read, but for where from and where to. */
export type PreparedSpace = Omit<SpaceContext, "client" | "store">;

/**
 * Decides how each space is read.
 *
 * @param spaces The spaces of the run.
 * @param options What was asked.
 * @param run With what to read.
 * @returns The same spaces in the same order; they share accounts and budget.
 * @throws {ConfluenceIndexError} `usage`, when what was asked does not go with what the index holds.
 */
export async function prepareSpaces(
  spaces: readonly Space[],
  options: ReadingOptions,
  run: Pick<RunContext, "database" | "clock" | "signal" | "emit" | "credentials">,
): Promise<PreparedSpace[]> {
  const { database, clock } = run;
  const states = await syncStates(database);
  const debts = await owedComparisons(database);
  const counts = await pageCounts(database);
  const postCounts = await pageCounts(database, "blogpost");
  const isFirst = !await holdsPages(database);
  const trackedSpaces = new Map((await knownSpaces(database)).map((space) => [space.id, space.key]));
  for (const space of spaces) trackedSpaces.set(space.id, space.key);
  const settings = settingsOf(options);
  const shared = {
    ...run,
    startedAt: now(run),
    trackedSpaces,
    scopes: new Map([...states].map(([id, state]) => [id, scopeIn(state)])),
    accounts: new Map(),
    budget: { pages: settings.maxPages ?? Infinity },
    settings,
  };
  const prepared: PreparedSpace[] = [];
  for (const space of spaces) {
    const state = believed(states.get(space.id), run.credentials);
    const choices = choicesOf(space, state, options);
    const due = reconciliationDue(state, choices.deletions, settings.reconcile, clock.now());
    const owed = debts.filter(({ spaceId }) => spaceId === space.id);
    const account = new Account();
    account.countBefore = counts.get(space.id) ?? 0;
    if (choices.kinds.has("blogposts")) account.blogPosts.countBefore = postCounts.get(space.id) ?? 0;
    shared.accounts.set(space.id, account);
    shared.scopes.set(space.id, {
      ...choices,
      mark: state?.mark ?? null,
      syncedAt: state?.syncedAt ?? null,
    });
    const failures = await failuresOf(database, space.id, "page");
    const unlabelled = await failuresOf(database, space.id, "labels");
    const unread = await failuresOf(database, space.id, "comment");
    const lost = await failuresOf(database, space.id, "attachment");
    prepared.push({
      ...shared,
      ...choices,
      space,
      subject: "page",
      state,
      account,
      owed,
      mode: chooseMode(state, settings, due || owed.length > 0),
      resting: new Map(failures.filter((each) => each.nextTryAt > now(run)).map((each) => [each.id, each])),
      lost,
      unlabelled,
      unread,
      readWhole: new Set(),
      passedOver: new Set(),
      isFirst,
      // An empty space may be the one that pages of another have moved to.
      remembers: counts.size + failures.length + lost.length > 0,
      notes: [],
    });
  }
  return prepared;
}

/**
 * What may be believed of a space's state. A token that ended while a run read changes made it blind for some of them, with no error. Ended
 * ones do not come back: where this run, which was seen to be somebody's, has the same, the mark is proved; with others, the changes behind
 * it are read again.
 */
function believed(state: SyncState | undefined, credentials: string): SyncState | undefined {
  if (state === undefined || state.unprovenSince === null) return state;
  return state.unprovenBy === credentials
    ? { ...state, unprovenSince: null, unprovenBy: null }
    : { ...state, mark: state.unprovenSince };
}

function settingsOf(options: ReadingOptions): SyncSettings {
  return {
    full: options.full ?? false,
    since: options.since ?? null,
    maxPages: options.maxPages ?? null,
    reconcile: options.reconcile ?? false,
    allowMassDeletion: options.allowMassDeletion ?? false,
    failFast: options.failFast ?? false,
    historyDepth: options.historyDepth ?? null,
    overlapMinutes: options.overlapMinutes ?? 10,
  };
}

/** This run's choices for a space: what was asked, else what was chosen before. A change needs a full reading. */
function choicesOf(
  space: Space,
  state: SyncState | undefined,
  options: ReadingOptions,
): Pick<SpaceContext, "bodyFormat" | "statuses" | "kinds" | "deletions"> {
  const { bodyFormat, includeArchived, deletions, full, reconcile } = options;
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
  const listed = full === true || reconcile === true && (options.maxPages ?? null) === null;
  if (known && state.scope !== statuses.join(",") && !listed) {
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
    kinds: new Set(KINDS.filter((kind) => options.kinds?.[kind] ?? isUsual(kind, state))),
    deletions: deletions ?? state?.deletions ?? "weekly_reconciliation",
  };
}

function scopeIn(state: SyncState): Scope {
  const kinds = new Set(KINDS.filter((kind) => isUsual(kind, state)));
  return { statuses: state.scope.split(","), kinds, mark: state.mark, syncedAt: state.syncedAt };
}

/**
 * Other runs may have brought spaces into the index since this one began, or widened the scope of theirs: what moves there stays in it.
 *
 * @param space The space; the spaces that are tracked with it are added to.
 * @param pages Pages of spaces that may have come meanwhile.
 */
export async function trackNewcomers(space: SpaceContext, pages: readonly Page[]): Promise<void> {
  const { accounts, database, subject, trackedSpaces, scopes } = space;
  const isPlaced = ({ spaceId, status }: Page) =>
    trackedSpaces.has(spaceId) && !isAside(status, scopeOf(space, spaceId));
  // Of its own spaces nobody knows more than this run.
  const ids = new Set(
    pages.filter((page) => !accounts.has(page.spaceId) && !isPlaced(page)).map(({ spaceId }) => spaceId),
  );
  if (ids.size === 0) return;
  const states = await statesAmong(database, [...ids]);
  for (const { id, key } of await spacesAmong(database, [...ids])) {
    const state = states.get(id);
    if (subject === "blogpost" && state?.kinds.blogposts === undefined) continue;
    trackedSpaces.set(id, key);
    if (state !== undefined) scopes.set(id, scopeIn(state));
  }
}

function isUsual(kind: Kind, state: SyncState | undefined): boolean {
  return state === undefined ? USUAL_KINDS.includes(kind) : state.kinds[kind] !== undefined;
}
