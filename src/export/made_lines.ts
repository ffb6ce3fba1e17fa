/**
 * Lines with what is made from bodies: text, Markdown, chunks. Links in them lead to the site, since the lines may end up anywhere.
 *
 * @module
 */
import { type ParsedBody, toChunks, toMarkdown, toText } from "../content/mod.ts";
import { pagesToExport, type Readable } from "../database/reader.ts";
import { convertedPages, convertPages, type PageBody } from "./converted_pages.ts";
import { inBatches } from "./in_batches.ts";
import { type PageDirectory, readDirectory } from "./page_directory.ts";

/** Fields that can be added to the lines of `confluence.ndjson`. */
export const MADE_FIELDS = ["text", "markdown"] as const;

/** One of {@linkcode MADE_FIELDS}. */
export type MadeField = (typeof MADE_FIELDS)[number];

const MAKE: Readonly<Record<MadeField, (parsed: ParsedBody) => string>> = {
  text: toText,
  markdown: (parsed) => toMarkdown(parsed),
};

/** Pages read at once: bodies may be large. */
const PAGES = 50;

interface LinePage extends PageBody {
  readonly line: string;
}

/** The lines of `confluence.ndjson` for the whole current state, with more fields behind the usual ones. */
export async function* richPageLines(
  index: Readable,
  fields: readonly MadeField[],
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const directory = await readDirectory(index);
  const wanted = MADE_FIELDS.filter((field) => fields.includes(field));
  for await (const lines of inBatches((after) => pagesToExport(index, null, after, PAGES), signal)) {
    const pages = lines.map(({ line }) => pageOfLine(line));
    for await (const { page, parsed } of convertPages(index, pages, directory, addressesOn(directory))) {
      const made = wanted.map((field) => `,"${field}":${JSON.stringify(MAKE[field](parsed))}`);
      yield `${page.line.slice(0, -1)}${made.join("")}}`;
    }
  }
}

/**
 * The lines of `chunks.ndjson`: the text of each current page in parts along its headings.
 *
 * @param maxLength Characters of a part, at most.
 */
export async function* chunkLines(
  index: Readable,
  maxLength: number,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const directory = await readDirectory(index);
  const options = { hrefOf: addressesOn(directory), signal };
  for await (const { page, parsed } of convertedPages(index, directory, options)) {
    for (const { headingPath, position, text } of toChunks(parsed, { maxLength })) {
      yield JSON.stringify({
        page_id: page.id,
        version: page.version,
        title: page.title,
        space_key: page.spaceKey,
        url: page.url,
        heading_path: headingPath,
        position,
        text,
      });
    }
  }
}

function addressesOn(directory: PageDirectory): (id: string) => string {
  return (id) => directory.byId(id)!.url;
}

function pageOfLine(line: string): LinePage {
  const page = JSON.parse(line);
  return {
    line,
    id: page.id,
    spaceKey: page.space_key,
    url: page.url,
    body: page.body_html,
    bodyFormat: page.metadata.body_format,
  };
}
