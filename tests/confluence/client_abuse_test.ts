import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";

import {
  ConfluenceClient,
  ConfluenceNetworkError,
  ConfluenceResponseError,
} from "../../src/confluence/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { turns, VirtualClock } from "../support/clock.ts";
import { addDocs, EMAIL, setup, TOKEN } from "./setup.ts";

/** A server that answers in one way and notes what it got. */
function serve(answer: (request: Request) => Response) {
  const seen: { path: string; authorization: string | null }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    seen.push({ path: url.pathname + url.search, authorization: request.headers.get("authorization") });
    return answer(request);
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return { origin, seen, [Symbol.asyncDispose]: () => server.shutdown() };
}

function clientOf(
  origin: string,
  limits: Partial<NonNullable<ConstructorParameters<typeof ConfluenceClient>[0]["limits"]>> = {},
) {
  return new ConfluenceClient({
    baseUrl: origin,
    email: EMAIL,
    apiToken: TOKEN,
    limits: { requestsPerSecond: 1000, ...limits },
  });
}

const redirect = (location: string, status = 302) => new Response(null, { status, headers: { location } });
const user = () => Response.json({ type: "known", accountId: "1", displayName: "Ana" });

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`ConfluenceClient does not follow a foreign ${status}, with or without credentials`, async () => {
    await using foreign = serve(user);
    await using site = serve(() => redirect(`${foreign.origin}/wiki/rest/api/user/current`, status));
    const error = await assertRejects(() => clientOf(site.origin).getCurrentUser(), ConfluenceResponseError);
    assertEquals([error.reason, error.status], ["redirect", status]);
    assertStringIncludes(error.message, `sends us on to ${foreign.origin}`);
    assertEquals(foreign.seen, []);
    assertEquals(site.seen.length, 1, "a redirect is not asked for again");
  });
}

Deno.test("ConfluenceClient follows a redirect below its base once, with credentials", async () => {
  await using site = serve((request) =>
    request.url.endsWith("?moved") ? user() : redirect("/wiki/rest/api/user/current?moved")
  );
  assertEquals((await clientOf(site.origin).getCurrentUser()).displayName, "Ana");
  assertEquals(site.seen.map((one) => one.authorization?.slice(0, 6)), ["Basic ", "Basic "]);
});

Deno.test("ConfluenceClient does not run in circles", async () => {
  await using site = serve((request) => redirect(request.url));
  const error = await assertRejects(() => clientOf(site.origin).getCurrentUser(), ConfluenceResponseError);
  assertEquals([error.reason, site.seen.length], ["redirect", 2]);
});

Deno.test("ConfluenceClient does not follow redirects out of its base, to broken or missing places", async () => {
  for (
    const location of [
      "/admin",
      "/wiki/../admin",
      "http://[broken",
      "ftp://127.0.0.1/wiki/x",
      "https://127.0.0.1/wiki/x",
    ]
  ) {
    await using site = serve(() => redirect(location));
    const error = await assertRejects(() => clientOf(site.origin).getCurrentUser(), ConfluenceResponseError);
    assertEquals([error.reason, site.seen.length], ["redirect", 1], location);
  }
  await using bare = serve(() => new Response(null, { status: 302 }));
  await assertRejects(
    () => clientOf(bare.origin).getCurrentUser(),
    ConfluenceResponseError,
    "sends us on to",
  );
});

Deno.test("getCloudId() follows no redirect at all", async () => {
  await using foreign = serve(() => Response.json({ cloudId: "1" }));
  await using site = serve(() => redirect(`${foreign.origin}/_edge/tenant_info`));
  await assertRejects(() => clientOf(site.origin).getCloudId(), ConfluenceResponseError);
  assertEquals([foreign.seen.length, site.seen.length], [0, 1]);
});

Deno.test("ConfluenceClient sends no credentials to a foreign next link over real HTTP", async () => {
  await using foreign = serve(user);
  const fake = new FakeConfluence();
  const { spaceId } = addDocs(fake, 5);
  await using running = await fake.serve();
  fake.faults.add({ kind: "foreign-next", origin: foreign.origin });
  const pages = clientOf(running.baseUrl).getPages(spaceId, undefined, { limit: 2 });
  await assertRejects(() => Array.fromAsync(pages), ConfluenceResponseError, "leads to another place");
  assertEquals(foreign.seen, []);
});

Deno.test("ConfluenceClient stops reading an answer without end and keeps little of it", async () => {
  let sent = 0;
  const chunk = new Uint8Array(64 * 1024).fill(32);
  await using site = serve(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += chunk.byteLength;
          controller.enqueue(chunk);
        },
      }),
      { headers: { "content-type": "application/json" } },
    )
  );
  const error = await assertRejects(
    () => clientOf(site.origin, { maxBodyBytes: 1024 * 1024 }).getCurrentUser(),
    ConfluenceNetworkError,
    "the answer is larger than 1048576 bytes",
  );
  assertEquals([error.kind, error.mayShrink, error.retryable], ["too_large", true, false]);
  assertEquals(site.seen.length, 1, "what is too large is not asked for again");
  // Buffers on the way hold some more.
  assertLess(sent, 32 * 1024 * 1024);
});

Deno.test("ConfluenceClient does not begin to read an answer that is announced as 2 GB", async () => {
  const headers = { "content-length": String(2 ** 31), "content-type": "application/json" };
  let pulled = 0;
  const fetch = () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull() {
            pulled++;
          },
        }, { highWaterMark: 0 }),
        { headers },
      ),
    );
  const { client, run } = setup({ client: { fetch } });
  await assertRejects(
    () => run(client.getCurrentUser()),
    ConfluenceNetworkError,
    "larger than 268435456 bytes",
  );
  assertEquals(pulled, 0);
});

Deno.test("ConfluenceClient counts a gzip bomb as it unfolds and stops", async () => {
  const block = new Uint8Array(1024 * 1024).fill(32);
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let i = 0; i < 64; i++) controller.enqueue(block);
      controller.close();
    },
  });
  const packed = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).bytes();
  assertLess(packed.byteLength, 100_000);
  await using site = serve(() =>
    new Response(packed, { headers: { "content-encoding": "gzip", "content-type": "application/json" } })
  );
  const client = clientOf(site.origin, { maxBodyBytes: 2 * 1024 * 1024 });
  const error = await assertRejects(() => client.getCurrentUser(), ConfluenceNetworkError);
  assertEquals([error.kind, site.seen.length], ["too_large", 1]);
});

Deno.test("ConfluenceClient ends a drip over real HTTP by the clock", async () => {
  const clock = new VirtualClock();
  const fake = new FakeConfluence();
  await using running = await fake.serve();
  fake.faults.add({ kind: "stall", afterBytes: 10, times: Infinity });
  const arrived = Promise.withResolvers<void>();
  fake.faults.onRequest(() => arrived.resolve());
  const client = new ConfluenceClient({
    baseUrl: running.baseUrl,
    email: EMAIL,
    apiToken: TOKEN,
    clock,
    limits: { maxAttempts: 1, timeoutMs: 30_000 },
  });
  const call = client.getCurrentUser();
  const outcome = call.catch((error) => error);
  await arrived.promise;
  await clock.advance(29_999);
  await clock.advance(1);
  const error = await outcome;
  assert(error instanceof ConfluenceNetworkError);
  assertEquals([error.kind, error.mayShrink], ["timeout", true]);
  assertEquals(client.stats.inFlight, 0);
});

Deno.test("ConfluenceClient ends an attempt on time even when fetch ignores its signal, and drops the late answer", async () => {
  const late = Promise.withResolvers<Response>();
  const { client, clock } = setup({ client: { fetch: () => late.promise, limits: { maxAttempts: 1 } } });
  const outcome = client.getCurrentUser().catch((error) => error);
  await clock.advance(60_000);
  const error = await outcome;
  assert(error instanceof ConfluenceNetworkError);
  assertEquals(error.kind, "timeout");
  let cancelled = false;
  late.resolve(
    new Response(
      new ReadableStream({
        cancel() {
          cancelled = true;
        },
      }),
    ),
  );
  await turns();
  assertEquals(cancelled, true);
});

Deno.test("ConfluenceClient tells unreachable hosts and missing permissions apart, and asks once where it may not", async () => {
  await using site = serve(user);
  const closed = site.origin;
  await site[Symbol.asyncDispose]();
  const error = await assertRejects(
    () => clientOf(closed, { maxAttempts: 1 }).getCurrentUser(),
    ConfluenceNetworkError,
  );
  assertEquals([error.kind, error.status, error.retryable], ["unreachable", undefined, true]);
  let requests = 0;
  const fetch = () => {
    requests++;
    return Promise.reject(new Deno.errors.NotCapable("Requires net access to x"));
  };
  const { client, run } = setup({ client: { fetch } });
  const refused = await assertRejects(
    () => run(client.getCurrentUser()),
    ConfluenceNetworkError,
    "not permitted",
  );
  assertEquals([requests, refused.kind], [1, "unreachable"]);
});

Deno.test("ConfluenceClient turns terminal escapes and line breaks of the server into plain text", async () => {
  const title = "\u001b]0;owned\u0007\u001b[2J\r\nCannot list anything\u202e";
  const fetch = () => Promise.resolve(Response.json({ errors: [{ status: 400, title }] }, { status: 400 }));
  const { client, run } = setup({ client: { fetch } });
  const error = await assertRejects(() => run(client.getCurrentUser()), ConfluenceResponseError);
  // deno-lint-ignore no-control-regex -- control characters are what must be gone
  assert(!/[\u0000-\u001f\u007f-\u009f\u202e]/.test(error.message), JSON.stringify(error.message));
  assertStringIncludes(error.message, "Cannot list anything");
});
