import { join } from "@std/path";
import { explainFileError } from "./atomic_file.ts";

/**
 * Removes the folder with the artifacts of a run, `out/runs/<id>`. Nothing goes through links, and a run without a folder is done.
 *
 * @param out The output folder.
 * @param runId From the tables, so not to be trusted: what is no plain name is left alone.
 * @returns Whether there was something to remove.
 * @throws {ConfluenceIndexError} `files`.
 */
export async function removeRunArtifacts(out: string, runId: string): Promise<boolean> {
  if (!/^\w[\w.-]*$/.test(runId)) return false;
  const runs = join(out, "runs");
  const folder = join(runs, runId);
  try {
    for (const path of [runs, folder]) {
      if (!(await Deno.lstat(path)).isDirectory) return false;
    }
    await Deno.remove(folder, { recursive: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw explainFileError(error, folder);
  }
}
