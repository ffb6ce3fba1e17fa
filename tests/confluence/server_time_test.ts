import { assertEquals } from "@std/assert";

import { ServerTime } from "../../src/confluence/server_time.ts";

Deno.test("ServerTime goes on by the local clock from what the newest answer said", () => {
  let local = 1_000_000;
  const time = new ServerTime(() => local);
  assertEquals(time.now(), 1_000_000);
  time.learn(new Headers({ date: "Sun, 01 Mar 2026 12:00:00 GMT" }));
  local += 500;
  assertEquals(new Date(time.now()).toISOString(), "2026-03-01T12:00:00.500Z");
  time.learn(new Headers({ date: "Sun, 01 Mar 2026 11:00:00 GMT" }));
  assertEquals(new Date(time.now()).toISOString(), "2026-03-01T11:00:00.000Z");
});

Deno.test("ServerTime prefers milliseconds, and keeps what it knows where nothing usable is said", () => {
  const time = new ServerTime(() => 0);
  const exact = Date.parse("2026-03-01T12:00:00.789Z");
  const date = "Sun, 01 Mar 2026 12:00:00 GMT";
  time.learn(new Headers({ date, "x-confluence-request-time": String(exact) }));
  assertEquals(time.now(), exact);
  for (const headers of [{}, { date: "now" }, { "x-confluence-request-time": "soon" }]) {
    time.learn(new Headers(headers as Record<string, string>));
    assertEquals(time.now(), exact, JSON.stringify(headers));
  }
  time.learn(new Headers({ date, "x-confluence-request-time": "7" }));
  assertEquals(time.now(), Date.parse(date));
});
