import { openIndex, search, suggestWords, unknownSpaces } from "../../query/mod.ts";
import type { Action } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { printable, printableJson } from "../printable.ts";
import { readPlace } from "../read_place.ts";
import { suggest } from "../suggest.ts";
import type { SearchCommandOptions } from "./command.ts";
import { hitJson, hitLines } from "./hits.ts";

/** Searches and prints what was found. */
export const action: Action = async ({ options: given, args, config, io }) => {
  const options = given as unknown as SearchCommandOptions;
  const words = args.join(" ");
  const place = await readPlace(config, io);
  await using index = await openIndex(place.url, place.options);
  const { hits, more } = await search(index, {
    words,
    spaces: options.space,
    labels: options.label,
    updatedSince: options.updatedSince ?? null,
    inTitle: options.inTitle,
    limit: options.limit,
  });
  const format = options.format ?? (options.json ? "json" : io.stdoutIsTerminal ? "text" : "ndjson");
  if (format === "text") {
    io.out(hits.map((hit) => hitLines(hit, { columns: io.columns, color: io.color })).join("\n"));
  } else {
    const lines = hits.map((hit) => printableJson(JSON.stringify(hitJson(hit))));
    if (format === "ndjson") io.out(lines.map((line) => `${line}\n`).join(""));
    else io.out(lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`);
  }
  if (options.quiet) return EXIT_CODES.complete;
  if (hits.length > 0) {
    io.err(`${hits.length} ${hits.length === 1 ? "page" : "pages"}${more ? "; --limit shows more" : ""}\n`);
    return EXIT_CODES.complete;
  }
  const notes = (await unknownSpaces(index, options.space, suggest)).map(({ key, meant }) =>
    `the index holds no space ${printable(key)}${
      meant === undefined ? "" : ` (did you mean ${printable(meant)}?)`
    }`
  );
  const meant = await suggestWords(index, words, suggest);
  if (meant !== undefined) notes.push(`did you mean ${printable(meant)}?`);
  io.err(`${["nothing found", ...notes].join("; ")}\n`);
  return EXIT_CODES.complete;
};
