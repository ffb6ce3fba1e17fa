/**
 * Which scopes a token has, found by asking for things that are not there: a missing scope is a 401, everything else
 * means that the door is open (api.md 8.5).
 *
 * @module
 */
import type { ConfluenceClient } from "./client.ts";
import { ConfluenceAuthError, ConfluenceError } from "./errors.ts";
import { scopeOf } from "./scopes.ts";
import type { CallOptions } from "./single.ts";

/** What was found out about one scope. */
export interface ScopeFinding {
  /** What it is for, in words that follow "without it". */
  readonly feature: string;
  readonly scope: string;
  /** Whether nothing can be read without it. */
  readonly needed: boolean;
  /** Null where the answer says neither. */
  readonly granted: boolean | null;
}

/** Ids of the shape Confluence takes and far above all it has given out. */
const NO_PAGE = "9007199254740991";

interface Probe {
  readonly endpoint: string;
  readonly feature: string;
  readonly needed: boolean;
  ask(client: ConfluenceClient, options: CallOptions): Promise<unknown>;
}

const PROBES: readonly Probe[] = [
  {
    endpoint: "GET /spaces",
    feature: "no space is found",
    needed: true,
    ask: (client, options) => Array.fromAsync(client.getSpaces(undefined, { ids: [NO_PAGE], ...options })),
  },
  {
    endpoint: "GET /pages/{id}",
    feature: "no page is read",
    needed: true,
    ask: (client, options) => client.getPageById(NO_PAGE, undefined, options),
  },
  {
    endpoint: "GET /attachments/{id}",
    feature: "attachments are found by the search alone",
    needed: false,
    ask: (client, options) => client.getAttachmentById(`att${NO_PAGE}`, options),
  },
  {
    endpoint: "GET /folders/{id}",
    feature: "folders in the page tree have no titles",
    needed: false,
    ask: (client, options) => client.getContainer("folder", NO_PAGE, options),
  },
  {
    endpoint: "GET /rest/api/content/search",
    feature: "every run lists whole spaces instead of asking what changed",
    needed: false,
    ask: (client, options) => Array.fromAsync(client.searchCql(`id = ${NO_PAGE}`, { limit: 1, ...options })),
  },
  {
    endpoint: "GET /rest/api/user/current",
    feature: "the account behind the token is not shown",
    needed: false,
    ask: (client, options) => client.getCurrentUser(options),
  },
];

/**
 * Asks one small question for each scope this program uses.
 *
 * @param client Goes through the gateway: elsewhere tokens have no scopes.
 * @throws The reason of an aborted signal.
 */
export async function probeScopes(
  client: ConfluenceClient,
  options: CallOptions = {},
): Promise<ScopeFinding[]> {
  const findings: ScopeFinding[] = [];
  for (const { endpoint, feature, needed, ask } of PROBES) {
    findings.push({
      feature,
      scope: scopeOf(endpoint)!,
      needed,
      granted: await isGranted(() => ask(client, options)),
    });
  }
  return findings;
}

async function isGranted(ask: () => Promise<unknown>): Promise<boolean | null> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (!(error instanceof ConfluenceError)) throw error;
    if (error instanceof ConfluenceAuthError && error.reason === "scope") return false;
    // A refusal of the credentials as a whole, and no answer at all, say nothing about scopes.
    const answered = error.status !== undefined && error.status >= 400 && error.status < 500 &&
      error.status !== 429;
    return answered && !(error instanceof ConfluenceAuthError && error.reason === "rejected") ? true : null;
  }
}
