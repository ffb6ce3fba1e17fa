/**
 * Which spaces a run is about: by key, by id, all of them, or those already in the index.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Space } from "../model/mod.ts";
import type { ConfluenceClient } from "../confluence/mod.ts";
import { knownSpaces, type Readable } from "../database/mod.ts";

/** What the user asked for. */
export interface SpaceSelection {
  /** Space keys in any case, personal ones with their `~`. */
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly all: boolean;
}

/** The spaces to read, and those of the index that are not visible any more. */
export interface SelectedSpaces {
  readonly spaces: readonly Space[];
  readonly vanished: readonly { readonly id: string; readonly key: string }[];
}

/**
 * Resolves the selection in as few requests as the API allows (250 keys or ids in one).
 *
 * @throws {ConfluenceIndexError} `usage` naming what does not exist, or when there is nothing to select.
 */
export async function selectSpaces(
  client: ConfluenceClient,
  database: Readable,
  selection: SpaceSelection,
  signal: AbortSignal,
): Promise<SelectedSpaces> {
  const found = new Map<string, Space>();
  const take = async (listing: AsyncIterable<Space>) => {
    for await (const space of listing) found.set(space.id, space);
  };
  const strict = {
    signal,
    onInvalid: (error: Error) => {
      throw error;
    },
  };
  if (selection.all) {
    await take(client.getSpaces(undefined, strict));
  } else if (selection.keys.length + selection.ids.length > 0) {
    if (selection.keys.length > 0) await take(client.getSpaces(selection.keys, strict));
    if (selection.ids.length > 0) await take(client.getSpaces(undefined, { ...strict, ids: selection.ids }));
    refuseUnknown(selection, [...found.values()]);
  } else {
    return await indexedSpaces(client, database, strict);
  }
  if (found.size === 0) {
    throw new ConfluenceIndexError("usage", "Cannot ingest: this account sees no space", {
      hint: "Check which account the token belongs to, and that it may view spaces.",
    });
  }
  return { spaces: inOrder(found.values()), vanished: await vanishedAmong(database, selection, found) };
}

/** What the index holds of the selection and the site does not show: with all spaces any, with a key one that had it before. */
async function vanishedAmong(
  database: Readable,
  selection: SpaceSelection,
  found: ReadonlyMap<string, Space>,
): Promise<SelectedSpaces["vanished"]> {
  const keys = new Set(selection.keys.map((key) => key.toLowerCase()));
  return (await knownSpaces(database)).filter(({ id, key }) =>
    !found.has(id) && (selection.all || keys.has(key.toLowerCase()))
  );
}

function refuseUnknown(selection: SpaceSelection, spaces: readonly Space[]): void {
  const keys = new Set(spaces.map((space) => space.key.toLowerCase()));
  const ids = new Set(spaces.map((space) => space.id));
  const unknown = [
    ...selection.keys.filter((key) => !keys.has(key.toLowerCase())).map((key) => `"${key}"`),
    ...selection.ids.filter((id) => !ids.has(id)).map((id) => `id ${id}`),
  ];
  if (unknown.length > 0) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot find space ${unknown.join(", ")}: this account sees no such space`,
      {
        hint: "Check the spelling (the key stands in the space's URL) and that this account may view it.",
      },
    );
  }
}

async function indexedSpaces(
  client: ConfluenceClient,
  database: Readable,
  options: { readonly signal: AbortSignal; readonly onInvalid: (error: Error) => void },
): Promise<SelectedSpaces> {
  const known = await knownSpaces(database);
  if (known.length === 0) {
    throw new ConfluenceIndexError(
      "usage",
      "Cannot ingest: no space was named, and the index holds none yet",
      {
        hint: "Name spaces with --space KEY (repeat it for more), or take every one with --all-spaces.",
      },
    );
  }
  const found = new Map<string, Space>();
  for await (
    const space of client.getSpaces(undefined, {
      ...options,
      ids: known.map((space) => space.id),
    })
  ) {
    found.set(space.id, space);
  }
  return { spaces: inOrder(found.values()), vanished: known.filter((space) => !found.has(space.id)) };
}

function inOrder(spaces: Iterable<Space>): Space[] {
  return [...spaces].sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
