import { followServer, type ServerOptions } from "../database/reader.ts";
import { ConfluenceIndexError } from "../errors.ts";
import type { Config } from "./config.ts";
import { databaseOptions } from "./database_options.ts";
import type { Io } from "./io.ts";

/**
 * Where a command that only reads finds the index, and how it asks there: the configured place, or a replica of it that
 * has just been brought up to date.
 *
 * @param mustBeFresh Refuses a replica of a server that is away.
 * @throws {ConfluenceIndexError} `database`, when there is no replica and it cannot be made.
 */
export async function readPlace(
  config: Config,
  io: Pick<Io, "err" | "progress">,
  mustBeFresh = false,
): Promise<{ readonly url: string; readonly options: ServerOptions }> {
  const { replica } = config;
  const [url, options] = [config.databaseUrl!, databaseOptions(config)];
  if (replica === null) return { url, options };
  io.progress.update("bringing the replica up to date");
  const followed = await followServer(replica, url, options);
  io.progress.end();
  if (followed.behindSince !== null) {
    if (mustBeFresh) {
      throw new ConfluenceIndexError(
        "database",
        `Cannot bring the replica ${replica} up to date: the database server did not answer`,
        { hint: `It is as of ${followed.behindSince}; run again when the server is back.` },
      );
    }
    io.err(`warning: the database server did not answer; this is the replica of ${followed.behindSince}\n`);
  }
  return { url: followed.url, options: {} };
}
