import { assertEquals } from "@std/assert";

import { retryAfterMs } from "../../src/confluence/retry_after.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

Deno.test("retryAfterMs() reads seconds, HTTP dates and ISO times", () => {
  const table: [string, number | null][] = [
    ["5", 5000],
    ["1.5", 1500],
    ["0", 0],
    ["-3", 0],
    ["1847", 1_847_000],
    ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
    ["2026-03-01T12:01:00Z", 60_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["soon", null],
    ["", null],
  ];
  for (const [value, expected] of table) {
    assertEquals(retryAfterMs(new Headers({ "retry-after": value }), NOW), expected, value);
  }
  assertEquals(retryAfterMs(new Headers(), NOW), null);
});

Deno.test("retryAfterMs() measures dates from the answer's own Date", () => {
  const headers = new Headers({
    "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT",
    "date": "Sun, 01 Mar 2026 12:00:20 GMT",
  });
  assertEquals(retryAfterMs(headers, NOW - 3_600_000), 10_000);
});

Deno.test("retryAfterMs() reads the Beta- header where the plain one says nothing", () => {
  assertEquals(retryAfterMs(new Headers({ "beta-retry-after": "7" }), NOW), 7000);
  assertEquals(retryAfterMs(new Headers({ "retry-after": "?", "beta-retry-after": "7" }), NOW), 7000);
  assertEquals(retryAfterMs(new Headers({ "retry-after": "2", "beta-retry-after": "7" }), NOW), 2000);
});
