/**
 * What the search says has changed: pages and blog posts are asked for by id, attachments come with it, comments are told of.
 *
 * @module
 */
import type { SearchHit } from "../model/mod.ts";
import { type Batch, quoteCql } from "../confluence/mod.ts";
import { failuresOf, type Findable } from "../database/mod.ts";
import { attachmentsOf, countStrays } from "./attachments.ts";
import { blogPostsOf, wereRead } from "./blog_posts.ts";
import { ChangedComments } from "./changed_comments.ts";
import { ChangedPages } from "./changed_pages.ts";
import { commentsWereRead } from "./comments.ts";
import { note, now, type SpaceContext, type SpaceStatus } from "./context.ts";
import { isMuteOnChanges, lastShown } from "./mute.ts";
import { isStray, NoSearch, searchBatches, showsNothing, type Unsearchable } from "./search_batches.ts";
import { SearchWindow } from "./search_window.ts";

/**
 * The changes of a space, those of its blog posts among them where these are wanted.
 *
 * @param space The space; in the mode `since`, what was made before the start is left out.
 * @param start Since when, in milliseconds; else the overlap comes before it.
 */
export async function changesOf(space: SpaceContext, start: number): Promise<Changes> {
  const isSince = space.mode === "since";
  const wanted = space.kinds.has("blogposts") && (isSince || wereRead(space));
  const from = isSince ? start : Math.min(start, await lastShown(space, typesOf(space, wanted)));
  const changes = new Changes(space, from, wanted ? await blogPostsOf(space) : null);
  if (!isSince) await changes.retry();
  return changes;
}

function typesOf(space: SpaceContext, posts: boolean): Findable[] {
  const comments = commentsWereRead(space);
  return [
    "page",
    "attachment",
    ...(posts ? ["blogpost" as const] : []),
    ...(comments ? ["comment" as const] : []),
  ];
}

/** The changes of a space. */
export class Changes {
  readonly #space: SpaceContext;
  /** Versions made before this time are left out; null keeps all. */
  readonly #since: number | null;
  readonly #window: SearchWindow;
  /** Server time, in milliseconds, from which on the search tells what changed. */
  readonly #from: number;
  readonly #pages: ChangedPages;
  readonly #posts: ChangedPages | null;
  readonly #comments: ChangedComments;
  /** Hits that were taken in, by id and version: a search that is asked again shows them again. */
  readonly #taken = new Set<string>();
  /** The time of the last change that the search has shown of this space. */
  shownUntil: string | null = null;
  /** Whether rows came that cannot be told apart, so that the mark must stay. */
  nameless = false;

  /**
   * @param space The space.
   * @param start Since when, in milliseconds.
   * @param posts The space as its blog posts see it, where changes of these are wanted.
   */
  constructor(space: SpaceContext, start: number, posts: SpaceContext | null) {
    this.#space = space;
    this.#since = space.mode === "since" ? start : null;
    this.#window = new SearchWindow(space, start, this.#since === null);
    this.#from = this.#window.from();
    const window = { from: this.#from, since: this.#since };
    this.#pages = new ChangedPages(space, window);
    this.#posts = posts === null ? null : new ChangedPages(posts, window);
    this.#comments = new ChangedComments(space);
  }

  /** Whether a search never came to an end in time, so that the mark must stay. */
  get slid(): boolean {
    return this.#window.slid;
  }

  /** Whether hits were left out because the run may read no more pages, so that the mark must stay. */
  get capped(): boolean {
    return this.#pages.capped;
  }

  /** Whether something came with a past, a blog post included. */
  get hasArrivals(): boolean {
    return this.#pages.arrived || this.#posts?.arrived === true;
  }

  /** Whether something that was shown is gone or out of scope by its own answer. */
  get vanished(): boolean {
    return this.#pages.vanished || this.#posts?.vanished === true;
  }

  /** Whether something that the index holds was shown as it is not there, and is gone by its own answer. */
  get lost(): boolean {
    return this.#pages.lost || this.#posts?.lost === true;
  }

  /** What has paused in quarantine for long enough is asked for as well. */
  async retry(): Promise<void> {
    const { database, space } = this.#space;
    const at = now(this.#space);
    this.#pages.retry(await failuresOf(database, space.id, "page", at));
    this.#posts?.retry(await failuresOf(database, space.id, "blogpost", at));
  }

  /** Forgets what is over; the answers are known to be somebody's. */
  async settle(): Promise<void> {
    await this.#pages.settle();
    await this.#posts?.settle();
  }

  /** Reads what changed. */
  async read(): Promise<"done" | Unsearchable> {
    const space = this.#space;
    const types = typesOf(space, this.#posts !== null);
    let isMuteSoFar = true;
    try {
      await this.#window.untilStill(async (counts) => {
        const cql = `space = ${quoteCql(space.space.key)} and type in (${types.join(", ")}) and ` +
          `lastmodified >= now("-${this.#window.minutes()}m") order by lastmodified asc`;
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
        await this.#pages.flush();
        await this.#posts?.flush();
        this.shownUntil = reached;
        // Between two answers rows may move up, past the place where the next one goes on.
        return this.capped ? "cut" : answers > 1 && isNew ? "moving" : "still";
      });
    } catch (error) {
      if (error instanceof NoSearch) return error.why;
      throw error;
    }
    if (isMuteSoFar && await isMuteOnChanges(space, this.#from)) return "mute";
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
    return this.#comments.bring(this.#window, { all: all || this.hasArrivals, since: this.#since !== null });
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
    await this.#pages.take(batch);
    await this.#posts?.take(batch);
    await this.#comments.lookAt(batch);
    // An attachment needs its page.
    const onPages = recent.filter(({ containerType }) => containerType === "page");
    await this.#pages.bringHomes([...new Set(onPages.map(({ containerId }) => containerId))]);
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
}
