/**
 * What the options of an ingest ask of the reading; a plan takes the same.
 *
 * @module
 */
import { ConfluenceIndexError } from "../../errors.ts";
import { type BodyFormat, type Kind, KINDS } from "../../model/mod.ts";
import type { ReadingOptions, SpaceSelection } from "../../sync/mod.ts";
import type { Config } from "../config.ts";
import type { ReadingFlags } from "./reading_flags.ts";

/**
 * From flags to what is meant.
 *
 * @param options What was given.
 * @param config Where it came from.
 * @throws {ConfluenceIndexError} `usage` for options that contradict each other.
 */
export function readingOptions(
  options: ReadingFlags,
  config: Pick<Config, "sources">,
): ReadingOptions & { readonly selection: SpaceSelection } {
  refuseContradictions(options);
  return {
    selection: { keys: options.space, ids: options.spaceId, all: options.allSpaces },
    // The default is what the index holds already; only a choice can contradict it.
    bodyFormat: config.sources.bodyFormat === "default" ? undefined : options.bodyFormat as BodyFormat,
    includeArchived: choiceOf("archived", options),
    kinds: kindsOf(options),
    deletions: options.deletions,
    full: options.full,
    reconcile: options.reconcile,
    allowMassDeletion: options.allowMassDeletion,
    since: options.since ?? null,
    maxPages: options.maxPages ?? null,
  };
}

/** True, false, or undefined where nothing was said. */
function choiceOf(
  what: ReadingFlags["include"][number],
  { include, exclude }: ReadingFlags,
): boolean | undefined {
  return include.includes(what) ? true : exclude.includes(what) ? false : undefined;
}

function kindsOf(options: ReadingFlags): Partial<Record<Kind, boolean>> {
  const chosen: Partial<Record<Kind, boolean>> = {};
  for (const kind of KINDS) {
    const choice = choiceOf(kind, options);
    if (choice !== undefined) chosen[kind] = choice;
  }
  return chosen;
}

function refuseContradictions(options: ReadingFlags): void {
  const refuse = (message: string, hint: string) => new ConfluenceIndexError("usage", message, { hint });
  if (options.allSpaces && options.space.length + options.spaceId.length > 0) {
    throw refuse("Cannot ingest: --all-spaces and --space contradict each other", "Use one of them.");
  }
  const both = options.include.find((what) => options.exclude.includes(what));
  if (both !== undefined) {
    throw refuse(
      `Cannot ingest: --include ${both} and --exclude ${both} contradict each other`,
      "Use one of them.",
    );
  }
  if (options.since !== undefined && options.full) {
    throw refuse("Cannot ingest: --since and --full contradict each other", "Use one of them.");
  }
  const cut = options.since !== undefined
    ? "--since"
    : options.maxPages !== undefined
    ? "--max-pages"
    : undefined;
  if (cut !== undefined && options.reconcile) {
    throw refuse(
      `Cannot reconcile with ${cut}: a part of a space proves nothing about what is gone`,
      `Leave out --reconcile or ${cut}.`,
    );
  }
}
