/**
 * What a worker may touch, derived from what was configured, so that nothing more has to be trusted.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
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
/** libSQL keeps how far it has followed, this program whom. */
const REPLICA = [...BESIDE, "-client_wal_index", "-source"];
/** It is replaced as a whole, from a file beside it. */
const DOT_ENV = [".env", ".env.new"];

/**
 * The least that a command needs.
 *
 * @param needs What the command touches.
 * @param config Where that is.
 * @param files Other files that it reads.
 * @param offline Whether it was told not to touch the network.
 * @param replaced Files that it replaces, each from a file beside it.
 * @throws {ConfluenceIndexError} `configuration`, when Confluence is needed and not configured.
 */
export function derivePermissions(
  needs: Needs,
  config: Config,
  files: readonly string[] = [],
  offline = false,
  replaced: readonly string[] = [],
): WorkerPermissions {
  const net: string[] = [];
  const read: string[] = files.map(absolute);
  const write: string[] = [];
  if (needs.confluence) {
    const hosts = needs.confluence === "if configured" ? hostsOf(config) : requireSite(config, needs.media);
    if (!offline) net.push(...hosts);
  }
  if (needs.database !== "none" && config.databaseUrl !== null) {
    const place = readDatabaseUrl(config.databaseUrl, "--db");
    if (place.kind === "server") {
      net.push(place.host);
    } else if (place.kind === "file") {
      const database = BESIDE.map((suffix) => absolute(place.path) + suffix);
      // The folder is made where it is missing; a file that lies openly in the working folder or the root needs none.
      const folder = /^(.+)[/\\][^/\\]*$/.exec(place.path)?.[1];
      const places = needs.database === "write" && folder !== undefined ? [absolute(folder)] : database;
      read.push(...places);
      if (needs.database === "write") {
        write.push(...places);
        // A note beside it says that it is a replica, which nobody writes.
        if (folder === undefined) read.push(`${absolute(place.path)}-source`);
      }
    }
  }
  if (needs.out && config.outDir !== null) {
    read.push(absolute(config.outDir));
    write.push(absolute(config.outDir));
  }
  if (needs.dotEnv === true) {
    const files = DOT_ENV.map(absolute);
    read.push(...files);
    write.push(...files);
  }
  for (const path of replaced) {
    const files = [absolute(path), `${absolute(path)}.new`];
    // What replaces a database looks whether somebody has it open.
    read.push(...files, ...BESIDE.map((suffix) => absolute(path) + suffix));
    write.push(...files);
  }
  const follows = needs.database === "read" && config.replica !== null;
  if (follows) {
    const files = REPLICA.map((suffix) => absolute(config.replica!) + suffix);
    read.push(...files);
    write.push(...files);
  }
  const native = needs.native || follows;
  if (native) read.push(...LOADER);
  return {
    net: [...new Set(net)],
    read: [...new Set(read)],
    write: [...new Set(write)],
    env: native ? ["LIBSQL_JS_DEV"] : [],
    sys: native ? ["cpus", "hostname", "networkInterfaces"] : [],
    ffi: native,
    run: false,
    import: false,
  };
}

/** The hosts of a configuration that may be none. */
function hostsOf(config: Config): readonly string[] {
  try {
    return requireSite(config);
  } catch (error) {
    if (error instanceof ConfluenceIndexError) return [];
    throw error;
  }
}

/** Deno makes the rest normal by itself; std's path module loads some eighty files, which every command would wait for. */
function absolute(path: string): string {
  return /^([/\\]|[a-z]:[/\\])/i.test(path) ? path : `${Deno.cwd()}/${path}`;
}
