import { openIndex, readStatus } from "../../query/mod.ts";
import type { Action } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { printableJson } from "../printable.ts";
import { readPlace } from "../read_place.ts";
import type { StatusOptions } from "./command.ts";
import { statusJson } from "./json.ts";
import { statusTables } from "./tables.ts";

/** Reads the index and prints how it fares. */
export const action: Action = async ({ options: given, config, io }) => {
  const options = given as unknown as StatusOptions;
  const url = config.databaseUrl!;
  const place = await readPlace(config, io);
  await using index = await openIndex(place.url, place.options);
  const now = Date.now();
  const status = await readStatus(index, { now, runs: options.runs, failures: options.failures });
  const format = options.format ?? (options.json || !io.stdoutIsTerminal ? "json" : "table");
  io.out(
    format === "json"
      ? `${printableJson(JSON.stringify(statusJson(status, url)))}\n`
      : statusTables(status, url, now),
  );
  return EXIT_CODES.complete;
};
