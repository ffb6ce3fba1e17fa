/**
 * Fetching pages with their bodies by id, in smaller and smaller requests where the server cannot answer larger ones.
 *
 * @module
 */
import type { Page } from "../model/mod.ts";
import { ConfluenceError, ConfluenceNotFoundError } from "../confluence/mod.ts";
import type { Failure, Shown } from "../database/mod.ts";
import { isAside, noun, pageFailure, type SpaceContext } from "./context.ts";
import { inHalves } from "./in_halves.ts";
import { lookUpPage, lookUpPages } from "./look_up_pages.ts";
import { trackNewcomers } from "./prepare.ts";
import { isFromBefore, newestOfEach, shownBy } from "./shown.ts";

/** After so many single pages failing in a row the server itself is looked at. */
const OUTAGE = 10;
/** Smaller requests are a better answer to a failure than long waits. */
const ATTEMPTS = 3;

/** What came of asking for pages by id. */
export interface FetchedPages {
  /** With bodies, and possibly newer than asked for. */
  readonly pages: Page[];
  readonly failures: Failure[];
  /** Ids that are certainly not in scope any more, not visible, or gone: an answer without them alone proves nothing. */
  readonly absent: string[];
}

/**
 * Fetches pages with bodies. A page whose body cannot be had comes back as a failure, alone.
 *
 * @param space The space.
 * @param ids Ids of the pages.
 * @param versions The versions that were shown before, by id: an older one is an answer from the past.
 * @throws What the client throws when smaller requests do not help, or when nothing is answered any more.
 */
export async function fetchPages(
  space: SpaceContext,
  ids: readonly string[],
  versions: ReadonlyMap<string, Shown> = new Map(),
): Promise<FetchedPages> {
  const { failures, ...rest } = await fetchEach(space, ids, versions);
  await trackNewcomers(space, rest.pages);
  return {
    ...rest,
    // What was shown once must not be forgotten while it waits in quarantine.
    failures: failures.map((failure) => {
      const shown = versions.get(failure.id);
      return { ...failure, shownVersion: shown?.version ?? null, shownAt: shown?.at ?? null };
    }),
  };
}

async function fetchEach(
  space: SpaceContext,
  ids: readonly string[],
  versions: ReadonlyMap<string, Shown>,
): Promise<FetchedPages> {
  const result = await fetchInChunks(space, ids, versions);
  if (result.absent.length === 0) return result;
  const { gone, there, failures } = await lookForAbsent(space, result.absent, versions);
  const again = await fetchInChunks(space, there, versions);
  return {
    pages: [...result.pages, ...again.pages],
    failures: [
      ...result.failures,
      ...failures,
      ...again.failures,
      ...again.absent.map((id) => leftOut(space, id)),
    ],
    absent: gone,
  };
}

/** The versions of pages that were shown, by id. */
export function versionsOf(pages: readonly Page[]): Map<string, Shown> {
  return new Map(pages.map((page) => [page.id, shownBy(page)]));
}

async function fetchInChunks(
  space: SpaceContext,
  ids: readonly string[],
  versions: ReadonlyMap<string, Shown>,
): Promise<FetchedPages> {
  const result: FetchedPages = { pages: [], failures: [], absent: [] };
  const answers = inHalves(
    ids,
    async (some) => ({ some, answered: await fetchChunk(space, some) }),
    async (id, error, inARow) => {
      result.failures.push(pageFailure(space, id, "body", error.message));
      if (inARow % OUTAGE === 0) await proveServer(space, [id]);
    },
    space.signal,
  );
  for await (const { some, answered } of answers) sortOut(space, some, versions, answered, result);
  return result;
}

/** What a second look asks for: everything that there may be. */
export const EVERY_STATUS = ["current", "archived", "trashed", "deleted"];

/**
 * Looks once more at pages that an answer left out, though something had shown them. Where they went is certain only when the API says
 * so, and not from the past: a page that is left out without a word would be passed by for good.
 */
async function lookForAbsent(
  space: SpaceContext,
  ids: readonly string[],
  versions: ReadonlyMap<string, Shown>,
) {
  const gone: string[] = [];
  const there: string[] = [];
  const failures: Failure[] = [];
  const sort = ({ id, status, version }: Page) => {
    if (space.statuses.includes(status)) there.push(id);
    else if (!EVERY_STATUS.includes(status)) failures.push(strange(space, id, status));
    else if (isFromBefore(version, versions.get(id))) {
      failures.push(outdated(space, id, version.number, versions));
    } else gone.push(id);
  };
  const unseen = new Set(ids);
  for await (const batch of lookUpPages(space, ids, EVERY_STATUS)) {
    for (const page of batch.items) {
      if (unseen.delete(page.id)) sort(page);
    }
  }
  for (const id of unseen) {
    space.signal.throwIfAborted();
    try {
      sort(await lookUpPage(space, id));
    } catch (error) {
      if (!(error instanceof ConfluenceError)) throw error;
      if (error instanceof ConfluenceNotFoundError && error.named && !error.edge) gone.push(id);
      else failures.push(pageFailure(space, id, "absent", error.message));
    }
  }
  return { gone, there, failures };
}

/** A page of a status that nobody knows is neither here nor gone. */
function strange(space: SpaceContext, id: string, status: string): Failure {
  return pageFailure(space, id, "absent", `Cannot place ${noun(space)} ${id}: its status is ${status}`);
}

/** An answer from before what was shown says nothing about now. */
function outdated(
  space: SpaceContext,
  id: string,
  version: number,
  versions: ReadonlyMap<string, Shown>,
): Failure {
  return pageFailure(
    space,
    id,
    "outdated",
    `Cannot read ${noun(space)} ${id}: the answer holds version ${version}, version ${
      versions.get(id)?.version
    } was shown before`,
  );
}

function leftOut(space: SpaceContext, id: string): Failure {
  return pageFailure(space, id, "absent", `Cannot read page ${id}: the API left it out of its answer`);
}

/** Many bodies that cannot be had are their pages' fault only while the server answers without bodies. */
async function proveServer(space: SpaceContext, ids: readonly string[]): Promise<void> {
  const listing = space.client.getPagesByIds(ids, undefined, {
    statuses: space.statuses,
    signal: space.signal,
  });
  for await (const _batch of listing.batches()); // its answer is the proof
}

async function fetchChunk(space: SpaceContext, ids: readonly string[]) {
  const rows: Page[] = [];
  const invalid: { id: string | undefined; message: string }[] = [];
  const listing = space.client.getPagesByIds(ids, space.bodyFormat, {
    statuses: space.statuses,
    signal: space.signal,
    maxAttempts: ids.length > 1 ? ATTEMPTS : ATTEMPTS - 1,
  });
  for await (const batch of listing.batches()) {
    rows.push(...batch.items);
    for (const error of batch.invalid) invalid.push({ id: error.objectId, message: error.message });
  }
  return { pages: new Map(newestOfEach(rows).map((page) => [page.id, page])), invalid };
}

function sortOut(
  space: SpaceContext,
  ids: readonly string[],
  versions: ReadonlyMap<string, Shown>,
  answered: Awaited<ReturnType<typeof fetchChunk>>,
  result: FetchedPages,
): void {
  const broken = new Map(answered.invalid.map(({ id, message }) => [id, message]));
  for (const id of ids) {
    const page = answered.pages.get(id);
    // One that says it has a status that was not asked for is looked at with all of them.
    if (page !== undefined && isAside(page.status, space.statuses)) result.absent.push(id);
    else if (page === undefined) {
      // A broken row without a readable id may be any of those that did not come.
      const message = broken.get(id) ?? broken.get(undefined);
      if (message === undefined) result.absent.push(id);
      else result.failures.push(pageFailure(space, id, "invalid", message));
    } else if (page.body === null) {
      result.failures.push(
        pageFailure(
          space,
          id,
          "body",
          `Cannot read ${noun(space)} ${id}: the answer has no ${space.bodyFormat} body`,
        ),
      );
    } else if (isFromBefore(page.version, versions.get(id))) {
      result.failures.push(outdated(space, id, page.version.number, versions));
    } else {
      result.pages.push(page);
    }
  }
}
