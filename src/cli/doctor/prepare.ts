/**
 * Facts that the launcher may look up and the worker may not.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import type { BeforeStart, Prepared } from "../command.ts";
import { readDatabaseUrl } from "../database_url.ts";
import type { Disk } from "./disk.ts";

/** What the action gets as notes. */
export interface DoctorNotes {
  readonly dotEnvMode: number | null;
  readonly disk: Disk | null;
}

/** Looks at `.env` and at the disk of the index. */
export async function prepare({ environment, dotEnv, resolve }: BeforeStart): Promise<Prepared> {
  const { databaseUrl } = await resolve(environment, dotEnv);
  const place = databaseUrl === null ? null : readDatabaseUrl(databaseUrl, "--db");
  const file = await Deno.stat(".env").catch(() => null);
  const notes: DoctorNotes = {
    dotEnvMode: Deno.build.os === "windows" ? null : file?.mode ?? null,
    disk: place?.kind === "file" ? await diskOf(place.path) : null,
  };
  return { environment, dotEnv, notes: { ...notes } };
}

/** The nearest folder that is there already decides. */
async function diskOf(path: string): Promise<Disk | null> {
  const used = (await Deno.stat(path).catch(() => null))?.size ?? 0;
  for (let folder = parentOf(path);; folder = parentOf(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return { free: Number(bavail) * Number(bsize), used };
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!missing || folder === "." || folder === "/") return null;
    }
  }
}

function parentOf(path: string): string {
  const parent = /^(.+)[/\\][^/\\]*$/.exec(path)?.[1];
  return parent ?? (/^[/\\]/.test(path) ? "/" : ".");
}
