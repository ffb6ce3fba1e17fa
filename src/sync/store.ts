/**
 * Where what was read goes. A run writes it into the index (`index_store.ts`), a plan only counts it (`plan_store.ts`): the reading
 * between is the same.
 *
 * @module
 */
import type { Attachment, Comment, Container, Page } from "../model/mod.ts";
import type {
  ChangeEvent,
  ContainerRef,
  Failure,
  KnownAttachment,
  KnownComment,
  KnownPage,
  LabelRow,
  RecordedFailure,
  SearchedLabels,
  Shown,
  UnreadContainer,
} from "../database/mod.ts";
import type { SpaceContext } from "./context.ts";
import type { Reason } from "./second_look.ts";

/** What goes along with pages or attachments, in the same transaction. */
export interface Alongside {
  readonly failures?: readonly Failure[];
  /** Ids that the listing in progress showed. */
  readonly listed?: readonly string[];
  /** Failures on record that are over. */
  readonly settled?: readonly string[];
  /** Where an interrupted first listing goes on, once these pages are in. */
  readonly resume?: ResumePoint | undefined;
  /** Ids of spaces that the next run must compare, unless this one lives to read what belongs to these pages. */
  readonly owing?: readonly string[] | undefined;
  /** Failures on record, as they were read, whose pages are gone or out of scope. */
  readonly over?: readonly RecordedFailure[] | undefined;
  /** Versions that were shown of pages that wait in quarantine. */
  readonly shown?: ReadonlyMap<string, Shown> | undefined;
}

/** Where a first listing goes on. */
export interface ResumePoint {
  /** The listing's next link, or {@linkcode LISTING_END}. */
  readonly link: string;
  /** When the listing started, by the server's clock. */
  readonly since: string | null;
}

/** The resume point of a listing that was read to its end, but not finished. */
export const LISTING_END = "end";

/** What is about to be called deleted. */
export interface Deletions {
  readonly pages: ReadonlyMap<string, Reason>;
  readonly attachments: ReadonlyMap<string, Reason>;
  readonly events: readonly ChangeEvent[];
  /** What could not be checked, and stays. */
  readonly doubtful: readonly Failure[];
  /** Whether the attachments were completely read as well as the pages. */
  readonly withAttachments: boolean;
  /** What was on record of pages that were missing, before they were looked for. */
  readonly onRecord: readonly RecordedFailure[];
  /** Pages in quarantine whose trouble is over: they are gone, or out of scope. */
  readonly settled: readonly RecordedFailure[];
}

/** How the reading of a space ended. */
export interface SpaceEnd {
  /** When the reading started, by the server's clock: later changes may have been missed. ISO 8601 UTC. */
  readonly readSince: string;
  /** Whether everything was read (or is in quarantine); otherwise the mark stays where it is. */
  readonly complete: boolean;
  /**
   * The newest change that a search has shown, ISO 8601 UTC, null for none: the mark moves no further. A search for what is not called so any
   * more shows nothing, and with no error. Left out where a listing has shown everything.
   */
  readonly shownUntil?: string | null;
  /** Whether the next run must compare the space: part was read by an earlier run, or pages were left out that are there. @default {false} */
  readonly again?: boolean;
  /** Whether the credentials were seen to be somebody's after all was read. */
  readonly proven: boolean;
  /** When a complete reconciliation started; null where this was none. */
  readonly reconciledAt: string | null;
  /** What a listing did not show and the second look proved gone; null where nothing was looked for. */
  readonly deletions: Deletions | null;
}

/** Takes in what was read. Each page and attachment is counted in exactly one column of the space's account. */
export interface Store {
  /** The same for blog posts, which are pages that hang nowhere. */
  ofBlogPosts(): Store;
  /**
   * Takes in pages, whatever space they are in now.
   *
   * @param pages With bodies where `judgePage` asks for them.
   */
  savePages(space: SpaceContext, pages: readonly Page[], alongside?: Alongside): Promise<void>;
  /** Takes in attachments. */
  saveAttachments(
    space: SpaceContext,
    attachments: readonly Attachment[],
    alongside?: Alongside,
  ): Promise<void>;
  /** Remembers the labels of pages that the listing in progress has seen. */
  saveListedLabels(space: SpaceContext, rows: readonly SearchedLabels[]): Promise<void>;
  /** Pages of the search for those labels that the index lacks, or holds in an older version or elsewhere, a few at a time; `after` as for `pagesAfter`. */
  passedBy(space: SpaceContext, after: string): Promise<ReadonlyMap<string, Shown>>;
  /** Takes in the labels that the listing in progress has seen, of the pages that the index holds by now. */
  relabel(space: SpaceContext): Promise<void>;
  /** Ids of the space's pages whose labels that listing has not seen, in order and a few at a time; `after` as for `pagesAfter`. */
  unlabelledPages(space: SpaceContext, after: string): Promise<readonly string[]>;
  /** Of pages, those that this run has brought in, or back, and that were made before a time, ISO 8601 UTC. */
  arrivalsAmong(ids: readonly string[], before: string): Promise<readonly string[]>;
  /** Takes in labels of pages that the index holds. */
  saveLabels(space: SpaceContext, rows: readonly LabelRow[], alongside?: Alongside): Promise<void>;
  /** Takes in comments on what the index holds; each is counted. */
  saveComments(space: SpaceContext, comments: readonly Comment[], alongside?: Alongside): Promise<void>;
  /** Versions of comments that the index holds by now, deleted ones included. */
  knownComments(ids: readonly string[]): Promise<ReadonlyMap<string, KnownComment>>;
  /** Comments of the space that the index holds and the reading in progress did not show, though it showed what they are on. */
  unlistedComments(space: SpaceContext): Promise<readonly KnownComment[]>;
  /** Calls comments deleted, and puts on record those that could not be checked. */
  buryComments(
    space: SpaceContext,
    gone: ReadonlyMap<KnownComment, Reason>,
    doubtful: readonly Failure[],
  ): Promise<void>;
  /**
   * What pages and containers of the space hang under besides pages, and this run has not read.
   *
   * @param again Whether what earlier runs have read counts as not read.
   */
  containersToRead(space: SpaceContext, again: boolean): Promise<readonly ContainerRef[]>;
  /** Takes in containers, and why others could not be read. */
  saveContainers(
    space: SpaceContext,
    containers: readonly Container[],
    unread: readonly UnreadContainer[],
  ): Promise<void>;
  /** What the index holds by now of pages, deleted ones included. */
  knownPages(ids: readonly string[]): Promise<ReadonlyMap<string, KnownPage>>;
  /** The same for attachments. */
  knownAttachments(ids: readonly string[]): Promise<ReadonlyMap<string, KnownAttachment>>;
  /** Forgets what a listing showed: before it starts, and where it does not come to its end. */
  forgetListing(space: SpaceContext, owing?: readonly string[]): Promise<void>;
  /** Takes back what this space owes: what belongs to what was read has been read. */
  settle(space: SpaceContext): Promise<void>;
  /** Pages of the space that the index holds and the listing did not show. */
  unlistedPages(space: SpaceContext): Promise<KnownPage[]>;
  /** The same for attachments. */
  unlistedAttachments(space: SpaceContext): Promise<KnownAttachment[]>;
  /**
   * Ids of the pages of the space, in order and a few at a time.
   *
   * @param after The last id that was given; empty at first.
   * @param which All of them, or archived ones only.
   */
  pagesAfter(space: SpaceContext, after: string, which: "all" | "archived"): Promise<readonly string[]>;
  /** Attachments of the space whose page the index does not hold. */
  homelessAttachments(space: SpaceContext): Promise<KnownAttachment[]>;
  /** Ends the reading of a space: deletions, the mark, and the listing forgotten. */
  finish(space: SpaceContext, end: SpaceEnd): Promise<void>;
}
