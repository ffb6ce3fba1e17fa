import { ConfluenceIndexError } from "../../errors.ts";

/**
 * Proves that {@linkcode replaceFile} will find its place, before hours of work: it makes the file beside, and removes it.
 *
 * @throws {ConfluenceIndexError} `usage`.
 */
export async function proveReplaceable(path: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const found = await Deno.lstat(path).catch(unlessMissing);
    if (found?.isDirectory === true) throw new Deno.errors.IsADirectory("it is a folder");
    await Deno.remove(temporary).catch(unlessMissing);
    await Deno.writeTextFile(temporary, "", { createNew: true, mode: 0o644 });
    await Deno.remove(temporary);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    const finding = error instanceof Deno.errors.NotFound ? "its folder does not exist" : error.message;
    throw new ConfluenceIndexError("usage", `Cannot write ${path}: ${finding}`, {
      hint: "Make the folder first, or name another file with --metrics-file.",
      cause: error,
    });
  }
}

/**
 * Replaces a file as a whole: whoever reads it sees the old text or the new one. Others may read it, for a monitoring
 * system is another user.
 *
 * @throws {ConfluenceIndexError} `files`.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await Deno.remove(temporary).catch(unlessMissing);
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o644 });
    await Deno.rename(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new ConfluenceIndexError("files", `Cannot write ${path}: ${error.message}`, {
      hint: "Name another file with --metrics-file. The index itself is complete as far as the run came.",
      cause: error,
    });
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
