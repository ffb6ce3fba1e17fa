/**
 * What a worker may touch, derived from what was configured, so that nothing more has to be trusted.
 *
 * @module
 */
import { dirname, resolve } from "@std/path";
import type { Needs } from "./command.ts";
import type { Config } from "./config.ts";
import { readDatabaseUrl } from "./database_url.ts";
import { requireSite } from "./site.ts";

/** Permissions of a worker, every kind named; an empty list is none. */
export interface WorkerPermissions {
  readonly net: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly env: readonly string[];
  readonly sys: readonly ("cpus" | "hostname" | "networkInterfaces")[];
  readonly ffi: boolean;
  readonly run: false;
  readonly import: false;
}

/** What the loader of the native addon looks at, to tell one C library from another. */
const LOADER = Deno.build.os === "linux" ? ["/usr/bin/ldd"] : [];
/** SQLite keeps its journal in files beside the database. */
const BESIDE = ["", "-wal", "-shm", "-journal"];

/**
 * The least that a command needs.
 *
 * @param needs What the command touches.
 * @param config Where that is.
 * @param files Other files that it reads.
 * @param offline Whether it was told not to touch the network.
 * @throws {ConfluenceIndexError} `configuration`, when Confluence is needed and not configured.
 */
export function derivePermissions(
  needs: Needs,
  config: Config,
  files: readonly string[] = [],
  offline = false,
): WorkerPermissions {
  const net: string[] = [];
  const read: string[] = files.map((file) => resolve(file));
  const write: string[] = [];
  if (needs.confluence) {
    const hosts = requireSite(config);
    if (!offline) net.push(...hosts);
  }
  if (needs.database !== "none" && config.databaseUrl !== null) {
    const place = readDatabaseUrl(config.databaseUrl, "--db");
    if (place.kind === "server") {
      net.push(place.host);
    } else if (place.kind === "file") {
      const path = resolve(place.path);
      if (needs.database === "write") {
        // The folder itself too: it is made where it is missing.
        read.push(dirname(path));
        write.push(dirname(path));
      } else {
        read.push(...BESIDE.map((suffix) => path + suffix));
      }
    }
  }
  if (needs.out && config.outDir !== null) {
    read.push(resolve(config.outDir));
    write.push(resolve(config.outDir));
  }
  if (needs.native) read.push(...LOADER);
  return {
    net: [...new Set(net)],
    read: [...new Set(read)],
    write: [...new Set(write)],
    env: needs.native ? ["LIBSQL_JS_DEV"] : [],
    sys: needs.native ? ["cpus", "hostname", "networkInterfaces"] : [],
    ffi: needs.native,
    run: false,
    import: false,
  };
}
