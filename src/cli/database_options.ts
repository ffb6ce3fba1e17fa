import type { ServerOptions } from "../query/mod.ts";
import type { Config } from "./config.ts";

/** How the configured index is asked, where it is on a server. */
export function databaseOptions(config: Config): ServerOptions {
  return { token: config.databaseToken ?? undefined, timeoutMs: config.databaseTimeoutMs };
}
