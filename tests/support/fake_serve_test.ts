/** The two ways in: the injected fetch and HTTP. */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { ask, basic } from "./fake/testing.ts";

const headers = { authorization: basic("ana@example.com", "test-token-ana") };

function site() {
  const fake = new FakeConfluence();
  const space = fake.site.addSpace({ key: "A" });
  const { pageIds } = fake.site.fill({ spaceKey: "A", pages: 5, bodyBytes: 300 });
  return { fake, space, pageIds };
}

Deno.test("fetch takes a string, a URL or a Request, and gives a Response with its URL", async () => {
  const { fake } = site();
  const url = `${fake.baseUrl}/api/v2/spaces`;
  for (const input of [url, new URL(url), new Request(url)]) {
    const response = await fake.fetch(input, { headers });
    assertEquals([response.status, response.url], [200, url]);
    await response.body?.cancel();
  }
});

Deno.test("fetch rejects with the signal's reason, before and while it waits", async () => {
  const { fake } = site();
  const url = `${fake.baseUrl}/api/v2/spaces`;
  await assertRejects(
    () => fake.fetch(url, { headers, signal: AbortSignal.abort(new Error("early")) }),
    Error,
    "early",
  );
  assertEquals(fake.counters.total, 0);
  const abort = new AbortController();
  fake.faults.onRequest(() => abort.abort(new Error("late")));
  await assertRejects(() => fake.fetch(url, { headers, signal: abort.signal }), Error, "late");
});

Deno.test("fetch honours the redirect mode", async () => {
  const { fake } = site();
  const url = `${fake.baseUrl}/api/v2/spaces`;
  const spoil = () => fake.faults.add({ kind: "redirect", location: "/wiki/api/v2/pages" });
  spoil();
  const manual = await fake.fetch(url, { headers, redirect: "manual" });
  assertEquals([manual.status, manual.redirected], [302, false]);
  spoil();
  await assertRejects(
    () => fake.fetch(url, { headers, redirect: "error" }),
    TypeError,
    "Cannot follow redirect",
  );
  spoil();
  const followed = await fake.fetch(url, { headers });
  assertEquals([followed.status, followed.redirected, followed.url], [
    200,
    true,
    `${fake.baseUrl}/api/v2/pages`,
  ]);
  await followed.body?.cancel();
});

Deno.test("fetch fails for hosts that are not the fake's, and remembers whether credentials went there", async () => {
  const { fake } = site();
  for (const url of ["https://fake.atlassian.net.evil.example/wiki", "http://fake.atlassian.net/wiki"]) {
    await assertRejects(() => fake.fetch(url, { headers }), TypeError, "is not part of the fake");
  }
  assertEquals(fake.counters.foreign.map(({ authorized }) => authorized), [true, true]);
  assertEquals(fake.counters.total, 0);
});

Deno.test("counters count by endpoint, log method, URL and status, and can be reset", async () => {
  const { fake, space, pageIds } = site();
  await ask(fake, "/wiki/api/v2/spaces");
  await ask(fake, `/wiki/api/v2/spaces/${space.id}/pages`, { gateway: true });
  await ask(fake, `/wiki/api/v2/pages/${pageIds[0]}`, { as: null });
  await ask(fake, "/wiki/nothing/here");
  assertEquals(fake.counters.total, 4);
  assertEquals(fake.counters.byEndpoint, {
    "GET /wiki/api/v2/spaces": 1,
    "GET /wiki/api/v2/spaces/{id}/pages": 1,
    "GET /wiki/api/v2/pages/{id}": 1,
    "GET (unknown)": 1,
  });
  assertEquals(fake.counters.log.map(({ status }) => status), [200, 200, 404, 404]);
  assertEquals(
    fake.counters.log[1]!.url,
    `https://api.atlassian.com/ex/confluence/${fake.site.cloudId}/wiki/api/v2/spaces/${space.id}/pages`,
  );
  const sizes = await Promise.all(
    [1, 2, 3].map(async () => (await ask(fake, "/wiki/api/v2/spaces")).text.length),
  );
  assertEquals([fake.counters.maxInFlight, fake.counters.inFlight], [3, 0]);
  fake.counters.reset();
  assertEquals([fake.counters.maxInFlight, fake.counters.charactersSent], [0, 0]);
  await ask(fake, "/wiki/api/v2/spaces");
  assertEquals(fake.counters.charactersSent, sizes[0]);
  fake.counters.reset();
  assertEquals([fake.counters.total, fake.counters.log.length, fake.counters.byEndpoint], [0, 0, {}]);
});

Deno.test("serve() answers over HTTP as fetch does, and links stay on the served site", async () => {
  const { fake, space } = site();
  await using running = await fake.serve();
  const path = `/api/v2/spaces/${space.id}/pages?limit=2&body-format=storage`;
  const served = await fetch(running.baseUrl + path, { headers });
  const body = await served.json();
  const injected = (await ask(fake, `/wiki${path}`)).json;
  assertEquals(body.results, injected.results);
  assertEquals(body._links, { base: running.baseUrl, next: injected._links.next });
  assertEquals(served.headers.get("content-type"), "application/json");
  const gateway = await fetch(`${running.gatewayUrl}/ex/confluence/${fake.site.cloudId}/wiki${path}`, {
    headers,
  });
  assertEquals((await gateway.json())._links.base, running.baseUrl);
  assertEquals(
    new Set([running.baseUrl, running.gatewayUrl, running.mediaUrl].map((url) => new URL(url).port)).size,
    3,
  );
});

Deno.test("serve() takes the site's clock for the Date header", async () => {
  const fake = new FakeConfluence({ clock: { now: () => Date.parse("2026-02-03T04:05:06Z") } });
  await using running = await fake.serve();
  const response = await fetch(`${running.baseUrl}/api/v2/spaces`, { headers });
  await response.body?.cancel();
  assertEquals(response.headers.get("date"), "Tue, 03 Feb 2026 04:05:06 GMT");
});

Deno.test("serve() sends downloads to the media server, which refuses credentials", async () => {
  const { fake, pageIds } = site();
  const file = fake.site.attach(pageIds[0]!, { filename: "a", bytes: new TextEncoder().encode("hello") });
  await using running = await fake.serve();
  const path = `/rest/api/content/${pageIds[0]}/child/attachment/${file.id}/download`;
  const redirect = await fetch(running.baseUrl + path, { headers, redirect: "manual" });
  await redirect.body?.cancel();
  const location = redirect.headers.get("location")!;
  assertEquals(new URL(location).origin, running.mediaUrl);
  const refused = await fetch(location, { headers });
  await refused.body?.cancel();
  assertEquals(refused.status, 403);
  assertEquals(await (await fetch(location)).text(), "hello");
});

Deno.test("serve() breaks the connection for resets and ends waiting requests when it shuts down", async () => {
  const { fake } = site();
  const running = await fake.serve();
  const url = `${running.baseUrl}/api/v2/spaces`;
  const read = async () => await (await fetch(url, { headers })).text();
  for (const rule of [{ kind: "reset" }, { kind: "reset", afterBytes: 50 }] as const) {
    fake.faults.add(rule);
    await assertRejects(read, TypeError);
  }
  fake.faults.add({ kind: "truncate" });
  await assertRejects(async () => JSON.parse(await read()), SyntaxError);
  fake.faults.add({ kind: "hang" });
  const began = Promise.withResolvers<void>();
  fake.faults.onRequest(() => began.resolve());
  const hanging = assertRejects(read, TypeError);
  await began.promise;
  await running.shutdown();
  await hanging;
});

Deno.test("two served fakes do not know each other, and a fake forgets its ports after shutdown", async () => {
  const one = new FakeConfluence();
  const two = new FakeConfluence();
  const first = await one.serve();
  await using second = await two.serve();
  assertNotEquals(first.baseUrl, second.baseUrl);
  await assertRejects(() => one.fetch(second.baseUrl), TypeError, "is not part of the fake");
  const answered = await one.fetch(`${first.baseUrl}/api/v2/spaces`, { headers });
  assertEquals(answered.status, 200);
  await first.shutdown();
  await assertRejects(() => one.fetch(first.baseUrl), TypeError, "is not part of the fake");
});

Deno.test("settings.latencyMs makes every answer wait, and ends with the signal", async () => {
  const { fake } = site();
  fake.site.settings.latencyMs = 60_000;
  const abort = new AbortController();
  const waiting = fake.fetch(`${fake.baseUrl}/api/v2/spaces`, { headers, signal: abort.signal });
  await Promise.resolve();
  abort.abort(new Error("too slow"));
  await assertRejects(() => waiting, Error, "too slow");
  fake.site.settings.latencyMs = 1;
  assert((await ask(fake, "/wiki/api/v2/spaces")).status === 200);
});
