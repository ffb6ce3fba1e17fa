/**
 * Counting what a run would write. Nothing is written, and nothing here could.
 *
 * @module
 */
import type { Attachment, Comment, Container, Page, Subject } from "../model/mod.ts";
import {
  attachmentsOfPages,
  commentsHeld,
  type ContainerRef,
  containersToRead,
  type Failure,
  heldContainers,
  homelessAttachments,
  type KnownAttachment,
  knownAttachments,
  type KnownComment,
  knownComments,
  type KnownPage,
  knownPages,
  type LabelRow,
  pagesAfter,
  type Readable,
  type SearchedLabels,
  type Shown,
  unlistedAttachments,
  unlistedPages,
  type UnreadContainer,
} from "../database/mod.ts";
import { type Ahead, toKnownAttachment, toKnownPage } from "./ahead.ts";
import type { BodilessSource } from "./bodiless_source.ts";
import { compareComment } from "./compare.ts";
import type { SpaceContext, SpaceMode } from "./context.ts";
import { countAttachments, heldAttachments, judgeAttachments, lookUp } from "./judge_attachments.ts";
import { countPage, judgePage } from "./judge_page.ts";
import type { Reason } from "./second_look.ts";
import type { Alongside, Deletions, SpaceEnd, Store } from "./store.ts";

/** What is planned to go, by reason. */
export type Going = Readonly<Partial<Record<Reason, number>>>;

/** Judges and counts what was read of one space. What it remembers is ids, and what differs from the index. */
export class PlanStore implements Store {
  readonly #database: Readable;
  readonly #source: BodilessSource;
  readonly #ahead: Ahead;
  readonly #subject: Subject;
  readonly #listed = {
    comment: new Set<string>(),
    blogpost: new Set<string>(),
    page: new Set<string>(),
    attachment: new Set<string>(),
  };
  /** Pages that the index would hold by now, or would have on record as failed. */
  readonly #settled = new Set<string>();
  readonly #archived = new Set<string>();
  /** What pages hang under besides pages, by id; the type, or null once it was asked for. */
  readonly #containers = new Map<string, string | null>();
  /** Pages whose labels a listing has seen. */
  readonly #labelled = new Set<string>();
  /** Attachments that would have been written. */
  readonly #attachments = new Map<string, KnownAttachment>();
  #deletions: Deletions | null = null;

  /**
   * @param database The index, to be read.
   * @param source Where the space is read from.
   * @param ahead What the other spaces of the plan would have done.
   * @param subject What it counts.
   */
  constructor(database: Readable, source: BodilessSource, ahead: Ahead, subject: Subject = "page") {
    this.#database = database;
    this.#source = source;
    this.#ahead = ahead;
    this.#subject = subject;
  }

  ofBlogPosts(): Store {
    return new PlanStore(this.#database, this.#source, this.#ahead.posts, "blogpost");
  }

  /** The pages that would be called deleted. */
  get going(): Going {
    const counts: Partial<Record<Reason, number>> = {};
    for (const reason of this.#deletions?.pages.values() ?? []) counts[reason] = (counts[reason] ?? 0) + 1;
    return counts;
  }

  async knownPages(ids: readonly string[]): Promise<Map<string, KnownPage>> {
    const known = await knownPages(this.#database, ids, this.#subject);
    for (const id of ids) {
      const page = this.#ahead.pages.get(id);
      if (page !== undefined) known.set(id, page);
    }
    return known;
  }

  /** Attachments follow their pages: out of the deletion, and into another space. */
  async knownAttachments(ids: readonly string[]): Promise<Map<string, KnownAttachment>> {
    const known = await knownAttachments(this.#database, ids);
    const followed = [...known.values()].filter(({ pageId }) => this.#ahead.pages.has(pageId));
    const following = await attachmentsOfPages(this.#database, followed.map(({ pageId }) => pageId));
    for (const attachment of following) {
      if (known.has(attachment.id)) known.set(attachment.id, this.#follow(attachment));
    }
    for (const id of ids) {
      const attachment = this.#attachments.get(id);
      if (attachment !== undefined) known.set(id, attachment);
    }
    return known;
  }

  async savePages(space: SpaceContext, pages: readonly Page[], alongside: Alongside = {}): Promise<void> {
    const known = await this.knownPages(pages.map((page) => page.id));
    for (const page of pages) {
      const before = known.get(page.id);
      const verdict = judgePage(space, page, before);
      countPage(space, page, verdict);
      if (verdict.kind === "skip") continue;
      this.#settled.add(page.id);
      if (page.status === "archived") this.#archived.add(page.id);
      this.#hangsUnder(page);
      if (verdict.kind !== "write") continue;
      if (verdict.write.restored) this.#ahead.restored.add(page.id);
      if (before !== undefined || page.spaceId !== space.space.id || isSmall(space.mode)) {
        this.#ahead.pages.set(page.id, toKnownPage(page, verdict.spaceKey, space.bodyFormat));
      }
    }
    for (const failure of alongside.failures ?? []) {
      space.account.fail(failure.reason);
      this.#settled.add(failure.id);
    }
    this.#remember(space, this.#subject, alongside.listed);
  }

  async saveAttachments(
    space: SpaceContext,
    attachments: readonly Attachment[],
    alongside: Alongside = {},
  ): Promise<void> {
    const held = await heldAttachments(this, attachments);
    const looks = await lookUp(space, attachments, held);
    const verdicts = judgeAttachments(space, attachments, held, looks);
    countAttachments(space, verdicts);
    for (const { attachment, spaceId } of verdicts.writes) {
      this.#attachments.set(attachment.id, toKnownAttachment(attachment, spaceId));
    }
    space.account.attachments.failed += (alongside.failures?.length ?? 0) + looks.failures.length;
    this.#remember(space, "attachment", alongside.listed);
  }

  async saveComments(
    { account, space }: SpaceContext,
    comments: readonly Comment[],
    { failures = [], listed = [] }: Alongside = {},
  ): Promise<void> {
    const known = await knownComments(this.#database, comments.map(({ id }) => id));
    for (const comment of comments) {
      const held = known.get(comment.id);
      const decision = compareComment(comment, held?.spaceId ?? space.id, held);
      if (decision.action !== "write") account.comments.unchanged++;
      else account.comments[decision.added ? "added" : "updated"]++;
    }
    account.comments.failed += failures.length;
    for (const id of listed) this.#listed.comment.add(id);
  }

  knownComments(ids: readonly string[]): Promise<ReadonlyMap<string, KnownComment>> {
    return knownComments(this.#database, ids);
  }

  /** What is on pages that go with this plan is left out, as the ingest leaves it out. */
  async unlistedComments({ space }: SpaceContext): Promise<readonly KnownComment[]> {
    const held = await commentsHeld(this.#database, space.id);
    const { comment, page } = this.#listed;
    return held.filter(({ id, pageId, pageType }) =>
      !comment.has(id) && (pageType === "blogpost" || page.has(pageId))
    );
  }

  buryComments(
    { account }: SpaceContext,
    gone: ReadonlyMap<KnownComment, Reason>,
    doubtful: readonly Failure[],
  ): Promise<void> {
    account.comments.deleted += gone.size;
    account.comments.failed += doubtful.length;
    return Promise.resolve();
  }

  /** Those of the index, and those that pages of this plan hang under and the index does not hold. */
  async containersToRead({ space }: SpaceContext, again: boolean): Promise<readonly ContainerRef[]> {
    for (const ref of await containersToRead(this.#database, space.id, again ? "" : null)) {
      if (!this.#containers.has(ref.id)) this.#containers.set(ref.id, ref.type);
    }
    const ids = [...this.#containers.keys()];
    const held = again ? new Set<string>() : await heldContainers(this.#database, ids);
    return ids.flatMap((id) => {
      const type = this.#containers.get(id) ?? null;
      return type === null || held.has(id) ? [] : [{ id, type }];
    });
  }

  saveContainers(
    _space: SpaceContext,
    containers: readonly Container[],
    unread: readonly UnreadContainer[],
  ): Promise<void> {
    for (const { id } of [...containers, ...unread]) this.#containers.set(id, null);
    for (const container of containers) this.#hangsUnder(container);
    return Promise.resolve();
  }

  saveListedLabels(_space: SpaceContext, rows: readonly SearchedLabels[]): Promise<void> {
    for (const { pageId } of rows) this.#labelled.add(pageId);
    return Promise.resolve();
  }

  /** Nothing that was read is written, so nothing can be missed by it. */
  passedBy(): Promise<ReadonlyMap<string, Shown>> {
    return Promise.resolve(new Map());
  }

  relabel(): Promise<void> {
    return Promise.resolve();
  }

  async unlabelledPages(space: SpaceContext, after: string): Promise<readonly string[]> {
    const listed = space.remembers && (space.mode === "full" || space.mode === "reconcile");
    return (await this.pagesAfter(space, after, "all")).filter((id) =>
      !this.#labelled.has(id) && (!listed || this.#listed.page.has(id))
    );
  }

  /** It does not keep what a first listing would bring in. */
  arrivalsAmong(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  saveLabels(
    { account }: SpaceContext,
    _rows: readonly LabelRow[],
    { failures = [] }: Alongside = {},
  ): Promise<void> {
    account.labels.failed += failures.length;
    return Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  forgetListing(): Promise<void> {
    this.#listed.blogpost.clear();
    this.#listed.comment.clear();
    this.#listed.page.clear();
    this.#listed.attachment.clear();
    this.#labelled.clear();
    return Promise.resolve();
  }

  async unlistedPages({ space }: SpaceContext): Promise<KnownPage[]> {
    const rows = await unlistedPages(this.#database, space.id, this.#listed[this.#subject], this.#subject);
    return rows.filter(({ id }) => this.#ahead.isIn(space.id, id));
  }

  async unlistedAttachments({ space }: SpaceContext): Promise<KnownAttachment[]> {
    const { attachment: listed } = this.#listed;
    const held = await unlistedAttachments(this.#database, space.id, listed);
    const here = [...this.#ahead.pages.values()].filter((page) => page.spaceId === space.id);
    const following = await attachmentsOfPages(this.#database, here.map((page) => page.id));
    const rows = [
      ...held.filter(({ pageId }) => this.#ahead.isIn(space.id, pageId)),
      ...following.filter(({ id }) => !listed.has(id)).map((attachment) => this.#follow(attachment)),
    ].filter(({ id, pageId }) => !this.#ahead.gone.has(id) && !this.#source.unasked.has(pageId));
    return [...new Map(rows.map((row) => [row.id, row])).values()];
  }

  async pagesAfter(
    { space }: SpaceContext,
    after: string,
    which: "all" | "archived",
  ): Promise<readonly string[]> {
    // All at once: what a plan does with most of them is counting.
    if (after !== "") return [];
    const ids = new Set(which === "archived" ? this.#archived : this.#settled);
    for (let held = await pagesAfter(this.#database, space, "", which); held.length > 0;) {
      for (const id of held) {
        const status = this.#ahead.pages.get(id)?.status ?? which;
        if (this.#ahead.isIn(space.id, id) && (which === "all" || status === "archived")) ids.add(id);
      }
      held = await pagesAfter(this.#database, space, held[held.length - 1]!, which);
    }
    return [...ids];
  }

  async homelessAttachments({ space }: SpaceContext): Promise<KnownAttachment[]> {
    const held = await homelessAttachments(this.#database, space.id);
    const homes = await this.knownPages([...this.#attachments.values()].map(({ pageId }) => pageId));
    const written = [...this.#attachments.values()].filter(({ pageId }) => !homes.has(pageId));
    return [...held, ...written].filter(({ pageId }) =>
      !this.#settled.has(pageId) && !this.#ahead.pages.has(pageId)
    );
  }

  finish({ account }: SpaceContext, { deletions }: SpaceEnd): Promise<void> {
    this.#deletions = deletions;
    account.deleted += deletions?.pages.size ?? 0;
    account.attachments.deleted += deletions?.attachments.size ?? 0;
    for (const id of deletions?.attachments.keys() ?? []) this.#ahead.gone.add(id);
    return this.forgetListing();
  }

  #hangsUnder({ parentId, parentType }: Pick<Container, "parentId" | "parentType">): void {
    if (parentId === null || parentType === null || parentType === "page") return;
    if (!this.#containers.has(parentId)) this.#containers.set(parentId, parentType);
  }

  #remember(space: SpaceContext, kind: Subject | "attachment", ids: readonly string[] = []): void {
    if (!space.remembers) return;
    for (const id of ids) this.#listed[kind].add(id);
  }

  /** An attachment of a page that would have been written. */
  #follow(attachment: KnownAttachment): KnownAttachment {
    const { pageId, spaceId, deletedAt, deletionReason } = attachment;
    const returns = this.#ahead.restored.has(pageId);
    return {
      ...attachment,
      spaceId: this.#ahead.pages.get(pageId)?.spaceId ?? spaceId,
      deletedAt: returns ? null : deletedAt,
      deletionReason: returns ? null : deletionReason,
    };
  }
}

/** Whether only changes are read, few enough to be remembered. */
function isSmall(mode: SpaceMode): boolean {
  return mode === "delta" || mode === "since";
}
