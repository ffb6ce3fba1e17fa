import { type ConfluenceClient, ConfluenceError } from "../../confluence/mod.ts";
import { openIndex, spaceOverviews } from "../../query/mod.ts";
import type { Config } from "../config.ts";
import { databaseOptions } from "../database_options.ts";
import { type Check, failed, findingOf, limited, ok } from "./check.ts";

/** More are looked for in the list of spaces only: a request for each would go on for minutes. */
const MOST_READ = 20;

/** Which spaces to look at. */
export interface Chosen {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  /** Where the choice came from, for people. */
  readonly from: string;
}

/** The spaces that were named, else those in the index; none where there is no index that can be read. */
export async function chooseSpaces(
  config: Config,
  keys: readonly string[],
  ids: readonly string[],
): Promise<Chosen> {
  if (keys.length + ids.length > 0) return { keys, ids, from: "asked for" };
  try {
    await using index = await openIndex(config.databaseUrl!, {
      ...databaseOptions(config),
      mayBeMissing: true,
    });
    return { keys: [], ids: (await spaceOverviews(index)).map(({ id }) => id), from: "in the index" };
  } catch {
    // The check of the index says what is wrong with it.
    return { keys: [], ids: [], from: "in the index" };
  }
}

/** Whether each space can be seen, and its pages be listed. */
export async function checkSpaces(
  client: ConfluenceClient,
  { keys, ids, from }: Chosen,
  signal: AbortSignal,
): Promise<Check> {
  const name = "spaces";
  try {
    if (keys.length + ids.length === 0) return await checkAny(client, signal);
    const spaces = [
      ...(keys.length === 0 ? [] : await Array.fromAsync(client.getSpaces(keys, { signal }))),
      ...(ids.length === 0 ? [] : await Array.fromAsync(client.getSpaces(undefined, { ids, signal }))),
    ];
    const seenKeys = new Set(spaces.map(({ key }) => key.toLowerCase()));
    const seenIds = new Set(spaces.map(({ id }) => id));
    const bad = [
      ...keys.filter((key) => !seenKeys.has(key.toLowerCase())),
      ...ids.filter((id) => !seenIds.has(id)).map((id) => `id ${id}`),
    ].map((which) => `${which} is not visible to this account`);
    for (const space of spaces.slice(0, MOST_READ)) {
      const trouble = await readOne(client, space.id, signal);
      if (trouble !== null) bad.push(`${space.key}: ${trouble}`);
    }
    const wanted = keys.length + ids.length;
    if (bad.length === 0) return ok(name, `${wanted} ${from}, all readable`);
    const finding = `${bad.length} of ${wanted} ${from} cannot be read: ${bad.join("; ")}`;
    const remedy = "Check the key, and ask the space's administrator to let this account view it.";
    return bad.length < wanted ? limited(name, finding, remedy) : failed(name, finding, remedy);
  } catch (error) {
    if (!(error instanceof ConfluenceError)) throw error;
    return failed(name, findingOf(error), error.hint ?? "Run doctor again in a minute.");
  }
}

async function checkAny(client: ConfluenceClient, signal: AbortSignal): Promise<Check> {
  for await (const space of client.getSpaces(undefined, { signal })) {
    return ok("spaces", `none chosen yet; this account can see ${space.key} and perhaps more`);
  }
  return limited(
    "spaces",
    "this account can see no space",
    "Ask an administrator to give it access to Confluence and to a space.",
  );
}

/** What is wrong with listing a space's pages; null where nothing is. */
async function readOne(client: ConfluenceClient, id: string, signal: AbortSignal): Promise<string | null> {
  try {
    for await (const _ of client.getPages(id, undefined, { limit: 1, signal }).batches()) break;
    return null;
  } catch (error) {
    if (!(error instanceof ConfluenceError)) throw error;
    return findingOf(error);
  }
}
