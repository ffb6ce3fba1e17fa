import { assertEquals, assertInstanceOf } from "@std/assert";

import {
  ConfluenceAuthError,
  ConfluenceError,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  ConfluenceRateLimitError,
  ConfluenceResponseError,
} from "../../src/confluence/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

const DETAILS = {
  operation: "read page 7",
  url: "https://site.atlassian.net/wiki/api/v2/pages/7",
  status: 500,
  traceId: "abc",
  hint: "Try again.",
  cause: new Error("behind it"),
};

Deno.test("ConfluenceError tells what failed, what was found, and all facts as JSON", () => {
  const error = new ConfluenceResponseError("server_error", "the server failed (500)", {
    ...DETAILS,
    objectId: "7",
  });
  assertInstanceOf(error, ConfluenceError);
  assertInstanceOf(error, ConfluenceIndexError);
  assertEquals(error.message, "Cannot read page 7: the server failed (500)");
  assertEquals(error.cause, DETAILS.cause);
  assertEquals(JSON.parse(JSON.stringify(error)), {
    name: "ConfluenceResponseError",
    code: "response",
    message: "Cannot read page 7: the server failed (500)",
    hint: "Try again.",
    operation: "read page 7",
    url: "https://site.atlassian.net/wiki/api/v2/pages/7",
    status: 500,
    traceId: "abc",
    edge: false,
    reason: "server_error",
    objectId: "7",
  });
});

Deno.test("ConfluenceError tells whether later or less may help", () => {
  const later = new ConfluenceRateLimitError(5000, "x", DETAILS);
  const gone = new ConfluenceNotFoundError(true, "x", DETAILS);
  const table: [ConfluenceError, string, boolean, boolean][] = [
    [new ConfluenceAuthError("rejected", "x", DETAILS), "authentication", false, false],
    [gone, "not_found", false, false],
    [new ConfluenceNotFoundError(true, "x", { ...DETAILS, edge: true }), "not_found", true, false],
    [later, "rate_limit", true, false],
    [new ConfluenceResponseError("server_error", "x", DETAILS), "response", true, true],
    [new ConfluenceResponseError("truncated", "x", DETAILS), "response", true, true],
    [new ConfluenceResponseError("not_json", "x", DETAILS), "response", true, true],
    [new ConfluenceResponseError("edge", "x", DETAILS), "response", true, true],
    [new ConfluenceResponseError("shape", "x", DETAILS), "response", false, false],
    [new ConfluenceResponseError("redirect", "x", DETAILS), "response", false, false],
    [new ConfluenceResponseError("foreign_link", "x", DETAILS), "response", false, false],
    [new ConfluenceResponseError("repeated_link", "x", DETAILS), "response", false, false],
    [new ConfluenceResponseError("gone", "x", DETAILS), "response", false, false],
    [new ConfluenceResponseError("refused", "x", { ...DETAILS, status: 400 }), "response", false, false],
    [new ConfluenceResponseError("refused", "x", { ...DETAILS, status: 413 }), "response", false, true],
    [new ConfluenceResponseError("refused", "x", { ...DETAILS, status: 414 }), "response", false, true],
    [new ConfluenceNetworkError("unreachable", "x", DETAILS), "network", true, false],
    [new ConfluenceNetworkError("reset", "x", DETAILS), "network", true, true],
    [new ConfluenceNetworkError("timeout", "x", DETAILS), "network", true, true],
    [new ConfluenceNetworkError("too_large", "x", DETAILS), "network", false, true],
  ];
  for (const [error, code, retryable, mayShrink] of table) {
    assertEquals(
      [error.code, error.retryable, error.mayShrink],
      [code, retryable, mayShrink],
      JSON.stringify(error),
    );
  }
  assertEquals([later.retryAfterMs, gone.named], [5000, true]);
});
