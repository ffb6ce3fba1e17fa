import { assertEquals, assertRejects } from "@std/assert";
import { type Outcome, repeat, type RepeatOptions } from "../../src/cli/repeat.ts";

const MINUTE = 60_000;
const ok: Outcome = { code: 0, hopeless: false };

/** Rounds that take so many minutes each and end as told; stops in the pause after the last one. */
async function rounds(
  every: number,
  script: readonly { readonly takes?: number; readonly ends?: Outcome | Error }[],
  options: Partial<RepeatOptions> = {},
) {
  let now = 1_000_000;
  const begun: number[] = [];
  const errors: unknown[] = [];
  const stop = new AbortController();
  const start = now;
  const code = await repeat(() => {
    const { takes = 0, ends = ok } = script[begun.length]!;
    begun.push((now - start) / MINUTE);
    now += takes * MINUTE;
    return ends instanceof Error ? Promise.reject(ends) : Promise.resolve(ends);
  }, {
    every: every * MINUTE,
    signal: stop.signal,
    now: () => now,
    random: () => 0,
    sleep: (ms) => {
      now += ms;
      if (begun.length === script.length) stop.abort();
      return Promise.resolve();
    },
    onPause: () => {},
    onError: (error) => Promise.resolve(void errors.push(error)),
    ...options,
  });
  return { code, begun, errors };
}

Deno.test("repeat() begins at once and then at fixed times, however long a round takes", async () => {
  assertEquals(await rounds(15, [{ takes: 4 }, { takes: 14 }, {}, {}]), {
    code: 0,
    begun: [0, 15, 30, 45],
    errors: [],
  });
});

Deno.test("repeat() never lets rounds overlap: the beginnings that one misses pass", async () => {
  assertEquals((await rounds(10, [{ takes: 25 }, { takes: 10 }, {}])).begun, [0, 30, 50]);
});

Deno.test("repeat() begins up to a tenth late, and never by more than five minutes", async () => {
  assertEquals((await rounds(10, [{}, {}, {}], { random: () => 0.5 })).begun, [0, 10.5, 20.5]);
  assertEquals((await rounds(240, [{}, {}], { random: () => 0.5 })).begun, [0, 242.5]);
});

Deno.test("repeat() goes on after rounds that failed, incomplete or unable to run or with an error", async () => {
  const error = new Error("The file .env is gone");
  const script = [
    { ends: { code: 2, hopeless: false } },
    { ends: { code: 1, hopeless: false } },
    { ends: error },
    {},
  ];
  assertEquals(await rounds(1, script), { code: 0, begun: [0, 1, 2, 3], errors: [error] });
});

Deno.test("repeat() ends with what can never work, and throws what the first round throws", async () => {
  assertEquals((await rounds(1, [{ ends: { code: 2, hopeless: true } }, {}])).begun, [0]);
  await assertRejects(() => rounds(1, [{ ends: new Error("no site") }, {}]), Error, "no site");
});

Deno.test("repeat() ends with the round that was interrupted, and with its code", async () => {
  assertEquals(await rounds(1, [{}, { ends: { code: 130, hopeless: false } }, {}]), {
    code: 130,
    begun: [0, 1],
    errors: [],
  });
  const stop = new AbortController();
  const result = await repeat(() => {
    stop.abort();
    return Promise.resolve({ code: 1, hopeless: false });
  }, {
    every: MINUTE,
    signal: stop.signal,
    now: () => 0,
    random: () => 0,
    sleep: () => Promise.reject(new Error("no pause after the end")),
    onPause: () => {},
    onError: () => Promise.resolve(),
  });
  assertEquals(result, 1);
});
