/**
 * The change feed of one run, or of the runs between two.
 *
 * @module
 */
import {
  type Change,
  changeRange,
  changesAfter,
  findRun,
  latestRuns,
  type Readable,
  type Run,
  runsBetween,
  spaceKeys,
} from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import type { Suggest } from "./ask.ts";

/** What to tell of. */
export interface FeedOptions {
  /** One run: what it changed. Two: what changed after the first, up to and including the second. `latest` is the newest. */
  readonly runs: readonly [string] | readonly [string, string];
  /** @default {all} */
  readonly subject?: Change["subject"] | undefined;
  /** A space's key in any case, or its id. @default {every space} */
  readonly space?: string | undefined;
  /** Used for runs and spaces that are not there. */
  readonly suggest: Suggest;
}

/** Where a page hangs. */
export interface Place {
  readonly space_id: string;
  readonly space_key: string;
  /** Null at the top of the space. */
  readonly parent_id: string | null;
  readonly parent_type: string | null;
  /** The parent's title as last seen; null where the index has none. */
  readonly parent_title: string | null;
  readonly position: number | null;
}

/** One change, ready to be told. Names are a public contract. */
export interface FeedEntry {
  /** When the run saw it. */
  readonly at: string;
  readonly run_id: string;
  readonly kind: string;
  readonly subject: Change["subject"];
  readonly id: string;
  /** Title or file name. */
  readonly title: string | null;
  readonly space_key: string;
  readonly version: number | null;
  /** Title, version or status before; a {@linkcode Place} for pages that moved. */
  readonly old: string | Place | null;
  readonly new: string | Place | null;
}

/** Rows read at a time: enough that finding the place costs little, few enough to hold. */
const BATCH = 2_000;

/**
 * Reads the feed, oldest change first, a few rows at a time.
 *
 * @param index The index.
 * @param options Which runs, and what of them.
 * @throws {ConfluenceIndexError} `usage` for runs and spaces that are not there; before the first change.
 */
export async function* changeFeed(index: Readable, options: FeedOptions): AsyncGenerator<FeedEntry> {
  const keys = await spaceKeys(index);
  const filter = {
    runIds: await selectRuns(index, options),
    subject: options.subject ?? null,
    spaceId: options.space === undefined ? null : await findSpace(options.space, keys, options.suggest),
  };
  const range = await changeRange(index, filter.runIds);
  if (range === null) return;
  for (let after = range.first - 1;;) {
    const changes = await changesAfter(index, filter, after, range.last, BATCH);
    for (const change of changes) yield toEntry(change, keys);
    const last = changes.at(-1);
    if (last === undefined || changes.length < BATCH) return;
    after = last.id;
  }
}

async function selectRuns(index: Readable, { runs, suggest }: FeedOptions): Promise<string[]> {
  const [first, second] = runs;
  const from = await getRun(index, first, suggest);
  if (second === undefined) return [from.id];
  const until = await getRun(index, second, suggest);
  if (from.startedAt > until.startedAt || (from.startedAt === until.startedAt && from.id > until.id)) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot tell what changed from run ${from.id} to ${until.id}: the first started later`,
      { hint: "Name the earlier run first." },
    );
  }
  return await runsBetween(index, from, until);
}

/** Runs that a mistyped one is compared with. */
const SUGGESTIONS = 100;

async function getRun(index: Readable, id: string, suggest: Suggest): Promise<Run> {
  const run = id === "latest" ? (await latestRuns(index, 1))[0] : await findRun(index, id);
  if (run !== undefined) return run;
  const latest = (await latestRuns(index, SUGGESTIONS)).map((each) => each.id);
  if (latest.length === 0) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot find run ${JSON.stringify(id)}: the index holds none yet`,
      {
        hint: "Run ingest first.",
      },
    );
  }
  const meant = await suggest(id, ["latest", ...latest]);
  throw new ConfluenceIndexError(
    "usage",
    `Cannot find run ${JSON.stringify(id)}: the index knows no such run`,
    {
      hint: `${meant === undefined ? "" : `Did you mean ${meant}? `}The latest are ${
        latest.slice(0, 3).join(", ")
      }.`,
    },
  );
}

async function findSpace(
  wanted: string,
  keys: ReadonlyMap<string, string>,
  suggest: Suggest,
): Promise<string> {
  for (const [id, key] of keys) {
    if (id === wanted || key.toLowerCase() === wanted.toLowerCase()) return id;
  }
  const meant = await suggest(wanted, [...keys.values()]);
  throw new ConfluenceIndexError(
    "usage",
    `Cannot find space ${JSON.stringify(wanted)}: the index holds no such space`,
    { hint: meant === undefined ? "confluence-index status lists them." : `Did you mean ${meant}?` },
  );
}

function toEntry(change: Change, keys: ReadonlyMap<string, string>): FeedEntry {
  const place = (value: string | null, title: string | null): string | Place | null => {
    const found = change.kind === "moved" && change.subject !== "attachment" ? readPlace(value) : null;
    if (found === null) return value;
    return {
      space_id: found.space_id,
      space_key: keys.get(found.space_id) ?? found.space_id,
      parent_id: found.parent_id,
      parent_type: found.parent_type,
      parent_title: title,
      position: found.position,
    };
  };
  // A tombstone `moved` has the old title and the new space instead; only the new value tells them apart.
  const moved = change.newValue?.startsWith("{") === true;
  return {
    at: change.at,
    run_id: change.runId,
    kind: change.kind,
    subject: change.subject,
    id: change.subjectId,
    title: change.title,
    space_key: change.spaceKey,
    version: change.version,
    old: moved ? place(change.oldValue, change.oldParent) : change.oldValue,
    new: moved ? place(change.newValue, change.newParent) : change.newValue,
  };
}

type StoredPlace = Pick<Place, "space_id" | "parent_id" | "parent_type" | "position">;

function readPlace(value: string | null): StoredPlace | null {
  if (value === null) return null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}
