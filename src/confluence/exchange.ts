/**
 * One request and its answer, with a time limit on the whole; what the answer means is decided in `judge.ts`.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import { BodyTooLarge, readBody } from "./read_body.ts";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Bytes of the body after decompression. */
  readonly bytes: number;
}

/** Why there is no answer. */
export class ExchangeFailure extends Error {
  override name = "ExchangeFailure";
  /** What happened; `refused` means that this program lacks a permission. */
  readonly kind: "timeout" | "too_large" | "no_answer" | "broken_answer" | "refused";
  /** The status, where the headers had come. */
  readonly status: number | undefined;

  /**
   * @param kind What happened.
   * @param status The status, where the headers had come.
   * @param cause What was thrown.
   */
  constructor(kind: ExchangeFailure["kind"], status: number | undefined, cause: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.status = status;
  }
}

/** What {@linkcode exchange} needs beside the URL. */
export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

// A reason of our own: the default one would cost a stack trace for every request.
const DONE = "done";

/**
 * Sends one GET and reads the answer. Redirects are answers, never followed here.
 *
 * @throws {ExchangeFailure} When no whole answer came.
 * @throws The signal's reason, when it was aborted.
 */
export async function exchange(url: string, options: ExchangeOptions): Promise<Answer> {
  const { signal, clock } = options;
  signal.throwIfAborted();
  const attempt = new AbortController();
  const timer = new AbortController();
  const onAbort = () => attempt.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const onTimeout = () => attempt.abort(new DOMException("The attempt took too long", "TimeoutError"));
  clock.sleep(options.timeoutMs, timer.signal).then(onTimeout, () => {});
  let status: number | undefined;
  try {
    const response = await untilAborted(
      options.fetch(url, {
        method: "GET",
        headers: options.headers,
        redirect: "manual",
        signal: attempt.signal,
      }),
      attempt.signal,
    );
    status = response.status;
    const { text, bytes } = await readBody(response, options.maxBodyBytes, attempt.signal);
    return { status, headers: response.headers, text, bytes };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (attempt.signal.aborted) throw new ExchangeFailure("timeout", status, attempt.signal.reason);
    if (error instanceof BodyTooLarge) throw new ExchangeFailure("too_large", status, error);
    if (isPermission(error)) throw new ExchangeFailure("refused", status, error);
    throw new ExchangeFailure(status === undefined ? "no_answer" : "broken_answer", status, error);
  } finally {
    timer.abort(DONE);
    signal.removeEventListener("abort", onAbort);
  }
}

// An injected fetch may not look at its signal; the limit holds all the same.
function untilAborted(promise: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then((response) => {
      signal.removeEventListener("abort", onAbort);
      // Nobody reads an answer that comes too late; its connection must not stay open for it.
      if (signal.aborted) response.body?.cancel().catch(() => {});
      resolve(response);
    }, (error) => {
      signal.removeEventListener("abort", onAbort);
      reject(error);
    });
  });
}

function isPermission(error: unknown): boolean {
  return error instanceof Error && (error.name === "NotCapable" || error.name === "PermissionDenied");
}
