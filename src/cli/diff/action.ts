import { changeFeed, openIndex } from "../../query/mod.ts";
import type { Action } from "../command.ts";
import { databaseOptions } from "../database_options.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { printableJson } from "../printable.ts";
import { suggest } from "../suggest.ts";
import type { DiffOptions } from "./command.ts";
import { feedHead, feedLine } from "./lines.ts";

/** Prints the changes of a run, or between two runs, as they come. */
export const action: Action = async ({ options: given, args, config, io }) => {
  const options = given as unknown as DiffOptions;
  await using index = await openIndex(config.databaseUrl!, databaseOptions(config));
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
  return EXIT_CODES.complete;
};

/** Writing each line by itself would ask the system once a line. */
const BUFFER = 1 << 16;
