/**
 * Making the client and the database that a configuration names.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { ConfluenceClient, type Wait } from "../confluence/mod.ts";
import { type Database, openDatabase } from "../database/mod.ts";
import type { Config } from "./config.ts";
import { databaseOptions } from "./database_options.ts";
import type { Invocation } from "./command.ts";

/** The client of a configuration that `requireSite` has accepted. */
export function connectConfluence(
  { config, options, signal }: Invocation,
  onWait?: (wait: Wait) => void,
): ConfluenceClient {
  const { baseUrl, email, apiToken, cloudId, gatewayUrl, mediaUrl } = config;
  if (baseUrl === null || email === null || apiToken === null) throw new Error("No site is configured");
  return new ConfluenceClient({
    baseUrl,
    email,
    apiToken,
    ...(cloudId === null ? {} : { cloudId }),
    ...(gatewayUrl === null ? {} : { gatewayUrl }),
    ...(mediaUrl === null ? {} : { mediaUrl }),
    ...(onWait === undefined ? {} : { onWait }),
    limits: { requestsPerSecond: Number(options.rps), concurrency: Number(options.concurrency) },
    signal,
  });
}

/** The index of a configuration, migrated. */
export function connectDatabase(config: Config): Promise<Database> {
  return openDatabase(config.databaseUrl!, databaseOptions(config));
}

/**
 * The index of a configuration, which must be there already.
 *
 * @throws {ConfluenceIndexError} `database` when a file is missing; none is made.
 */
export async function connectExistingDatabase(config: Config): Promise<Database> {
  const { isFile, pathOf } = await import("../database/mod.ts");
  const url = config.databaseUrl!;
  if (isFile(url)) {
    try {
      await Deno.stat(pathOf(url));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new ConfluenceIndexError(
        "database",
        `Cannot open the index ${pathOf(url)}: there is no such file`,
        {
          hint: "Run `ingest` first, or name the right file with --db.",
        },
      );
    }
  }
  return await connectDatabase(config);
}
