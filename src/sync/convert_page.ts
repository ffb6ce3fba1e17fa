/**
 * What is made of a page's body besides keeping it: text, what search has of it, links, and notes on what did not come through.
 *
 * @module
 */
import { type BodyLink, CONVERTER_VERSION, parseBody, partWords, toText } from "../content/mod.ts";
import type { LinkToSave, NoteToSave, PageText } from "../database/mod.ts";
import type { BodyFormat } from "../model/mod.ts";

/** A body, and where it stands. */
export interface BodyToConvert {
  readonly pageId: string;
  readonly spaceKey: string;
  readonly format: BodyFormat;
  readonly value: string;
}

/** A converted body. */
export interface ConvertedBody {
  readonly text: PageText;
  readonly links: readonly LinkToSave[];
  readonly notes: readonly NoteToSave[];
}

/** Links kept of one body; a note counts those beyond. */
const MAX_LINKS = 5_000;
const MAX_LINK_TEXT = 500;
const MAX_URL = 2_000;

/**
 * Converts a body. Never throws, whatever the body is.
 *
 * @param body The body.
 * @param siteUrl Address of the site for people.
 */
export function convertBody(
  { pageId, spaceKey, format, value }: BodyToConvert,
  siteUrl: string,
): ConvertedBody {
  try {
    const parsed = parseBody({ format, value }, { pageId, spaceKey, siteUrl });
    const bodyText = toText(parsed);
    const notes: NoteToSave[] = [...parsed.notes];
    const more = parsed.links.length - MAX_LINKS;
    if (more > 0) notes.push({ kind: "dropped", name: "links", count: more, detail: "too many to be kept" });
    return {
      text: { bodyText, searchText: searchForm(bodyText), converterVersion: CONVERTER_VERSION },
      links: parsed.links.slice(0, MAX_LINKS).map(toLink),
      notes,
    };
  } catch (error) {
    // One body must not stop a run; it is kept, and the next converter may read it.
    const detail = error instanceof Error ? error.message.slice(0, 200) : String(error).slice(0, 200);
    return {
      text: { bodyText: "", searchText: null, converterVersion: CONVERTER_VERSION },
      links: [],
      notes: [{ kind: "fallback", name: "body", count: 1, detail }],
    };
  }
}

/** What search has of a text, or null where that is the text itself. */
export function searchForm(text: string): string | null {
  const parted = partWords(text);
  return parted === text ? null : parted;
}

function toLink(link: BodyLink): LinkToSave {
  const { kind, use, text, href, pageId, spaceKey, title, anchor, filename, userId } = link;
  return {
    kind,
    use,
    text: cut(text),
    toPageId: pageId,
    toSpaceKey: spaceKey,
    // An address that has the id has the title only for people to read.
    toTitle: pageId === null ? title : null,
    anchor,
    filename,
    userId,
    url: href !== null && /^(https?|mailto):/i.test(href) && href.length <= MAX_URL ? href : null,
  };
}

function cut(text: string): string {
  return text.length <= MAX_LINK_TEXT ? text : text.slice(0, MAX_LINK_TEXT).toWellFormed();
}
