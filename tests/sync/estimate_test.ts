import { assertEquals } from "@std/assert";
import type { PastRun } from "../../src/database/mod.ts";
import { addWork, estimate, learn, type Work } from "../../src/sync/estimate.ts";

const NONE: PastRun = { requests: 0, durationMs: 0, bytes: 0, pages: 0, attachments: 0, bodies: 0 };
const FIRST: Work = { requests: 10, pages: 1_000, bodies: 1_000, attachments: 100 };

Deno.test("estimate() without an earlier run assumes, and says so", () => {
  assertEquals(estimate(FIRST, learn([])), {
    requests: 10,
    pages: 1_000,
    bytes: 1_000 * 1_000 + 100 * 2_000 + 1_000 * 8_000,
    seconds: 8,
    from_runs: 0,
  });
});

Deno.test("learn() takes the size of bodies from runs that fetched some", () => {
  const quiet = { ...NONE, requests: 3, bytes: 1e9, durationMs: 600 };
  const heavy = {
    ...NONE,
    requests: 4,
    pages: 100,
    bodies: 100,
    bytes: 100 * 1_000 + 100 * 500,
    durationMs: 1,
  };
  assertEquals(learn([quiet, heavy]).bytesPerBody, 500);
  assertEquals(learn([quiet]).bytesPerBody, 8_000);
  // Answers smaller than their rows are taken for: never less than nothing.
  assertEquals(learn([{ ...heavy, bytes: 5 }]).bytesPerBody, 0);
});

Deno.test("learn() tells the time of requests from that of bodies", () => {
  const light = { ...NONE, requests: 10, durationMs: 2_000 };
  const heavy = { ...NONE, requests: 10, bodies: 1_000, pages: 1_000, durationMs: 12_000 };
  const learned = learn([light, heavy]);
  assertEquals([learned.msPerRequest, learned.msPerBody, learned.runs], [200, 10, 2]);
  // What was learned explains the runs it was learned from.
  assertEquals(estimate({ ...heavy }, learned).seconds, 12);
  assertEquals(estimate({ ...light }, learned).seconds, 2);
});

Deno.test("learn() from bulk runs alone gives a time that is never negative", () => {
  const heavy = { ...NONE, requests: 10, bodies: 1_000, pages: 1_000, durationMs: 1_000 };
  const learned = learn([heavy]);
  assertEquals([learned.msPerRequest, learned.msPerBody], [100, 0]);
  assertEquals(learn([NONE]).runs, 0);
});

Deno.test("estimate() of parts adds up to the estimate of the whole", () => {
  const parts: Work[] = [FIRST, { requests: 3, pages: 40, bodies: 2, attachments: 7 }];
  const learned = learn([{ ...NONE, requests: 7, bodies: 3, pages: 9, bytes: 50_000, durationMs: 1_400 }]);
  const whole = estimate(addWork(parts), learned);
  const sums = parts.map((part) => estimate(part, learned));
  assertEquals(whole.seconds, sums.reduce((sum, { seconds }) => sum + seconds, 0));
  assertEquals(whole.bytes, sums.reduce((sum, { bytes }) => sum + bytes, 0));
  assertEquals(whole.requests, 13);
});
