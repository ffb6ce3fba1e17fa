/**
 * Converting stored bodies again after an upgrade: nothing is fetched.
 *
 * @module
 */
import { CONVERTER_VERSION } from "../content/mod.ts";
import {
  countOutdated,
  type Database,
  knownSpaces,
  outdatedBodies,
  readMeta,
  saveConversionNotes,
  saveLinks,
  saveTexts,
} from "../database/mod.ts";
import type { Clock } from "../model/mod.ts";
import { systemClock } from "../confluence/mod.ts";
import { convertBody, searchForm } from "./convert_page.ts";
import { holdLease } from "./hold_lease.ts";

/** Options of {@linkcode reconvert}. */
export interface ReconvertOptions {
  readonly database: Database;
  /** Convert what the present converter has read as well. @default {false} */
  readonly all?: boolean;
  /** Wait for a run that writes. @default {false} */
  readonly wait?: boolean;
  /** Aborting it ends the work after the batch in hand; the next one goes on there. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Bodies converted, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What came of it. */
export interface ReconvertResult {
  readonly converted: number;
  /** Bodies still to convert; none unless it was interrupted. */
  readonly left: number;
}

/** Characters of body in one transaction, some tenths of a second. */
const BATCH = 2_000_000;

/**
 * Converts again what another converter made: text, links and notes, each batch as one transaction.
 *
 * @throws {ConfluenceIndexError} `locked` while a run writes to one of its spaces; `database`.
 */
export async function reconvert(options: ReconvertOptions): Promise<ReconvertResult> {
  const { database, signal = new AbortController().signal, clock = systemClock } = options;
  const runId = `reconvert-${crypto.randomUUID()}`;
  // It goes through all bodies, whatever their space.
  const spaces = await knownSpaces(database);
  const lease = { clock, runId, spaces, wait: options.wait ?? false, signal, onWait: () => {} };
  return await holdLease(database, lease, () => convertAll(options, signal));
}

/** How many bodies another converter read. */
export function outdated(database: Database): Promise<number> {
  return countOutdated(database, CONVERTER_VERSION);
}

async function convertAll(options: ReconvertOptions, signal: AbortSignal): Promise<ReconvertResult> {
  const { database, onProgress = () => {} } = options;
  // No converter has the version 0, so that everything is of another one.
  const except = options.all === true ? 0 : CONVERTER_VERSION;
  const siteUrl = await readMeta(database, "site") ?? "";
  const total = await countOutdated(database, except);
  let converted = 0;
  onProgress(0, total);
  for (const subject of ["page", "blogpost"] as const) {
    let after = { pageId: "", version: 0 };
    while (!signal.aborted) {
      const bodies = await outdatedBodies(database, except, after, BATCH, subject);
      const last = bodies.at(-1);
      if (last === undefined) break;
      const made = bodies.map((body) => ({
        body,
        pageId: body.pageId,
        version: body.version,
        searchTitle: searchForm(body.title),
        ...convertBody(body, siteUrl),
      }));
      await database.commit([
        ...saveTexts(made, subject),
        ...(subject === "page" ? saveLinks(made) : []),
        ...saveConversionNotes(made),
      ]);
      converted += bodies.length;
      after = { pageId: last.pageId, version: last.version };
      onProgress(converted, total);
    }
  }
  return { converted, left: Math.max(0, total - converted) };
}
