/**
 * One answer of the media host, as a stream: files may be larger than memory.
 *
 * @module
 */
import type { Clock } from "../model/mod.ts";
import type { ConfluenceErrorDetails } from "./errors.ts";
import { ExchangeFailure } from "./exchange.ts";

/** A file, or the rest of one, to get. */
export interface MediaRequest {
  /** What is being done, in words that follow "Cannot". */
  readonly operation: string;
  readonly url: URL;
  /** How many bytes are there already. */
  readonly from: number;
  readonly signal?: AbortSignal | undefined;
}

/** Head of an answer, and its bytes when they are asked for. To be disposed of. */
export interface MediaAnswer extends AsyncDisposable {
  readonly status: number;
  readonly contentType: string | null;
  /** Where the bytes of a partial answer belong. */
  readonly start: number;
  /** Bytes of the whole file, as far as it says. */
  readonly total: number | null;
  readonly details: ConfluenceErrorDetails;
  /**
   * The bytes as they come.
   *
   * @throws {ConfluenceError} When the connection breaks, or nothing comes for too long.
   */
  chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

/** What {@linkcode openMedia} needs beside the request. */
export interface MediaOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** For the head, and for each further piece, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly details: (status: number | undefined) => ConfluenceErrorDetails;
  /** Makes the error of a broken exchange. */
  readonly explain: (failure: ExchangeFailure) => Error;
  readonly onBytes: (n: number) => void;
}

/** Asks for a file. Redirects are answers, never followed; nothing but the range and the wish for plain bytes is sent along. */
export async function openMedia(request: MediaRequest, options: MediaOptions): Promise<MediaAnswer> {
  const { signal, clock, timeoutMs } = options;
  signal.throwIfAborted();
  const attempt = new AbortController();
  const onAbort = () => attempt.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let status: number | undefined = undefined;
  /** Runs a step under the time limit; whatever breaks it comes out as one kind of error. */
  const limited = async <T>(step: () => Promise<T>): Promise<T> => {
    const timer = new AbortController();
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    const stop = () => late.reject(attempt.signal.reason);
    attempt.signal.addEventListener("abort", stop, { once: true });
    clock.sleep(timeoutMs, timer.signal).then(
      () => attempt.abort(new DOMException("Nothing came for too long", "TimeoutError")),
      () => {},
    );
    try {
      return await Promise.race([step(), late.promise]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const refused = error instanceof Error && /^(NotCapable|PermissionDenied)$/.test(error.name);
      const kind = attempt.signal.aborted
        ? "timeout"
        : refused
        ? "refused"
        : status === undefined
        ? "no_answer"
        : "broken_answer";
      throw options.explain(new ExchangeFailure(kind, status, error));
    } finally {
      timer.abort("done");
      attempt.signal.removeEventListener("abort", stop);
    }
  };
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
  if (request.from > 0) headers.range = `bytes=${request.from}-`;
  const close = () => signal.removeEventListener("abort", onAbort);
  let response: Response;
  try {
    response = await limited(() =>
      options.fetch(request.url.href, { method: "GET", headers, redirect: "manual", signal: attempt.signal })
    );
  } catch (error) {
    close();
    throw error;
  }
  status = response.status;
  const reader = response.body?.getReader();
  return {
    status,
    contentType: response.headers.get("content-type"),
    ...extent(response),
    details: options.details(status),
    async *chunks() {
      while (reader !== undefined) {
        const { done, value } = await limited(() => reader.read());
        if (done) return;
        options.onBytes(value.byteLength);
        yield value as Uint8Array<ArrayBuffer>;
      }
    },
    async [Symbol.asyncDispose]() {
      close();
      await reader?.cancel().catch(() => {});
    },
  };
}

/** Where the bytes begin, and how many the whole file has. A compressed body tells neither. */
function extent({ status, headers }: Response): { start: number; total: number | null } {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (status === 206) {
    return { start: Number(start ?? -1), total: total === undefined || total === "*" ? null : Number(total) };
  }
  const length = headers.get("content-length");
  const plain = !headers.has("content-encoding") && length !== null && /^\d+$/.test(length);
  return { start: 0, total: status === 200 && plain ? Number(length) : null };
}
