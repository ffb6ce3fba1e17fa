import { ConfluenceIndexError } from "../../errors.ts";
import { changeFeed, openIndex, type ReadOnlyIndex } from "../../query/mod.ts";
import { diffPage, pageIdOf } from "../../query/page_diff.ts";
import type { Action } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { Io } from "../io.ts";
import { printable, printableJson } from "../printable.ts";
import { readPlace } from "../read_place.ts";
import { suggest } from "../suggest.ts";
import type { DiffOptions } from "./command.ts";
import { feedHead, feedLine } from "./lines.ts";
import { countLines, pageDiffJson, pageDiffLines } from "./page_lines.ts";
import { versionNumber } from "./version_number.ts";

/** Prints what changed: in a run, between two runs, or between two versions of a page. */
export const action: Action = async ({ options: given, args, config, io }) => {
  const options = given as unknown as DiffOptions;
  const pageId = pageIdOf(args[0]!);
  refuseContradictions(options, args, pageId !== undefined);
  const versions = pageId === undefined ? [] : args.slice(1).map((text) => versionNumber(text));
  const place = await readPlace(config, io);
  await using index = await openIndex(place.url, place.options);
  if (pageId === undefined) await printFeed(index, args, options, io);
  else await printPage(index, pageId, versions, options, io);
  return EXIT_CODES.complete;
};

function refuseContradictions(options: DiffOptions, args: readonly string[], isPage: boolean): void {
  const refuse = (found: string, hint: string): ConfluenceIndexError =>
    new ConfluenceIndexError("usage", `Cannot compare: ${found}`, { hint });
  const given = (names: Readonly<Record<string, unknown>>) =>
    Object.keys(names).find((name) => names[name] !== undefined && names[name] !== false);
  const ofRuns = given({ subject: options.subject, space: options.space, format: options.format });
  const ofPages = given({ as: options.as, words: options.words });
  if (isPage && ofRuns !== undefined) {
    throw refuse(`--${ofRuns} is for runs, and ${printable(args[0]!)} is a page`, `Leave out --${ofRuns}.`);
  }
  if (!isPage && ofPages !== undefined) {
    throw refuse(
      `--${ofPages} is for pages, and ${printable(args[0]!)} is none`,
      "Name the page by the number in its address.",
    );
  }
  if (!isPage && args.length > 2) {
    throw refuse(
      `${printable(args[0]!)} is not the id of a page, and of runs there are at most two`,
      "Name the page by the number in its address.",
    );
  }
}

async function printPage(
  index: ReadOnlyIndex,
  pageId: string,
  [first, second]: readonly (number | undefined)[],
  options: DiffOptions,
  io: Io,
): Promise<void> {
  const as = options.as ?? "text";
  const diff = await diffPage(index, { pageId, from: first, to: second, as });
  if (options.json) io.out(`${printableJson(JSON.stringify(pageDiffJson(diff, as)))}\n`);
  else {
    const place = { color: io.color, words: options.words };
    for (const line of pageDiffLines(diff, place)) io.out(line);
  }
  if (options.quiet) return;
  const { added, removed } = countLines(diff);
  io.err(
    diff.hunks.length === 0 ? `no change of the ${as}\n` : `lines: ${added} added, ${removed} removed\n`,
  );
}

async function printFeed(
  index: ReadOnlyIndex,
  args: readonly string[],
  options: DiffOptions,
  io: Io,
): Promise<void> {
  const runs: [string] | [string, string] = args[1] === undefined ? [args[0]!] : [args[0]!, args[1]];
  const format = options.format ?? (options.json || !io.stdoutIsTerminal ? "ndjson" : "table");
  let count = 0;
  let pending = "";
  const feed = changeFeed(index, { runs, subject: options.subject, space: options.space, suggest });
  for await (const entry of feed) {
    if (format === "table" && count === 0) pending += feedHead(io.columns);
    pending += format === "table" ? feedLine(entry, io.columns) : `${printableJson(JSON.stringify(entry))}\n`;
    count++;
    if (pending.length >= BUFFER) {
      io.out(pending);
      pending = "";
    }
  }
  if (pending !== "") io.out(pending);
  if (!options.quiet) io.err(`${count} ${count === 1 ? "change" : "changes"}\n`);
}

/** Writing each line by itself would ask the system once a line. */
const BUFFER = 1 << 16;
