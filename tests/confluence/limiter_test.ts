import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertRejects } from "@std/assert";

import { Limiter, type Wait } from "../../src/confluence/limiter.ts";
import { turns, VirtualClock } from "../support/clock.ts";

const NEVER = new AbortController().signal;

function limiter(
  clock: VirtualClock,
  options: { rps?: number; concurrency?: number; onWait?: (wait: Wait) => void } = {},
) {
  const { rps = 10, concurrency = 5, onWait } = options;
  return new Limiter({ requestsPerSecond: rps, concurrency, clock, onWait });
}

/** Sends requests that take `latencyMs` for `seconds`; gives the moments of sending, in ms from the start. */
async function load(
  clock: VirtualClock,
  valve: Limiter,
  latencyMs: number,
  seconds: number,
): Promise<number[]> {
  const start = clock.now();
  const sent: number[] = [];
  const stop = new AbortController();
  const workers = Array.from({ length: 20 }, async () => {
    while (!stop.signal.aborted) {
      await valve.acquire("load", stop.signal);
      sent.push(clock.now() - start);
      await clock.sleep(latencyMs);
      valve.release();
    }
  }).map((worker) => worker.catch(() => {}));
  await clock.advance(seconds * 1000);
  stop.abort();
  await clock.advance(latencyMs);
  await Promise.all(workers);
  return sent;
}

Deno.test("Limiter uses at least 95 % of 10 requests a second at 200 ms latency, and never more than 10", async () => {
  const clock = new VirtualClock();
  const sent = await load(clock, limiter(clock), 200, 20);
  assertGreaterOrEqual(sent.length, 190);
  for (let second = 0; second < 20; second += 0.5) {
    const inWindow = sent.filter((at) => at >= second * 1000 && at < (second + 1) * 1000).length;
    // The two of the small reserve come on top, once.
    assertLessOrEqual(inWindow, 12);
  }
  assertLessOrEqual(sent.length, 202);
});

Deno.test("Limiter keeps the rate with timers that wake late", async () => {
  const clock = new VirtualClock();
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => sleep(ms < 200 ? ms + 15 : ms, signal);
  assertGreaterOrEqual((await load(clock, limiter(clock), 200, 20)).length, 190);
});

Deno.test("Limiter never has more in flight than allowed", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { rps: 1000, concurrency: 3 });
  let most = 0;
  const stop = new AbortController();
  const workers = Array.from({ length: 10 }, async () => {
    await valve.acquire("x", stop.signal);
    most = Math.max(most, valve.inFlight);
    await clock.sleep(100);
    valve.release();
  });
  await clock.run(Promise.all(workers));
  assertEquals(most, 3);
  assertEquals(valve.inFlight, 0);
});

Deno.test("Limiter serves first come first", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { rps: 10, concurrency: 1 });
  const order: number[] = [];
  const all = Array.from({ length: 8 }, async (_, index) => {
    await valve.acquire("x", NEVER);
    order.push(index);
    await clock.sleep(10);
    valve.release();
  });
  await clock.run(Promise.all(all));
  assertEquals(order, [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("Limiter halves the rate once for a burst of 429s, down to one in two seconds", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { rps: 10 });
  const first = await valve.acquire("x", NEVER);
  const second = await valve.acquire("x", NEVER);
  valve.throttled(first, 0);
  valve.throttled(second, 0);
  assertEquals(valve.rate, 5);
  valve.release();
  valve.release();
  for (let i = 0; i < 10; i++) {
    const ticket = await clock.run(valve.acquire("x", NEVER));
    valve.throttled(ticket, 0);
    valve.release();
  }
  assertEquals(valve.rate, 0.5);
});

Deno.test("Limiter halves a very high configured rate from 100, and keeps a very low one", async () => {
  const clock = new VirtualClock();
  const fast = limiter(clock, { rps: 1_000_000 });
  fast.throttled(await fast.acquire("x", NEVER), 0);
  assertEquals(fast.rate, 50);
  const slow = limiter(clock, { rps: 0.2 });
  slow.throttled(await slow.acquire("x", NEVER), 0);
  assertEquals(slow.rate, 0.2);
});

Deno.test("Limiter makes everybody wait as long as the server asked", async () => {
  const clock = new VirtualClock();
  const waits: Wait[] = [];
  const valve = limiter(clock, { onWait: (wait) => waits.push(wait) });
  const start = clock.now();
  valve.throttled(await valve.acquire("x", NEVER), 7000);
  valve.release();
  await clock.run(Promise.all([valve.acquire("a", NEVER), valve.acquire("b", NEVER)]));
  assertGreaterOrEqual(clock.now() - start, 7000);
  assertEquals(waits[0], { ms: 7000, reason: "rate_limit", operation: "a" });
  assertGreaterOrEqual(valve.throttledMs, 14_000);
});

Deno.test("Limiter counts waits as throttled for those who stood in line before the 429 too", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { concurrency: 1 });
  const ticket = await valve.acquire("x", NEVER);
  const waiting = valve.acquire("y", NEVER);
  valve.throttled(ticket, 3000);
  valve.release();
  await clock.run(waiting);
  assertEquals(valve.throttledMs, 3000);
});

Deno.test("Limiter recovers step by step with successes to the configured rate, not beyond", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock);
  valve.throttled(await valve.acquire("x", NEVER), 0);
  const rates = new Set<number>();
  for (let i = 0; i < 100; i++) {
    valve.answered(null);
    rates.add(Math.round(valve.rate));
  }
  assertEquals([...rates], [5, 6, 7, 8, 9, 10]);
});

Deno.test("Limiter slows down before the 429 when the budget is nearly used, and stays slow while it is", () => {
  const clock = new VirtualClock();
  const valve = limiter(clock);
  valve.answered(0.2);
  assertEquals(valve.rate, 5);
  valve.answered(0.1);
  assertEquals(valve.rate, 2.5);
  for (let i = 0; i < 50; i++) valve.answered(0.19);
  assertEquals(valve.rate, 2.5, "no step up while the budget is nearly used");
  valve.answered(0);
  assertEquals(valve.rate, 0.5);
});

Deno.test("Limiter sends nothing at full rate in the time it was told to slow down", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock);
  valve.throttled(await valve.acquire("x", NEVER), 0);
  valve.release();
  const sent = await load(clock, valve, 50, 10);
  assertLessOrEqual(sent.length, 51);
});

Deno.test("Limiter tells of pacing before it begins", async () => {
  const clock = new VirtualClock();
  const waits: Wait[] = [];
  const valve = limiter(clock, { rps: 2, onWait: (wait) => waits.push(wait) });
  await valve.acquire("a", NEVER);
  await clock.run(valve.acquire("b", NEVER));
  assertEquals(waits, [{ ms: 500, reason: "pacing", operation: "b" }]);
  assertEquals(valve.throttledMs, 0, "keeping to the configured rate is no throttling");
});

Deno.test("Limiter lets an aborted wait go at once and keeps the others in line", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { rps: 1, concurrency: 1 });
  await valve.acquire("a", NEVER);
  const abort = new AbortController();
  const b = valve.acquire("b", abort.signal);
  const c = valve.acquire("c", NEVER);
  abort.abort(new Error("enough"));
  await assertRejects(() => b, Error, "enough");
  valve.release();
  await clock.run(c);
  assertEquals(valve.inFlight, 1);
  await assertRejects(() => valve.acquire("d", abort.signal), Error, "enough");
});

Deno.test("Limiter leaves no timer behind when nobody waits any more", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock, { rps: 1 });
  await valve.acquire("a", NEVER);
  const abort = new AbortController();
  const waiting = valve.acquire("b", abort.signal);
  await turns();
  assertEquals(clock.sleeping, 1);
  abort.abort();
  await waiting.catch(() => {});
  assertEquals(clock.sleeping, 0);
  assert(valve.inFlight === 1);
});

Deno.test("Limiter does not prolong a pause when the machine's clock is set back", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock);
  valve.throttled(await valve.acquire("x", NEVER), 5000);
  valve.release();
  clock.set(clock.now() - 3_600_000);
  const start = clock.now();
  await clock.run(valve.acquire("y", NEVER));
  assertLessOrEqual(clock.now() - start, 6000);
});

Deno.test("Limiter sends nothing more in the moment of a 429, although it had a reserve", async () => {
  const clock = new VirtualClock();
  const valve = limiter(clock);
  valve.throttled(await valve.acquire("x", NEVER), 0);
  valve.release();
  const start = clock.now();
  await clock.run(valve.acquire("y", NEVER));
  assertEquals(clock.now() - start, 200, "one fifth of a second at the halved rate");
});
