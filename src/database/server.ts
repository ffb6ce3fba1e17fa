/**
 * How the program talks to a libSQL server: with a deadline for each answer, and patience with a server that is being
 * started again.
 *
 * @module
 */
import type { Config } from "@libsql/client/web";

/** How a libSQL server is asked. */
export interface ServerOptions {
  /** Token of the server; a file needs none. */
  readonly token?: string | undefined;
  /** How long an answer may take, in milliseconds. @default {60000} */
  readonly timeoutMs?: number | undefined;
  /** Asks the server, once. @default {globalThis.fetch} */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Waits; rejects when aborted. @default {a timer} */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** The way to one server. */
export interface ServerLink {
  /** What its client is made with. */
  readonly config: Config;
  /** Waits for what the client asks without waiting itself, such as the end of a transaction. */
  idle(): Promise<void>;
}

/** Prepares the way to a server; nothing is asked yet. */
export function linkServer(url: string, options: ServerOptions): ServerLink {
  const { token } = options;
  const ask = patiently(options);
  const asked = new Set<Promise<unknown>>();
  const fetch = (request: Request): Promise<Response> => {
    const answer = ask(request);
    const settled = answer.then(() => {}, () => {}).then(() => void asked.delete(settled));
    asked.add(settled);
    return answer;
  };
  return {
    config: { url, fetch, ...(token === undefined ? {} : { authToken: token }) },
    idle: async () => void await Promise.all(asked),
  };
}

const TIMEOUT = 60_000;
/** Before a server that has just been there is asked again, doubled each time. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/**
 * Asks with a deadline that takes in the whole answer. A server that answered before and now takes no connection is
 * probably being started again, so it is tried until the deadline; nothing was sent, so nothing can happen twice. Any
 * other failure is passed on: whether a request that was sent has been carried out cannot be told.
 */
function patiently(options: ServerOptions): (request: Request) => Promise<Response> {
  const { timeoutMs = TIMEOUT, sleep = wait, fetch: ask = globalThis.fetch } = options;
  let answered = false;
  return async (request) => {
    const body = request.body === null ? null : await request.arrayBuffer();
    const late = new AbortController();
    const done = new AbortController();
    sleep(timeoutMs, done.signal).then(
      () => late.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
      () => {},
    );
    const { url, method, headers } = request;
    try {
      for (let pause = FIRST_PAUSE;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        try {
          const { signal } = late;
          const response = await ask(new Request(url, { method, headers, body: streamed(body), signal }));
          // Read here, so that the deadline holds for all of it.
          const whole = new Response(await response.arrayBuffer(), response);
          answered = true;
          return whole;
        } catch (error) {
          if (late.signal.aborted) throw late.signal.reason;
          const failure = new Error("the connection failed", { cause: error });
          if (!answered || !isUnconnected(error)) throw failure;
          await sleep(pause, late.signal).catch(() => {
            throw failure;
          });
        }
      }
    } finally {
      done.abort();
    }
  };
}

/** Deno sends a body that it holds whole a second time where the connection breaks, so that what it writes could be written twice. */
function streamed(body: ArrayBuffer | null): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  return body === null ? null : new Blob([body]).stream();
}

/** Whether the connection was never made. */
function isUnconnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /client error \(Connect\)|ECONNREFUSED/.test(error.message) || isUnconnected(error.cause);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
