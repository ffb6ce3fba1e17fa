/**
 * What changed between two versions of a page. A door of its own beside `mod.ts`: other questions load neither the converter nor what
 * compares texts.
 *
 * @module
 */
import { parseBody, toMarkdown, toText } from "../content/mod.ts";
import { heldVersions, type Readable, type StoredVersion, storedVersion } from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import { diffTexts, type Hunk } from "./text_diff.ts";

export type { DiffLine, Hunk, WordChange } from "./text_diff.ts";

/** What of a page is compared. */
export type Compared = "text" | "markdown" | "body";

/** Which versions, and what of them. */
export interface PageDiffOptions {
  readonly pageId: string;
  /** @default {the one before `to` in the index} */
  readonly from?: number | undefined;
  /** @default {the current one} */
  readonly to?: number | undefined;
  readonly as: Compared;
}

/** Two versions and what changed from the first to the second. */
export interface PageDiff {
  readonly from: StoredVersion;
  readonly to: StoredVersion;
  readonly hunks: readonly Hunk[];
}

/**
 * The id of a page that somebody names by its id or its address.
 *
 * @returns Undefined for any other text.
 */
export function pageIdOf(text: string): string | undefined {
  if (/^\d+$/.test(text)) return text;
  if (!/^https?:\/\//i.test(text)) return undefined;
  return /\/pages\/(\d+)(?:[/?#]|$)|[?&]pageId=(\d+)/.exec(text)?.slice(1).find((id) => id !== undefined);
}

/**
 * Compares two versions of a page that the index holds.
 *
 * @throws {ConfluenceIndexError} `usage` for a page or version that it does not hold, with those it does.
 */
export async function diffPage(index: Readable, options: PageDiffOptions): Promise<PageDiff> {
  const { pageId, as } = options;
  const held = await heldVersions(index, pageId);
  if (held.length === 0) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot compare versions of page ${pageId}: the index holds no such page`,
      { hint: "The number in the page's address is its id; search finds pages by their words." },
    );
  }
  const to = options.to ?? held[held.length - 1]!;
  const from = options.from ?? held.findLast((version) => version < to);
  if (from === undefined) {
    throw refusal(pageId, `the index holds none before version ${to}`, held);
  }
  const [old, now] = [await get(index, pageId, from, held), await get(index, pageId, to, held)];
  return { from: old, to: now, hunks: diffTexts(textOf(old, as), textOf(now, as)) };
}

async function get(
  index: Readable,
  pageId: string,
  version: number,
  held: readonly number[],
): Promise<StoredVersion> {
  const found = await storedVersion(index, pageId, version);
  if (found === undefined) throw refusal(pageId, `the index does not hold version ${version}`, held);
  return found;
}

function refusal(pageId: string, finding: string, held: readonly number[]): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `Cannot compare versions of page ${pageId}: ${finding}`, {
    hint: `It holds ${ranges(held)}; confluence-index ingest --history fetches earlier ones.`,
  });
}

/** `1, 3 to 7`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => first === last ? first : `${first} to ${last}`).join(", ");
}

function textOf(version: StoredVersion, as: Compared): string {
  const { id, spaceKey, bodyFormat, body, bodyText } = version;
  if (as === "body") return body ?? "";
  if (as === "text" && bodyText !== null) return bodyText;
  const parsed = parseBody(
    { format: bodyFormat ?? "storage", value: body ?? "" },
    { pageId: id, spaceKey },
  );
  return as === "text" ? toText(parsed) : toMarkdown(parsed);
}
