/**
 * Errors of requests that ended without an answer of Confluence, or with one that must not be obeyed.
 *
 * @module
 */
import {
  ConfluenceAuthError,
  type ConfluenceError,
  type ConfluenceErrorDetails,
  ConfluenceNetworkError,
  ConfluenceRateLimitError,
  ConfluenceResponseError,
} from "./errors.ts";
import type { ExchangeFailure } from "./exchange.ts";
import type { Limits } from "./options.ts";

/**
 * The error of an exchange without a whole answer.
 *
 * @param failure What happened.
 * @param details The request.
 * @param limits Those that were passed.
 * @param clean Makes foreign text fit to be shown.
 */
export function noAnswer(
  failure: ExchangeFailure,
  details: ConfluenceErrorDetails,
  limits: Limits,
  clean: (text: string) => string,
): ConfluenceError {
  if (failure.kind === "timeout") {
    const found = `no complete answer within ${limits.timeoutMs / 1000} s`;
    return new ConfluenceNetworkError("timeout", found, { ...details, hint: NETWORK_HINT });
  }
  if (failure.kind === "too_large") {
    const found = `the answer is larger than ${limits.maxBodyBytes} bytes`;
    return new ConfluenceNetworkError("too_large", found, details);
  }
  // The original error may hold whatever a foreign fetch put into it: only its cleaned words go on.
  const words = clean(wordsOf(failure.cause));
  if (failure.kind === "refused") {
    const hint = "Run the program with permission to reach this host.";
    return new ConfluenceNetworkError("unreachable", `not permitted: ${words}`, { ...details, hint });
  }
  if (failure.kind === "broken_answer" || /reset|broken pipe|closed|incomplete|eof/i.test(words)) {
    return new ConfluenceNetworkError("reset", `the connection broke: ${words}`, {
      ...details,
      hint: NETWORK_HINT,
    });
  }
  return new ConfluenceNetworkError("unreachable", `no connection: ${words}`, {
    ...details,
    hint: NETWORK_HINT,
  });
}

const NETWORK_HINT = "Check the base URL, the network and any proxy, then run again.";

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The error of a redirect that was not followed.
 *
 * @param target Where it leads; null where that is no URL.
 * @param details The request.
 * @param clean Makes foreign text fit to be shown.
 */
export function redirected(
  target: URL | null,
  details: ConfluenceErrorDetails,
  clean: (text: string) => string,
): ConfluenceError {
  if (target !== null && isLogin(target)) {
    return new ConfluenceAuthError("login", `the server sends us to a log-in page (${details.status})`, {
      ...details,
      hint: "Check CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN, and that the base URL is that of the site.",
    });
  }
  const place = target === null ? "no proper place" : clean(target.origin);
  const found = `the server sends us on to ${place} (${details.status}), where credentials must not go`;
  const hint = "If the site has moved, set its new base URL.";
  return new ConfluenceResponseError("redirect", found, { ...details, hint });
}

/** Whether a redirect leads to a log-in page: the usual answer of web pages to unknown callers. */
export function isLogin(target: URL): boolean {
  return target.hostname === "id.atlassian.com" || /\/login(?:[./]|$)/.test(target.pathname);
}

/**
 * The error of a wait that is longer than allowed.
 *
 * @param error What the answer meant without the wait.
 * @param askedMs How long the server asks to wait.
 * @param mostMs How long is waited at most.
 */
export function waitTooLong(error: ConfluenceError, askedMs: number, mostMs: number): ConfluenceError {
  const asked = Math.ceil(askedMs / 1000);
  const most = Math.floor(mostMs / 1000);
  const { operation, url, status, traceId } = error;
  const found = `the server (${status}) asks to wait ${asked} s, more than the ${most} s that are waited for`;
  const hint = `Run again in ${Math.ceil(asked / 60)} min.`;
  return new ConfluenceRateLimitError(askedMs, found, { operation, url, status, traceId, hint });
}

/**
 * The error of a file that lies on a host which is not known as that of files.
 *
 * @param target Where it lies.
 * @param mediaOrigin The known one.
 * @param details The request.
 * @param clean Makes foreign text fit to be shown.
 */
export function wrongMediaHost(
  target: URL,
  mediaOrigin: string | null,
  details: ConfluenceErrorDetails,
  clean: (text: string) => string,
): ConfluenceError {
  const known = mediaOrigin === null ? "there is no media host" : `the media host is ${mediaOrigin}`;
  const found = `the file lies at ${clean(target.origin)}, but ${known}`;
  return new ConfluenceResponseError("redirect", found, {
    ...details,
    hint: "If that host is Atlassian's, set CONFLUENCE_MEDIA_URL to it.",
  });
}
