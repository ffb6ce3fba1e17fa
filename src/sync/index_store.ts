import type { Attachment, Comment, Container, Page, Subject } from "../model/mod.ts";
import {
  arrivalsAmong,
  clearListedIds,
  type ContainerRef,
  containersToRead,
  type Database,
  type Failure,
  homelessAttachments,
  type KnownAttachment,
  knownAttachments,
  type KnownComment,
  knownComments,
  type KnownPage,
  knownPages,
  type LabelRow,
  oweComparisons,
  pagesAfter,
  passedBy,
  saveContainers,
  saveListedLabels,
  saveUnreadContainers,
  type SearchedLabels,
  settleComparisons,
  type Shown,
  unlabelledPages,
  unlistedAttachments,
  unlistedComments,
  unlistedPages,
  type UnreadContainer,
} from "../database/mod.ts";
import { commitAttachments } from "./commit_attachments.ts";
import { buryComments, commitComments } from "./commit_comments.ts";
import { commitLabels, commitListedLabels } from "./commit_labels.ts";
import { commitPages } from "./commit_pages.ts";
import { commentFailure, noun, now, pageFailure, type SpaceContext } from "./context.ts";
import { finishSpace } from "./finish_space.ts";
import { portions } from "./portions.ts";
import type { Reason } from "./second_look.ts";
import type { Alongside, SpaceEnd, Store } from "./store.ts";
import { Sweeper } from "./sweeper.ts";
import { writeWhatFits } from "./what_fits.ts";

/** Characters of bodies that are written in one transaction. */
const PORTION = 4_000_000;

/** Writes what was read into the index, each step as one transaction. */
export class IndexStore implements Store {
  /** The open index. */
  readonly database: Database;
  /** The run that writes. */
  readonly runId: string;
  /** Address of the site for people: links to it are links to pages. */
  readonly siteUrl: string;
  /** What this store holds. */
  readonly subject: Subject;
  /** Told of pages that were taken in. */
  readonly sweeper: Sweeper = new Sweeper();

  /**
   * @param database The open index.
   * @param runId The run that writes; it holds the lease.
   * @param siteUrl Address of the site for people.
   * @param subject What it holds.
   */
  constructor(database: Database, runId: string, siteUrl: string, subject: Subject = "page") {
    this.database = database;
    this.runId = runId;
    this.siteUrl = siteUrl;
    this.subject = subject;
  }

  ofBlogPosts(): Store {
    return new IndexStore(this.database, this.runId, this.siteUrl, "blogpost");
  }

  async savePages(space: SpaceContext, pages: readonly Page[], alongside: Alongside = {}): Promise<void> {
    const parts = portions(pages, PORTION);
    for (const [i, part] of parts.entries()) {
      await writeWhatFits(
        part,
        (some, isLast) => commitPages(this, space, some, goingWith(alongside, isLast)),
        (page, isLast) => {
          const failure = pageFailure(space, page.id, TOO_LARGE, cannotStore(`${noun(space)} ${page.id}`));
          const shown = { shownVersion: page.version.number, shownAt: page.version.createdAt };
          const last = goingWith(alongside, isLast);
          return commitPages(this, space, [], withFailure(last, { ...failure, ...shown }));
        },
        i === parts.length - 1,
      );
    }
  }

  saveAttachments(
    space: SpaceContext,
    attachments: readonly Attachment[],
    alongside: Alongside = {},
  ): Promise<void> {
    return commitAttachments(this, space, attachments, alongside);
  }

  async saveListedLabels({ space }: SpaceContext, rows: readonly SearchedLabels[]): Promise<void> {
    if (rows.length > 0) await this.database.commit(saveListedLabels(space.id, rows));
  }

  passedBy({ space }: SpaceContext, after: string): Promise<ReadonlyMap<string, Shown>> {
    return passedBy(this.database, space.id, after);
  }

  relabel(space: SpaceContext): Promise<void> {
    return commitListedLabels(this, space);
  }

  unlabelledPages({ space, mode, remembers }: SpaceContext, after: string): Promise<readonly string[]> {
    // A resumed listing has not shown its beginning; where only changes are read, nothing was listed.
    const listedOnly = remembers && (mode === "full" || mode === "reconcile");
    return unlabelledPages(this.database, space, { after, listedOnly });
  }

  arrivalsAmong(ids: readonly string[], before: string): Promise<readonly string[]> {
    return arrivalsAmong(this.database, this.runId, ids, before);
  }

  saveLabels(space: SpaceContext, rows: readonly LabelRow[], alongside: Alongside = {}): Promise<void> {
    return commitLabels(this, space, rows, alongside);
  }

  saveComments(
    space: SpaceContext,
    comments: readonly Comment[],
    alongside: Alongside = {},
  ): Promise<void> {
    return writeWhatFits(
      comments,
      (some, isLast) => commitComments(this, space, some, goingWith(alongside, isLast)),
      ({ id }, isLast) => {
        const failure = commentFailure(space, id, TOO_LARGE, cannotStore(`comment ${id}`));
        return commitComments(this, space, [], withFailure(goingWith(alongside, isLast), failure));
      },
    );
  }

  knownComments(ids: readonly string[]): Promise<ReadonlyMap<string, KnownComment>> {
    return knownComments(this.database, ids);
  }

  unlistedComments({ space }: SpaceContext): Promise<readonly KnownComment[]> {
    return unlistedComments(this.database, space.id);
  }

  buryComments(
    space: SpaceContext,
    gone: ReadonlyMap<KnownComment, Reason>,
    doubtful: readonly Failure[],
  ): Promise<void> {
    return buryComments(this, space, gone, doubtful);
  }

  containersToRead({ space }: SpaceContext, again: boolean): Promise<readonly ContainerRef[]> {
    return containersToRead(this.database, space.id, again ? this.runId : null);
  }

  async saveContainers(
    space: SpaceContext,
    containers: readonly Container[],
    unread: readonly UnreadContainer[],
  ): Promise<void> {
    const stamp = { spaceId: space.space.id, runId: this.runId, fetchedAt: now(space) };
    await this.database.commit([
      ...saveContainers(containers, stamp),
      ...saveUnreadContainers(unread, stamp),
    ]);
  }

  knownPages(ids: readonly string[]): Promise<ReadonlyMap<string, KnownPage>> {
    return knownPages(this.database, ids, this.subject);
  }

  knownAttachments(ids: readonly string[]): Promise<ReadonlyMap<string, KnownAttachment>> {
    return knownAttachments(this.database, ids);
  }

  async forgetListing({ space }: SpaceContext, owing: readonly string[] = []): Promise<void> {
    await this.database.commit([
      ...clearListedIds(space.id, this.subject),
      ...oweComparisons(owing, space.id, this.runId),
    ]);
  }

  async settle({ space }: SpaceContext): Promise<void> {
    await this.database.commit(settleComparisons(space.id, this.runId));
  }

  unlistedPages({ space }: SpaceContext): Promise<KnownPage[]> {
    return unlistedPages(this.database, space.id, undefined, this.subject);
  }

  unlistedAttachments({ space }: SpaceContext): Promise<KnownAttachment[]> {
    return unlistedAttachments(this.database, space.id);
  }

  pagesAfter({ space }: SpaceContext, after: string, which: "all" | "archived"): Promise<readonly string[]> {
    return pagesAfter(this.database, space, after, which);
  }

  homelessAttachments({ space }: SpaceContext): Promise<KnownAttachment[]> {
    return homelessAttachments(this.database, space.id);
  }

  finish(space: SpaceContext, end: SpaceEnd): Promise<void> {
    return finishSpace(this, space, end);
  }
}

const TOO_LARGE = "too large";

function cannotStore(what: string): string {
  return `Cannot store ${what}: with its text it is larger than the database server takes`;
}

/** What says that all rows are in goes with the last; what is owed for any is owed from the first on. */
function goingWith(alongside: Alongside, isLast: boolean): Alongside {
  return isLast ? alongside : { owing: alongside.owing };
}

function withFailure(alongside: Alongside, failure: Failure): Alongside {
  return { ...alongside, failures: [...alongside.failures ?? [], failure] };
}
