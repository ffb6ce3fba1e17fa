import { assertEquals, assertRejects } from "@std/assert";

import { Http } from "../../src/confluence/http.ts";
import { resolveBases, resolveLimits } from "../../src/confluence/options.ts";
import { VirtualClock } from "../support/clock.ts";

function httpOf(fetch: typeof globalThis.fetch, cloudId?: string): { http: Http; clock: VirtualClock } {
  const clock = new VirtualClock();
  const http = new Http({
    bases: resolveBases({ baseUrl: "https://site.atlassian.net", cloudId }),
    credentials: "Y3JlZGVudGlhbHM=",
    secrets: [],
    limits: resolveLimits(),
    fetch,
    clock,
    random: () => 0.5,
  });
  return { http, clock };
}

Deno.test("Http sends credentials nowhere but below the request base, whoever asks it to", async () => {
  let requests = 0;
  const fetch = () => {
    requests++;
    return Promise.resolve(Response.json({}));
  };
  for (
    const [cloudId, url] of [
      [undefined, "https://evil.example/wiki/api"],
      [undefined, "http://site.atlassian.net/wiki/api"],
      [undefined, "https://site.atlassian.net/admin"],
      [undefined, "https://site.atlassian.net.evil.example/wiki/api"],
      ["1-2", "https://api.atlassian.com/ex/confluence/3-4/wiki/api"],
      ["1-2", "https://site.atlassian.net/wiki/api"],
    ] as const
  ) {
    const { http, clock } = httpOf(fetch, cloudId);
    const call = http.get({ operation: "test", endpoint: "GET /x", url });
    await assertRejects(() => clock.run(call), Error, "its URL is not below the request base");
  }
  assertEquals(requests, 0);
});

Deno.test("Http asks only with GET, for JSON, and without following redirects by itself", async () => {
  const inits: (RequestInit | undefined)[] = [];
  const { http, clock } = httpOf((_url, init) => {
    inits.push(init);
    return Promise.resolve(Response.json({}));
  });
  await clock.run(
    http.get({ operation: "test", endpoint: "GET /x", url: "https://site.atlassian.net/wiki/x" }),
  );
  const [init] = inits;
  assertEquals([init?.method, init?.redirect, init?.body], ["GET", "manual", undefined]);
  assertEquals(new Headers(init?.headers).get("accept"), "application/json");
});
