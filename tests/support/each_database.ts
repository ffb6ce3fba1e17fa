/** Tests that hold wherever the index is: each runs once on a file and once on a real libSQL server of its own. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Database } from "../../src/database/mod.ts";
import type { VirtualClock } from "./clock.ts";
import { noSqld, startSqld } from "./sqld.ts";
import { withTempDir } from "./temp_dir.ts";

const place = new AsyncLocalStorage<string>();

/** Where the test that runs now keeps its index. */
export function indexUrl(): string {
  return place.getStore() ?? ":memory:";
}

/** A server answers in its own time, which the virtual clock must not run past. */
export function nameOutside(database: Database, clock: VirtualClock): Database {
  if (!database.url.startsWith("http")) return database;
  const { all, commit } = database;
  return Object.assign(database, {
    all: <T>(...args: Parameters<Database["all"]>) =>
      clock.outside(all.call(database, ...args) as Promise<T[]>),
    commit: (...args: Parameters<Database["commit"]>) => clock.outside(commit.apply(database, args)),
  });
}

/**
 * Registers a test twice. Its index is to be opened at {@linkcode indexUrl}.
 *
 * @param name What holds.
 * @param work The test.
 */
export function test(name: string, work: () => Promise<void>): void {
  Deno.test(name, () => withTempDir((dir) => place.run(`file:${dir}/index.db`, work)));
  Deno.test({
    name: `${name}, on a server${noSqld === undefined ? "" : ` (${noSqld})`}`,
    ignore: noSqld !== undefined,
    fn: async () => {
      await using server = await startSqld();
      await place.run(server.url, work);
    },
  });
}
