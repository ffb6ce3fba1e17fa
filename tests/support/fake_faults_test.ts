/** Each kind of fault, and the rules that choose requests: api.md section 14, points 4 and 10. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { ConnectionReset, FakeConfluence, type FaultRule } from "./fake/mod.ts";
import { ask, idsOf, walk } from "./fake/testing.ts";
import { VirtualClock } from "./clock.ts";

function filled(pages = 6) {
  const fake = new FakeConfluence();
  const space = fake.site.addSpace({ key: "A" });
  const { pageIds } = fake.site.fill({ spaceKey: "A", pages, bodyBytes: 200 });
  return { fake, pageIds, path: `/wiki/api/v2/spaces/${space.id}/pages` };
}

async function spoiled(rule: FaultRule, query = "") {
  const { fake, path } = filled();
  fake.faults.add(rule);
  const told = await ask(fake, path + query);
  const after = await ask(fake, path);
  assertEquals([after.status, after.json.results.length], [200, 6], "only the first request is spoiled");
  assertEquals(fake.faults.fired, { [rule.kind]: 1 });
  return told;
}

Deno.test("rate-limit answers 429 with Retry-After in seconds, as text, zero, absurd, or without", async () => {
  const retryAfter = async (value: number | string | null | undefined) =>
    (await spoiled({ kind: "rate-limit", ...(value === undefined ? {} : { retryAfter: value }) })).headers
      .get("retry-after");
  assertEquals(await retryAfter(undefined), "1");
  assertEquals(await retryAfter(1847), "1847");
  assertEquals(await retryAfter(0), "0");
  assertEquals(await retryAfter("Wed, 21 Oct 2026 07:28:00 GMT"), "Wed, 21 Oct 2026 07:28:00 GMT");
  assertEquals(await retryAfter(31_536_000), "31536000");
  assertEquals(await retryAfter(null), null);
  const told = await spoiled({ kind: "rate-limit", reset: "2026-10-08T15:00:00Z" });
  assertEquals([told.status, told.headers.get("x-ratelimit-reset")], [429, "2026-10-08T15:00:00Z"]);
  assertEquals(told.headers.get("ratelimit-reason"), "confluence-burst-based");
});

Deno.test("rate-limit has empty, HTML and gateway forms", async () => {
  assertEquals((await spoiled({ kind: "rate-limit", body: "empty" })).text, "");
  assertMatch((await spoiled({ kind: "rate-limit", body: "html" })).text, /^<html>/);
  const gateway = await spoiled({ kind: "rate-limit", gateway: true });
  assertEquals(gateway.headers.get("retry-after"), null);
  assertEquals(gateway.headers.get("x-failure-category"), "FAILURE CLIENT RATE LIMITED");
});

Deno.test("settings.burst answers 429 when the bucket is empty, and passes again as it fills", async () => {
  const clock = new VirtualClock();
  const fake = new FakeConfluence({
    clock,
    settings: { burst: { size: 3, perSecond: 0.5, retryAfter: true } },
  });
  const statuses = async (count: number) => {
    const told: number[] = [];
    for (let n = 0; n < count; n++) told.push((await ask(fake, "/wiki/api/v2/spaces")).status);
    return told;
  };
  assertEquals(await statuses(4), [200, 200, 200, 429]);
  assertEquals((await ask(fake, "/wiki/api/v2/spaces")).headers.get("retry-after"), "2");
  await clock.advance(2000);
  assertEquals(await statuses(2), [200, 429]);
  await clock.advance(3_600_000);
  assertEquals(await statuses(4), [200, 200, 200, 429], "the bucket holds no more than its size");
  fake.site.settings.burst = { size: 3, perSecond: 0.5, retryAfter: false };
  assertEquals((await ask(fake, "/wiki/api/v2/spaces")).headers.get("retry-after"), null);
  fake.site.settings.burst = null;
  assertEquals(await statuses(5), [200, 200, 200, 200, 200]);
});

Deno.test("near-limit adds budget headers, old or new, to a good answer", async () => {
  const told = await spoiled({ kind: "near-limit", remaining: 5, limit: 100 });
  assertEquals([told.status, told.json.results.length], [200, 6]);
  assertEquals(["limit", "remaining", "nearlimit"].map((name) => told.headers.get(`x-ratelimit-${name}`)), [
    "100",
    "5",
    "true",
  ]);
  const beta = await spoiled({ kind: "near-limit", remaining: 5, limit: 100, beta: true });
  assertEquals(beta.headers.get("beta-ratelimit"), '"global-app-quota";r=5;t=1800');
});

for (const status of [413, 500, 502, 503, 504]) {
  Deno.test(`status answers ${status} with JSON, HTML or nothing`, async () => {
    const json = await spoiled({ kind: "status", status, headers: { "retry-after": "3" } });
    assertEquals([json.status, json.json.errors[0].status, json.headers.get("retry-after")], [
      status,
      status,
      "3",
    ]);
    assertMatch(
      (await spoiled({ kind: "status", status, body: "html" })).headers.get("content-type")!,
      /^text\/html/,
    );
    assertEquals((await spoiled({ kind: "status", status, body: "empty" })).text, "");
  });
}

Deno.test("html answers 200 with a page; truncate ends JSON early; oversize pads it", async () => {
  const html = await spoiled({ kind: "html" });
  assertEquals([html.status, html.json], [200, undefined]);
  assertMatch(html.headers.get("content-type")!, /^text\/html/);
  const cut = await spoiled({ kind: "truncate", keep: 0.3 });
  assertEquals([cut.status, cut.json, cut.headers.get("content-type")], [200, undefined, "application/json"]);
  assert(cut.text.startsWith('{"results":[{'));
  const big = await spoiled({ kind: "oversize", bytes: 100_000 });
  assertEquals([big.text.length, big.json.results.length], [100_000, 6]);
});

Deno.test("reset breaks before the headers or in the body", async () => {
  const { fake, path } = filled();
  fake.faults.add({ kind: "reset" });
  await assertRejects(() => ask(fake, path), ConnectionReset);
  assertEquals(fake.counters.log.at(-1)!.status, 0);
  fake.faults.add({ kind: "reset", afterBytes: 100 });
  const response = await fake.fetch(fake.hosts.site + path, {
    headers: { authorization: `Basic ${btoa("ana@example.com:test-token-ana")}` },
  });
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value?.length, 100);
  await assertRejects(() => reader.read(), ConnectionReset);
});

Deno.test("slow, hang, drip and stall wait on the fake's clock and end when the caller gives up", async () => {
  const clock = new VirtualClock();
  const fake = new FakeConfluence({ clock });
  fake.site.addSpace({ key: "A" });
  fake.faults.add({ kind: "slow", ms: 5000 });
  const slow = ask(fake, "/wiki/api/v2/spaces");
  await clock.advance(4999);
  assertEquals(fake.counters.inFlight, 1);
  await clock.advance(1);
  assertEquals((await slow).status, 200);

  fake.faults.add({ kind: "drip", bytes: 100, everyMs: 1000 });
  const drip = ask(fake, "/wiki/api/v2/spaces");
  await clock.advance(60_000);
  assertEquals((await drip).json.results.length, 1);
  assert(clock.slept.filter((ms) => ms === 1000).length >= 4);

  for (
    const rule of [{ kind: "hang" }, { kind: "stall", afterBytes: 10 }, { kind: "slow", ms: 5000 }] as const
  ) {
    fake.faults.add(rule);
    const abort = new AbortController();
    const asked = ask(fake, "/wiki/api/v2/spaces", { signal: abort.signal });
    await clock.advance(10);
    abort.abort(new Error("enough"));
    await assertRejects(() => asked, Error, "enough", rule.kind);
  }
  assertEquals([fake.counters.inFlight, clock.sleeping], [0, 0]);
});

Deno.test("foreign-next, repeat-next and odd-next change the link in body and header", async () => {
  const foreign = await spoiled({ kind: "foreign-next" }, "?limit=2");
  assertMatch(foreign.json._links.next, /^https:\/\/attacker\.example\/wiki\/api\/v2/);
  assertStringIncludes(foreign.headers.get("link")!, "<https://attacker.example/");
  const other = await spoiled(
    { kind: "foreign-next", origin: "https://fake.atlassian.net.evil.example" },
    "?limit=2",
  );
  assert(other.json._links.next.startsWith("https://fake.atlassian.net.evil.example/"));
  assertEquals((await spoiled({ kind: "odd-next", value: 42 }, "?limit=2")).json._links.next, 42);
  const { fake, path } = filled();
  fake.faults.add({ kind: "repeat-next", times: Infinity });
  const first = await ask(fake, `${path}?limit=2`);
  const second = await ask(fake, first.json._links.next);
  assertEquals(second.json._links.next, first.json._links.next);
});

Deno.test("repeat-next has v1's form on a v1 route", async () => {
  const { fake } = filled();
  fake.faults.add({ kind: "repeat-next" });
  const told = await ask(fake, "/wiki/rest/api/content/search?cql=type=page");
  assert(told.json._links.next.startsWith("/rest/api/content/search?cql="));
});

Deno.test("bad-rows changes rows by id, in lists, single answers and search", async () => {
  const { fake, pageIds, path } = filled();
  const [, second] = pageIds;
  const add = () =>
    fake.faults.add({ kind: "bad-rows", ids: [second!], change: ({ title: _, ...row }) => row });
  add();
  const list = await ask(fake, path);
  assertEquals(list.json.results.map((row: object) => "title" in row), [true, false, true, true, true, true]);
  add();
  assertEquals("title" in (await ask(fake, `/wiki/api/v2/pages/${second}`)).json, false);
  add();
  const found = await ask(fake, "/wiki/rest/api/content/search?cql=type=page");
  assertEquals(found.json.results.filter((row: object) => !("title" in row)).length, 1);
  fake.faults.add({ kind: "bad-rows", change: () => null });
  assertEquals((await ask(fake, path)).json.results, Array(6).fill(null));
});

Deno.test("transform changes an answer in any way", async () => {
  const told = await spoiled({ kind: "transform", change: () => ({ results: "none" }) });
  assertEquals(told.json, { results: "none" });
});

Deno.test("edge answers as CloudFront does", async () => {
  for (const status of [403, 404] as const) {
    const told = await spoiled({ kind: "edge", status });
    assertEquals([told.status, told.headers.get("x-cache")], [status, "Error from cloudfront"]);
    assertMatch(told.headers.get("content-type")!, /^text\/html/);
  }
});

Deno.test("reject-credential answers as if the token were wrong, by route and mount", async () => {
  const told = await spoiled({ kind: "reject-credential" });
  assertEquals([told.status, told.json.errors[0].title], [404, "Not Found"]);
  const { fake } = filled();
  fake.faults.add({ kind: "reject-credential", times: 2 });
  assertEquals((await ask(fake, "/wiki/rest/api/user/current")).status, 403);
  assertEquals((await ask(fake, "/wiki/api/v2/spaces", { gateway: true })).status, 401);
});

Deno.test("redirect sends the caller elsewhere", async () => {
  const told = await spoiled({ kind: "redirect", location: "https://id.atlassian.com/login" });
  assertEquals([told.status, told.headers.get("location")], [302, "https://id.atlassian.com/login"]);
});

Deno.test("failBodiesOver fails answers with too many bodies and lets others pass", async () => {
  const { fake, path, pageIds } = filled();
  fake.faults.failBodiesOver = 3;
  const status = async (query: string) => (await ask(fake, `${path}?${query}`)).status;
  assertEquals([
    await status("body-format=storage"),
    await status("body-format=storage&limit=3"),
    await status(""),
  ], [500, 200, 200]);
  fake.faults.bodyFailureStatus = 413;
  const ids = pageIds.slice(0, 4).join(",");
  assertEquals((await ask(fake, `/wiki/api/v2/pages?id=${ids}&body-format=atlas_doc_format`)).status, 413);
  fake.faults.clear();
  assertEquals(await status("body-format=storage"), 200);
});

Deno.test("poisonPages fails every answer that holds the body of one of them, versions and search included", async () => {
  const { fake, path, pageIds } = filled();
  const [poison, fine] = pageIds as [string, string];
  fake.faults.poisonPages.add(poison);
  const status = async (one: string) => (await ask(fake, one)).status;
  assertEquals(await status(`${path}?body-format=storage`), 500);
  assertEquals(await status(path), 200);
  assertEquals(await status(`/wiki/api/v2/pages/${poison}?body-format=storage`), 500);
  assertEquals(await status(`/wiki/api/v2/pages/${poison}`), 200);
  assertEquals(await status(`/wiki/api/v2/pages/${fine}?body-format=storage`), 200);
  assertEquals(await status(`/wiki/api/v2/pages/${poison}/versions?body-format=storage`), 500);
  const search = "/wiki/rest/api/content/search?cql=type=page";
  assertEquals([await status(search), await status(`${search}&expand=body.storage`)], [200, 500]);
});

Deno.test("rules choose by path, method, endpoint or function, skip the first, and fire so many times", async () => {
  const { fake, path, pageIds } = filled();
  const status = async (one: string) => (await ask(fake, one)).status;
  fake.faults.add({ kind: "status", status: 503, match: { path: `/pages/${pageIds[0]}`, method: "GET" } });
  fake.faults.add({ kind: "status", status: 502, match: { path: /limit=1$/ } });
  fake.faults.add({
    kind: "status",
    status: 504,
    match: { endpoint: "GET /wiki/api/v2/spaces" },
    times: 2,
    after: 1,
  });
  fake.faults.add({
    kind: "status",
    status: 500,
    match: ({ query }) => query.get("sort") === "-id",
    times: Infinity,
  });
  assertEquals(await status(`/wiki/api/v2/pages/${pageIds[1]}`), 200);
  assertEquals([
    await status(`/wiki/api/v2/pages/${pageIds[0]}`),
    await status(`/wiki/api/v2/pages/${pageIds[0]}`),
  ], [503, 200]);
  assertEquals([await status(`${path}?limit=2`), await status(`${path}?limit=1`)], [200, 502]);
  const spaces: number[] = [];
  for (let n = 0; n < 4; n++) spaces.push(await status("/wiki/api/v2/spaces"));
  assertEquals(spaces, [200, 504, 504, 200]);
  assertEquals([await status(`${path}?sort=-id`), await status(`${path}?sort=-id`)], [500, 500]);
  assertEquals(fake.faults.pending, 1);
});

Deno.test("rules with a probability fire at random, the same way for the same seed", async () => {
  const run = async (seed: number) => {
    const fake = new FakeConfluence({ seed });
    fake.faults.add({ kind: "status", status: 503, probability: 0.5, times: Infinity });
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push((await ask(fake, "/wiki/api/v2/spaces")).status);
    return statuses;
  };
  const statuses = await run(3);
  const failed = statuses.filter((status) => status === 503).length;
  assert(failed > 5 && failed < 35, String(failed));
  assertEquals(await run(3), statuses);
});

Deno.test("a rule can be taken away, and clear() takes all away", async () => {
  const { fake, path } = filled();
  const remove = fake.faults.add({ kind: "status", status: 500, times: Infinity });
  fake.faults.onRequest(() => fake.faults.poisonPages.add("1"));
  assertEquals((await ask(fake, path)).status, 500);
  remove();
  assertEquals((await ask(fake, path)).status, 200);
  fake.faults.add({ kind: "html" });
  fake.faults.clear();
  assertEquals((await ask(fake, path)).status, 200);
  assertEquals([fake.faults.pending, fake.faults.poisonPages.size], [0, 0]);
});

Deno.test("onRequest() hooks run before each request and may change the site in the middle of a listing", async () => {
  const { fake, path, pageIds } = filled();
  const seen: string[] = [];
  const end = fake.faults.onRequest(({ number, endpoint }) => {
    seen.push(`${number} ${endpoint}`);
    if (number === 2) fake.site.trashPage(pageIds[5]!);
  });
  assertEquals(idsOf(await walk(fake, `${path}?limit=3`)), pageIds.slice(0, 5));
  end();
  await ask(fake, path);
  assertEquals(seen, ["1 GET /wiki/api/v2/spaces/{id}/pages", "2 GET /wiki/api/v2/spaces/{id}/pages"]);
});

Deno.test("faults reach the media host too", async () => {
  const { fake, pageIds } = filled();
  const file = fake.site.attach(pageIds[0]!, { filename: "a" });
  fake.faults.add({ kind: "status", status: 503, match: ({ mount }) => mount === "media" });
  const told = await ask(fake, `/wiki/rest/api/content/${pageIds[0]}/child/attachment/${file.id}/download`);
  assertEquals((await ask(fake, told.headers.get("location")!, { as: null })).status, 503);
});
