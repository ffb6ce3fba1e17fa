/**
 * The checks that ask the site, in the order in which one needs the other.
 *
 * @module
 */
import { ConfluenceClient } from "../../confluence/mod.ts";
import type { Config } from "../config.ts";
import { type Check, limited } from "./check.ts";
import { checkConnection } from "./connection.ts";
import { checkCredentials } from "./credentials.ts";
import { checkScopes } from "./scopes.ts";
import { checkSite } from "./site.ts";

/** A client that would rather say what is wrong than try for long. */
export function impatientClient(config: Config, signal: AbortSignal): ConfluenceClient {
  const { baseUrl, email, apiToken, cloudId, gatewayUrl } = config;
  return new ConfluenceClient({
    baseUrl: baseUrl!,
    email: email!,
    apiToken: apiToken!,
    ...(cloudId === null ? {} : { cloudId }),
    ...(gatewayUrl === null ? {} : { gatewayUrl }),
    limits: { maxAttempts: 2, timeoutMs: 20_000, maxRetryAfterMs: 5_000, maxBodyBytes: 16 * 1024 * 1024 },
    signal,
  });
}

/** Milliseconds to wait for a connection. */
const CONNECTING_MS = 15_000;

/** What {@linkcode diagnose} does beside what it always does. */
export interface DiagnoseOptions {
  /** Ask for each scope too. */
  readonly scopes: boolean;
  readonly signal: AbortSignal;
}

/**
 * Looks at connection, site, credentials and scopes; stops at the first that makes the next senseless.
 *
 * @param client Asks the site of the configuration, which `requireSite` has accepted.
 */
export async function diagnose(
  client: ConfluenceClient,
  config: Config,
  { scopes, signal }: DiagnoseOptions,
): Promise<Check[]> {
  const connecting = AbortSignal.any([signal, AbortSignal.timeout(CONNECTING_MS)]);
  const connection = await checkConnection(config.baseUrl!, connecting).catch((error: unknown) => {
    if (signal.aborted || !connecting.aborted) throw error;
    return {
      name: "connection",
      status: "failed",
      finding: "the site does not answer",
      remedy: "Check the network.",
    } as const;
  });
  const site = await checkSite(client, config.cloudId, signal);
  if (site.status === "failed") return [connection, ...(connection.status === "failed" ? [] : [site])];
  const reached = connection.status === "failed"
    ? limited(
      "connection",
      `${connection.finding}, but requests get through`,
      "A proxy may be in use; nothing to do.",
    )
    : connection;
  const credentials = await checkCredentials(client, signal);
  const first = [reached, site, credentials];
  return credentials.status === "failed" || !scopes
    ? first
    : [...first, await checkScopes(client, config.cloudId, signal)];
}
