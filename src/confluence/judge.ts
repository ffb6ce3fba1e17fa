/**
 * What an answer means: data, an error to believe, or one to look at again.
 *
 * Source: api.md 8.6 (failures of credentials), 9 (transient failures), 10 (error bodies).
 *
 * @module
 */
import {
  ConfluenceAuthError,
  type ConfluenceError,
  type ConfluenceErrorDetails,
  ConfluenceNotFoundError,
  ConfluenceRateLimitError,
  ConfluenceResponseError,
  withTrace,
} from "./errors.ts";
import type { Answer } from "./exchange.ts";
import { scopeOf } from "./scopes.ts";

/** The request an answer belongs to. */
export interface Asked {
  readonly details: ConfluenceErrorDetails;
  readonly endpoint: string;
  /** The id in the path, which a believable 404 names. */
  readonly objectId: string | undefined;
  /** Whether a refusal is worth a second look, where it does not name a missing scope. */
  readonly doubtRefusal: boolean;
  readonly viaGateway: boolean;
  /** Makes remote text fit to be shown. */
  readonly clean: (text: string) => string;
  readonly retryAfterMs: number | null;
}

/** What an answer means. `again`: `once` for answers worth exactly one more look. */
export type Verdict =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly error: ConfluenceError; readonly again: "no" | "once" | "yes" };

const TRANSIENT = new Set([500, 502, 503, 504]);

/** Decides what an answer means. */
export function judge(answer: Answer, asked: Asked): Verdict {
  if (answer.status >= 200 && answer.status < 300) return judgeData(answer, asked);
  if (answer.status === 429) return fail(tooMany(answer, asked), "yes");
  if (TRANSIENT.has(answer.status)) return fail(serverError(answer, asked), "yes");
  if (answer.status === 401) return judgeUnauthorized(answer, asked);
  if (answer.status === 403) return judgeForbidden(answer, asked);
  if (answer.status === 404) return judgeMissing(answer, asked);
  if (answer.status > 500) return fail(serverError(answer, asked), "no");
  return fail(refused(answer, asked), "no");
}

function judgeData(answer: Answer, asked: Asked): Verdict {
  if (!looksLikeHtml(answer)) {
    try {
      return { ok: true, json: parse(answer.text) };
    } catch {
      const found = answer.text === "" ? "the answer is empty" : "the answer is broken or incomplete JSON";
      return fail(new ConfluenceResponseError("truncated", found, asked.details), "yes");
    }
  }
  const hint =
    "If it stays, look at the base URL in a browser: a log-in page or a proxy may stand before it.";
  const found = "a web page came instead of data";
  return fail(new ConfluenceResponseError("not_json", found, { ...asked.details, hint }), "yes");
}

/** Escapes of what SQLite text cannot hold: it ends at NUL, and half a surrogate pair is no UTF-8. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** Reads JSON. What could not be stored becomes U+FFFD here, for otherwise it would never equal what the index holds of it. */
function parse(text: string): unknown {
  if (!text.includes("\\u") || !UNSTORABLE.test(text)) return JSON.parse(text);
  return JSON.parse(
    text,
    (_, value) => typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\ufffd") : value,
  );
}

function tooMany(answer: Answer, asked: Asked): ConfluenceError {
  // Where there is no Retry-After, the reset time is all that is said about how long it takes.
  const reset = Date.parse(answer.headers.get("x-ratelimit-reset") ?? "");
  const when = Number.isNaN(reset) ? "later" : `after ${new Date(reset).toISOString()}`;
  return new ConfluenceRateLimitError(
    asked.retryAfterMs,
    "the server says there are too many requests (429)",
    {
      ...asked.details,
      hint: `Try again ${when}, or with fewer requests a second.`,
    },
  );
}

function serverError(answer: Answer, asked: Asked): ConfluenceError {
  const found = `the server failed (${answer.status})${said(answer, asked)}`;
  return new ConfluenceResponseError("server_error", found, {
    ...asked.details,
    hint: `Confluence may have trouble: try again later, and tell Atlassian support if it stays${
      withTrace(asked.details)
    }.`,
  });
}

function judgeUnauthorized(answer: Answer, asked: Asked): Verdict {
  const error = unauthorized(answer, asked);
  return fail(error, asked.doubtRefusal && error.reason === "rejected" ? "once" : "no");
}

function unauthorized(answer: Answer, asked: Asked): ConfluenceAuthError {
  const category = answer.headers.get("x-failure-category")?.replaceAll(" ", "_") ?? "";
  const found = `the server did not accept the credentials (401)${said(answer, asked)}`;
  if (category === "FAILURE_CLIENT_SCOPE_CHECK" || /scope does not match/i.test(answer.text)) {
    const scope = scopeOf(asked.endpoint);
    const hint = scope === null
      ? "The token lacks a scope: make one with more."
      : `The token lacks the scope ${scope}: make one that has it.`;
    return new ConfluenceAuthError("scope", "the token lacks the scope for this request (401)", {
      ...asked.details,
      hint,
    });
  }
  const onSite = !asked.viaGateway;
  if (onSite && (category === "FAILURE_CLIENT_AUTH_MISMATCH" || looksLikeHtml(answer))) {
    return new ConfluenceAuthError("scoped_token", found, {
      ...asked.details,
      hint:
        "Scoped tokens work through the gateway only: set CONFLUENCE_CLOUD_ID. Otherwise check the token.",
    });
  }
  return new ConfluenceAuthError("rejected", found, { ...asked.details, hint: REJECTED_HINT });
}

const REJECTED_HINT =
  "Check CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN: they are wrong, expired or revoked, or belong to another site.";

function judgeForbidden(answer: Answer, asked: Asked): Verdict {
  const again = asked.details.edge === true ? "yes" : "no";
  if (!isJson(answer)) return fail(edgeError(answer, asked), again === "yes" ? "yes" : "once");
  // The two ways API v1 says that it does not know the caller at all.
  if (/cannot access Confluence|not permitted to use Confluence/i.test(answer.text)) {
    const found = "the server does not know these credentials (403)";
    const error = new ConfluenceAuthError("rejected", found, { ...asked.details, hint: REJECTED_HINT });
    return fail(error, again);
  }
  const found = `the account may not do this (403)${said(answer, asked)}`;
  const hint = "Ask a space administrator for permission, or use another account.";
  const error = new ConfluenceAuthError("forbidden", found, { ...asked.details, hint });
  return fail(error, again === "no" && asked.doubtRefusal ? "once" : again);
}

function judgeMissing(answer: Answer, asked: Asked): Verdict {
  const edge = asked.details.edge === true;
  const title = messageOf(answer);
  if (title !== null && isNamed(title, asked.objectId)) {
    const found = `${asked.clean(title)} (404)`;
    // Confluence itself spoke; the mark of the edge alone earns a second look, no more.
    return fail(new ConfluenceNotFoundError(true, found, asked.details), edge ? "once" : "no");
  }
  if (title !== null && /^\s*not found\s*$/i.test(title)) {
    const found =
      'the server answers "Not Found" without saying what, as it does for unknown credentials (404)';
    const error = new ConfluenceAuthError("rejected", found, { ...asked.details, hint: REJECTED_HINT });
    return fail(error, edge ? "yes" : "no");
  }
  if (edge || looksLikeHtml(answer)) return fail(edgeError(answer, asked), edge ? "yes" : "once");
  const found = `the server does not know this address (404)${said(answer, asked)}`;
  const hint = "Check the base URL: it must be a Confluence Cloud site.";
  return fail(new ConfluenceNotFoundError(false, found, { ...asked.details, hint }), "no");
}

/** Whether a 404 says which thing it could not find: the one that was asked for. Whoever does not know an address repeats that, id and all. */
function isNamed(title: string, objectId: string | undefined): boolean {
  if (objectId === undefined) return /\bid\b[^\w]*\w*\d/i.test(title);
  const number = objectId.replace(/^att/, "");
  return new RegExp(`(?:^|[^\\w/])(?:att)?${RegExp.escape(number)}(?!\\w)`).test(title);
}

function edgeError(answer: Answer, asked: Asked): ConfluenceError {
  const found = `something before Confluence answered (${answer.status})`;
  return new ConfluenceResponseError("edge", found, {
    ...asked.details,
    hint:
      "Under load this passes in a minute or two; if it stays, check the base URL, the account and any proxy.",
  });
}

function refused(answer: Answer, asked: Asked): ConfluenceError {
  if (answer.status === 410) {
    return new ConfluenceResponseError("gone", "this part of the API was removed (410)", {
      ...asked.details,
      hint: "Look for a newer version of this program.",
    });
  }
  const found = `the server refused the request (${answer.status})${said(answer, asked)}`;
  return new ConfluenceResponseError("refused", found, asked.details);
}

function fail(error: ConfluenceError, again: "no" | "once" | "yes"): Verdict {
  return { ok: false, error, again };
}

function said(answer: Answer, asked: Asked): string {
  const message = messageOf(answer);
  return message === null ? "" : `: ${asked.clean(message)}`;
}

function isJson(answer: Answer): boolean {
  return answer.text.trimStart().startsWith("{");
}

/** Whether a web page came, whatever its content type claims. */
export function looksLikeHtml(answer: Answer): boolean {
  if (/\bhtml\b/i.test(answer.headers.get("content-type") ?? "")) return true;
  return answer.text.slice(0, 100).trimStart().startsWith("<");
}

// v2: {errors:[{title, detail}]}; v1: {message}; the gateway: {code, message}.
function messageOf(answer: Answer): string | null {
  if (!isJson(answer)) return null;
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    return null;
  }
  const { errors, message } = body as { errors?: unknown; message?: unknown };
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof first === "object" && first !== null) {
    const { title, detail } = first as { title?: unknown; detail?: unknown };
    if (typeof title === "string") return typeof detail === "string" ? `${title}: ${detail}` : title;
  }
  return typeof message === "string" ? message : null;
}
