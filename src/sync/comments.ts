/**
 * Comments and replies, in bulk through the search, with their bodies. What a complete reading did not show is asked for one by one before
 * anything is called deleted.
 *
 * Source: `GET /wiki/rest/api/content/search` with `type = comment`; `GET /wiki/api/v2/footer-comments/{id}`, `/inline-comments/{id}`.
 *
 * @module
 */
import type { Comment, CommentKind, SearchHit } from "../model/mod.ts";
import {
  type Batch,
  ConfluenceAuthError,
  type ConfluenceError,
  ConfluenceNotFoundError,
  quoteCql,
} from "../confluence/mod.ts";
import type { Failure, KnownComment } from "../database/mod.ts";
import { commentFailure, dueFailures, note, type SpaceContext, type SpaceStatus } from "./context.ts";
import { inParallel } from "./in_parallel.ts";
import { isOneThingsTrouble } from "./trouble.ts";
import { isStillKnown } from "./prove.ts";
import { isStray, mayBeNothing, NoSearch, searchBatches, UNSEARCHABLE } from "./search_batches.ts";
import type { Alongside } from "./store.ts";
import { accountSees, type Reason, tooMany } from "./second_look.ts";

const AT_ONCE = 5;
/** What must be expanded for a row to be a whole comment, but for the body. */
const EXPAND = ["ancestors", "extensions.resolution", "extensions.inlineProperties"];

/** Whether the comments of the space were read as a whole before, so that changes are all there is to read. */
export function commentsWereRead({ kinds, state }: SpaceContext): boolean {
  return kinds.has("comments") && (state?.kinds.comments ?? null) !== null;
}

/**
 * Reads every comment of the space, where comments are wanted; its pages and blog posts have been read.
 *
 * @param space The space.
 * @param detectDeletions Whether those that the search did not show are looked up and, when certain, marked as deleted.
 */
export async function listComments(space: SpaceContext, detectDeletions: boolean): Promise<SpaceStatus> {
  if (!space.kinds.has("comments")) return "complete";
  // In a delta that a page has arrived in, only now its comments can be told from others: the next run knows the page.
  const arrived = space.mode === "delta" && commentsWereRead(space);
  if (space.settings.maxPages !== null && !arrived) {
    note(space, "comments are left out of a run with --max-pages");
    // The mark moves without them: they count as unread from now on.
    space.passedOver.add("comments");
    return "complete";
  }
  // The search shows nothing of it: comments stay as they are.
  if (space.space.status === "archived") {
    note(space, `${UNSEARCHABLE.archived}: comments are not read`);
    space.passedOver.add("comments");
    return "complete";
  }
  // An index without pages may hold comments on blog posts.
  const remembers = space.remembers || (space.state?.kinds.comments ?? null) !== null;
  const listed = { ...space, remembers };
  const status = await searchComments(listed, "order by created asc");
  if (status !== "complete") return status;
  space.readWhole.add("comments");
  return detectDeletions && remembers ? await findMissing(listed) : "complete";
}

/**
 * Reads the comments that changed.
 *
 * @param space The space.
 * @param minutes Those of the last so many minutes.
 */
export async function readChangedComments(space: SpaceContext, minutes: number): Promise<SpaceStatus> {
  return await searchComments(space, `and lastmodified >= now("-${minutes}m") order by lastmodified asc`);
}

/** Asks again for comments in quarantine, as `retryAttachments()` does. */
export async function retryComments(space: SpaceContext): Promise<void> {
  if (!space.kinds.has("comments")) return;
  const due = await dueFailures(space, "comment");
  if (due.length > 0) await readOneByOne(space, due);
}

async function searchComments(space: SpaceContext, rest: string): Promise<SpaceStatus> {
  const cql = `space = ${quoteCql(space.space.key)} and type = comment ${rest}`;
  const { comments } = space.account;
  const before = comments.listed;
  let nameless = 0;
  try {
    nameless = await takeComments(space, cql, [...EXPAND, `body.${space.bodyFormat}`]);
  } catch (error) {
    if (!(error instanceof NoSearch)) throw error;
    if (error.why !== "broken" && error.why !== "unanswered") return unread(space, error);
    try {
      // One body that cannot be had spoils all of them: without bodies, each is read by itself.
      nameless = await takeComments(space, cql, EXPAND);
    } catch (second) {
      if (!(second instanceof NoSearch)) throw second;
      return unread(space, second);
    }
  }
  if (nameless > 0) note(space, `${nameless} comments came without a readable id and were left out`);
  if (nameless === 0 && (comments.listed > before || await mayBeNothing(space))) return "complete";
  return unread(space);
}

/** Comments that cannot be had are no reason for all the rest to stand still: they are read as a whole when they can. */
function unread(space: SpaceContext, error?: NoSearch): SpaceStatus {
  if (error !== undefined) note(space, `${error.message}: comments are not read`);
  space.passedOver.add("comments");
  return "incomplete";
}

/** Takes in what a search shows; gives how many rows do not even say which they are. */
async function takeComments(space: SpaceContext, cql: string, expand: readonly string[]): Promise<number> {
  let nameless = 0;
  for await (const batch of searchBatches(space, cql, expand)) {
    const { whole, parts, lost } = sortOut(space, batch);
    nameless += lost;
    space.account.comments.listed += whole.length;
    await space.store.saveComments(space, whole, listedIn(space, whole));
    await readOneByOne(space, parts);
    space.signal.throwIfAborted();
  }
  return nameless;
}

/** What was seen is remembered only where all of it is read. */
function listedIn({ mode }: SpaceContext, seen: readonly { readonly id: string }[]): Alongside {
  return mode === "delta" || mode === "since" ? {} : { listed: seen.map(({ id }) => id) };
}

/** The whole comments of an answer, ids of those that lack something, and how many do not even say which they are. */
function sortOut(space: SpaceContext, batch: Batch<SearchHit>) {
  const whole: Comment[] = [];
  const parts: string[] = [];
  let lost = 0;
  for (const hit of batch.items) {
    const { id, type, comment } = hit;
    if (type !== "comment" || isStray(hit, space)) continue;
    if (comment !== null && comment.body !== null) whole.push(comment);
    else parts.push(id);
  }
  for (const { objectId } of batch.invalid) {
    if (objectId === undefined) lost++;
    else parts.push(objectId);
  }
  return { whole, parts, lost };
}

/** Reads comments by id. One that cannot be had is put on record; one that is gone is for the reconciliation to find. */
async function readOneByOne(space: SpaceContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const found: Comment[] = [];
  const failures: Failure[] = [];
  const settled: string[] = [];
  await inParallel(AT_ONCE, ids, async (id) => {
    try {
      const comment = await readEither(space, id);
      if (comment === null) settled.push(id);
      else found.push(comment);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      failures.push(commentFailure(space, id, "comment", error.message));
    }
  });
  space.account.comments.listed += found.length + failures.length;
  const onRecord = new Set(space.unread.map(({ id }) => id));
  const over = settled.filter((id) => onRecord.has(id));
  // Nobody in particular finds comments gone that are there.
  const isOver = over.length > 0 && await isStillKnown(space.client, space.signal);
  await space.store.saveComments(space, found, {
    failures,
    settled: isOver ? over : [],
    ...listedIn(space, [...found, ...failures]),
  });
}

/** A token that may search and not read comments reads all but a few. */
function isTrouble(error: unknown): error is ConfluenceError {
  return isOneThingsTrouble(error) || error instanceof ConfluenceAuthError && error.reason === "scope";
}

/** A comment of unknown kind; null where it is neither. */
async function readEither(space: SpaceContext, id: string): Promise<Comment | null> {
  for (const kind of ["footer", "inline"] as const) {
    const comment = await readOne(space, kind, id, true);
    if (comment !== null) return comment;
  }
  return null;
}

async function readOne(
  space: SpaceContext,
  kind: CommentKind,
  id: string,
  withBody: boolean,
): Promise<Comment | null> {
  try {
    const { signal } = space;
    return await space.client.getComment(kind, id, withBody ? space.bodyFormat : undefined, { signal });
  } catch (error) {
    if (error instanceof ConfluenceNotFoundError && error.named && !error.edge) return null;
    throw error;
  }
}

/** What asking for single comments came to, where the search alone is not believed. */
export interface CommentLooks {
  /** Gone indeed, or they may be. */
  readonly gone: ReadonlySet<string>;
  /** Older than in the index indeed. */
  readonly older: ReadonlySet<string>;
}

/** Asks for comments as `lookUp()` does for attachments. */
export async function lookUpComments(
  space: SpaceContext,
  comments: readonly Comment[],
  known: ReadonlyMap<string, KnownComment>,
): Promise<CommentLooks> {
  const gone = new Set<string>();
  const older = new Set<string>();
  await inParallel(AT_ONCE, comments, async ({ id, kind, version }) => {
    const held = known.get(id);
    if (held === undefined) return;
    const isOlder = space.settings.full && version.number < held.version;
    if (held.deletedAt === null && !isOlder) return;
    try {
      const found = await readOne(space, kind, id, false);
      if (found?.status !== "current") gone.add(id);
      else if (isOlder && found.version.number === version.number) older.add(id);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      gone.add(id);
    }
  });
  return { gone, older };
}

async function findMissing(space: SpaceContext): Promise<SpaceStatus> {
  const missing = await space.store.unlistedComments(space);
  if (missing.length === 0) return "complete";
  if (tooMany(space, missing.length, space.account.comments.listed + missing.length)) {
    note(
      space,
      `the brake held: ${missing.length} comments of ${space.space.key} are missing, so none was marked as deleted; ` +
        "run with --reconcile --allow-mass-deletion if they are really gone",
    );
    return "held";
  }
  // Before the looks and after them: an account that was nobody in between finds nothing twice.
  if (!(await accountSees(space))) return noteSilence(space);
  const gone = new Map<KnownComment, Reason>();
  const doubtful: Failure[] = [];
  await inParallel(AT_ONCE, missing, async (comment) => {
    try {
      const found = await readOne(space, comment.kind, comment.id, false);
      if (found === null || found.status === "deleted") gone.set(comment, "gone");
      else if (found.status === "trashed") gone.set(comment, "trashed");
    } catch (error) {
      if (!isTrouble(error)) throw error;
      doubtful.push(commentFailure(space, comment.id, "doubtful", error.message));
    }
  });
  if (gone.size > 0 && !(await accountSees(space))) return noteSilence(space);
  await space.store.buryComments(space, gone, doubtful);
  return doubtful.length === 0 ? "complete" : "incomplete";
}

function noteSilence(space: SpaceContext): SpaceStatus {
  note(
    space,
    "the credentials or the space stopped answering while comments were checked: none was marked as deleted",
  );
  return "incomplete";
}
