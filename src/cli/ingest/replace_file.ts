import { ConfluenceIndexError } from "../../errors.ts";

/**
 * Replaces a file as a whole: whoever reads it sees the old text or the new one. Others may read it, for a monitoring
 * system is another user.
 *
 * @throws {ConfluenceIndexError} `files`.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await Deno.remove(temporary).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
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
