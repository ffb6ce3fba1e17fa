/** The note beside a file that says that it is a replica, and of which server. @module */
import { ConfluenceIndexError } from "../errors.ts";

/** Where the note of a file is. */
export function notePath(path: string): string {
  return `${path}-source`;
}

/**
 * Keeps a replica from being written: its server is the truth, and what is written is lost when it follows that again.
 *
 * @param path The file.
 * @param action What cannot be done.
 * @throws {ConfluenceIndexError} `database`, where the file is a replica.
 */
export async function refuseReplica(path: string, action: string): Promise<void> {
  const note = notePath(path);
  try {
    await Deno.lstat(note);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new ConfluenceIndexError("database", `${action} for writing: it is the replica of a server`, {
    hint: `Name the server with --db. To make an index of its own of it, remove ${note}.`,
  });
}
