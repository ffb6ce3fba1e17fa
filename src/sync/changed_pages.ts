/**
 * The pages of a space that changed, as a search tells: which of them the index does not hold as they are, and asking for these by id.
 *
 * @module
 */
import type { Page, SearchHit } from "../model/mod.ts";
import type { Batch } from "../confluence/mod.ts";
import type { KnownPage, RecordedFailure, Shown } from "../database/mod.ts";
import { readAttachmentsOf } from "./attachments.ts";
import { ChangedLabels } from "./changed_labels.ts";
import { isMoreRead, type SpaceContext } from "./context.ts";
import { fetchPages } from "./fetch_pages.ts";
import { labelsIn } from "./labels.ts";
import { stillResting } from "./resting.ts";
import { heldAs, isBehind, newer, shownBy, shownIn, shownOf } from "./shown.ts";

/** Changed pages are collected up to this number before they are asked for. */
const FETCH = 250;

/** Changed pages; changed blog posts, where the space is theirs. */
export class ChangedPages {
  readonly #space: SpaceContext;
  /** Server time, in milliseconds, from which on the search tells what changed. */
  readonly #from: number;
  /** Versions made before this time are left out; null keeps all. */
  readonly #since: number | null;
  readonly #labels: ChangedLabels;
  readonly #asked = new Set<string>();
  readonly #retried = new Map<string, RecordedFailure>();
  /** Failures on record whose pages are gone or out of scope, unless the answers were nobody's. */
  readonly #over: RecordedFailure[] = [];
  #pending: string[] = [];
  /** What is known of pages that the search may show again: as they came, or as the index holds them. */
  readonly #answered = new Map<string, Shown>();
  /** The newest versions that the search showed of pages to be fetched. */
  #shown = new Map<string, Shown>();
  /** Whether something came with a past: its comments may be older than what the search looks at. */
  arrived = false;
  /** Whether one that was shown is gone or out of scope by its own answer. */
  vanished = false;
  /** Whether one that is gone by its own answer is in the index, and was shown as it is not there: it may be hidden for a moment. */
  lost = false;
  /** Whether hits were left out because the run may read no more pages, so that the mark must stay. */
  capped = false;

  /**
   * @param space The space.
   * @param window From when on the search tells what changed, and from when on versions count where the user named that time.
   */
  constructor(
    space: SpaceContext,
    { from, since }: { readonly from: number; readonly since: number | null },
  ) {
    this.#space = space;
    this.#from = from;
    this.#since = since;
    this.#labels = new ChangedLabels(space);
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

  /** Takes in an answer of the search. Those that the index does not hold as they are wait until they are many, or until {@linkcode flush}. */
  async take(batch: Batch<SearchHit>): Promise<void> {
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
    if (this.#pending.length >= FETCH) await this.flush();
  }

  /** Brings pages that attachments hang on and the index does not hold, or calls deleted, even where their own dates are old. */
  async bringHomes(ids: readonly string[]): Promise<void> {
    const space = this.#space;
    const known = await space.store.knownPages(ids);
    const absent = ids.filter((id) => (known.get(id) ?? GONE).deletedAt !== null);
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
    await this.flush();
  }

  /** Asks for those that wait, and saves them. */
  async flush(): Promise<void> {
    const space = this.#space;
    const ids = this.#pending;
    const shown = this.#shown;
    this.#pending = [];
    this.#shown = new Map();
    if (ids.length === 0) return;
    const known = await space.store.knownPages(ids);
    const fetched = await fetchPages(space, ids, shown);
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
    this.vanished ||= fetched.absent.length + over.length > 0;
    this.lost ||= fetched.absent.some((id) => known.get(id)?.deletedAt === null);
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

  /** Forgets what is over; the answers are known to be somebody's. */
  async settle(): Promise<void> {
    if (this.#over.length > 0) await this.#space.store.savePages(this.#space, [], { over: this.#over });
  }

  /** Whether the page was not asked for yet, or the answer was older than what is shown of it now. */
  #mayBeNew(hit: SearchHit): boolean {
    const answered = this.#answered.get(hit.id);
    return !this.#asked.has(hit.id) ||
      answered !== undefined && !this.#shown.has(hit.id) && isBehind(answered, shownIn(hit));
  }

  /** Whether a page came with a past: what belongs to it may be older than what this search looks at. */
  #hasArrived(page: Page, known: KnownPage | undefined): boolean {
    if (!this.#space.trackedSpaces.has(page.spaceId)) return false;
    if (known === undefined) return Date.parse(page.createdAt) < this.#from;
    // Comments on archived pages are not read.
    const isBack = known.deletedAt !== null || known.status === "archived" && page.status !== "archived";
    return isBack || isMoreRead(this.#space, known.spaceId, page.spaceId);
  }
}

/** Stands for a page that the index does not hold. */
const GONE = { deletedAt: "never there" };

/** Whether the index holds this version already, in the space where the search shows it. */
function isKnown(hit: SearchHit | undefined, known: KnownPage | undefined, space: SpaceContext): boolean {
  if (hit === undefined || known === undefined || hit.version === null) return false;
  const place = space.trackedSpaces.get(known.spaceId);
  if (hit.spaceKey !== null && hit.spaceKey.toLowerCase() !== place?.toLowerCase()) return false;
  // Other spaces, of which a search may show rows too, have formats of their own.
  const isAsWished = known.bodyFormat === space.bodyFormat || known.spaceId !== space.space.id;
  // On a site that was put back from a backup, old numbers come again with new times.
  return known.version >= hit.version && (hit.updatedAt === null || hit.updatedAt <= known.updatedAt) &&
    known.deletedAt === null && isAsWished;
}
