import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";

import { addDocs, setup } from "./setup.ts";

Deno.test("ConfluenceClient shares one limiter: never more than 5 in flight, whatever runs", async () => {
  const { fake, client, run } = setup({ client: { limits: { requestsPerSecond: 1000 } } });
  const { spaceId, pageIds } = addDocs(fake, 20);
  fake.faults.add({ kind: "slow", ms: 100, times: Infinity });
  const seen: number[] = [];
  fake.faults.onRequest(() => void seen.push(client.stats.inFlight));
  await run(Promise.all([
    ...pageIds.map((id) => client.getPageById(id)),
    Array.fromAsync(client.getPages(spaceId, undefined, { limit: 5 })),
    client.getCurrentUser(),
  ]));
  assertEquals(fake.counters.maxInFlight, 5);
  assertEquals(Math.max(...seen), 5);
  assertEquals(client.stats.inFlight, 0);
});

Deno.test("ConfluenceClient reaches at least 95 % of 10 requests a second at 200 ms latency, and not more", async () => {
  const { fake, client, clock, run, waits } = setup();
  const { pageIds } = addDocs(fake, 100);
  fake.faults.add({ kind: "slow", ms: 200, times: Infinity });
  const start = clock.now();
  await run(Promise.all([...pageIds, ...pageIds].map((id) => client.getPageById(id))));
  const seconds = (clock.now() - start) / 1000;
  assertLessOrEqual(seconds, 200 / 9.5);
  assertGreaterOrEqual(seconds, 198 / 10);
  assert(waits.every((wait) => wait.reason === "pacing"));
  assertEquals(client.stats.throttledMs, 0);
});

Deno.test("ConfluenceClient slows down for everybody after one 429 and is faster again later", async () => {
  const { fake, client, clock, run } = setup();
  const { pageIds } = addDocs(fake, 100);
  const elapsed = async (ids: readonly string[]) => {
    const start = clock.now();
    await run(Promise.all(ids.map((id) => client.getPageById(id))));
    return clock.now() - start;
  };
  const before = await elapsed(pageIds.slice(0, 20));
  fake.faults.add({ kind: "rate-limit", retryAfter: null });
  await elapsed(pageIds.slice(0, 1));
  const after = await elapsed(pageIds.slice(0, 10));
  assertGreaterOrEqual(after, before * 0.9, "ten take as long as twenty did");
  await elapsed(pageIds);
  const later = await elapsed(pageIds.slice(0, 20));
  assertLessOrEqual(later, before * 1.2);
});

Deno.test("ConfluenceClient keeps everybody waiting for the Retry-After of one", async () => {
  const { fake, client, clock, run } = setup();
  const { pageIds } = addDocs(fake, 5);
  fake.faults.add({ kind: "rate-limit", retryAfter: 60 });
  const start = clock.now();
  const sent: number[] = [];
  fake.faults.onRequest(() => void sent.push(clock.now() - start));
  const first = client.getPageById(pageIds[0]!);
  const others = clock.sleep(1000).then(() =>
    Promise.all(pageIds.slice(1).map((id) => client.getPageById(id)))
  );
  await run(Promise.all([first, others]));
  assertEquals(sent.filter((at) => at > 0 && at < 60_000), []);
  assertGreaterOrEqual(client.stats.throttledMs, 60_000 + 4 * 59_000);
});

for (const beta of [false, true]) {
  Deno.test(`ConfluenceClient slows down before the 429 when ${beta ? "Beta-RateLimit" : "X-RateLimit"} headers say so`, async () => {
    const { fake, client, clock, run, waits } = setup();
    const { pageIds } = addDocs(fake, 20);
    fake.faults.add({ kind: "near-limit", remaining: 10, limit: 100, beta, times: 2 });
    await run(client.getPageById(pageIds[0]!));
    const start = clock.now();
    await run(Promise.all(pageIds.map((id) => client.getPageById(id))));
    assertGreaterOrEqual(clock.now() - start, 4000, "20 requests at 10 a second would take 2 s");
    assert(waits.some((wait) => wait.reason === "rate_limit"));
    assertGreaterOrEqual(client.stats.throttledMs, 4000);
    assertEquals(client.stats.retries, 0);
  });
}

Deno.test("stats counts requests by endpoint, retries and bytes as the server saw them", async () => {
  const { fake, client, all, run } = setup();
  const { spaceId, pageIds } = addDocs(fake, 5);
  fake.site.attach(pageIds[0]!, { filename: "a" });
  fake.site.index.flush();
  fake.faults.add({ kind: "status", status: 503, match: { path: /\/pages\?/ } });
  await all(client.getSpaces());
  await all(client.getPages(spaceId, "storage"));
  await all(client.getPagesByIds(pageIds));
  await all(client.getSpacePageIds("DOCS"));
  await all(client.getAttachmentsForPage(pageIds[0]!));
  await all(client.searchCql("type = page"));
  await run(client.getPageById(pageIds[0]!));
  await run(client.getCurrentUser());
  await run(client.getCloudId());
  const { byEndpoint, ...rest } = client.stats;
  assertEquals(byEndpoint, {
    "GET /spaces": 1,
    "GET /spaces/{id}/pages": 3,
    "GET /pages": 1,
    "GET /pages/{id}/attachments": 1,
    "GET /rest/api/content/search": 1,
    "GET /pages/{id}": 1,
    "GET /rest/api/user/current": 1,
    "GET /_edge/tenant_info": 1,
  });
  assertEquals(rest, {
    requests: fake.counters.total,
    retries: 1,
    throttledMs: 0,
    bytesReceived: fake.counters.charactersSent,
    inFlight: 0,
  });
});

Deno.test("stats is a copy that later requests do not change", async () => {
  const { client, run } = setup();
  const before = client.stats;
  await run(client.getCurrentUser());
  assertEquals([before.requests, client.stats.requests], [0, 1]);
  assertEquals(before.byEndpoint, {});
});
