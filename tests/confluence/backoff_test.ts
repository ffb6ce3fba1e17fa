import { assertEquals } from "@std/assert";

import { backoffMs } from "../../src/confluence/backoff.ts";

Deno.test("backoffMs() doubles from 1 s to 30 s", () => {
  assertEquals([1, 2, 3, 4, 5, 6, 7, 50].map((n) => backoffMs(n, 0.5)), [
    1000,
    2000,
    4000,
    8000,
    16_000,
    30_000,
    30_000,
    30_000,
  ]);
});

Deno.test("backoffMs() spreads waits from 0.7 to 1.3 times", () => {
  assertEquals(backoffMs(1, 0), 700);
  assertEquals(backoffMs(1, 1), 1300);
  assertEquals(backoffMs(9, 1), 39_000);
});
