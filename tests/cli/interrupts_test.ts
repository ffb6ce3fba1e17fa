import { assertEquals } from "@std/assert";
import { interruptListener } from "../../src/cli/interrupts.ts";

function heard(...times: number[]): string[] {
  const calls: string[] = [];
  let now = 0;
  const listen = interruptListener({
    first: () => calls.push("first"),
    again: () => calls.push("again"),
    now: () => now,
  });
  for (const time of times) {
    now = time;
    listen();
  }
  return calls;
}

Deno.test("interruptListener finishes at the first signal and stops at a later one", () => {
  assertEquals(heard(1000), ["first"]);
  assertEquals(heard(1000, 2000), ["first", "again"]);
});

Deno.test("interruptListener takes the echo that deno task adds for the same key press", () => {
  assertEquals(heard(1000, 1003), ["first"]);
  assertEquals(heard(1000, 1003, 1700), ["first", "again"]);
});
