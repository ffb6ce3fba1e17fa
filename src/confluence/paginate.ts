/**
 * Walks a list from its first answer to the one without a next link: the only reliable end (api.md 4).
 *
 * @module
 */
import {
  type ConfluenceErrorDetails,
  ConfluenceResponseError,
  type ResponseReason,
  withTrace,
} from "./errors.ts";
import type { GetResult, Http } from "./http.ts";
import { relativeLink } from "./links.ts";
import type { Batch, ListOptions } from "./listing.ts";
import type { RowReader } from "./wire.ts";

/** A list to walk. */
export interface Walk<T> {
  readonly operation: string;
  readonly endpoint: string;
  /** Relative link of the first answer, `/wiki/…`. */
  readonly first: string;
  /** The id in the path, which a believable 404 names. */
  readonly objectId?: string | undefined;
  readonly readRow: RowReader<T>;
  /** Whether a refusal is believed only the second time. */
  readonly doubtRefusal?: boolean;
}

/**
 * Gets one answer after the other. Short and empty answers go on; only a missing next link ends the walk.
 *
 * @throws {ConfluenceResponseError} For an unusable envelope and for a next link that is foreign or was followed before.
 */
export async function* paginate<T>(
  http: Http,
  walk: Walk<T>,
  options: ListOptions,
): AsyncGenerator<Batch<T>> {
  const seen = new Set<string>([position(walk.first)]);
  let link: string | null = walk.first;
  while (link !== null) {
    const result: GetResult = await http.get({
      operation: walk.operation,
      endpoint: walk.endpoint,
      url: http.bases.requestBase + link.slice("/wiki".length),
      objectId: walk.objectId,
      doubtRefusal: walk.doubtRefusal,
      signal: options.signal,
      maxAttempts: options.maxAttempts,
    });
    const { details, clean, askedAt } = result;
    const rows = rowsOf(result);
    const next = nextOf(http, result);
    if (next !== null && seen.has(position(next))) {
      throw problem("repeated_link", "the next link was followed before", "_links.next", details);
    }
    const items: T[] = [];
    const invalid: ConfluenceResponseError[] = [];
    rows.forEach((row, index) => {
      const item = walk.readRow(row, { details, path: `results[${index}]`, clean, askedAt });
      if (item instanceof ConfluenceResponseError) invalid.push(item);
      else items.push(item);
    });
    yield { items, invalid, next, bytes: result.bytes, receivedAt: result.receivedAt };
    if (next !== null) seen.add(position(next));
    link = next;
  }
}

/** What tells one place of a list from another: the cursor, whatever else changes around it. */
function position(link: string): string {
  return new URL(link, "https://any.invalid").searchParams.get("cursor") ?? link;
}

function rowsOf({ json, details }: GetResult): readonly unknown[] {
  const results = isObject(json) ? json.results : undefined;
  if (Array.isArray(results)) return results;
  throw problem("shape", "the answer has no list of results", "results", details);
}

function nextOf(http: Http, { json, headers, details, clean }: GetResult): string | null {
  const links = isObject(json) ? json._links : undefined;
  if (links !== undefined && links !== null && !isObject(links)) {
    throw problem("shape", "the links are not an object", "_links", details);
  }
  const given = links?.next ?? nextOfHeader(headers.get("link"));
  if (given === null || given === undefined) return null;
  if (typeof given !== "string" || given === "") {
    throw problem("shape", "the next link is not text", "_links.next", details);
  }
  const link = relativeLink(http.bases, given);
  if (link !== null) return link;
  const place = clean(URL.canParse(given) ? new URL(given).host : given);
  const found = `the next link leads to another place: ${place}`;
  throw problem("foreign_link", found, "_links.next", details);
}

// </wiki/api/v2/…>; rel="next", <https://site.atlassian.net/wiki>; rel="base"
function nextOfHeader(header: string | null): string | null {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[^,<]+)*)/g)) {
    if (/;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(parameters ?? "")) return target ?? null;
  }
  return null;
}

function problem(
  reason: ResponseReason,
  found: string,
  path: string,
  details: ConfluenceErrorDetails,
): ConfluenceResponseError {
  const hint = `Stop here and report this${
    withTrace(details)
  }; a proxy that rewrites answers can cause it too.`;
  return new ConfluenceResponseError(reason, found, { ...details, path, hint });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
