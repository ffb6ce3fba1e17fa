/**
 * What comes of one page that was read: its one column in the accounts, and what must be written for it.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import type { KnownPage } from "../database/mod.ts";
import { Account } from "./account.ts";
import { comparePage, type PageWrite } from "./compare.ts";
import { isAside, now, scopeOf, type SpaceContext } from "./context.ts";

/** What comes of a page. */
export type PageVerdict =
  | { readonly kind: "unchanged" }
  /** The index holds what was asked for later. */
  | { readonly kind: "overtaken" }
  | { readonly kind: "skip"; readonly reason: "moved out of scope" | "older than the index" }
  | { readonly kind: "write"; readonly write: PageWrite; readonly spaceKey: string };

/** Judges a page, whatever space it is in now. */
export function judgePage(space: SpaceContext, page: Page, known: KnownPage | undefined): PageVerdict {
  const spaceKey = space.trackedSpaces.get(page.spaceId);
  if (spaceKey === undefined || isAside(page.status, scopeOf(space, page.spaceId))) {
    return { kind: "skip", reason: "moved out of scope" };
  }
  if (known !== undefined && isOvertaken(space, page, known)) return { kind: "overtaken" };
  const { bodyFormat, subject, settings } = space;
  const decision = comparePage(page, known, bodyFormat, subject, settings.full);
  switch (decision.action) {
    case "keep":
      return { kind: "unchanged" };
    case "ignore":
      return { kind: "skip", reason: "older than the index" };
    case "write":
      return { kind: "write", write: decision, spaceKey };
  }
}

/**
 * Whether the index holds an answer that was asked for later: this one waited to be taken in, and another space of this run, or another run,
 * has read the page since. What is later than now was stamped by a clock that went wrong, and says nothing.
 */
function isOvertaken(space: SpaceContext, page: Page, known: KnownPage): boolean {
  return known.deletedAt === null && page.askedAt < known.fetchedAt && known.fetchedAt <= now(space) &&
    page.version.number <= known.version && page.version.createdAt <= known.updatedAt;
}

/** Counts a page in its column; one that changed its space is counted at both ends. */
export function countPage(space: SpaceContext, page: Page, verdict: PageVerdict): void {
  const { account } = space;
  if (verdict.kind === "unchanged" || verdict.kind === "overtaken") account.unchanged++;
  else if (verdict.kind === "skip") account.skip(verdict.reason);
  else countWrite(space, page, verdict.write);
}

function countWrite(space: SpaceContext, page: Page, write: PageWrite): void {
  const { account } = space;
  if (write.added) account.added++;
  else account.updated++;
  // A page written into another tracked space is counted as found here, and as present there.
  const home = page.spaceId === space.space.id ? account : accountOf(space, page.spaceId);
  if (write.added && home !== account) {
    account.movedOut++;
    home.movedIn++;
  }
  if (write.restored) {
    account.restored++;
    if (home !== account) {
      account.movedOut++;
      home.movedIn++;
    }
  }
  if (write.movedFrom !== null) {
    accountOf(space, write.movedFrom).movedOut++;
    home.movedIn++;
  }
}

/** The account of any space of this run; one that only counts for itself where the space is not part of the run. */
function accountOf(space: SpaceContext, spaceId: string): Account {
  return space.accounts.get(spaceId) ?? new Account();
}
