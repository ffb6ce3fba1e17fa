import { assertEquals, assertRejects } from "@std/assert";
import { prefetch } from "../../src/sync/prefetch.ts";

Deno.test("prefetch asks for the next while the last is worked on, and is one ahead at most", async () => {
  const log: string[] = [];
  async function* source() {
    for (let n = 1; n <= 3; n++) {
      log.push(`asked ${n}`);
      yield await Promise.resolve(n);
    }
  }
  for await (const n of prefetch(source())) log.push(`working on ${n}`);
  assertEquals(log, ["asked 1", "asked 2", "working on 1", "asked 3", "working on 2", "working on 3"]);
});

Deno.test("prefetch hands out what came before a failure, then the failure", async () => {
  async function* source() {
    yield await Promise.resolve(1);
    throw new Error("broken");
  }
  const seen: number[] = [];
  await assertRejects(
    async () => {
      for await (const n of prefetch(source())) seen.push(n);
    },
    Error,
    "broken",
  );
  assertEquals(seen, [1]);
});

Deno.test("prefetch that is left early ends its source and drops what was under way, failures included", async () => {
  let ended = false;
  async function* source() {
    try {
      yield await Promise.resolve(1);
      throw new Error("nobody waits for this");
    } finally {
      ended = true;
    }
  }
  for await (const _ of prefetch(source())) break;
  assertEquals(ended, true);
});
