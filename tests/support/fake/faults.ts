/**
 * Switchable faults: rules that pick requests and make them go wrong, and a few standing switches. What each kind
 * does to a request or answer is in `http/fault_effects.ts`.
 */

/** A request as rules and hooks see it. */
export interface FaultRequest {
  readonly method: string;
  /** Without the gateway's prefix: `/wiki/api/v2/pages`. On the media host: `/file/…`. */
  readonly path: string;
  /** Method and pattern as in the counters. */
  readonly endpoint: string;
  readonly url: URL;
  readonly query: URLSearchParams;
  readonly mount: "site" | "gateway" | "media";
  /** Number of the request since the fake was made, from 1. */
  readonly number: number;
}

/** Which requests a rule is about. A path as text must be contained; a pattern must match. */
export type FaultMatch =
  | ((request: FaultRequest) => boolean)
  | { readonly path?: RegExp | string; readonly method?: string; readonly endpoint?: string };

/** What goes wrong. */
export type FaultKind =
  /**
   * 429. A number of `retryAfter` is in seconds; text is sent as it is (an HTTP date, nonsense); null sends none.
   * `reset` is text for `X-RateLimit-Reset`. `gateway` makes it the gateway's 429, without `Retry-After`.
   */
  | {
    readonly kind: "rate-limit";
    readonly retryAfter?: number | string | null;
    readonly reset?: string;
    readonly body?: "empty" | "html" | "json";
    readonly gateway?: boolean;
  }
  /** Budget headers on an answer that is otherwise good. */
  | {
    readonly kind: "near-limit";
    readonly remaining?: number;
    readonly limit?: number;
    readonly beta?: boolean;
  }
  /** Any status, with a v2 error envelope, an HTML page, or nothing as body. */
  | {
    readonly kind: "status";
    readonly status: number;
    readonly body?: "json" | "html" | "empty";
    readonly headers?: Readonly<Record<string, string>>;
  }
  /** 200 with an HTML page where JSON is due. */
  | { readonly kind: "html" }
  /** The text of the answer ends early, at this part of it; the connection ends well. */
  | { readonly kind: "truncate"; readonly keep?: number }
  /** The connection breaks: before the headers, or after so many bytes. Over HTTP always in the body. */
  | { readonly kind: "reset"; readonly afterBytes?: number }
  /** The answer comes late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** No answer until the caller gives up. */
  | { readonly kind: "hang" }
  /** The body comes in small pieces with a pause after each. */
  | { readonly kind: "drip"; readonly bytes: number; readonly everyMs: number }
  /** The body stops after so many bytes until the caller gives up. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** `next` points to another origin. */
  | { readonly kind: "foreign-next"; readonly origin?: string }
  /** `next` is this very request again. */
  | { readonly kind: "repeat-next" }
  /** `next` is any value. */
  | { readonly kind: "odd-next"; readonly value: unknown }
  /** Rows with these ids are changed before they are sent; without ids, every row. */
  | {
    readonly kind: "bad-rows";
    readonly ids?: readonly string[];
    readonly change: (row: Record<string, unknown>) => unknown;
  }
  /** 403 or 404 of the edge in front of the site. */
  | { readonly kind: "edge"; readonly status: 403 | 404 }
  /** The listing is cut after so many rows, with a live `next`. Nothing is lost. */
  | { readonly kind: "short-page"; readonly rows: number }
  /** Answers as if the credential were wrong. */
  | { readonly kind: "reject-credential" }
  /** A redirect, for instance to a login page. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** The body is padded with white space to this many bytes. */
  | { readonly kind: "oversize"; readonly bytes: number }
  /** Changes the JSON in any way. */
  | { readonly kind: "transform"; readonly change: (body: unknown) => unknown };

/** A rule: which requests, how often, what. */
export type FaultRule = FaultKind & {
  readonly match?: FaultMatch;
  /** How many requests it spoils. @default 1 */
  readonly times?: number;
  /** How many matching requests pass first. @default 0 */
  readonly after?: number;
  /** Chance for each matching request. @default 1 */
  readonly probability?: number;
};

/** Called before each request. It may change the site in the middle of a listing; a promise is waited for. */
export type RequestHook = (request: FaultRequest) => unknown;

interface ActiveRule {
  readonly rule: FaultRule;
  left: number;
  skip: number;
}

/** The faults of one fake. */
export class Faults {
  /** An answer that would hold more page bodies than this fails. */
  failBodiesOver: number | null = null;
  /** An answer that would hold the body of one of these pages fails; `ID@NUMBER` is one version of a page. */
  readonly poisonPages = new Set<string>();
  /** How answers with too many or poisoned bodies fail. */
  bodyFailureStatus = 500;
  /** How many requests a rule of each kind spoiled. */
  fired: Record<string, number> = {};
  #rules: ActiveRule[] = [];
  #hooks: RequestHook[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a rule; the function it returns takes it away again. */
  add(rule: FaultRule): () => void {
    const active = { rule, left: rule.times ?? 1, skip: rule.after ?? 0 };
    this.#rules.push(active);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== active);
    };
  }

  /** Calls `hook` before each request; the function it returns ends that. */
  onRequest(hook: RequestHook): () => void {
    this.#hooks.push(hook);
    return () => {
      this.#hooks = this.#hooks.filter((other) => other !== hook);
    };
  }

  /** Takes all rules, hooks and switches away. */
  clear(): void {
    this.#rules = [];
    this.#hooks = [];
    this.failBodiesOver = null;
    this.poisonPages.clear();
    this.bodyFailureStatus = 500;
    this.fired = {};
  }

  /** Rules that still wait for a request. */
  get pending(): number {
    return this.#rules.filter((active) => active.left > 0).length;
  }

  /** Runs the hooks. For the fake itself. */
  async announce(request: FaultRequest): Promise<void> {
    for (const hook of [...this.#hooks]) await hook(request);
  }

  /** The rules that fire for a request, each used up by one. For the fake itself. */
  take(request: FaultRequest): FaultRule[] {
    if (this.#rules.length === 0) return [];
    const taken: FaultRule[] = [];
    for (const active of this.#rules) {
      const { rule } = active;
      if (active.left <= 0 || !matches(rule.match, request)) continue;
      if (active.skip > 0) {
        active.skip--;
        continue;
      }
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      active.left--;
      this.fired[rule.kind] = (this.fired[rule.kind] ?? 0) + 1;
      taken.push(rule);
    }
    this.#rules = this.#rules.filter((active) => active.left > 0);
    return taken;
  }
}

function matches(match: FaultMatch | undefined, request: FaultRequest): boolean {
  if (match === undefined) return true;
  if (typeof match === "function") return match(request);
  const { path, method, endpoint } = match;
  if (method !== undefined && method !== request.method) return false;
  if (endpoint !== undefined && endpoint !== request.endpoint) return false;
  if (path === undefined) return true;
  return typeof path === "string"
    ? request.path.includes(path)
    : path.test(request.path + request.url.search);
}
