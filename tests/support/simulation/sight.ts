/**
 * What the account could see at each moment, and since when: it decides what a run had to find, and what it must not
 * have taken for gone.
 */
import type { Site } from "../fake/mod.ts";
import { attachmentStatus, seesAttachment, seesContent } from "../fake/state/visibility.ts";

/** Where a thing is, as the account sees it. */
export interface Seen {
  readonly spaceId: string;
  readonly status: string;
  /** Site time since when it is there, in milliseconds. */
  readonly since: number;
}

/** Follows the site through its changes. */
export class Sight {
  readonly #site: Site;
  #pages = new Map<string, Seen>();
  #files = new Map<string, Seen>();

  constructor(site: Site) {
    this.#site = site;
    this.look();
  }

  /** Looks at everything; to be called after each change. */
  look(): void {
    const { state, clock, accounts } = this.#site;
    const viewer = accounts[0]!;
    const now = clock.now();
    const pages = new Map<string, Seen>();
    for (const page of state.pages.rows) {
      if (!seesContent(state, page, viewer)) continue;
      pages.set(page.id, kept(this.#pages.get(page.id), page.spaceId, page.status, now));
    }
    const files = new Map<string, Seen>();
    for (const file of state.attachments.rows) {
      const container = state.contents.get(file.containerId);
      if (container?.kind !== "page" || !seesAttachment(state, file, viewer)) continue;
      files.set(
        file.id,
        kept(this.#files.get(file.id), container.spaceId, attachmentStatus(state, file), now),
      );
    }
    this.#pages = pages;
    this.#files = files;
  }

  /** The page as it is seen now, whatever its status; undefined where it is purged or hidden. */
  page(id: string): Seen | undefined {
    return this.#pages.get(id);
  }

  /** The attachment as it is seen now. */
  file(id: string): Seen | undefined {
    return this.#files.get(id);
  }
}

function kept(before: Seen | undefined, spaceId: string, status: string, now: number): Seen {
  return before?.spaceId === spaceId && before.status === status ? before : { spaceId, status, since: now };
}
