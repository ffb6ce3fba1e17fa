/** Indexes on disk for tests of the program: made in this process, which is quicker than starting another. */
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { ingest, type IngestOptions, type IngestResult } from "../../src/sync/mod.ts";
import type { FakeConfluence } from "./fake/mod.ts";

/** Where the program looks for the index when it runs in `dir`. */
export const INDEX = "var/confluence.db";

/**
 * Ingests into `var/confluence.db` below a folder, and leaves the file closed.
 *
 * @param dir The folder.
 * @param fake The site.
 * @param options Wishes; a base URL where the fake is served.
 */
export async function ingestInto(
  dir: string,
  fake: FakeConfluence,
  options: Partial<IngestOptions> & { readonly baseUrl?: string } = {},
): Promise<IngestResult> {
  const { baseUrl, ...wishes } = options;
  await using database = await openDatabase(`file:${dir}/${INDEX}`);
  const client = new ConfluenceClient({
    baseUrl: baseUrl ?? fake.baseUrl,
    email: "ana@example.com",
    apiToken: "test-token-ana",
    limits: { requestsPerSecond: 1000 },
    ...(baseUrl === undefined ? { fetch: fake.fetch } : {}),
  });
  fake.site.index.flush();
  return await ingest({ client, database, ...wishes });
}

/** Every file below a folder with the hash of its bytes, but for what SQLite keeps beside an open database. */
export async function hashes(dir: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (/-(wal|shm)$/.test(name)) continue;
    const path = `${dir}/${name}`;
    if (isDirectory) {
      for (const [below, hash] of Object.entries(await hashes(path))) files[`${name}/${below}`] = hash;
    } else {
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
      files[name] = new Uint8Array(digest).toHex();
    }
  }
  return files;
}
