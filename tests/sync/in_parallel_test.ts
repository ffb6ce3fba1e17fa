import { assert, assertEquals, assertRejects } from "@std/assert";
import { inParallel } from "../../src/sync/in_parallel.ts";

Deno.test("inParallel keeps the order of the items and its limit", async () => {
  const gates = [1, 2, 3, 4, 5].map(() => Promise.withResolvers<void>());
  let underWay = 0;
  let most = 0;
  const all = inParallel(2, [0, 1, 2, 3, 4], async (item) => {
    most = Math.max(most, ++underWay);
    await gates[item]!.promise;
    underWay--;
    return item * 10;
  });
  for (const item of [1, 0, 3, 2, 4]) {
    gates[item]!.resolve();
    await Promise.resolve();
  }
  assertEquals(await all, [0, 10, 20, 30, 40]);
  assertEquals(most, 2);
});

Deno.test("inParallel throws the very error of the work, after everything under way has ended", async () => {
  const gate = Promise.withResolvers<void>();
  const mine = new TypeError("mine");
  const seen: string[] = [];
  const all = inParallel(2, ["bad", "slow", "never"], async (item) => {
    seen.push(item);
    if (item === "bad") throw mine;
    await gate.promise;
    seen.push(`${item} ended`);
  });
  all.catch(() => {});
  gate.resolve();
  assert(await assertRejects(() => all, TypeError) === mine);
  assertEquals(seen, ["bad", "slow", "slow ended"]);
});

Deno.test("inParallel of nothing is nothing", async () => {
  assertEquals(await inParallel(3, [], () => Promise.reject(new Error("called"))), []);
});
