import { ConfluenceIndexError } from "../../errors.ts";
import { type Settings, setVariables } from "./dot_env_text.ts";

/**
 * Writes variables into `.env`: whole or not at all, readable by this user alone, every other line kept.
 *
 * @param path The file; it is written beside, as `<path>.new`, and renamed.
 * @param settings What to set.
 * @throws {ConfluenceIndexError} `files`, when it cannot be written; it is as it was.
 */
export async function writeDotEnv(path: string, settings: Settings): Promise<void> {
  const text = setVariables(await readOwn(path), settings);
  if (text === null) {
    throw refusal(
      path,
      "its lines cannot be told apart",
      "Set the variables in it by hand, or move it away and run this again.",
    );
  }
  const temporary = `${path}.new`;
  try {
    await Deno.remove(temporary).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    // createNew: whatever somebody puts there in between is not written through.
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o600 });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw refusal(
      path,
      error.message,
      "Give yourself the right to write in this folder, or go to another.",
      error,
    );
  }
}

/** The file's text; empty where there is none. A link is not followed: what it leads to is not ours to replace. */
async function readOwn(path: string): Promise<string> {
  try {
    const found = await Deno.lstat(path);
    if (found.isSymlink) {
      throw refusal(path, "it is a link", "Put a file in its place, or edit what it leads to.");
    }
    if (!found.isFile) throw refusal(path, "it is not a file", "Move it away.");
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function refusal(path: string, finding: string, hint: string, cause?: unknown): ConfluenceIndexError {
  return new ConfluenceIndexError("files", `Cannot write ${path}: ${finding}`, { hint, cause });
}
