/**
 * What the parts of a sync share, and what they tell the outside.
 *
 * @module
 */
import { type BodyFormat, type Clock, type Kind, NOUNS, type Space, type Subject } from "../model/mod.ts";
import type { ConfluenceClient } from "../confluence/mod.ts";
import {
  type DeletionMode,
  type Failure,
  failuresOf,
  type OwedComparison,
  type Readable,
  type RecordedFailure,
  type SyncState,
} from "../database/mod.ts";
import type { Account } from "./account.ts";
import type { Store } from "./store.ts";

/** How a space is read. */
export type SpaceMode = "first" | "full" | "reconcile" | "delta" | "since";

/** What happens during a run, for progress and logs. */
export type SyncEvent =
  | { readonly type: "run_started"; readonly runId: string; readonly spaces: number }
  | { readonly type: "lease_wait"; readonly holder: string; readonly since: string }
  | {
    readonly type: "space_started";
    readonly space: Space;
    readonly mode: SpaceMode;
    readonly resumed: boolean;
  }
  | { readonly type: "batch"; readonly space: Space; readonly pages: number; readonly attachments: number }
  | { readonly type: "file"; readonly space: Space; readonly bytes: number }
  | { readonly type: "history"; readonly space: Space; readonly pages: number; readonly versions: number }
  | { readonly type: "note"; readonly space: Space; readonly text: string }
  | {
    readonly type: "space_ended";
    readonly space: Space;
    readonly status: SpaceStatus;
    readonly account: Account;
  };

/** How one space ended. `held`: the brake kept pages from going. */
export type SpaceStatus = "complete" | "incomplete" | "held" | "failed" | "interrupted";

/** What a sync asks of Confluence; a plan asks the same without bodies. */
export type Source = Pick<
  ConfluenceClient,
  | "getAttachmentById"
  | "getAttachmentsForPage"
  | "getBlogPostById"
  | "getBlogPosts"
  | "getBlogPostsByIds"
  | "getComment"
  | "getContainer"
  | "getCurrentUser"
  | "getLabelsForPage"
  | "getPageById"
  | "getPages"
  | "getPagesByIds"
  | "getSpaces"
  | "searchCql"
  | "serverNow"
>;

/** How a space of the index is read, and how far it was read before this run. */
export interface Scope {
  /** Pages of these statuses. */
  readonly statuses: readonly string[];
  /** These kinds besides. */
  readonly kinds: ReadonlySet<Kind>;
  /** Up to when changes are in the index, ISO 8601 UTC; null before a first reading ended. */
  readonly mark: string | null;
  /** When a run last ended well for it, ISO 8601 UTC; null where none did. */
  readonly syncedAt: string | null;
}

/** What every space of a run shares. */
export interface RunContext {
  readonly client: Source;
  /** The tables, to be read. */
  readonly database: Readable;
  /** The only way to write. */
  readonly store: Store;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: (event: SyncEvent) => void;
  /** When the run began, by the local clock, ISO 8601 UTC. */
  readonly startedAt: string;
  /** The digest of the credentials. */
  readonly credentials: string;
  /** Keys by id of every space in the index: a page that moves between them stays in scope. */
  readonly trackedSpaces: Map<string, string>;
  /** What is read of each of them, by id. */
  readonly scopes: Map<string, Scope>;
  readonly accounts: Map<string, Account>;
  /** How many more pages may be read; Infinity without a cap. */
  readonly budget: { pages: number };
  readonly settings: SyncSettings;
}

/** The wishes that hold for every space of a run. */
export interface SyncSettings {
  readonly full: boolean;
  readonly since: string | null;
  readonly maxPages: number | null;
  readonly reconcile: boolean;
  readonly allowMassDeletion: boolean;
  readonly failFast: boolean;
  /** How many earlier versions of each page are wanted; null where none are. */
  readonly historyDepth: number | null;
  /** How far back the search index may lag, in minutes. */
  readonly overlapMinutes: number;
}

/** One space in one run. */
export interface SpaceContext extends RunContext {
  readonly space: Space;
  /** What is read: the pages of the space, or its blog posts. */
  readonly subject: Subject;
  readonly mode: SpaceMode;
  readonly bodyFormat: BodyFormat;
  /** The statuses in scope: `current`, with `archived` where included. */
  readonly statuses: readonly string[];
  /** What is read besides pages and attachments. */
  readonly kinds: ReadonlySet<Kind>;
  /** Of the kinds, those that this run has read as a whole. */
  readonly readWhole: Set<Kind>;
  /** Of the kinds, those whose changes this run passes over: they count as unread from then on. */
  readonly passedOver: Set<Kind>;
  readonly deletions: DeletionMode;
  /** The state before this run; undefined for a space never ingested. */
  readonly state: SyncState | undefined;
  /** What earlier runs left open in this space. */
  readonly owed: readonly OwedComparison[];
  readonly account: Account;
  /** Pages on record as failed whose next try is not due: counted as failed, not fetched. */
  readonly resting: ReadonlyMap<string, RecordedFailure>;
  /** Attachments on record as failed. */
  readonly lost: readonly RecordedFailure[];
  /** Pages on record because their labels could not be read. */
  readonly unlabelled: readonly RecordedFailure[];
  /** Comments on record as failed. */
  readonly unread: readonly RecordedFailure[];
  /** Whether what a listing shows is kept: only where the index holds something already can something be missing. */
  readonly remembers: boolean;
  /** Whether the index held no page at all when the run began, not even a deleted one. */
  readonly isFirst: boolean;
  /** Things worth telling the user, in the summary and in `run_spaces`. */
  readonly notes: string[];
}

/** Now, ISO 8601 UTC, by the local clock. */
export function now(run: Pick<RunContext, "clock">): string {
  return new Date(run.clock.now()).toISOString();
}

/** Adds a note and tells it at once. */
export function note(space: SpaceContext, text: string): void {
  space.notes.push(text);
  space.emit({ type: "note", space: space.space, text });
}

/** A failure of one page, or blog post, of this space. */
export function pageFailure(space: SpaceContext, id: string, reason: string, message: string): Failure {
  return { kind: space.subject, id, spaceId: space.space.id, reason, message };
}

/** A failure of one attachment of this space. */
export function attachmentFailure(
  space: SpaceContext,
  id: string,
  reason: string,
  message: string,
): Failure {
  return { kind: "attachment", id, spaceId: space.space.id, reason, message };
}

/** A failure to read the labels of one page of this space. */
export function labelsFailure(space: SpaceContext, pageId: string, message: string): Failure {
  return { kind: "labels", id: pageId, spaceId: space.space.id, reason: "labels", message };
}

/** What is read of a space, as people call one of it. */
export function noun({ subject }: Pick<SpaceContext, "subject">): string {
  return NOUNS[subject];
}

/** A failure of one comment of this space. */
export function commentFailure(space: SpaceContext, id: string, reason: string, message: string): Failure {
  return { kind: "comment", id, spaceId: space.space.id, reason, message };
}

/** Ids of what is to be tried again now: in a listing all that is in quarantine, else what has paused for long enough. */
export async function dueFailures(space: SpaceContext, kind: "attachment" | "comment"): Promise<string[]> {
  const { database, mode, lost, unread } = space;
  const before = new Map((kind === "attachment" ? lost : unread).map(({ id, runId }) => [id, runId]));
  const at = mode === "delta" || mode === "since" ? now(space) : undefined;
  const onRecord = await failuresOf(database, space.space.id, kind, at);
  // What failed in this run has had its try.
  return onRecord.filter(({ id, runId }) => before.get(id) === runId).map(({ id }) => id);
}

/** The statuses in scope where a page is, which may be another space than the one that is read. */
export function scopeOf(
  { space, subject, statuses, scopes }: SpaceContext,
  spaceId: string,
): readonly string[] {
  return spaceId === space.id || subject === "blogpost"
    ? statuses
    : scopes.get(spaceId)?.statuses ?? statuses;
}

/** Statuses of what is not there for readers. One that nobody knows yet is no reason to leave a page out. */
const ASIDE: readonly string[] = ["archived", "trashed", "deleted", "draft", "historical"];

/** Whether a status is one that was not asked for. */
export function isAside(status: string, statuses: readonly string[]): boolean {
  return ASIDE.includes(status) && !statuses.includes(status);
}

/**
 * Whether more belongs to a page in the space where it is now than came with it from another, or from nowhere: kinds that are not read
 * there, or what that space was not read for while this one was.
 */
export function isMoreRead(
  { subject, scopes, settings }: SpaceContext,
  from: string | undefined,
  to: string,
): boolean {
  const there = scopes.get(to);
  if (there === undefined) return false;
  const here = from === undefined ? undefined : scopes.get(from);
  const came = from === undefined ? WITH_NEW_PAGES : here?.kinds;
  const belongs: readonly Kind[] = subject === "page" ? ["labels", "comments"] : ["comments"];
  if (belongs.some((kind) => there.kinds.has(kind) && came?.has(kind) !== true)) return true;
  if (from === undefined) return false;
  const lastRead = here?.syncedAt ?? null;
  if (lastRead === null) return true;
  return Date.parse(there.mark ?? "") - Date.parse(lastRead) > settings.overlapMinutes * 60_000;
}

/** What is read of any page that is new to the index. */
const WITH_NEW_PAGES: ReadonlySet<Kind> = new Set(["labels"]);
