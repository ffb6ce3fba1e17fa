/**
 * What became of everything that a complete listing did not show: each page and attachment is looked at once more before anything is
 * called deleted. Nothing is written here.
 *
 * Only certain answers count. Doubt keeps the page: a bare 404 may be a revoked token, a 403 a bad day of the edge network.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import { ConfluenceError, ConfluenceNotFoundError } from "../confluence/mod.ts";
import type { ChangeEvent, Failure, KnownAttachment, KnownPage, Shown } from "../database/mod.ts";
import { attachmentFailure, noun, pageFailure, scopeOf, type SpaceContext } from "./context.ts";
import { EVERY_STATUS } from "./fetch_pages.ts";
import { lookUpPage, lookUpPages } from "./look_up_pages.ts";
import { isStillKnown } from "./prove.ts";
import { heldAs, isFromBefore, newer } from "./shown.ts";

/** Why a page or attachment is gone. */
export type Reason = "trashed" | "archived" | "moved" | "gone";

/** What became of pages or attachments. */
export interface Verdicts {
  readonly gone: Map<string, Reason>;
  readonly events: ChangeEvent[];
  readonly doubtful: Failure[];
}

/** What became of pages. */
export interface PageVerdicts extends Verdicts {
  /** Still there, as the second look showed them, without bodies. */
  readonly present: Page[];
}

/** What came of the second look. */
export type Findings =
  /** Too much was about to go, so nothing goes. */
  | {
    readonly kind: "brake";
    readonly what: "pages" | "blog posts" | "attachments";
    readonly missing: number;
  }
  /** The credentials or the space stopped answering meanwhile, so nothing was proven. */
  | { readonly kind: "silence" }
  | { readonly kind: "verdicts"; readonly pages: PageVerdicts; readonly attachments: Verdicts };

/** More than this share of a space, and more than {@linkcode BRAKE_COUNT}, is not believed. */
const BRAKE_SHARE = 0.2;
const BRAKE_COUNT = 10;
const BRAKED = { page: "pages", blogpost: "blog posts" } as const;

/**
 * Looks once more at what a listing did not show.
 *
 * @param space The space, completely listed.
 * @param missing The pages that the listing did not show, and the attachments; none where those were not completely read.
 * @param shown What was shown of those of the pages that wait in quarantine, by id.
 */
export async function lookAgain(
  space: SpaceContext,
  missing: { readonly pages: readonly KnownPage[]; readonly attachments: readonly KnownAttachment[] },
  shown: ReadonlyMap<string, Shown> = new Map(),
): Promise<Findings> {
  return await new SecondLook(space, shown).take(missing.pages, missing.attachments);
}

class SecondLook {
  readonly #space: SpaceContext;
  readonly #shown: ReadonlyMap<string, Shown>;
  #alive: Promise<boolean> | undefined;

  constructor(space: SpaceContext, shown: ReadonlyMap<string, Shown>) {
    this.#space = space;
    this.#shown = shown;
  }

  async take(
    missingPages: readonly KnownPage[],
    missingAttachments: readonly KnownAttachment[],
  ): Promise<Findings> {
    const pages = await this.#pages(missingPages);
    if (pages === "silence") return { kind: "silence" };
    if (pages === "brake") {
      return { kind: "brake", what: BRAKED[this.#space.subject], missing: missingPages.length };
    }
    const elsewhere = new Set(
      pages.present.filter(({ spaceId }) => spaceId !== this.#space.space.id).map(({ id }) => id),
    );
    // Attachments of pages that go, or follow into another space, go with them.
    const others = missingAttachments.filter(({ pageId }) =>
      !pages.gone.has(pageId) && !elsewhere.has(pageId)
    );
    const attachments = await this.#attachments(others, pages);
    if (attachments === "silence") return { kind: "silence" };
    if (attachments === "brake") return { kind: "brake", what: "attachments", missing: others.length };
    const going = pages.gone.size + attachments.gone.size;
    if (going > 0 && !(await accountSees(this.#space))) return { kind: "silence" };
    return { kind: "verdicts", pages, attachments };
  }

  async #pages(missing: readonly KnownPage[]): Promise<PageVerdicts | "brake" | "silence"> {
    const space = this.#space;
    const verdicts: PageVerdicts = { gone: new Map(), events: [], present: [], doubtful: [] };
    if (missing.length === 0) return verdicts;
    const byId = new Map(missing.map((page) => [page.id, page]));
    const unseen = new Set(byId.keys());
    for await (const batch of lookUpPages(space, [...unseen], EVERY_STATUS)) {
      for (const page of batch.items) {
        const known = byId.get(page.id);
        if (known === undefined || !unseen.delete(page.id)) continue;
        this.#judge(known, page, verdicts);
      }
    }
    // Before asking one by one: an account that lost the space would be asked for all of it.
    if (tooMany(space, verdicts.gone.size + unseen.size, space.account.countBefore)) return "brake";
    if (unseen.size > 0 && !(await this.#maySee())) return "silence";
    for (const id of unseen) {
      space.signal.throwIfAborted();
      try {
        this.#judge(byId.get(id)!, await lookUpPage(space, id), verdicts);
      } catch (error) {
        if (!(error instanceof ConfluenceError)) throw error;
        if (certainlyGone(error)) bury(space, byId.get(id)!, "gone", verdicts);
        else verdicts.doubtful.push(pageFailure(space, id, "doubtful", error.message));
      }
    }
    return verdicts;
  }

  async #attachments(
    missing: readonly KnownAttachment[],
    { present }: PageVerdicts,
  ): Promise<Verdicts | "brake" | "silence"> {
    const space = this.#space;
    const verdicts: Verdicts = { gone: new Map(), events: [], doubtful: [] };
    if (missing.length === 0) return verdicts;
    const pageIds = [...new Set(missing.map(({ pageId }) => pageId))];
    const homes = await space.store.knownPages(pageIds);
    // Those whose page never came are no loss.
    const losses = missing.filter(({ pageId }) => homes.has(pageId)).length;
    if (tooMany(space, losses, space.account.attachments.listed + losses)) return "brake";
    const homeless: KnownAttachment[] = [];
    if (!(await this.#maySee())) return "silence";
    for (const attachment of missing) {
      space.signal.throwIfAborted();
      const home = homes.get(attachment.pageId);
      if (home !== undefined && home.deletedAt !== null) {
        buryAttachment(attachment, (home.deletionReason ?? "gone") as Reason, verdicts);
        continue;
      }
      try {
        const found = await space.client.getAttachmentById(attachment.id, { signal: space.signal });
        if (found.status === "trashed") buryAttachment(attachment, "trashed", verdicts);
        else if (found.status === "deleted") buryAttachment(attachment, "gone", verdicts);
        else if (found.containerId !== attachment.pageId) {
          if (isFromBefore(found.version, heldAs(attachment))) continue;
          if (found.containerType !== "page") buryAttachment(attachment, "moved", verdicts);
          else homeless.push({ ...attachment, pageId: found.containerId });
        } else if (home === undefined) homeless.push(attachment);
      } catch (error) {
        if (!(error instanceof ConfluenceError)) throw error;
        if (certainlyGone(error)) buryAttachment(attachment, "gone", verdicts);
        else verdicts.doubtful.push(attachmentFailure(space, attachment.id, "doubtful", error.message));
      }
    }
    await this.#homes(homeless, verdicts, present);
    return verdicts;
  }

  /** Attachments that are alive and whose page the index does not hold, or may hold no longer: either the page comes too, or it is out of scope. */
  async #homes(homeless: readonly KnownAttachment[], verdicts: Verdicts, present: Page[]): Promise<void> {
    if (homeless.length === 0) return;
    const found = new Set(present.map(({ id }) => id));
    const ids = [...new Set(homeless.map(({ pageId }) => pageId))].filter((id) => !found.has(id));
    for await (const batch of lookUpPages(this.#space, ids, EVERY_STATUS)) {
      for (const page of batch.items) {
        if (!this.#isWanted(page)) continue;
        found.add(page.id);
        present.push(page);
      }
      // Any of the pages may be the one that cannot be read.
      if (batch.invalid.length > 0) return;
    }
    for (const attachment of homeless) {
      if (found.has(attachment.pageId)) continue;
      const home = await this.#home(attachment);
      if (home === "unknown") {
        const text =
          `Cannot place attachment ${attachment.id}: nobody says where its page ${attachment.pageId} is`;
        verdicts.doubtful.push(attachmentFailure(this.#space, attachment.id, "doubtful", text));
      } else if (home === null) buryAttachment(attachment, "moved", verdicts);
      else {
        found.add(home.id);
        present.push(home);
      }
    }
  }

  /** The page of an attachment, which an answer left out; null where it is certainly out of scope. */
  async #home({ pageId }: KnownAttachment): Promise<Page | null | "unknown"> {
    try {
      const page = await lookUpPage(this.#space, pageId);
      return this.#isWanted(page) ? page : null;
    } catch (error) {
      if (!(error instanceof ConfluenceError)) throw error;
      return certainlyGone(error) ? null : "unknown";
    }
  }

  #isWanted({ spaceId, status }: Page): boolean {
    return this.#space.trackedSpaces.has(spaceId) && scopeOf(this.#space, spaceId).includes(status);
  }

  #judge(known: KnownPage, page: Page, verdicts: PageVerdicts): void {
    const held = heldAs(known);
    const shown = this.#shown.get(page.id);
    judge(this.#space, known, shown === undefined ? held : newer(held, shown), page, verdicts);
  }

  /** Asked once between the listing and the looks: an account that was nobody meanwhile would find nothing twice. */
  #maySee(): Promise<boolean> {
    return this.#alive ??= accountSees(this.#space);
  }
}

/** The proof that absence means something: the account is still known, and still sees the space. */
export async function accountSees({ client, space, signal }: SpaceContext): Promise<boolean> {
  try {
    if (!(await isStillKnown(client, signal))) return false;
    for await (const found of client.getSpaces(undefined, { ids: [space.id], signal })) {
      if (found.id === space.id) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof ConfluenceError) return false;
    throw error;
  }
}

/** A whole-space misfortune looks like many deletions: more than a fifth, and more than ten, is too many to believe. */
export function tooMany(space: SpaceContext, going: number, total: number): boolean {
  return !space.settings.allowMassDeletion && going > BRAKE_COUNT && going > total * BRAKE_SHARE;
}

/** A 404 that names what it could not find: purged, or no longer visible to this account. */
function certainlyGone(error: ConfluenceError): boolean {
  return error instanceof ConfluenceNotFoundError && error.named && !error.edge;
}

function judge(
  space: SpaceContext,
  known: KnownPage,
  newest: Shown,
  page: Page,
  verdicts: PageVerdicts,
): void {
  const isElsewhere = page.spaceId !== known.spaceId && !space.trackedSpaces.has(page.spaceId);
  // An answer from the past says nothing about now; but whoever asks for everything believes what comes.
  const isOlder = !space.settings.full && isFromBefore(page.version, newest);
  if (isOlder && (page.status !== "current" || isElsewhere)) {
    verdicts.doubtful.push(
      pageFailure(
        space,
        page.id,
        "doubtful",
        `Cannot place ${
          noun(space)
        } ${page.id}: the answer holds version ${page.version.number}, version ${newest.version} was seen before`,
      ),
    );
  } else if (page.status === "trashed") bury(space, known, "trashed", verdicts);
  else if (page.status === "deleted") bury(space, known, "gone", verdicts);
  else if (page.status === "archived" && !scopeOf(space, page.spaceId).includes("archived")) {
    bury(
      space,
      known,
      "archived",
      verdicts,
      isElsewhere || page.spaceId === known.spaceId ? null : page.spaceId,
    );
  } else if (page.status !== "current" && page.status !== "archived") {
    verdicts.doubtful.push(
      pageFailure(
        space,
        page.id,
        "doubtful",
        `Cannot place ${noun(space)} ${page.id}: its status is ${page.status}`,
      ),
    );
  } else if (isElsewhere) {
    bury(space, known, "moved", verdicts, page.spaceId);
  } else verdicts.present.push(page);
}

function bury(
  { subject }: SpaceContext,
  known: KnownPage,
  reason: Reason,
  verdicts: PageVerdicts,
  newValue: string | null = null,
): void {
  verdicts.gone.set(known.id, reason);
  verdicts.events.push({
    kind: reason,
    subject,
    subjectId: known.id,
    version: known.version,
    spaceId: known.spaceId,
    oldValue: known.title,
    newValue,
  });
}

function buryAttachment(attachment: KnownAttachment, reason: Reason, verdicts: Verdicts): void {
  verdicts.gone.set(attachment.id, reason);
  verdicts.events.push({
    kind: reason,
    subject: "attachment",
    subjectId: attachment.id,
    version: attachment.version,
    spaceId: attachment.spaceId,
    oldValue: attachment.filename,
    newValue: null,
  });
}
