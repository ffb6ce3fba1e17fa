import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";

import {
  ConfluenceAuthError,
  type ConfluenceError,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  ConfluenceRateLimitError,
  ConfluenceResponseError,
} from "../../src/confluence/mod.ts";
import type { FaultKind } from "../support/fake/mod.ts";
import { turns } from "../support/clock.ts";
import { addDocs, setup, type SetupOptions } from "./setup.ts";

/** Asks for one page under one fault; gives the error, if any, and what it took. */
async function ask(
  fault: FaultKind & { times?: number },
  options: SetupOptions & { maxAttempts?: number } = {},
) {
  const all = setup(options);
  const { fake, client, clock, run, waits } = all;
  const { pageIds } = addDocs(fake, 1);
  fake.faults.add({ times: Infinity, ...fault });
  const start = clock.now();
  const { maxAttempts } = options;
  let error: ConfluenceError | null = null;
  try {
    await run(client.getPageById(pageIds[0]!, "storage", { maxAttempts }));
  } catch (caught) {
    error = caught as ConfluenceError;
  }
  return {
    ...all,
    error,
    requests: fake.counters.total,
    waits: waits.map((wait) => wait.ms),
    ms: clock.now() - start,
  };
}

const TRANSIENT: [
  string,
  FaultKind,
  typeof ConfluenceNetworkError | typeof ConfluenceResponseError,
  boolean,
][] = [
  ["500", { kind: "status", status: 500 }, ConfluenceResponseError, true],
  ["502 with HTML", { kind: "status", status: 502, body: "html" }, ConfluenceResponseError, true],
  ["503 without a body", { kind: "status", status: 503, body: "empty" }, ConfluenceResponseError, true],
  ["504", { kind: "status", status: 504 }, ConfluenceResponseError, true],
  ["a connection reset", { kind: "reset" }, ConfluenceNetworkError, true],
  ["a reset in the body", { kind: "reset", afterBytes: 50 }, ConfluenceNetworkError, true],
  ["truncated JSON with 200", { kind: "truncate" }, ConfluenceResponseError, true],
  ["an empty body with 200", { kind: "truncate", keep: 0 }, ConfluenceResponseError, true],
  ["HTML with 200", { kind: "html" }, ConfluenceResponseError, true],
  ["an answer that never comes", { kind: "hang" }, ConfluenceNetworkError, true],
  ["a body that stalls", { kind: "stall", afterBytes: 50 }, ConfluenceNetworkError, true],
  ["a body that drips", { kind: "drip", bytes: 1, everyMs: 5000 }, ConfluenceNetworkError, true],
];

for (const [what, fault, type, mayShrink] of TRANSIENT) {
  Deno.test(`ConfluenceClient gets over ${what} that passes`, async () => {
    const { error, requests, client } = await ask({ ...fault, times: 4 });
    assertEquals(error, null);
    assertEquals([requests, client.stats.retries], [5, 4]);
  });

  Deno.test(`ConfluenceClient gives up on ${what} after 5 attempts, 1 s, 2 s, 4 s and 8 s apart`, async () => {
    const { error, requests, waits } = await ask(fault);
    assert(error instanceof type, Deno.inspect(error));
    assertEquals(requests, 5);
    assertEquals(waits, [1000, 2000, 4000, 8000]);
    assertEquals([error.retryable, error.mayShrink], [true, mayShrink]);
    assertStringIncludes(error.message, "Cannot read page ");
    assertStringIncludes(error.url, "https://fake.atlassian.net/wiki/api/v2/pages/");
  });
}

for (const status of [400, 405, 409, 410, 413, 414, 501]) {
  Deno.test(`ConfluenceClient does not repeat a request answered ${status}`, async () => {
    const { error, requests } = await ask({ kind: "status", status });
    assert(error instanceof ConfluenceResponseError);
    assertEquals([requests, error.status], [1, status]);
    assertEquals(error.mayShrink, status === 413 || status === 414 || status === 501);
    assertEquals(error.reason, status === 410 ? "gone" : status === 501 ? "server_error" : "refused");
  });
}

Deno.test("ConfluenceClient spreads its waits with jitter", async () => {
  const numbers = [0, 1, 0.25, 0.75];
  const { waits } = await ask({ kind: "status", status: 503 }, {
    client: { random: () => numbers.shift()! },
  });
  assertEquals(waits, [700, 2600, 3400, 9200]);
});

Deno.test("ConfluenceClient makes fewer attempts where a call asks for fewer, never more", async () => {
  assertEquals((await ask({ kind: "status", status: 503 }, { maxAttempts: 2 })).requests, 2);
  assertEquals((await ask({ kind: "status", status: 503 }, { maxAttempts: 1 })).requests, 1);
  assertEquals((await ask({ kind: "status", status: 503 }, { maxAttempts: 99 })).requests, 5);
  assertEquals(
    (await ask({ kind: "status", status: 503 }, { client: { limits: { maxAttempts: 3 } } })).requests,
    3,
  );
});

Deno.test("ConfluenceClient fails a listing with the same limits on attempts", async () => {
  const { fake, client, all } = setup();
  fake.faults.add({ kind: "status", status: 503, times: Infinity });
  await assertRejects(() => all(client.getSpaces(undefined, { maxAttempts: 2 })), ConfluenceResponseError);
  assertEquals(fake.counters.total, 2);
});

Deno.test("ConfluenceClient gives up after 5 attempts at 429, with an error of its own", async () => {
  const { error, requests, waits, client } = await ask({ kind: "rate-limit", retryAfter: null });
  assert(error instanceof ConfluenceRateLimitError);
  assertEquals([requests, error.status, error.code, error.retryAfterMs], [5, 429, "rate_limit", null]);
  assertEquals([error.retryable, error.mayShrink], [true, false]);
  assert(waits.length >= 4);
  assertGreaterOrEqual(client.stats.throttledMs, 15_000);
});

Deno.test("ConfluenceClient says when the limit resets where the server told it", async () => {
  const reset = "2026-03-01T15:00:00Z";
  const { error } = await ask({ kind: "rate-limit", retryAfter: null, reset });
  assertStringIncludes(error?.hint ?? "", "Try again after 2026-03-01T15:00:00.000Z");
});

Deno.test("ConfluenceClient takes 429s of any body, also the gateway's", async () => {
  for (const body of ["empty", "html", "json"] as const) {
    assertEquals((await ask({ kind: "rate-limit", body, times: 2 })).error, null, body);
  }
  assertEquals((await ask({ kind: "rate-limit", gateway: true, times: 1 }, { gateway: true })).error, null);
});

Deno.test("ConfluenceClient waits at least as long as Retry-After says, in seconds or as a date", async () => {
  const seconds = await ask({ kind: "rate-limit", retryAfter: 40, times: 1 });
  assertEquals(seconds.error, null);
  assertGreaterOrEqual(seconds.ms, 40_000);
  const date = new Date(seconds.clock.now() + 90_000);
  for (const retryAfter of [date.toUTCString(), date.toISOString()]) {
    const all = setup();
    all.clock.set(seconds.clock.now());
    all.fake.faults.add({ kind: "rate-limit", retryAfter });
    await all.run(all.client.getCurrentUser());
    assertGreaterOrEqual(all.clock.now(), date.getTime());
    assertLess(all.clock.now(), date.getTime() + 10_000);
  }
});

Deno.test("ConfluenceClient honours Retry-After on 503 too", async () => {
  const headers = { "retry-after": "20" };
  const { error, waits } = await ask({ kind: "status", status: 503, headers, times: 1 });
  assertEquals([error, waits], [null, [20_000]]);
});

Deno.test("ConfluenceClient backs off as usual where Retry-After is 0, past or nonsense", async () => {
  for (const retryAfter of [0, "Mon, 01 Jan 2024 00:00:00 GMT", "-5", "soon"]) {
    const { error, waits, ms } = await ask({ kind: "rate-limit", retryAfter, times: 3 });
    assertEquals(error, null, String(retryAfter));
    assertEquals(waits.filter((wait) => wait >= 1000), [1000, 2000, 4000], String(retryAfter));
    assertGreaterOrEqual(ms, 7000);
  }
});

Deno.test("ConfluenceClient does not sleep for an absurd Retry-After but says what it would take", async () => {
  for (const status of [429, 503]) {
    const fault: FaultKind = status === 429
      ? { kind: "rate-limit", retryAfter: 1847 }
      : { kind: "status", status, headers: { "retry-after": "1847" } };
    const { error, requests, ms } = await ask(fault);
    assert(error instanceof ConfluenceRateLimitError);
    assertEquals([requests, ms, error.status, error.retryAfterMs], [1, 0, status, 1_847_000]);
    assertStringIncludes(error.message, "asks to wait 1847 s, more than the 600 s that are waited for");
    assertEquals(error.hint, "Run again in 31 min.");
  }
});

Deno.test("ConfluenceClient does not hold up other requests for a wait it refused", async () => {
  const { fake, client, clock, run } = setup();
  fake.faults.add({ kind: "rate-limit", retryAfter: 99_999 });
  await assertRejects(() => run(client.getCurrentUser()), ConfluenceRateLimitError);
  const start = clock.now();
  await run(client.getCurrentUser());
  assertLess(clock.now() - start, 3000);
});

Deno.test("ConfluenceClient tells what it waits for, before it waits", async () => {
  const { fake, client, waits } = setup();
  const abort = new AbortController();
  fake.faults.add({ kind: "status", status: 503 });
  const call = client.getCurrentUser({ signal: abort.signal });
  await turns(10);
  assertEquals(waits, [{ ms: 1000, reason: "retry", operation: "read the current user" }]);
  const limited = setup();
  limited.fake.faults.add({ kind: "rate-limit", retryAfter: 30 });
  await limited.run(limited.client.getCurrentUser());
  assertEquals(limited.waits[0], { ms: 30_000, reason: "rate_limit", operation: "read the current user" });
  abort.abort(new Error("enough"));
  await assertRejects(() => call, Error, "enough");
});

Deno.test("ConfluenceClient lets go of every wait when it is aborted", async () => {
  const reason = new DOMException("The user pressed Ctrl-C", "AbortError");
  const faults: FaultKind[] = [
    { kind: "status", status: 503 },
    { kind: "rate-limit", retryAfter: 300 },
    { kind: "hang" },
    { kind: "stall", afterBytes: 20 },
  ];
  for (const fault of faults) {
    for (const own of [true, false]) {
      const abort = new AbortController();
      const { fake, client, clock, run } = setup({ client: own ? { signal: abort.signal } : {} });
      fake.faults.add({ ...fault, times: Infinity });
      const call = run(client.getCurrentUser(own ? {} : { signal: abort.signal }));
      const outcome = call.catch((error) => error);
      await turns(1);
      abort.abort(reason);
      assertEquals(await outcome, reason, fault.kind);
      assertEquals(clock.sleeping, 0, "no timer is left");
      assertEquals(client.stats.inFlight, 0);
    }
  }
});

Deno.test("ConfluenceClient sends nothing once it is aborted, lists included", async () => {
  const abort = new AbortController();
  const { fake, client, all, run } = setup({ client: { signal: abort.signal } });
  const { spaceId } = addDocs(fake, 10);
  const pages = client.getPages(spaceId, undefined, { limit: 2 });
  const seen: string[] = [];
  await assertRejects(
    () =>
      run((async () => {
        for await (const page of pages) {
          seen.push(page.id);
          if (seen.length === 2) abort.abort(new Error("enough"));
        }
      })()),
    Error,
    "enough",
  );
  assertEquals([seen.length, fake.counters.total], [2, 1]);
  await assertRejects(() => all(pages), Error, "enough");
  assertEquals(fake.counters.total, 1);
});

Deno.test("ConfluenceClient ends an attempt after the time limit, headers and body together", async () => {
  for (const fault of [{ kind: "hang" }, { kind: "drip", bytes: 3, everyMs: 700 }] satisfies FaultKind[]) {
    const limits = { timeoutMs: 7000, maxAttempts: 1 };
    const { error, ms } = await ask(fault, { client: { limits } });
    assert(error instanceof ConfluenceNetworkError);
    assertEquals([error.kind, ms], ["timeout", 7000]);
    assertStringIncludes(error.message, "no complete answer within 7 s");
  }
});

Deno.test("ConfluenceClient accepts an answer that is slow but in time", async () => {
  assertEquals((await ask({ kind: "slow", ms: 55_000 })).error, null);
  assertEquals((await ask({ kind: "slow", ms: 65_000, times: 1 })).requests, 2);
});

Deno.test("ConfluenceClient looks again at a 403 or 404 of the edge until it passes", async () => {
  for (const status of [403, 404] as const) {
    const { error, requests } = await ask({ kind: "edge", status, times: 3 });
    assertEquals([error, requests], [null, 4]);
  }
});

Deno.test("ConfluenceClient believes neither log-out nor deletion where only the edge spoke", async () => {
  for (const status of [403, 404] as const) {
    const { error, requests } = await ask({ kind: "edge", status });
    assert(error instanceof ConfluenceResponseError, Deno.inspect(error));
    assertEquals([requests, error.reason, error.edge, error.retryable], [5, "edge", true, true]);
  }
});

Deno.test("ConfluenceClient looks exactly twice at a 403 or 404 with HTML where JSON is due", async () => {
  for (const status of [403, 404] as const) {
    const { error, requests } = await ask({ kind: "status", status, body: "html" });
    assert(error instanceof ConfluenceResponseError);
    assertEquals([requests, error.reason], [2, "edge"]);
    assertEquals((await ask({ kind: "status", status, body: "html", times: 1 })).error, null);
  }
});

Deno.test("ConfluenceClient looks exactly twice at a 404 that names the page but carries the edge's mark", async () => {
  const { fake } = setup();
  let requests = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests++;
    const response = await fake.fetch(input, init);
    response.headers.set("x-cache", "Error from cloudfront");
    return response;
  };
  const marked = setup({ client: { fetch } });
  const error = await assertRejects(
    () => marked.run(marked.client.getPageById("404404")),
    ConfluenceNotFoundError,
  );
  assertEquals([requests, error.named, error.edge], [2, true, true]);
  requests = 0;
  fake.site.accounts[0]!.revoked = true;
  const refused = await assertRejects(
    () => marked.run(marked.client.getPageById("404404")),
    ConfluenceAuthError,
  );
  assertEquals([requests, refused.edge], [5, true]);
});

Deno.test("ConfluenceClient does not wait before an error it will not get over", async () => {
  for (const id of ["999999", "888888"]) {
    const { fake, client, clock, run, waits } = setup();
    const start = clock.now();
    await assertRejects(() => run(client.getPageById(id)), ConfluenceNotFoundError);
    assertEquals([fake.counters.total, clock.now() - start, waits.length], [1, 0, 0]);
  }
});
