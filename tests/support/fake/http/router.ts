/** Finds the route of a path. The pattern also names the endpoint in the counters. */
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** Scopes that open a route to scoped credentials: all of `current`, or all of `beta`. */
export interface Scopes {
  readonly current: readonly string[];
  readonly beta?: readonly string[];
}

/** One endpoint. */
export interface Route {
  readonly method: string;
  /** Path below the site's origin, with `{name}` for parameters. */
  readonly pattern: string;
  readonly scopes?: Scopes;
  /** Answers without looking at credentials. */
  readonly open?: boolean;
  readonly handle: (x: Exchange) => Answer | Promise<Answer>;
}

/** A route with the parameters its path held. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Looks routes up by method and number of segments. */
export class Router {
  readonly #routes = new Map<string, { route: Route; segments: readonly string[] }[]>();
  readonly #methods = new Map<string, Set<string>>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.pattern.split("/");
      const key = `${route.method} ${segments.length}`;
      this.#routes.set(key, [...this.#routes.get(key) ?? [], { route, segments }]);
      const methods = this.#methods.get(String(segments.length)) ?? new Set();
      this.#methods.set(String(segments.length), methods.add(route.method));
    }
  }

  /** Literal segments win over parameters. */
  find(method: string, path: string): Match | null {
    const given = path.split("/");
    let best: Match | null = null;
    let fewest = Infinity;
    for (const { route, segments } of this.#routes.get(`${method} ${given.length}`) ?? []) {
      const params = fit(segments, given);
      if (params === null) continue;
      const count = Object.keys(params).length;
      if (count < fewest) [best, fewest] = [{ route, params }, count];
    }
    return best;
  }

  /** Whether another method has a route for the path. */
  knowsPath(path: string): boolean {
    const methods = this.#methods.get(String(path.split("/").length)) ?? new Set<string>();
    return [...methods].some((method) => this.find(method, path) !== null);
  }
}

function fit(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index]!;
    if (segment.startsWith("{")) {
      if (value === "") return null;
      params[segment.slice(1, -1)] = decode(value);
    } else if (segment !== value) {
      return null;
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
