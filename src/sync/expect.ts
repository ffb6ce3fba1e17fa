/**
 * What a run expects of itself, from the index alone: nothing is asked for it.
 *
 * @module
 */
import {
  attachmentCounts,
  commentCount,
  containersToRead,
  deltaHabits,
  type Habit,
  pastRuns,
  type Readable,
} from "../database/mod.ts";
import type { SpaceContext } from "./context.ts";
import { addWork, type Estimate, estimate, learn, PAST_RUNS, type Work } from "./estimate.ts";

/** An estimate made before the first listing. Names are a public contract. */
export interface Expectation extends Estimate {
  /** Spaces whose size nobody knows yet: they are not in the other numbers. */
  readonly unknown_spaces: number;
}

/** Rows of an answer, at most. */
const BATCH = 250;
/** The same for a search with bodies. */
const WITH_BODIES = 50;
/** At the end of a listing: who was it that saw all this? */
const PROOF = 1;
/** What no run has read is everything. */
const NO_RUN = "";

/**
 * Estimates a run at its start.
 *
 * @param database The index.
 * @param spaces The spaces, with their modes.
 */
export async function expectRun(
  database: Readable,
  spaces: readonly Pick<SpaceContext, "space" | "mode" | "account" | "settings" | "kinds">[],
): Promise<Expectation> {
  const attachments = await attachmentCounts(database);
  const habits = await deltaHabits(database, PAST_RUNS);
  const expected = await Promise.all(spaces.map(async ({ space, mode, account, settings, kinds }) => {
    const pages = Math.min(account.countBefore, settings.maxPages ?? Infinity);
    const whole = settings.maxPages === null;
    const rows = { pages, attachments: attachments.get(space.id) ?? 0 };
    return expectSpace(mode, {
      ...rows,
      labels: kinds.has("labels"),
      posts: whole && kinds.has("blogposts") ? account.blogPosts.countBefore : null,
      comments: whole && kinds.has("comments") ? await commentCount(database, space.id) : null,
      containers: (await containersToRead(database, space.id, NO_RUN)).length,
    }, habits.get(space.id));
  }));
  const known = expected.filter((work) => work !== null);
  // Who asks, and the spaces themselves.
  const run: Work = { ...addWork([]), requests: 1 + Math.ceil(spaces.length / BATCH) };
  const experience = learn(await pastRuns(database, PAST_RUNS));
  return {
    ...estimate(addWork([run, ...known]), experience),
    unknown_spaces: expected.length - known.length,
  };
}

function expectSpace(
  mode: SpaceContext["mode"],
  { pages, attachments, labels, posts, comments, containers }: {
    readonly pages: number;
    readonly attachments: number;
    readonly labels: boolean;
    /** Null where they are not read. */
    readonly posts: number | null;
    readonly comments: number | null;
    readonly containers: number;
  },
  habit: Habit = { listed: 0, changed: 0 },
): Work | null {
  const changed = Math.round(habit.changed);
  // The search brings the labels of pages along with the attachments.
  const searched = attachments + (labels ? pages : 0);
  const listings = answers(pages) + (posts === null ? 0 : answers(posts)) +
    (comments === null ? 0 : answers(comments, WITH_BODIES)) + containers;
  const listed = pages + (posts ?? 0);
  switch (mode) {
    case "full":
      return { requests: listings + answers(searched) + PROOF, pages, bodies: listed, attachments };
    case "reconcile":
      return {
        requests: listings + answers(searched) + PROOF + Math.ceil(changed / BATCH),
        pages,
        bodies: changed,
        attachments,
      };
    case "delta":
      return {
        requests: 1 + Math.ceil(changed / BATCH),
        pages: Math.round(habit.listed),
        bodies: changed,
        attachments: 0,
      };
    case "first":
    case "since":
      return null;
  }
}

/** Even an empty list is one answer. */
function answers(rows: number, batch: number = BATCH): number {
  return Math.max(1, Math.ceil(rows / batch));
}
