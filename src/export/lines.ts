/**
 * The lines of the NDJSON artifacts: one JSON object per page or tombstone, ordered by space key and id.
 *
 * @module
 */
import { inBatches } from "./in_batches.ts";
import {
  type ExportedLine,
  pagesToExport,
  type Place,
  type Readable,
  tombstonesToExport,
} from "../database/mod.ts";

/** Pages read at once: bodies may be large. */
const PAGES = 50;
const TOMBSTONES = 500;

/** The lines of `confluence.ndjson`. */
export function pageLines(database: Readable, runId: string | null): AsyncGenerator<string> {
  return lines((after) => pagesToExport(database, runId, after, PAGES));
}

/** The lines of `deleted.ndjson`. */
export function tombstoneLines(database: Readable, runId: string | null): AsyncGenerator<string> {
  return lines((after) => tombstonesToExport(database, runId, after, TOMBSTONES));
}

async function* lines(next: (after: Place) => Promise<ExportedLine[]>): AsyncGenerator<string> {
  for await (const some of inBatches(next)) {
    for (const { line } of some) yield line;
  }
}
