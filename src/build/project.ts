/** The project that is built: its folder, its configuration, its lock file. */
import { fromFileUrl, join } from "@std/path";
import config from "../../deno.json" with { type: "json" };

/** The folder of `deno.json`, without a slash at the end. */
export const ROOT: string = fromFileUrl(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** What `deno.json` says. */
export const CONFIG = config;

/** A package as the lock file has it. */
export interface LockedPackage {
  /** `@libsql/darwin-arm64@0.5.29` */
  readonly id: string;
  readonly version: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The part of `deno.lock` that is used. */
export interface Lock {
  readonly version: string;
  readonly npm: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Reads `deno.lock`. */
export async function readLock(): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
}

/** Finds the one locked version of a package. */
export function lockedPackage(lock: Lock, name: string): LockedPackage {
  const ids = Object.keys(lock.npm).filter((id) => id.startsWith(`${name}@`));
  const [id] = ids;
  if (id === undefined || ids.length > 1) {
    throw new Error(`deno.lock holds ${ids.length} versions of ${name}`);
  }
  return { id, version: id.slice(name.length + 1), entry: lock.npm[id]! };
}
