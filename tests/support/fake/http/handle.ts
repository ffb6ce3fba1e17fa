/** The way of a request: host, route, hooks, faults, credentials, handler, faults again, response. */
import type { FakeConfluence } from "../mod.ts";
import type { FaultRequest, FaultRule } from "../faults.ts";
import type { LogEntry } from "../counters.ts";
import { type Answer, Halt } from "./answer.ts";
import { authenticate } from "./auth.ts";
import { Exchange } from "./exchange.ts";
import { after, before, overload, streamOf, textOf } from "./fault_effects.ts";
import type { HostSet } from "./hosts.ts";
import { answerMedia, MEDIA_ENDPOINT } from "./media.ts";
import { unknownRoute, v2Error } from "./problems.ts";
import type { Match } from "./router.ts";
import { randomUuid } from "../state/random.ts";
import { realSleep } from "./waiting.ts";

interface Target {
  readonly set: HostSet;
  readonly mount: Exchange["mount"];
  readonly path: string;
}

/** Answers one request. */
export async function answer(fake: FakeConfluence, request: Request, signal: AbortSignal): Promise<Response> {
  const url = new URL(request.url);
  const target = targetOf(fake, url);
  const match = target.mount === "media" ? null : fake.router.find(request.method, target.path);
  const endpoint = endpointOf(target, request.method, match);
  const x = new Exchange(fake, request, url, target.mount, target.set, target.path, endpoint, signal);
  const entry: LogEntry = {
    method: request.method,
    url: request.url,
    endpoint,
    status: 0,
    authorized: request.headers.has("authorization"),
  };
  fake.counters.begin(entry);
  let status = 0;
  try {
    const response = await respond(x, match);
    status = response.status;
    return response;
  } finally {
    fake.counters.end(entry, status);
  }
}

async function respond(x: Exchange, match: Match | null): Promise<Response> {
  const { fake, request } = x;
  const about: FaultRequest = {
    method: request.method,
    path: x.path,
    endpoint: x.endpoint,
    url: x.url,
    query: x.query,
    mount: x.mount,
    number: fake.counters.started,
  };
  await fake.faults.announce(about);
  const { latencyMs } = x.site.settings;
  if (latencyMs > 0) await realSleep(latencyMs, x.signal);
  const limited = fake.burst.take(x.site);
  if (limited !== null) return toResponse(x, limited, []);
  const rules = fake.faults.take(about);
  const spoiled = await before(x, rules);
  if (spoiled !== null) return toResponse(x, spoiled, rules);
  const good = await handled(x, match);
  return toResponse(x, after(x, overload(x) ?? good, rules), rules);
}

async function handled(x: Exchange, match: Match | null): Promise<Answer> {
  try {
    if (x.mount === "media") return answerMedia(x);
    if (match?.route.open !== true) {
      const refused = authenticate(x, match?.route ?? null);
      if (refused !== null) return refused;
    }
    if (match === null) return noRoute(x);
    x.params = match.params;
    return await match.route.handle(x);
  } catch (error) {
    if (error instanceof Halt) return error.answer;
    throw error;
  }
}

function noRoute(x: Exchange): Answer {
  const { method } = x.request;
  if (!x.fake.router.knowsPath(x.path)) return unknownRoute(x.request, x.path);
  return v2Error(
    405,
    "METHOD_NOT_ALLOWED",
    `org.springframework.web.HttpRequestMethodNotSupportedException: Request method '${method}' not supported`,
  );
}

function targetOf(fake: FakeConfluence, url: URL): Target {
  const found = fake.origins.find(url);
  const set = found?.set ?? fake.hosts;
  if (found?.role === "media") return { set, mount: "media", path: url.pathname };
  const prefix = `/ex/confluence/${fake.site.cloudId}`;
  if (url.pathname.startsWith(`${prefix}/`)) {
    return { set, mount: "gateway", path: url.pathname.slice(prefix.length) };
  }
  const lost = found?.role === "gateway" ? "/unknown-cloud-id" : "";
  return { set, mount: found?.role === "gateway" ? "gateway" : "site", path: lost + url.pathname };
}

function endpointOf(target: Target, method: string, match: Match | null): string {
  if (target.mount === "media") return MEDIA_ENDPOINT;
  return `${method} ${match?.route.pattern ?? "(unknown)"}`;
}

function toResponse(x: Exchange, answer: Answer, rules: readonly FaultRule[]): Response {
  const now = x.site.clock.now();
  const id = randomUuid(x.fake.requestRandom);
  const headers = new Headers({
    "content-type": "application/json",
    date: new Date(now).toUTCString(),
    "atl-request-id": id,
    "atl-traceid": id.replaceAll("-", ""),
    "x-confluence-request-time": String(now),
    "x-content-type-options": "nosniff",
    ...answer.headers,
  });
  const body = answer.bytes ?? textOf(answer);
  if (typeof body === "string") x.fake.counters.charactersSent += body.length;
  const empty = answer.status === 204 || answer.status === 304;
  const stream = rules.length === 0 ? null : streamOf(x, toBytes(body), rules);
  return new Response(empty ? null : stream ?? body, { status: answer.status, headers });
}

function toBytes(body: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}
