import { PAGE_FACTS, pageFacts, type Readable } from "../database/reader.ts";
import { csvLine } from "../query/mod.ts";
import { inBatches } from "./in_batches.ts";
import { labelsOf } from "./labels.ts";

const PAGES = 1_000;

/**
 * The lines of `pages.csv`: the metadata of each current page, under a line with the names of the columns. Labels stand in one cell
 * with spaces between them, as Confluence shows them; none of them holds a space.
 */
export async function* csvLines(index: Readable, signal?: AbortSignal): AsyncGenerator<string> {
  yield withoutEnd(csvLine(PAGE_FACTS));
  for await (const rows of inBatches((after) => pageFacts(index, after, PAGES), signal)) {
    for (const { values } of rows) {
      yield withoutEnd(csvLine(PAGE_FACTS.map((name) => {
        const value = values[name];
        return name === "labels" && typeof value === "string" ? labelsOf(value).join(" ") : value;
      })));
    }
  }
}

function withoutEnd(line: string): string {
  return line.slice(0, -1);
}
