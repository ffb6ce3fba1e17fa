import { configure, type LogRecord, reset } from "@logtape/logtape";
import { assert, assertEquals, assertGreater } from "@std/assert";

import { ConfluenceClient, ConfluenceError } from "../../src/confluence/mod.ts";
import type { FaultKind } from "../support/fake/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { addDocs, EMAIL, setup, TOKEN } from "./setup.ts";

const BASIC = btoa(`${EMAIL}:${TOKEN}`);

async function recorded(work: () => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    reset: true,
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: ["confluence-index"], sinks: ["memory"], lowestLevel: "trace" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await work();
  } finally {
    await reset();
  }
  return records;
}

/** Everything a value shows when printed in whatever way. */
function shown(value: unknown): string {
  const parts = [
    Deno.inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
  ];
  for (let error = value; error instanceof Error; error = error.cause) {
    parts.push(error.stack ?? "", error.message);
  }
  return parts.join("\n");
}

function assertClean(text: string, what: string): void {
  for (const secret of [TOKEN, BASIC, btoa(TOKEN), encodeURIComponent(BASIC)]) {
    assert(!text.includes(secret), `${what} shows ${secret}: ${text.slice(0, 2000)}`);
  }
}

/** Answers of a server that repeats the credentials wherever it can. */
const ECHO = `${TOKEN} Basic ${BASIC} ${btoa(TOKEN)}`;
const ECHOES: [string, () => Response | Promise<Response>][] = [
  ...[400, 401, 403, 404, 410, 429, 500, 503].flatMap((status): [string, () => Response][] => [
    [
      `a v2 error ${status}`,
      () => Response.json({ errors: [{ status, title: ECHO, detail: ECHO }] }, { status }),
    ],
    [`a v1 error ${status}`, () => Response.json({ statusCode: status, message: ECHO }, { status })],
    [
      `an HTML error ${status}`,
      () => new Response(`<html>${ECHO}`, { status, headers: { "content-type": "text/html" } }),
    ],
  ]),
  ["HTML with 200", () => new Response(`<html>${ECHO}`)],
  ["broken JSON", () => new Response(`{"a": "${ECHO}`)],
  [
    "trace ids",
    () => new Response("{}", { status: 400, headers: { "atl-traceid": ECHO, "atl-request-id": ECHO } }),
  ],
  [
    "a redirect",
    () => new Response("", { status: 302, headers: { location: `https://x.example/${TOKEN}?a=${BASIC}` } }),
  ],
  [
    "a redirect host",
    () => new Response("", { status: 302, headers: { location: `https://${TOKEN}.example/` } }),
  ],
  [
    "a foreign next",
    () => Response.json({ results: [], _links: { next: `https://x.example/?token=${TOKEN}&b=${BASIC}` } }),
  ],
  ["a bad row", () => Response.json({ results: [{ id: TOKEN, title: ECHO, type: ECHO }], _links: {} })],
  ["a bad row's id", () => Response.json({ results: [{ id: ECHO }], _links: {} })],
  ["a failing fetch", () => Promise.reject(new TypeError(`error sending request with ${ECHO}`))],
  ["a failing fetch with a cause", () => Promise.reject(new TypeError("failed", { cause: new Error(ECHO) }))],
  [
    "a failing fetch with extras",
    () => Promise.reject(Object.assign(new Error(ECHO), { headers: { authorization: `Basic ${BASIC}` } })),
  ],
  ["a failing fetch that throws text", () => Promise.reject(ECHO)],
];

for (const [what, answer] of ECHOES) {
  Deno.test(`ConfluenceClient shows no credentials when the server repeats them in ${what}`, async () => {
    const waits: unknown[] = [];
    const clock = new VirtualClock();
    const client = new ConfluenceClient({
      baseUrl: "https://fake.atlassian.net",
      email: EMAIL,
      apiToken: TOKEN,
      clock,
      fetch: async () => await answer(),
      onWait: (wait) => waits.push(wait),
    });
    const errors: unknown[] = [];
    const records = await recorded(async () => {
      const note = (error: unknown) => void errors.push(error);
      await clock.run(client.getCurrentUser().catch(note));
      await clock.run(client.getPageById("1", "storage").catch(note));
      await clock.run(Array.fromAsync(client.getPages("1", undefined, { onInvalid: note })).catch(note));
      await clock.run(Array.fromAsync(client.searchCql("type = page", { onInvalid: note })).catch(note));
    });
    assertGreater(records.length, 7);
    assertGreater(errors.length, 0);
    for (const error of errors) {
      assert(error instanceof ConfluenceError, shown(error));
      assertClean(shown(error), "an error");
      assertClean(shown({ ...error, all: Object.getOwnPropertyNames(error) }), "an error's fields");
    }
    for (const record of records) assertClean(shown(record), "a log record");
    for (const value of [waits, client, client.stats]) assertClean(shown(value), "the client");
  });
}

Deno.test("ConfluenceClient shows no credentials that somebody wrote into a query", async () => {
  let error: unknown;
  const records = await recorded(async () => {
    const { fake, client, run } = setup();
    fake.faults.add({ kind: "status", status: 503, times: Infinity });
    const hits = Array.fromAsync(client.searchCql(`text ~ "${TOKEN}" or text ~ "Basic ${BASIC}"`));
    await run(hits.catch((caught) => void (error = caught)));
  });
  assert(error instanceof ConfluenceError);
  assertClean(shown(error), "an error");
  for (const record of records) assertClean(shown(record), "a log record");
});

Deno.test("ConfluenceClient shows neither token nor e-mail address in logs of ordinary work and faults", async () => {
  const faults: FaultKind[] = [
    { kind: "status", status: 503 },
    { kind: "rate-limit", retryAfter: 3 },
    { kind: "reset" },
    { kind: "truncate" },
    { kind: "html" },
    { kind: "edge", status: 403 },
  ];
  const records = await recorded(async () => {
    for (const gateway of [false, true]) {
      const { fake, client, all, run } = setup({ gateway });
      const { spaceId, pageIds } = addDocs(fake, 5);
      for (const fault of faults) fake.faults.add({ ...fault, probability: 0.3 });
      await all(client.getPages(spaceId, "storage", { limit: 2 }));
      await all(client.getSpacePageIds("DOCS"));
      await run(client.getPageById(pageIds[0]!));
      await run(client.getCurrentUser());
      fake.site.accounts[0]!.revoked = true;
      await run(client.getCurrentUser().catch(() => {}));
    }
  });
  assertGreater(records.length, 30);
  for (const record of records) {
    const text = shown(record);
    assertClean(text, "a log record");
    assertEquals(text.includes(EMAIL), false);
  }
});

Deno.test("ConfluenceClient logs start and end of each operation, each request and batch, and every retry", async () => {
  const records = await recorded(async () => {
    const { fake, client, all, run } = setup();
    const { spaceId, pageIds } = addDocs(fake, 5);
    fake.faults.add({ kind: "status", status: 503, after: 1 });
    fake.faults.add({ kind: "bad-rows", ids: [pageIds[0]!], change: () => ({ id: pageIds[0] }) });
    await all(client.getPages(spaceId, "storage", { limit: 3 }));
    await run(client.getCurrentUser());
    await run(client.getPageById("999").catch(() => {}));
  });
  assert(records.every((record) => record.category.join(".") === "confluence-index.confluence"));
  const told = (level: string, text: RegExp) =>
    records.filter((record) => record.level === level && text.test(record.message.join(""))).map((record) =>
      record.properties
    );
  const [start] = told("info", /^start: list pages of space/);
  const [end] = told("info", /^end: list pages of space/);
  assertEquals(typeof start?.operation, "string");
  assertEquals([end?.outcome, end?.batches, end?.invalid], ["complete", 2, 1]);
  assertEquals([typeof end?.ms, typeof end?.bytes, typeof end?.items], ["number", "number", "number"]);
  assertEquals(told("debug", /^batch/).length, 2);
  assertEquals(told("debug", /answered 200/).length, 3);
  assertEquals(told("debug", /answered 503/)[0]?.attempt, 1);
  const [retry] = told("warning", /trying again in 1000 ms/);
  assertEquals([retry?.status, retry?.attempt, retry?.ms], [503, 1, 1000]);
  const [invalid] = told("warning", /results\[\d\]/);
  assert(typeof invalid?.objectId === "string");
  assertEquals(told("info", /^end: read the current user: complete/).length, 1);
  assertEquals(told("info", /^end: read page 999: failed/).length, 1);
});
