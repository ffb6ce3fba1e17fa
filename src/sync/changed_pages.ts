/**
 * What the search says has changed: pages are asked for by id, attachments come with it, comments are told of.
 *
 * @module
 */
import type { Attachment, Page, SearchHit } from "../model/mod.ts";
import { type Batch, quoteCql } from "../confluence/mod.ts";
import { failuresOf, type KnownPage, type RecordedFailure, type Shown } from "../database/mod.ts";
import { attachmentsOf, countStrays, readAttachmentsOf } from "./attachments.ts";
import { blogPostsOf, wereRead } from "./blog_posts.ts";
import { ChangedComments } from "./changed_comments.ts";
import { ChangedLabels } from "./changed_labels.ts";
import { commentsWereRead } from "./comments.ts";
import { isMoreRead, note, now, type SpaceContext, type SpaceStatus } from "./context.ts";
import { fetchPages } from "./fetch_pages.ts";
import { labelsIn } from "./labels.ts";
import { trackNewcomers } from "./prepare.ts";
import { stillResting } from "./resting.ts";
import {
  isMute,
  isStray,
  NoSearch,
  searchBatches,
  showsNothing,
  type Unsearchable,
} from "./search_batches.ts";
import { heldAs, isBehind, newer, shownBy, shownIn, shownOf } from "./shown.ts";
import { SearchWindow } from "./search_window.ts";

/** Changed pages are collected up to this number before they are asked for. */
const FETCH = 250;

/** The changes of a space, those of its blog posts among them where these are wanted. */
export async function changesOf(space: SpaceContext, since: number | null): Promise<ChangedPages> {
  const wanted = space.kinds.has("blogposts") && (since !== null || wereRead(space));
  const posts = wanted ? new ChangedPages(await blogPostsOf(space), since, null) : null;
  const changes = new ChangedPages(space, since, posts);
  if (since === null) {
    changes.retry(await failuresOf(space.database, space.space.id, "page", now(space)));
    posts?.retry(await failuresOf(space.database, space.space.id, "blogpost", now(space)));
  }
  return changes;
}

/** Changed pages; changed blog posts, where the space is theirs. */
export class ChangedPages {
  readonly #space: SpaceContext;
  /** Changed blog posts, of which the same search tells. */
  readonly #posts: ChangedPages | null;
  /** Versions made before this time are left out; null keeps all. */
  readonly #since: number | null;
  readonly #comments: ChangedComments;
  readonly #asked = new Set<string>();
  readonly #retried = new Map<string, RecordedFailure>();
  /** Failures on record whose pages are gone or out of scope, unless the answers were nobody's. */
  readonly #over: RecordedFailure[] = [];
  #pending: string[] = [];
  /** What is known of pages that the search may show again: as they came, or as the index holds them. */
  readonly #answered = new Map<string, Shown>();
  /** The newest versions that the search showed of pages to be fetched. */
  #shown = new Map<string, Shown>();
  readonly #labels: ChangedLabels;
  /** Server time, in milliseconds, from which on the search tells what changed. */
  #from = -Infinity;
  #window: SearchWindow | undefined;
  /** Hits that were taken in, by id and version: a search that is asked again shows them again. */
  readonly #taken = new Set<string>();
  /** The time of the last change that the search has shown of this space. */
  shownUntil: string | null = null;
  /** Whether something came with a past: its comments may be older than what this search looks at. */
  arrived = false;
  #vanished = false;
  /** Whether rows came that cannot be told apart, so that the mark must stay. */
  nameless = false;
  /** Whether hits were left out because the run may read no more pages, so that the mark must stay. */
  capped = false;

  constructor(space: SpaceContext, since: number | null, posts: ChangedPages | null) {
    this.#space = space;
    this.#posts = posts;
    this.#since = since;
    this.#comments = new ChangedComments(space);
    this.#labels = new ChangedLabels(space);
  }

  /** Whether a search never came to an end in time, so that the mark must stay. */
  get slid(): boolean {
    return this.#window?.slid === true;
  }

  /** Whether something came with a past, a blog post included. */
  get hasArrivals(): boolean {
    return this.arrived || this.#posts?.arrived === true;
  }

  /** Whether one that was shown is gone or out of scope by its own answer. */
  get vanished(): boolean {
    return this.#vanished || this.#posts?.vanished === true;
  }

  /** Pages whose pause in quarantine is over are asked for as well. */
  retry(failures: readonly RecordedFailure[]): void {
    for (const failure of failures) {
      const { id } = failure;
      this.#shown.set(id, shownOf(failure));
      this.#asked.add(id);
      this.#retried.set(id, failure);
      this.#pending.push(id);
    }
  }

  /** Forgets what is over; the answers are known to be somebody's. */
  async settle(): Promise<void> {
    if (this.#over.length > 0) await this.#space.store.savePages(this.#space, [], { over: this.#over });
    await this.#posts?.settle();
  }

  /**
   * Reads what changed.
   *
   * @param start Since when, in milliseconds; the overlap comes before it.
   */
  async read(start: number): Promise<"done" | Unsearchable> {
    const space = this.#space;
    const window = this.#window = new SearchWindow(space, start, this.#since === null);
    this.#from = window.from();
    if (this.#posts !== null) this.#posts.#from = this.#from;
    const types = ["page", "attachment"];
    if (this.#posts !== null) types.push("blogpost");
    if (commentsWereRead(space)) types.push("comment");
    let isMuteSoFar = true;
    try {
      await window.untilStill(async (counts) => {
        const cql = `space = ${quoteCql(space.space.key)} and type in (${types.join(", ")}) and ` +
          `lastmodified >= now("-${window.minutes()}m") order by lastmodified asc`;
        let answers = 0;
        let isNew = false;
        let reached: string | null = null;
        for await (const batch of searchBatches(space, cql)) {
          answers++;
          isMuteSoFar &&= showsNothing(batch, space);
          // The last one: rows come in the order of the search index, and may show a time that it does not know yet.
          reached = batch.items.findLast((hit) => hit.updatedAt !== null && !isStray(hit, space))
            ?.updatedAt ?? reached;
          const unseen = this.#unseen(batch);
          isNew ||= unseen.items.some((hit) => !isStray(hit, space) && counts(hit));
          await this.#take(unseen);
          if (this.capped) break;
          space.signal.throwIfAborted();
        }
        await this.#flush();
        if (this.#posts !== null) await this.#posts.#flush();
        this.shownUntil = reached;
        // Between two answers rows may move up, past the place where the next one goes on.
        return this.capped ? "cut" : answers > 1 && isNew ? "moving" : "still";
      });
    } catch (error) {
      if (error instanceof NoSearch) return error.why;
      throw error;
    }
    if (isMuteSoFar && await isMute(space, this.#from)) return "mute";
    if (this.capped) {
      note(space, `stopped after --max-pages ${space.settings.maxPages}: the next run looks at the rest`);
    }
    return "done";
  }

  /**
   * Reads the comments, as far as the search has shown that there is something to read.
   *
   * @param all Whether to read all of them.
   */
  bringComments(all = false): Promise<SpaceStatus> {
    return this.#comments.bring(this.#window!, { all: all || this.hasArrivals, since: this.#since !== null });
  }

  /** Whether a page came with a past: what belongs to it may be older than what this search looks at. */
  #hasArrived(page: Page, known: KnownPage | undefined): boolean {
    if (!this.#space.trackedSpaces.has(page.spaceId)) return false;
    if (known === undefined) return Date.parse(page.createdAt) < this.#from;
    // Comments on archived pages are not read.
    const isBack = known.deletedAt !== null || known.status === "archived" && page.status !== "archived";
    return isBack || isMoreRead(this.#space, known.spaceId, page.spaceId);
  }

  #unseen(batch: Batch<SearchHit>): Batch<SearchHit> {
    const isNew = (key: string) => !this.#taken.has(key) && this.#taken.add(key) !== undefined;
    return {
      ...batch,
      items: batch.items.filter(({ id, version }) => isNew(`${id} ${version}`)),
      invalid: batch.invalid.filter(({ objectId }) => objectId === undefined || isNew(objectId)),
    };
  }

  async #take(batch: Batch<SearchHit>): Promise<void> {
    const space = this.#space;
    const { attachments, failures, nameless, strays } = attachmentsOf(batch, space);
    if (nameless > 0) {
      this.nameless = true;
      note(
        space,
        `${nameless} search rows came without a readable id: the mark stays, and the next run looks again`,
      );
    }
    const recent = attachments.filter((attachment) =>
      this.#since === null || Date.parse(attachment.version.createdAt) >= this.#since
    );
    await this.#takePages(batch);
    if (this.#posts !== null) await this.#posts.#takePages(batch);
    await this.#comments.lookAt(batch);
    await this.#takeHomes(recent);
    countStrays(space, strays);
    space.account.attachments.listed += recent.length + failures.length;
    await space.store.saveAttachments(space, recent, { failures });
    space.emit({
      type: "batch",
      space: space.space,
      pages: batch.items.length - attachments.length,
      attachments: recent.length,
    });
  }

  async #takePages(batch: Batch<SearchHit>): Promise<void> {
    const space = this.#space;
    const { account } = space;
    const hits = new Map<string, SearchHit>();
    for (const hit of batch.items) {
      const other = hits.get(hit.id);
      if (hit.type !== space.subject || !this.#mayBeNew(hit)) continue;
      if (other === undefined || !isBehind(shownIn(hit), shownIn(other))) hits.set(hit.id, hit);
    }
    // A page row that cannot be used is asked for by id: the search is only a hint.
    const broken = batch.invalid.flatMap(({ objectId }) =>
      objectId === undefined || objectId.startsWith("att") || this.#asked.has(objectId) ? [] : [objectId]
    );
    for (const hit of batch.items) {
      const shown = hit.type === space.subject ? this.#shown.get(hit.id) : undefined;
      if (shown !== undefined) this.#shown.set(hit.id, newer(shown, shownIn(hit)));
    }
    const ids = [...new Set([...hits.keys(), ...broken])];
    const known = await space.store.knownPages(ids);
    const atRest = await stillResting(space, ids);
    const resting = new Map<string, Shown>();
    for (const id of ids) {
      if (isKnown(hits.get(id), known.get(id), space)) {
        if (this.#asked.has(id)) continue;
        account.listed++;
        account.unchanged++;
        this.#answered.set(id, heldAs(known.get(id)!));
      } else if (atRest.has(id)) {
        account.listed++;
        account.fail("quarantined");
        resting.set(id, shownIn(hits.get(id)));
        this.#answered.set(id, shownIn(hits.get(id)));
      } else if (space.budget.pages > 0) {
        // Only pages that are really read use it up, so that capped runs get on from one to the next.
        space.budget.pages--;
        this.#pending.push(id);
        this.#shown.set(id, shownIn(hits.get(id)));
      } else {
        this.capped = true;
        break;
      }
      this.#asked.add(id);
    }
    if (resting.size > 0) await space.store.savePages(space, [], { shown: resting });
    await this.#labels.take(labelsIn(batch, space), this.#pending);
    if (this.#pending.length >= FETCH) await this.#flush();
  }

  /** Whether the page was not asked for yet, or the answer was older than what is shown of it now. */
  #mayBeNew(hit: SearchHit): boolean {
    const answered = this.#answered.get(hit.id);
    return !this.#asked.has(hit.id) ||
      answered !== undefined && !this.#shown.has(hit.id) && isBehind(answered, shownIn(hit));
  }

  /** An attachment needs its page: one that the index does not hold, or calls deleted, comes first, even when its own date is old. */
  async #takeHomes(attachments: readonly Attachment[]): Promise<void> {
    const space = this.#space;
    const ids = new Set(
      attachments.filter(({ containerType }) => containerType === "page").map((each) => each.containerId),
    );
    const known = await space.store.knownPages([...ids]);
    const absent = [...ids].filter((id) => (known.get(id) ?? GONE).deletedAt !== null);
    if (absent.length === 0) return;
    for (const id of absent) {
      if (this.#since !== null || this.#asked.has(id) || space.resting.has(id)) continue;
      if (space.budget.pages <= 0) {
        this.capped = true;
        break;
      }
      space.budget.pages--;
      this.#asked.add(id);
      this.#pending.push(id);
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const space = this.#space;
    const ids = this.#pending;
    const shown = this.#shown;
    this.#pending = [];
    this.#shown = new Map();
    if (ids.length === 0) return;
    const known = await space.store.knownPages(ids);
    const fetched = await fetchPages(space, ids, shown);
    await trackNewcomers(space, fetched.pages);
    for (const page of fetched.pages) this.#answered.set(page.id, shownBy(page));
    for (const { id } of fetched.failures) this.#answered.set(id, shown.get(id) ?? shownIn(undefined));
    space.account.listed += ids.length;
    const fresh = fetched.pages.filter((page) =>
      this.#since === null || Date.parse(page.version.createdAt) >= this.#since
    );
    space.account.skip("older than --since", fetched.pages.length - fresh.length);
    // Not in scope any more, or gone: the next reconciliation finds out which. What was in quarantine is so no more.
    space.account.skip("vanished", fetched.absent.length);
    const strangers = fetched.pages.filter(({ spaceId }) => !space.trackedSpaces.has(spaceId));
    const over = [...fetched.absent, ...strangers.map(({ id }) => id)].flatMap((id) => {
      const failure = this.#retried.get(id);
      return failure === undefined ? [] : [failure];
    });
    this.#over.push(...over);
    this.#vanished ||= fetched.absent.length + over.length > 0;
    const arrived = fresh.filter((page) => this.#hasArrived(page, known.get(page.id)));
    await space.store.savePages(space, fresh, {
      failures: fetched.failures,
      // What belongs to them is read after them, and they are known then.
      ...(arrived.length === 0 ? {} : { owing: [...new Set(arrived.map(({ spaceId }) => spaceId))] }),
    });
    await this.#labels.save(fresh.map(({ id }) => id));
    if (this.#since === null) {
      if (arrived.length > 0) this.arrived = true;
      if (space.subject === "page") await readAttachmentsOf(space, arrived.map(({ id }) => id));
    }
  }
}

/** Stands for a page that the index does not hold. */
const GONE = { deletedAt: "never there" };

/** Whether the index holds this version already, in the space where the search shows it. */
function isKnown(hit: SearchHit | undefined, known: KnownPage | undefined, space: SpaceContext): boolean {
  if (hit === undefined || known === undefined || hit.version === null) return false;
  const place = space.trackedSpaces.get(known.spaceId);
  if (hit.spaceKey !== null && hit.spaceKey.toLowerCase() !== place?.toLowerCase()) return false;
  // On a site that was put back from a backup, old numbers come again with new times.
  return known.version >= hit.version && (hit.updatedAt === null || hit.updatedAt <= known.updatedAt) &&
    known.deletedAt === null && known.bodyFormat === space.bodyFormat;
}
