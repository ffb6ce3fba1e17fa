/** Small helps for tests that speak to the fake directly. */
import type { FakeConfluence } from "./mod.ts";

/** How a test asks. */
export interface Ask {
  readonly method?: string;
  /** `email:token`, a whole header, or null for none. @default the fake's first account */
  readonly as?: string | null;
  readonly gateway?: boolean;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer with its body read. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

/** Asks the fake for a path of the site, such as `/wiki/api/v2/spaces`. */
export async function ask(fake: FakeConfluence, path: string, options: Ask = {}): Promise<Told> {
  const prefix = options.gateway === true
    ? `${fake.hosts.gateway}/ex/confluence/${fake.site.cloudId}`
    : fake.hosts.site;
  const headers = new Headers(options.headers);
  const authorization = authorizationOf(fake, options.as);
  if (authorization !== null) headers.set("authorization", authorization);
  const json = options.body !== undefined && !(options.body instanceof FormData);
  if (json) headers.set("content-type", "application/json");
  const response = await fake.fetch(path.startsWith("http") ? path : prefix + path, {
    method: options.method ?? "GET",
    headers,
    redirect: "manual",
    ...(options.body === undefined
      ? {}
      : { body: json ? JSON.stringify(options.body) : options.body as FormData }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

/** Walks a list to its end; v1 and v2 links alike. */
export async function walk(fake: FakeConfluence, path: string, options: Ask = {}): Promise<Told[]> {
  const told: Told[] = [];
  let next: string | null = path;
  while (next !== null && told.length < 1000) {
    const answer: Told = await ask(fake, next, options);
    told.push(answer);
    const link: unknown = answer.json?._links?.next;
    next = typeof link !== "string" ? null : link.startsWith("/wiki/") ? link : `/wiki${link}`;
  }
  return told;
}

/** Ids of all rows of a walk. */
export function idsOf(told: readonly Told[]): string[] {
  return told.flatMap(({ json }) => json.results.map((row: { id: string }) => row.id));
}

/** Basic credentials as a header. */
export function basic(user: string, password: string): string {
  return `Basic ${btoa(`${user}:${password}`)}`;
}

function authorizationOf(fake: FakeConfluence, as: string | null | undefined): string | null {
  if (as === null) return null;
  if (as !== undefined) return as.includes(" ") ? as : `Basic ${btoa(as)}`;
  const account = fake.site.accounts[0]!;
  return account.kind === "oauth" ? `Bearer ${account.token}` : basic(account.email, account.token);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
