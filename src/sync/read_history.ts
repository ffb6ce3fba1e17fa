/**
 * Earlier versions of the pages of a space: only what the index lacks, page by page, each answer as one transaction.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import {
  ConfluenceAuthError,
  type ConfluenceClient,
  ConfluenceError,
  ConfluenceNotFoundError,
  ConfluenceResponseError,
} from "../confluence/mod.ts";
import {
  clearFailures,
  clearStaleHistoryFailures,
  type Database,
  failuresOf,
  type LackingPage,
  pagesLackingVersions,
  saveConversionNotes,
  saveFailures,
  saveHistoryRange,
  saveLinks,
  savePageVersions,
} from "../database/mod.ts";
import type { PageVersion } from "../model/mod.ts";
import { note, now, type SpaceContext, type SpaceStatus } from "./context.ts";
import { convertBody, searchForm } from "./convert_page.ts";
import { inParallel } from "./in_parallel.ts";
import { walkVersions } from "./walk_versions.ts";
import { writeWhatFits } from "./what_fits.ts";

/** Pages looked at in one query. */
const PAGES = 200;
/** Pages read at the same time. */
const AT_ONCE = 4;
/** After so many pages failing in a row the server itself is to blame. */
const OUTAGE = 10;

/** What reading the history needs besides the space. */
export interface HistorySource {
  readonly client: Pick<ConfluenceClient, "getPageVersions" | "siteUrl">;
  readonly database: Database;
  readonly runId: string;
  /** How many earlier versions of each page are wanted. */
  readonly depth: number;
}

/**
 * Reads what the index lacks of the earlier versions of a space's pages. Costs one request for each page and 50 versions to read, and
 * none for pages that lack nothing.
 *
 * @returns `incomplete` where pages failed, now or before; they are in the quarantine.
 * @throws What made it impossible to go on; what was read is saved, and the next run reads the rest.
 */
export async function readHistory(space: SpaceContext, source: HistorySource): Promise<SpaceStatus> {
  await source.database.commit([clearStaleHistoryFailures(space.space.id)]);
  const failures = await failuresOf(source.database, space.space.id, "history");
  const resting = new Set(failures.filter(({ nextTryAt }) => nextTryAt > now(space)).map(({ id }) => id));
  const reading = new HistoryReading(space, source);
  let budget = space.settings.maxPages ?? Infinity;
  for (let after: string | null = ""; after !== null && budget > 0;) {
    const { pages, last } = await pagesLackingVersions(
      source.database,
      space.space,
      after,
      source.depth,
      PAGES,
    );
    const due = pages.filter(({ id }) => !resting.has(id)).slice(0, budget);
    budget -= due.length;
    await inParallel(AT_ONCE, due, (page) => reading.read(page));
    after = last;
  }
  const { history } = space.account;
  if (history.versions > 0) {
    note(space, `${count(history.versions, "earlier version")} of ${count(history.pages, "page")} read`);
  }
  if (history.failed > 0) note(space, `earlier versions of ${count(history.failed, "page")} failed`);
  if (resting.size > 0) {
    note(space, `earlier versions of ${count(resting.size, "page")} failed before: tried again later`);
  }
  return history.failed + resting.size > 0 ? "incomplete" : "complete";
}

class HistoryReading {
  readonly #space: SpaceContext;
  readonly #source: HistorySource;
  #failedInARow = 0;

  constructor(space: SpaceContext, source: HistorySource) {
    this.#space = space;
    this.#source = source;
  }

  /** Reads one page; what is wrong with it stays with it. */
  async read(page: LackingPage): Promise<void> {
    const space = this.#space;
    space.signal.throwIfAborted();
    let saved = 0;
    const lost: string[] = [];
    try {
      const options = { bodyFormat: space.bodyFormat, signal: space.signal };
      for await (const { versions, lost: broken } of walkVersions(this.#source.client, page, options)) {
        lost.push(...broken);
        await writeWhatFits(
          versions,
          async (some) => {
            saved += await this.#save(page, some);
          },
          ({ version: { number } }) => {
            lost.push(`version ${number} is larger than the database server takes`);
          },
        );
        space.signal.throwIfAborted();
      }
    } catch (error) {
      // The next listing tells what became of it.
      if (error instanceof ConfluenceNotFoundError && error.named) return;
      if (!(error instanceof ConfluenceError) || !isOfThePage(error)) throw error;
      if (++this.#failedInARow >= OUTAGE) throw error;
      return await this.#fail(page, "history", error.message);
    }
    this.#failedInARow = 0;
    if (saved > 0) {
      space.account.history.pages++;
      space.emit({ type: "history", space: space.space, pages: 1, versions: saved });
    }
    if (lost.length > 0) {
      const more = lost.length > 1 ? ` (and ${lost.length - 1} more)` : "";
      return await this.#fail(page, "invalid", `Cannot read versions of page ${page.id}: ${lost[0]}${more}`);
    }
    await this.#source.database.commit([
      saveHistoryRange(page.id, { first: page.lowest, last: page.version }, this.#stamp()),
      ...clearFailures("history", [page.id]),
    ]);
  }

  /** Saves versions with text, links and notes; gives how many were new. */
  async #save(page: LackingPage, versions: readonly PageVersion[]): Promise<number> {
    if (versions.length === 0) return 0;
    const { client, database } = this.#source;
    const made = versions.map((version) => {
      const { body, pageId, title } = version;
      const converted = body === null ? null : convertBody(
        { pageId, spaceKey: page.spaceKey, format: body.format, value: body.value },
        client.siteUrl,
      );
      return { version, converted, searchTitle: searchForm(title), text: converted?.text ?? null };
    });
    const bodies = made.flatMap(({ version: { pageId, version }, converted }) =>
      converted === null ? [] : [{ pageId, version: version.number, ...converted }]
    );
    const written = await database.commit([
      ...savePageVersions(made, this.#stamp()),
      ...saveLinks(bodies),
      ...saveConversionNotes(bodies),
    ]);
    const saved = written.slice(0, made.length).reduce((sum, rows) => sum + rows, 0);
    this.#space.account.history.versions += saved;
    return saved;
  }

  async #fail(page: LackingPage, reason: string, message: string): Promise<void> {
    const { space, account, settings } = this.#space;
    const failure = { kind: "history" as const, id: page.id, spaceId: space.id, reason, message };
    await this.#source.database.commit(saveFailures([failure], this.#source.runId, now(this.#space)));
    account.history.failed++;
    if (settings.failFast) {
      throw new ConfluenceIndexError("incomplete", message, {
        hint: "Run without --fail-fast to go on past it.",
      });
    }
  }

  #stamp() {
    return { runId: this.#source.runId, fetchedAt: now(this.#space) };
  }
}

/** Whether other pages may fare better. */
function isOfThePage(error: ConfluenceError): boolean {
  return error instanceof ConfluenceResponseError || error instanceof ConfluenceNotFoundError ||
    (error instanceof ConfluenceAuthError && error.reason === "forbidden");
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
