/**
 * The newest version that was ever shown of a page: answers from before it say nothing about now.
 *
 * @module
 */
import type { RecordedFailure, Shown } from "../database/mod.ts";
import type { Page, SearchHit, Version } from "../model/mod.ts";

/** What tells two versions of one number apart, in milliseconds: the two versions of the API need not agree on the time of one. */
const APART = 60_000;
/** What they certainly agree on, in milliseconds: people may save twice within a minute. */
export const CLOSE = 1_000;

/**
 * Whether one is certainly older than the other. Where an earlier version is deleted on the site, those after it move down by one number
 * and keep their times: a lower number alone is not enough, and of an equal one the time tells.
 */
export function isBehind(one: Shown, other: Shown): boolean {
  if (one.at === null || other.at === null) return one.version < other.version;
  const later = Date.parse(other.at) - Date.parse(one.at);
  return one.version < other.version && later >= CLOSE || one.version === other.version && later >= APART;
}

/** Whether an answer is from before what is known. */
export function isFromBefore(
  { number, createdAt }: Pick<Version, "number" | "createdAt">,
  known: Shown | undefined,
): boolean {
  return known !== undefined && isBehind({ version: number, at: createdAt }, known);
}

/** What a page showed of itself. */
export function shownBy({ version }: Page): Shown {
  return { version: version.number, at: version.createdAt };
}

/** Each page once, as it is newest: an answer may hold rows that come from several moments. */
export function newestOfEach(pages: readonly Page[]): Page[] {
  const newest = new Map<string, Page>();
  for (const page of pages) {
    const other = newest.get(page.id);
    if (other === undefined || !isFromBefore(page.version, shownBy(other))) newest.set(page.id, page);
  }
  return [...newest.values()];
}

/** What a search shows of a page; version 0 where it says none. */
export function shownIn(hit: Pick<SearchHit, "version" | "updatedAt"> | undefined): Shown {
  return { version: hit?.version ?? 0, at: hit?.updatedAt ?? null };
}

/** What the index holds. */
export function heldAs(
  { version, updatedAt }: { readonly version: number; readonly updatedAt: string },
): Shown {
  return { version, at: updatedAt };
}

/** What was shown of a page that waits in quarantine. */
export function shownOf({ shownVersion, shownAt }: RecordedFailure): Shown {
  return { version: shownVersion ?? 0, at: shownAt ?? null };
}

/** The newer of two that were shown of one page. */
export function newer(one: Shown, other: Shown): Shown {
  const isNewer = one.at === null || other.at === null ? other.version > one.version : other.at > one.at;
  return isNewer ? other : one;
}
