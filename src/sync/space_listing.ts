/**
 * The listing of a space: walked answer by answer, taken in, and ended.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { type Batch, ConfluenceResponseError } from "../confluence/mod.ts";
import { failuresOf, type KnownPage, type RecordedFailure, type Shown } from "../database/mod.ts";
import { type Page } from "../model/mod.ts";
import { readBelongings } from "./belongings.ts";
import { Changes } from "./changes.ts";
import { comparePage } from "./compare.ts";
import { isAside, note, noun, now, pageFailure, type SpaceContext, type SpaceStatus } from "./context.ts";
import { fetchPages, versionsOf } from "./fetch_pages.ts";
import { findMissing, NOTHING_REMOVED } from "./missing.ts";
import { readPassedBy } from "./passed_by.ts";
import { prefetch } from "./prefetch.ts";
import { isStillKnown } from "./prove.ts";
import { stillResting } from "./resting.ts";
import { isFromBefore, newestOfEach, shownBy, shownOf } from "./shown.ts";
import { isSettled, worse } from "./space_status.ts";
import { LISTING_END, type ResumePoint } from "./store.ts";
import { walkPages } from "./walk_pages.ts";

/** Changed pages are collected up to this number before their bodies are asked for. */
const FETCH = 250;
const DAY = 24 * 60 * 60_000;

/** How what hangs beside the pages ended. */
export interface Others {
  readonly posts: SpaceStatus;
  readonly comments: SpaceStatus;
}

/** A listing of a space, from its first answer to the transaction that ends it. */
export class SpaceListing {
  readonly #space: SpaceContext;
  #resumeLink: string | null;
  #startedAt: string;
  /** The same by the local clock. */
  readonly #listedAt: string;
  readonly #pending = new Map<string, Page>();
  #capped = false;
  #nameless = 0;
  /** Pages that the search has shown in its place: others may be missing that no search shows. */
  #passedBy = 0;
  /** Whether what hangs on its pages may not have been shown by the searches. */
  #isAhead = false;
  /** Whether what changed while the listing was broken off has not been read. */
  #isBehind = false;
  /** Pages in quarantine since earlier runs, and those of them that the listing has not shown. */
  #failed = new Map<string, RecordedFailure>();
  #unseen = new Map<string, RecordedFailure>();

  constructor(space: SpaceContext) {
    this.#space = space;
    const { mode, settings, state, statuses } = space;
    // The link is bound to the statuses it was made for.
    // Whoever wants to know what is gone needs a listing that is whole.
    const resumes = mode === "first" && settings.maxPages === null && !settings.reconcile &&
      state?.scope === statuses.join(",");
    const started = space.client.serverNow();
    // Long after its end, a listing is not worth what it would save.
    const isOver = state?.resumeLink === LISTING_END && started - Date.parse(state.resumeSince ?? "") > DAY;
    this.#resumeLink = resumes && !isOver ? state.resumeLink : null;
    this.#startedAt = (this.#resumeLink === null ? null : state?.resumeSince) ??
      new Date(started).toISOString();
    this.#listedAt = now(space);
  }

  /** Whether an earlier run has read the space to its end. */
  get wasRead(): boolean {
    return (this.#space.state?.syncedAt ?? null) !== null;
  }

  /** Whether it has shown nothing, as before, of a space of which nothing is on record: it has no mark, so the next run lists it again. */
  get isBare(): boolean {
    const { account, lost, unlabelled, unread, mode } = this.#space;
    const onRecord = account.countBefore + this.#failed.size + lost.length + unlabelled.length +
      unread.length;
    return mode === "first" && this.wasRead && this.#resumeLink === null &&
      account.listed + this.#nameless + onRecord === 0;
  }

  /** Walks the listing to its end, batch by batch; each batch is one transaction. */
  async read(): Promise<void> {
    if (this.#resumeLink !== LISTING_END) await this.#walk();
    if (this.#resumeLink !== null) await this.#catchUp();
  }

  /** What an earlier run has read, before the listing was broken off, may have changed since. */
  async #catchUp(): Promise<void> {
    const changes = new Changes(this.#space, Date.parse(this.#startedAt), null);
    const result = await changes.read();
    if (result === "done" && !changes.slid && !changes.nameless) return;
    this.#isBehind = true;
    note(
      this.#space,
      `what changed since the listing began, on ${this.#startedAt}, is looked for by the next run`,
    );
  }

  /** Brings in what it did not show, and the search for labels did. */
  async readPassedBy(): Promise<void> {
    this.#passedBy = await readPassedBy(this.#space, this.#startedAt);
  }

  /** Reads what hangs on pages that it has shown, and the search has not. */
  async readBelongings(): Promise<void> {
    this.#isAhead = await readBelongings(this.#space, this.#startedAt);
  }

  async #walk(): Promise<void> {
    const space = this.#space;
    const failed = await failuresOf(space.database, space.space.id, space.subject);
    this.#failed = new Map(failed.map((each) => [each.id, each]));
    this.#unseen = new Map(this.#failed);
    try {
      for await (const batch of prefetch(this.#batches())) {
        const taken = await this.#take(batch);
        await this.#save(batch, taken);
        space.emit({ type: "batch", space: space.space, pages: taken.length, attachments: 0 });
        if (this.#capped) break;
        space.signal.throwIfAborted();
      }
      await this.#flush();
    } catch (error) {
      // What was listed and did not come is in no column.
      space.account.listed -= this.#pending.size;
      throw error;
    }
  }

  async *#batches(): AsyncGenerator<Batch<Page>> {
    const space = this.#space;
    // What the index has already need not come again.
    const bodies = space.mode === "full" ||
      space.mode === "first" && (this.#resumeLink !== null || space.account.countBefore === 0);
    let resumed = false;
    try {
      for await (const batch of walkPages(space, { bodies, from: this.#resumeLink })) {
        resumed = true;
        yield batch;
      }
      return;
    } catch (error) {
      if (this.#resumeLink === null || resumed || !isRefused(error)) throw error;
    }
    note(space, "the server does not know the place any more where the last run stopped: it starts again");
    this.#resumeLink = null;
    this.#startedAt = new Date(space.client.serverNow()).toISOString();
    yield* walkPages(space, { bodies, from: null });
  }

  /** Looks for what is gone and moves the mark, in the transaction that ends the reading. */
  async finish(
    detectDeletions: boolean,
    attachments: boolean | "unread" | "apart",
    { posts, comments }: Others,
  ): Promise<SpaceStatus> {
    const space = this.#space;
    const others = worse(posts, comments);
    const attachmentsComplete = attachments === true;
    const startedAt = this.#startedAt;
    if (this.#capped) {
      note(
        space,
        `stopped after --max-pages ${space.settings.maxPages}: this proves nothing about deletions`,
      );
      await space.store.forgetListing(space);
      return attachments === false ? "incomplete" : "complete";
    }
    // What is listed apart is proved with the space it belongs to.
    const isAlone = !space.kinds.has("blogposts") && !space.kinds.has("comments");
    const needsNoProof = attachments === "apart" || this.isBare && isAlone;
    if (!needsNoProof && !(await isStillKnown(space.client, space.signal))) {
      note(space, "the credentials became nobody's while the space was read: the next run reads it again");
      space.readWhole.clear();
      await space.store.finish(space, {
        readSince: startedAt,
        complete: false,
        proven: false,
        reconciledAt: null,
        deletions: null,
      });
      return "incomplete";
    }
    const older = space.account.skipped.get("older than the index") ?? 0;
    if (older > 0) {
      note(
        space,
        `${older} pages are older on the site than in the index, which keeps what it has; ` +
          "if the site was put back from a backup, run once with --full to follow it",
      );
    }
    const doubt = this.#doubt();
    const removal = detectDeletions && doubt === null
      ? await findMissing(space, attachmentsComplete, [...this.#unseen.values()], this.#listedAt)
      : NOTHING_REMOVED;
    if (detectDeletions && doubt !== null) note(space, `${doubt}: nothing was marked as deleted`);
    await space.store.finish(space, {
      readSince: startedAt,
      // A row that says not even which page it is can be in no quarantine: the next run must look again.
      complete: attachmentsComplete && this.#nameless === 0 && posts !== "incomplete" &&
        isSettled(space, comments),
      proven: true,
      again: this.#resumeLink !== null || removal.held || removal.leftOut || others === "held" ||
        this.#passedBy > 0 || this.#isAhead && space.kinds.has("comments"),
      reconciledAt: removal.proven && this.#passedBy === 0 && attachmentsComplete && posts === "complete" &&
          comments !== "held"
        ? startedAt
        : null,
      deletions: removal.deletions,
    });
    if (removal.held || others === "held") return "held";
    return others === "complete" && attachments !== false && this.#nameless === 0 && !this.#isBehind &&
        (!detectDeletions || removal.proven || doubt !== null)
      ? "complete"
      : "incomplete";
  }

  #doubt(): string | null {
    if (this.#resumeLink !== null) return "The listing was resumed from an earlier run";
    if (this.#nameless > 0) return `The listing had ${this.#nameless} rows without a readable id`;
    return null;
  }

  /** The batch's pages, each once, up to the cap. */
  async #take(batch: Batch<Page>): Promise<Page[]> {
    const { account, budget, mode, resting, settings, statuses, store } = this.#space;
    const rows = newestOfEach(batch.items);
    // What says that it is in the trash, say, is looked for like one that was not shown.
    const pages = rows.filter(({ status }) => !isAside(status, statuses));
    account.listed += rows.length - pages.length;
    account.skip("another status", rows.length - pages.length);
    if (settings.maxPages === null) return pages;
    // Only pages that are really read use it up, so that capped readings get on from one to the next.
    const held = mode === "full" ? new Map() : await store.knownPages(pages.map(({ id }) => id));
    const taken: Page[] = [];
    for (const page of pages) {
      const isHeld = (held.get(page.id)?.version ?? 0) >= page.version.number || resting.has(page.id);
      if (!isHeld && budget.pages === 0) {
        this.#capped = true;
        break;
      }
      if (!isHeld) budget.pages--;
      taken.push(page);
    }
    if (budget.pages === 0 && batch.next !== null && mode === "full") this.#capped = true;
    return taken;
  }

  async #save(batch: Batch<Page>, pages: readonly Page[]): Promise<void> {
    const space = this.#space;
    const { account } = space;
    const failures = batch.invalid.flatMap((error) => {
      if (error.objectId === undefined) {
        this.#nameless++;
        account.listed++;
        account.fail("invalid");
        return [];
      }
      return [pageFailure(space, error.objectId, "invalid", error.message)];
    });
    account.listed += pages.length + failures.length;
    const listed = [...pages.map((page) => page.id), ...failures.map((failure) => failure.id)];
    for (const id of listed) this.#unseen.delete(id);
    const known = await space.store.knownPages(listed);
    const ready: Page[] = [];
    const atRest = await stillResting(space, listed);
    const resting = new Map<string, Shown>();
    for (const page of pages) {
      const failed = this.#failed.get(page.id);
      const shown = failed === undefined ? undefined : shownOf(failed);
      // Whoever asks for everything believes what comes: the site may have been put back from a backup.
      if (isFromBefore(page.version, shown) && space.mode !== "full") {
        failures.push(
          pageFailure(
            space,
            page.id,
            "outdated",
            `Cannot read ${
              noun(space)
            } ${page.id}: the listing holds version ${page.version.number}, version ${
              shown!.version
            } was shown before`,
          ),
        );
      } else if (page.body !== null || !this.#needsBody(page, known)) ready.push(page);
      else if (atRest.has(page.id)) {
        account.fail("quarantined");
        resting.set(page.id, shownBy(page));
      } else this.#wait(page);
    }
    const resume = this.#resumePoint(batch.next);
    await space.store.savePages(space, ready, {
      failures,
      listed,
      shown: resting,
      resume: this.#pending.size === 0 ? resume : undefined,
    });
    if (resume !== undefined || this.#pending.size >= FETCH) await this.#flush(resume);
  }

  /** A page may come in two answers: the second time it is what is known already. */
  #wait(page: Page): void {
    const other = this.#pending.get(page.id);
    if (other !== undefined) this.#space.account.unchanged++;
    if (other === undefined || !isFromBefore(page.version, shownBy(other))) this.#pending.set(page.id, page);
  }

  #needsBody(page: Page, known: ReadonlyMap<string, KnownPage>): boolean {
    const { bodyFormat, subject, settings } = this.#space;
    // Read again are the texts too, where answers with bodies fail.
    if (settings.full) return true;
    const decision = comparePage(page, known.get(page.id), bodyFormat, subject, settings.full);
    return decision.action === "write" && decision.needsBody;
  }

  async #flush(resume?: ResumePoint): Promise<void> {
    const pending = [...this.#pending.values()];
    if (pending.length === 0) return;
    const fetched = await fetchPages(this.#space, pending.map((page) => page.id), versionsOf(pending));
    this.#pending.clear();
    this.#space.account.skip("vanished", fetched.absent.length);
    await this.#space.store.savePages(this.#space, fetched.pages, { failures: fetched.failures, resume });
  }

  /** Only a first listing that is to be complete can be resumed. */
  #resumePoint(next: string | null): ResumePoint | undefined {
    const { mode, settings } = this.#space;
    if (mode !== "first" || settings.maxPages !== null || this.#nameless > 0) return undefined;
    return { link: next ?? LISTING_END, since: this.#startedAt };
  }
}

/** Whether the server did not take the link: not its own, or from too long ago. */
function isRefused(error: unknown): boolean {
  return error instanceof ConfluenceResponseError && error.reason === "refused" ||
    error instanceof ConfluenceIndexError && error.code === "usage";
}
