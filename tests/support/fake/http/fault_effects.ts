/** What the kinds of faults do: before a request is handled, to its answer, and to the bytes on their way. */
import type { FaultRule } from "../faults.ts";
import { type Answer, html, json } from "./answer.ts";
import { refusal } from "./auth.ts";
import type { Exchange } from "./exchange.ts";
import { withNext } from "./paginate.ts";
import { v2Error } from "./problems.ts";
import { rateLimit } from "./rate_limit.ts";
import { pause, untilAborted } from "./waiting.ts";

/** The connection broke before there was an answer. */
export class ConnectionReset extends TypeError {
  constructor() {
    super("Cannot finish request: connection reset by peer");
  }
}

/** Answers in place of the site, waits, breaks, or lets the request pass (null). */
export async function before(x: Exchange, rules: readonly FaultRule[]): Promise<Answer | null> {
  for (const rule of rules) {
    switch (rule.kind) {
      case "rate-limit":
        return rateLimit(rule);
      case "status":
        return { ...failure(rule.status, rule.body ?? "json"), headers: headersOf(rule) };
      case "html":
        return html("<!doctype html><html><body><h1>Something went wrong</h1></body></html>", 200);
      case "edge":
        return html(
          `<html><head><title>ERROR: The request could not be satisfied</title></head></html>`,
          rule.status,
          {
            "x-cache": "Error from cloudfront",
            server: "CloudFront",
          },
        );
      case "redirect":
        return { status: rule.status ?? 302, text: "", headers: { location: rule.location } };
      case "reject-credential":
        return x.mount === "gateway" ? json({ code: 401, message: "Unauthorized" }, 401) : refusal(x);
      case "hang":
        return await untilAborted(x.signal);
      case "slow":
        await pause(x.site.clock, rule.ms, x.signal);
        break;
      case "reset":
        if (rule.afterBytes === undefined) throw new ConnectionReset();
        break;
      case "short-page":
        x.cutAt = rule.rows;
        break;
      default:
    }
  }
  return null;
}

/** Fails answers with poisoned or too many bodies. */
export function overload(x: Exchange): Answer | null {
  const { failBodiesOver, poisonPages, bodyFailureStatus } = x.fake.faults;
  const tooMany = failBodiesOver !== null && x.bodiesOf.length > failBodiesOver;
  const poisoned = poisonPages.size > 0 &&
    x.bodiesOf.some(({ id, version }) => poisonPages.has(id) || poisonPages.has(`${id}@${version}`));
  return tooMany || poisoned ? failure(bodyFailureStatus, "json") : null;
}

/** Bends a good answer. */
export function after(x: Exchange, answer: Answer, rules: readonly FaultRule[]): Answer {
  let bent = answer;
  for (const rule of rules) bent = bend(x, bent, rule);
  return bent;
}

function bend(x: Exchange, answer: Answer, rule: FaultRule): Answer {
  switch (rule.kind) {
    case "near-limit":
      return { ...answer, headers: { ...answer.headers, ...nearLimit(rule) } };
    case "foreign-next": {
      const origin = rule.origin ?? "https://attacker.example";
      return setNext(x, answer, `${origin}${x.path}?${x.query}`);
    }
    case "repeat-next":
      return setNext(x, answer, `${x.path.replace(/^\/wiki(?=\/rest\/)/, "")}?${x.query}`);
    case "odd-next":
      return setNext(x, answer, rule.value);
    case "bad-rows":
      return changeRows(answer, rule.ids ?? null, rule.change);
    case "transform":
      return answer.json === undefined ? answer : { ...answer, json: rule.change(answer.json) };
    case "truncate": {
      const text = textOf(answer);
      return { ...withoutBody(answer), text: text.slice(0, Math.floor(text.length * (rule.keep ?? 0.5))) };
    }
    case "oversize":
      return { ...withoutBody(answer), text: textOf(answer).padEnd(rule.bytes) };
    default:
      return answer;
  }
}

/** A body that drips, stalls or breaks; null where the whole body goes at once. */
export function streamOf(
  x: Exchange,
  bytes: Uint8Array<ArrayBuffer>,
  rules: readonly FaultRule[],
): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  const { signal } = x;
  for (const rule of rules) {
    if (rule.kind === "drip") {
      return pieces(bytes, rule.bytes, signal, (either) => pause(x.site.clock, rule.everyMs, either));
    }
    if (rule.kind === "stall") {
      return pieces(bytes.slice(0, rule.afterBytes), rule.afterBytes, signal, untilAborted);
    }
    if (rule.kind === "reset" && rule.afterBytes !== undefined) {
      const broken = () => Promise.reject(new ConnectionReset());
      return pieces(bytes.slice(0, rule.afterBytes), rule.afterBytes, signal, broken);
    }
  }
  return null;
}

/** Sends bytes in pieces; before every piece but the first, and before the end, `rest` decides what happens. */
function pieces(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  signal: AbortSignal,
  rest: (signal: AbortSignal) => Promise<void>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const step = Math.max(1, size);
  const cancelled = new AbortController();
  const either = AbortSignal.any([signal, cancelled.signal]);
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (sent > 0) await rest(either);
        either.throwIfAborted();
      } catch (error) {
        if (!cancelled.signal.aborted) controller.error(error);
        return;
      }
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(sent, sent + step));
      sent += step;
    },
    cancel() {
      cancelled.abort();
    },
  }, { highWaterMark: 0 });
}

/** The text that an answer would send. */
export function textOf(answer: Answer): string {
  if (answer.text !== undefined) return answer.text;
  return answer.json === undefined ? "" : JSON.stringify(answer.json);
}

function withoutBody(answer: Answer): Answer {
  return {
    status: answer.status,
    headers: { "content-type": "application/json", ...answer.headers },
  };
}

function failure(status: number, body: "json" | "html" | "empty"): Answer {
  if (body === "html") return html(`<html><body><h1>${status} Error</h1></body></html>`, status);
  if (body === "empty") return { status, text: "" };
  return v2Error(status, status === 413 ? "PAYLOAD_TOO_LARGE" : "INTERNAL_SERVER_ERROR", `Error ${status}`);
}

function headersOf(rule: FaultRule & { kind: "status" }): Record<string, string> {
  const html = rule.body === "html" ? { "content-type": "text/html;charset=UTF-8" } : {};
  return { ...html, ...rule.headers };
}

function nearLimit(rule: FaultRule & { kind: "near-limit" }): Record<string, string> {
  const limit = rule.limit ?? 100;
  const remaining = rule.remaining ?? 10;
  if (rule.beta === true) {
    return {
      "beta-ratelimit-policy": `"global-app-quota";q=${limit};w=3600`,
      "beta-ratelimit": `"global-app-quota";r=${remaining};t=1800`,
    };
  }
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-nearlimit": String(remaining < limit * 0.2),
  };
}

function setNext(x: Exchange, answer: Answer, next: unknown): Answer {
  const body = answer.json as { _links?: Record<string, unknown> } | undefined;
  if (body?._links === undefined) return answer;
  if (typeof next === "string") return withNext(answer, next, x.base);
  return { ...answer, json: { ...body, _links: { ...body._links, next } } };
}

function changeRows(
  answer: Answer,
  ids: readonly string[] | null,
  change: (row: Record<string, unknown>) => unknown,
): Answer {
  const body = answer.json as { results?: unknown; id?: unknown } | undefined;
  const chosen = (row: { id?: unknown; content?: { id?: unknown } }) =>
    ids === null || ids.includes(String(row.id ?? row.content?.id));
  if (Array.isArray(body?.results)) {
    const results = body.results.map((row) => chosen(row) ? change(structuredClone(row)) : row);
    return { ...answer, json: { ...body, results } };
  }
  if (body === undefined || answer.status !== 200 || !chosen(body)) return answer;
  return { ...answer, json: change(structuredClone(body) as Record<string, unknown>) };
}
