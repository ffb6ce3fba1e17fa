import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import {
  type AuthReason,
  ConfluenceAuthError,
  ConfluenceClient,
  ConfluenceNotFoundError,
  ConfluenceResponseError,
} from "../../src/confluence/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { addDocs, EMAIL, setup, type SetupOptions, TOKEN } from "./setup.ts";

type Call = (client: ConfluenceClient) => Promise<unknown>;

const V2: Call = (client) => Array.fromAsync(client.getSpaces());
const PAGE: Call = (client) => client.getPageById("98336");
const SEARCH: Call = (client) => Array.fromAsync(client.searchCql("type = page"));
const USER: Call = (client) => client.getCurrentUser();

const ALL_SCOPES = ["read:space:confluence", "read:page:confluence", "read:attachment:confluence"];
const scoped = (scopes: string[]): SetupOptions => ({
  fake: { accounts: [{ email: EMAIL, token: TOKEN, kind: "scoped", scopes }] },
});

async function refusal(
  call: Call,
  options: SetupOptions,
  revoke = false,
): Promise<[ConfluenceAuthError, number]> {
  const { fake, client, run } = setup(options);
  if (revoke) { for (const account of fake.site.accounts) account.revoked = true; }
  const error = await assertRejects(() => run(call(client)), ConfluenceAuthError);
  return [error, fake.counters.total];
}

const TABLE: [string, Call, SetupOptions, boolean, number, AuthReason, string][] = [
  ["a revoked token on v2, a 404 with a bare title", V2, {}, true, 404, "rejected", "expired or revoked"],
  ["a revoked token on a v2 page", PAGE, {}, true, 404, "rejected", "expired or revoked"],
  ["a revoked token on v1 search", SEARCH, {}, true, 403, "rejected", "expired or revoked"],
  ["a revoked token on v1 user", USER, {}, true, 403, "rejected", "expired or revoked"],
  [
    "a wrong token on v2",
    V2,
    { client: { apiToken: "wrong" } },
    false,
    404,
    "rejected",
    "CONFLUENCE_API_TOKEN",
  ],
  [
    "a wrong e-mail on v1",
    USER,
    { client: { email: "x@example.com" } },
    false,
    403,
    "rejected",
    "CONFLUENCE_EMAIL",
  ],
  ["a revoked token through the gateway", V2, { gateway: true }, true, 401, "rejected", "expired or revoked"],
  [
    "a token without the scope of search",
    SEARCH,
    { ...scoped(ALL_SCOPES), gateway: true },
    false,
    401,
    "scope",
    "lacks the scope search:confluence",
  ],
  [
    "a token without any scope",
    V2,
    { ...scoped([]), gateway: true },
    false,
    401,
    "scope",
    "read:space:confluence",
  ],
];

for (const [what, call, options, revoke, status, reason, hint] of TABLE) {
  Deno.test(`ConfluenceClient tells ${what} from everything else`, async () => {
    const [error, requests] = await refusal(call, options, revoke);
    assertEquals([error.code, error.status, error.reason, requests], ["authentication", status, reason, 1]);
    assertStringIncludes(error.hint ?? "", hint);
    assertEquals([error.retryable, error.mayShrink, error.edge], [false, false, false]);
    assert((error.traceId ?? "").length > 10, "the trace id is kept");
  });
}

Deno.test("ConfluenceClient turns to the gateway by itself when the site refuses a scoped token", async () => {
  const { fake, client, all, run } = setup(scoped([...ALL_SCOPES, "read:confluence-user"]));
  const { spaceId } = addDocs(fake, 3);
  assertEquals(client.cloudId, null);
  const [pages, user, spaces] = await Promise.all([
    all(client.getPages(spaceId, "storage", { limit: 2 })),
    run(client.getCurrentUser()),
    all(client.getSpaces()),
  ]);
  assertEquals(pages.map((page) => page.id), fake.site.visiblePages(spaceId).map((page) => page.id));
  assertEquals([user.type, client.cloudId], ["known", fake.site.cloudId]);
  for (const { url } of [...pages, ...spaces]) assert(url.startsWith(`${fake.baseUrl}/spaces/`), url);
  const tenant = fake.counters.log.filter(({ endpoint }) => endpoint.includes("tenant_info"));
  assertEquals(tenant.map(({ authorized }) => authorized), [false], "asked once, without credentials");
  const before = fake.counters.total;
  await run(client.getCurrentUser());
  assertEquals(fake.counters.total, before + 1, "it stays there");
});

Deno.test("ConfluenceClient says what a scoped token needs where the gateway cannot be found", async () => {
  for (const call of [V2, USER]) {
    const { fake, client, run } = setup(scoped(ALL_SCOPES));
    fake.faults.add({ kind: "status", status: 404, match: { path: "tenant_info" }, times: Infinity });
    const error = await assertRejects(() => run(call(client)), ConfluenceAuthError);
    assertEquals([error.status, error.reason, error.retryable], [401, "scoped_token", false]);
    assertStringIncludes(error.hint ?? "", "CONFLUENCE_CLOUD_ID");
  }
});

Deno.test("ConfluenceClient does not take a site on this machine to the public gateway", async () => {
  const fake = new FakeConfluence({
    origin: "http://127.0.0.1:9",
    accounts: [{ email: EMAIL, token: TOKEN, kind: "scoped" }],
  });
  const site = { baseUrl: fake.baseUrl, email: EMAIL, apiToken: TOKEN, fetch: fake.fetch };
  await assertRejects(() => new ConfluenceClient(site).getCurrentUser(), ConfluenceAuthError);
  assertEquals(fake.counters.total, 1);
  const client = new ConfluenceClient({ ...site, gatewayUrl: "https://api.atlassian.com" });
  const error = await assertRejects(() => client.getCurrentUser(), ConfluenceAuthError);
  assertEquals([error.reason, fake.counters.total], ["scope", 4]);
});

Deno.test("ConfluenceClient works with a scoped token through the gateway", async () => {
  const { fake, client, all } = setup({ ...scoped(ALL_SCOPES), gateway: true });
  const { spaceId } = addDocs(fake, 3);
  const pages = await all(client.getPages(spaceId, "storage"));
  assertEquals(pages.map((page) => page.id), fake.site.visiblePages(spaceId).map((page) => page.id));
});

Deno.test("ConfluenceClient tells that silent anonymity is not a login", async () => {
  const { fake, client, run } = setup({
    fake: { settings: { anonymousAccess: true } },
    client: { apiToken: "wrong" },
  });
  assertEquals((await run(client.getCurrentUser())).type, "anonymous");
  assertEquals(fake.counters.total, 1);
});

Deno.test("ConfluenceClient tells a missing or hidden page from rejected credentials", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 2);
  fake.site.hidePage(pageIds[0]!);
  for (const id of [pageIds[0]!, "999999"]) {
    const error = await assertRejects(() => run(client.getPageById(id)), ConfluenceNotFoundError);
    assertEquals([error.named, error.status, error.code], [true, 404, "not_found"]);
  }
});

Deno.test("ConfluenceClient tells a hidden space from rejected credentials", async () => {
  const { fake, client, all } = setup();
  const { spaceId } = addDocs(fake, 1);
  fake.site.hideSpace(spaceId);
  const error = await assertRejects(() => all(client.getPages(spaceId)), ConfluenceNotFoundError);
  assertEquals(error.named, true);
});

/** Answers everything in one way. */
function answering(status: number, body: string, headers: Record<string, string> = {}) {
  return setup({ client: { fetch: () => Promise.resolve(new Response(body, { status, headers })) } });
}

Deno.test("ConfluenceClient names nothing as missing unless the 404 names the very thing", async () => {
  const v2 = (title: string) =>
    JSON.stringify({ errors: [{ status: 404, code: "NOT_FOUND", title, detail: null }] });
  const table: [string, boolean][] = [
    [v2("Cannot find a page with id [123]"), true],
    [v2("Could not find page with id [123]"), true],
    [v2("Content with id: [123] not found"), true],
    [v2("Cannot find a page with id [1234]"), false],
    [v2("Cannot find a page with id [999123]"), false],
    [v2("Something is missing"), false],
    [JSON.stringify({ message: "null for uri: https://x/wiki/api/v2/pages", "status-code": 404 }), false],
    [
      JSON.stringify({
        statusCode: 404,
        message: "NotFoundException: No content found with id: ContentId{id=123}",
      }),
      true,
    ],
    // Who does not know the address repeats it.
    [JSON.stringify({ message: "null for uri: https://x/wiki/api/v2/pages/123", "status-code": 404 }), false],
    [JSON.stringify({ message: "Route GET:/wiki/api/v2/pages/123 not found", statusCode: 404 }), false],
    [JSON.stringify({ message: "Cannot GET /wiki/api/v2/pages/123?version=2", statusCode: 404 }), false],
    ["", false],
  ];
  for (const [body, named] of table) {
    const { client, run } = answering(404, body);
    const error = await assertRejects(() => run(client.getPageById("123")), ConfluenceNotFoundError);
    assertEquals(error.named, named, body);
  }
});

Deno.test("ConfluenceClient reads error statuses given as text, missing details and the gateway's shape", async () => {
  const bodies: [number, string, string][] = [
    [
      400,
      '{"errors":[{"status":"400","code":"INVALID_REQUEST_PARAMETER","title":"Bad cursor"}]}',
      "Bad cursor",
    ],
    [400, '{"errors":[{"title":"Bad","detail":"get a new one"}]}', "Bad: get a new one"],
    [
      400,
      '{"statusCode":400,"message":"BadRequestException: cql query parameter is required"}',
      "cql query parameter",
    ],
    [405, '{"errors":[]}', "refused the request (405)"],
    [400, '{"errors":"no list"}', "refused the request (400)"],
    [400, '{"errors":[null]}', "refused the request (400)"],
    [400, "{broken", "refused the request (400)"],
    [400, "<html>no</html>", "refused the request (400)"],
  ];
  for (const [status, body, expected] of bodies) {
    const { client, run } = answering(status, body);
    const error = await assertRejects(() => run(client.getCurrentUser()), ConfluenceResponseError);
    assertStringIncludes(error.message, expected);
    assertEquals(error.reason, "refused");
  }
});

Deno.test("ConfluenceClient tells a forbidden action from rejected credentials", async () => {
  const body = '{"statusCode":403,"data":{"authorized":false},"message":"PermissionException: not for you"}';
  const { client, run } = answering(403, body);
  const error = await assertRejects(() => run(client.getCurrentUser()), ConfluenceAuthError, "not for you");
  assertEquals(error.reason, "forbidden");
  assertStringIncludes(error.hint ?? "", "permission");
});

Deno.test("ConfluenceClient reads the failure category header in both spellings", async () => {
  for (const category of ["FAILURE_CLIENT_SCOPE_CHECK", "FAILURE CLIENT SCOPE CHECK"]) {
    const { client, run } = answering(401, "", { "x-failure-category": category });
    const error = await assertRejects(() => run(client.getPageById("1")), ConfluenceAuthError);
    assertEquals([error.reason, error.hint?.includes("read:page:confluence")], ["scope", true]);
  }
});

Deno.test("ConfluenceClient takes a login redirect for rejected credentials and does not follow it", async () => {
  for (
    const location of [
      "https://id.atlassian.com/login?continue=x",
      "https://fake.atlassian.net/login?application=confluence",
      "/wiki/login.action",
      "/login",
    ]
  ) {
    const { fake, client, run } = setup();
    fake.faults.add({ kind: "redirect", location });
    const error = await assertRejects(() => run(client.getCurrentUser()), ConfluenceAuthError, "log-in page");
    assertEquals([error.reason, error.status, fake.counters.total, fake.counters.foreign.length], [
      "login",
      302,
      1,
      0,
    ]);
  }
});
