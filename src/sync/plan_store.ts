/**
 * Counting what a run would write. Nothing is written, and nothing here could.
 *
 * @module
 */
import type { Attachment, BodyFormat, Page } from "../model/mod.ts";
import {
  type KnownAttachment,
  type KnownPage,
  knownPages,
  type Readable,
  unlistedAttachments,
  unlistedPages,
} from "../database/mod.ts";
import type { BodilessSource } from "./bodiless_source.ts";
import type { SpaceContext, SpaceMode } from "./context.ts";
import {
  countAttachments,
  type HeldAttachments,
  heldAttachments,
  judgeAttachments,
  lingeringAmong,
} from "./judge_attachments.ts";
import { countPage, judgePage } from "./judge_page.ts";
import type { Reason } from "./second_look.ts";
import type { Alongside, Deletions, SpaceEnd, Store } from "./store.ts";

/** What is planned to go, by reason. */
export type Going = Readonly<Partial<Record<Reason, number>>>;

/** What a plan's spaces know of each other: pages of the index as they would be by now. */
export class Ahead {
  /** Pages that would have been written, by id. Pages new to their space are left out: a first listing would be all of them. */
  readonly pages = new Map<string, KnownPage>();
  /** Pages that would have come back. */
  readonly restored = new Set<string>();

  /** Whether a page of the index would still be in a space. */
  isIn(spaceId: string, pageId: string): boolean {
    const page = this.pages.get(pageId);
    return page === undefined || page.spaceId === spaceId;
  }
}

/** Judges and counts what was read of one space. */
export class PlanStore implements Store {
  readonly #database: Readable;
  readonly #source: BodilessSource;
  readonly #ahead: Ahead;
  readonly #listed = { page: new Set<string>(), attachment: new Set<string>() };
  #deletions: Deletions | null = null;

  /**
   * @param database The index, to be read.
   * @param source Where the space is read from.
   * @param ahead What the other spaces of the plan would have done.
   */
  constructor(database: Readable, source: BodilessSource, ahead: Ahead) {
    this.#database = database;
    this.#source = source;
    this.#ahead = ahead;
  }

  /** The pages that would be called deleted. */
  get going(): Going {
    const counts: Partial<Record<Reason, number>> = {};
    for (const reason of this.#deletions?.pages.values() ?? []) counts[reason] = (counts[reason] ?? 0) + 1;
    return counts;
  }

  async savePages(
    space: SpaceContext,
    pages: readonly Page[],
    alongside: Alongside = {},
  ): Promise<void> {
    const known = await knownPages(this.#database, pages.map((page) => page.id));
    for (const page of pages) {
      const before = this.#ahead.pages.get(page.id) ?? known.get(page.id);
      const verdict = judgePage(space, page, before);
      countPage(space, page, verdict);
      if (verdict.kind !== "write") continue;
      if (verdict.write.restored) this.#ahead.restored.add(page.id);
      if (before !== undefined || page.spaceId !== space.space.id || isSmall(space.mode)) {
        this.#ahead.pages.set(page.id, toKnown(page, space.bodyFormat));
      }
    }
    for (const failure of alongside.failures ?? []) space.account.fail(failure.reason);
    this.#remember(space, "page", alongside.listed);
  }

  async saveAttachments(
    space: SpaceContext,
    attachments: readonly Attachment[],
    alongside: Alongside = {},
  ): Promise<void> {
    const held = this.#asAhead(attachments, await heldAttachments(this.#database, attachments));
    const lingering = await lingeringAmong(space, held);
    countAttachments(space, judgeAttachments(space, attachments, held, lingering.ids));
    space.account.attachments.failed += (alongside.failures?.length ?? 0) + lingering.failures.length;
    this.#remember(space, "attachment", alongside.listed);
  }

  forgetListing(): Promise<void> {
    this.#listed.page.clear();
    this.#listed.attachment.clear();
    return Promise.resolve();
  }

  async unlistedPages({ space }: SpaceContext): Promise<KnownPage[]> {
    const rows = await unlistedPages(this.#database, space.id, this.#listed.page);
    return rows.filter(({ id }) => this.#ahead.isIn(space.id, id));
  }

  async unlistedAttachments({ space }: SpaceContext): Promise<KnownAttachment[]> {
    const rows = await unlistedAttachments(this.#database, space.id, this.#listed.attachment);
    return rows.filter(({ pageId }) =>
      this.#ahead.isIn(space.id, pageId) && !this.#source.unasked.has(pageId)
    );
  }

  /** What would be written is not there to be asked about. */
  homelessAttachments(): Promise<KnownAttachment[]> {
    return Promise.resolve([]);
  }

  finish({ account }: SpaceContext, { deletions }: SpaceEnd): Promise<void> {
    this.#deletions = deletions;
    account.deleted += deletions?.pages.size ?? 0;
    account.attachments.deleted += deletions?.attachments.size ?? 0;
    return this.forgetListing();
  }

  #remember(space: SpaceContext, kind: "page" | "attachment", ids: readonly string[] = []): void {
    if (!space.remembers) return;
    for (const id of ids) this.#listed[kind].add(id);
  }

  /** Attachments follow their pages: out of the deletion, and into another space. */
  #asAhead(attachments: readonly Attachment[], { known, homes }: HeldAttachments): HeldAttachments {
    const ahead = [...known.values()].map((attachment): KnownAttachment => {
      const { pageId, deletedAt } = attachment;
      const returns = this.#ahead.restored.has(pageId) && homes.get(pageId)?.deletedAt === deletedAt;
      return {
        ...attachment,
        spaceId: this.#ahead.pages.get(pageId)?.spaceId ?? attachment.spaceId,
        ...(returns ? { deletedAt: null, deletionReason: null } : {}),
      };
    });
    return {
      known: new Map(ahead.map((attachment) => [attachment.id, attachment])),
      homes: new Map([
        ...homes,
        ...attachments.flatMap(({ containerId }) => {
          const page = this.#ahead.pages.get(containerId);
          return page === undefined ? [] : [[containerId, page] as const];
        }),
      ]),
    };
  }
}

/** Whether only changes are read, few enough to be remembered. */
function isSmall(mode: SpaceMode): boolean {
  return mode === "delta" || mode === "since";
}

function toKnown(page: Page, bodyFormat: BodyFormat): KnownPage {
  return {
    id: page.id,
    version: page.version.number,
    status: page.status,
    title: page.title,
    spaceId: page.spaceId,
    parentId: page.parentId,
    parentType: page.parentType,
    position: page.position,
    updatedAt: page.version.createdAt,
    bodyFormat,
    deletedAt: null,
    deletionReason: null,
  };
}
