/**
 * What must be true before anything is read: the credentials are somebody's, and the site is the one this index holds.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { ConfluenceAuthError, type ConfluenceClient, ConfluenceError } from "../confluence/mod.ts";
import type { Space } from "../model/mod.ts";
import { type Readable, readMeta } from "../database/mod.ts";
import type { Source } from "./context.ts";

/**
 * Compares a cloud id that was given with the site's own: the gateway answers for any site that the account may see, a sandbox with the same
 * ids among them. A site that does not answer may be one of which only the gateway can be reached.
 *
 * @param client The client; before its first request its cloud id is the one that was given.
 * @throws {ConfluenceIndexError} `configuration`, when it is another site's.
 */
export async function proveCloudId(client: ConfluenceClient, signal: AbortSignal): Promise<void> {
  const given = client.cloudId;
  if (given === null) return;
  let own: string;
  try {
    own = await client.getCloudId({ signal, maxAttempts: 1 });
  } catch (error) {
    if (error instanceof ConfluenceError) return;
    throw error;
  }
  if (own.toLowerCase() === given.toLowerCase()) return;
  throw new ConfluenceIndexError(
    "configuration",
    `Cannot ingest ${client.siteUrl}: its cloud id is ${own}, and CONFLUENCE_CLOUD_ID is another site's`,
    { hint: `Set CONFLUENCE_CLOUD_ID=${own}, or leave it out. Nothing was changed.` },
  );
}

/**
 * Asks who the credentials belong to. A bogus token on a site with public spaces is silently anonymous: a 200 proves nothing, `known`
 * does.
 *
 * @throws {ConfluenceIndexError} `authentication`.
 */
export async function proveCredentials(client: ConfluenceClient, signal: AbortSignal): Promise<void> {
  try {
    const user = await client.getCurrentUser({ signal });
    if (user.type === "known") return;
    throw new ConfluenceIndexError(
      "authentication",
      `Cannot ingest: the site treats this token as ${user.type}`,
      {
        hint:
          "The e-mail and the token do not belong together, or the token was revoked. Make a new one and set CONFLUENCE_API_TOKEN.",
      },
    );
  } catch (error) {
    // A scoped token without this scope is still a token: the next request proves it.
    if (error instanceof ConfluenceAuthError && error.reason === "scope") return;
    throw error;
  }
}

/**
 * Whether the credentials are still somebody's. A token that ends while a space is read may make the rest of it what nobody in
 * particular sees: less, and with no error.
 *
 * @throws What the client throws.
 */
export async function isStillKnown(
  client: Pick<Source, "getCurrentUser">,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await client.getCurrentUser({ signal })).type === "known";
  } catch (error) {
    // A scoped token without this scope is still a token: the next request proves it.
    if (error instanceof ConfluenceAuthError && error.reason === "scope") return true;
    throw error;
  }
}

/**
 * Whether the space is still called, and has the status, that it had when the run chose it: the search shows nothing of any other, and with
 * no error.
 */
export async function isAsChosen(
  client: Pick<Source, "getSpaces">,
  space: Space,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { id, key, status } of client.getSpaces(undefined, { ids: [space.id], signal })) {
    if (id === space.id) return key === space.key && status === space.status;
  }
  return false;
}

/**
 * Compares the client's site with the one the index was made from.
 *
 * @throws {ConfluenceIndexError} `configuration`, when it is another one.
 */
export async function proveSite(client: ConfluenceClient, database: Readable): Promise<void> {
  const site = await readMeta(database, "site");
  if (site !== undefined && site !== client.siteUrl) {
    throw new ConfluenceIndexError(
      "configuration",
      `Cannot ingest ${client.siteUrl}: this index holds ${site}`,
      {
        hint: "Keep one index for each site: name another file with --db. Nothing was changed.",
      },
    );
  }
}
