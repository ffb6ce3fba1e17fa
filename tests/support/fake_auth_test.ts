/** Credentials: every row of the table in api.md section 8.6; section 14, points 7 and 8. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AccountOptions, FakeConfluence } from "./fake/mod.ts";
import { type Ask, ask, basic, type Told } from "./fake/testing.ts";

const ANA = "ana@example.com:test-token-ana";
const ACCOUNTS: readonly AccountOptions[] = [
  { email: "ana@example.com", token: "test-token-ana" },
  { email: "sam@example.com", token: "scoped-token", kind: "scoped", scopes: ["read:page:confluence"] },
  { email: "app@example.com", token: "oauth-token", kind: "oauth", scopes: ["read:space:confluence"] },
];

function site() {
  const fake = new FakeConfluence({ accounts: ACCOUNTS });
  fake.site.addSpace({ key: "A", homepage: true });
  return fake;
}

const V2 = "/wiki/api/v2/spaces";
const USER = "/wiki/rest/api/user/current";
const SEARCH = "/wiki/rest/api/search?cql=type=page";
const BARE = { errors: [{ status: 404, code: "NOT_FOUND", title: "Not Found", detail: null }] };
const REJECTED = {
  statusCode: 403,
  message:
    "com.atlassian.confluence.mvc.rest.common.exception.StacklessResponseStatusException: 403 FORBIDDEN " +
    '"Request rejected because caller cannot access Confluence"',
};
const NOT_PERMITTED = { message: "Current user not permitted to use Confluence", statusCode: 403 };

function isTomcat({ text, headers }: Told): void {
  assertStringIncludes(text, "HTTP Status 401 – Unauthorized");
  assertMatch(headers.get("content-type")!, /^text\/html/);
}

const REALM = 'OAuth realm="https%3A%2F%2Ffake.atlassian.net%2Fwiki"';

const TABLE: readonly [situation: string, path: string, ask: Ask, status: number, check: unknown][] = [
  ["good credential, v2", V2, { as: ANA }, 200, null],
  ["good credential, other case of the e-mail", V2, { as: "ANA@example.com:test-token-ana" }, 200, null],
  ["unscoped token on the gateway", V2, { as: ANA, gateway: true }, 200, null],
  ["no credential, v2", V2, { as: null }, 404, BARE],
  ["wrong token, v2", V2, { as: "ana@example.com:wrong" }, 404, BARE],
  ["wrong e-mail, v2", V2, { as: "bob@example.com:test-token-ana" }, 404, BARE],
  ["wrong token, v1 user", USER, { as: "ana@example.com:wrong" }, 403, REJECTED],
  ["no credential, v1 content", "/wiki/rest/api/content/1", { as: null }, 403, REJECTED],
  ["wrong token, v1 search", SEARCH, { as: "ana@example.com:wrong" }, 403, NOT_PERMITTED],
  ["Basic that is no base64", V2, { as: "Basic !!!" }, 401, { realm: REALM }],
  ["Basic without a colon", V2, { as: `Basic ${btoa("nocolon")}` }, 401, { realm: REALM }],
  ["API token as Bearer on the site", V2, { as: "Bearer test-token-ana" }, 403, {
    error: "Failed to parse Connect Session Auth Token",
  }],
  ["scoped token on the site", V2, { as: "sam@example.com:scoped-token" }, 401, {
    failure: "FAILURE_CLIENT_AUTH_MISMATCH",
  }],
  [
    "scoped token on the gateway, scope granted",
    "/wiki/api/v2/pages",
    {
      as: "sam@example.com:scoped-token",
      gateway: true,
    },
    200,
    null,
  ],
  [
    "scoped token on the gateway, scope missing, v2",
    V2,
    { as: "sam@example.com:scoped-token", gateway: true },
    401,
    {
      code: 401,
      message: "Unauthorized; scope does not match",
    },
  ],
  [
    "scoped token on the gateway, scope missing, v1",
    USER,
    { as: "sam@example.com:scoped-token", gateway: true },
    401,
    {
      code: 401,
      message: "Unauthorized; scope does not match",
    },
  ],
  [
    "scope gate comes before the look-up",
    "/wiki/api/v2/spaces/999",
    {
      as: "sam@example.com:scoped-token",
      gateway: true,
    },
    401,
    null,
  ],
  [
    "granted scope with a bogus id is another 4xx",
    "/wiki/api/v2/pages/999",
    {
      as: "sam@example.com:scoped-token",
      gateway: true,
    },
    404,
    null,
  ],
  ["OAuth token on the gateway", V2, { as: "Bearer oauth-token", gateway: true }, 200, null],
  ["OAuth token as Basic", V2, { as: basic("app@example.com", "oauth-token"), gateway: true }, 401, null],
  ["wrong OAuth token on the gateway", V2, { as: "Bearer nope", gateway: true }, 401, {
    code: 401,
    message: "Unauthorized",
  }],
  ["no credential on the gateway", V2, { as: null, gateway: true }, 401, {
    code: 401,
    message: "Unauthorized",
  }],
];

for (const [situation, path, how, status, check] of TABLE) {
  Deno.test(`FakeConfluence answers ${status} to: ${situation}`, async () => {
    const told = await ask(site(), path, how);
    assertEquals(told.status, status, told.text);
    if (check === null) return;
    const { realm, failure } = check as { realm?: string; failure?: string };
    if (realm !== undefined) {
      isTomcat(told);
      assertEquals(told.headers.get("www-authenticate"), realm);
    } else if (failure !== undefined) {
      isTomcat(told);
      assertEquals(told.headers.get("x-failure-category"), failure);
    } else {
      assertEquals(JSON.stringify(told.json), JSON.stringify(check), "same members in the same order");
    }
  });
}

Deno.test("the scope gate names itself in a header", async () => {
  const told = await ask(site(), V2, { as: "sam@example.com:scoped-token", gateway: true });
  assertEquals(told.headers.get("x-failure-category"), "FAILURE_CLIENT_SCOPE_CHECK");
});

Deno.test("a v1 route opens to its current scopes or to its beta scopes", async () => {
  for (const scopes of [["search:confluence"], ["read:content-details:confluence"]]) {
    const fake = new FakeConfluence({
      accounts: [{ email: "s@example.com", token: "t", kind: "scoped", scopes }],
    });
    assertEquals((await ask(fake, SEARCH, { gateway: true })).status, 200, scopes[0]);
  }
});

Deno.test("a revoked credential is answered like a wrong one", async () => {
  const fake = site();
  fake.site.accounts[0]!.revoked = true;
  assertEquals((await ask(fake, V2)).json, BARE);
  fake.site.accounts[0]!.revoked = false;
  assertEquals((await ask(fake, V2)).status, 200);
  fake.site.accounts[2]!.revoked = true;
  assertEquals((await ask(fake, V2, { as: "Bearer oauth-token", gateway: true })).status, 401);
});

Deno.test("a missing page with a good credential is named, so it can be told from a bad credential", async () => {
  const told = await ask(site(), "/wiki/api/v2/pages/999");
  assertEquals(told.json.errors[0].title, "Cannot find a page with id [999]");
});

Deno.test("anonymous access turns a wrong credential into 200 with the public subset", async () => {
  const fake = site();
  fake.site.settings.anonymousAccess = true;
  const open = fake.site.addSpace({ key: "OPEN", isPublic: true, homepage: true });
  const how = { as: "ana@example.com:wrong" };
  const spaces = await ask(fake, V2, how);
  assertEquals([spaces.status, spaces.json.results.map(({ key }: { key: string }) => key)], [200, ["OPEN"]]);
  assertEquals((await ask(fake, "/wiki/api/v2/pages", how)).json.results.length, 1);
  assertEquals((await ask(fake, `/wiki/api/v2/pages/${fake.site.space("A").homepageId}`, how)).status, 404);
  const found = await ask(fake, "/wiki/rest/api/content/search?cql=type=page", how);
  assertEquals(found.json.results.map(({ id }: { id: string }) => id), [open.homepageId]);
  assertEquals((await ask(fake, USER, how)).json.type, "anonymous");
  assertEquals((await ask(fake, USER)).json.type, "known");
});

Deno.test("web paths send whoever is not logged in to the login page", async () => {
  const told = await ask(site(), "/wiki/spaces/A/pages/1", { as: null });
  assertEquals(told.status, 302);
  assertMatch(
    told.headers.get("location")!,
    /^https:\/\/fake\.atlassian\.net\/login\?application=confluence&dest-url=/,
  );
});

Deno.test("user/current tells who is asking; systemInfo tells cloud id and zone", async () => {
  const fake = site();
  const user = (await ask(fake, USER)).json;
  assertEquals([user.type, user.accountId, user.displayName], ["known", "557058:ana", "ana"]);
  const info = (await ask(fake, "/wiki/rest/api/settings/systemInfo")).json;
  assertEquals([info.cloudId, info.defaultTimeZone], [fake.site.cloudId, fake.site.settings.timeZone]);
});

Deno.test("convert-ids-to-types says null for what is absent and for what is hidden", async () => {
  const fake = site();
  const page = fake.site.addPage({ spaceKey: "A", title: "Hidden" });
  const comment = fake.site.addFooterComment(fake.site.space("A").homepageId!);
  fake.site.hidePage(page.id);
  const contentIds = [page.id, "1", comment.id, fake.site.space("A").homepageId!];
  const told = await ask(fake, "/wiki/api/v2/content/convert-ids-to-types", {
    method: "POST",
    body: { contentIds },
  });
  assertEquals(contentIds.map((id) => told.json.results[id]), [null, null, "footer-comment", "page"]);
  const many = { contentIds: Array.from({ length: 101 }, (_, n) => n) };
  assertEquals(
    (await ask(fake, "/wiki/api/v2/content/convert-ids-to-types", { method: "POST", body: many })).status,
    400,
  );
});

Deno.test("restriction routes show a page's own readers", async () => {
  const fake = site();
  const { accountId } = fake.site.accounts[0]!;
  const page = fake.site.addPage({ spaceKey: "A", title: "Private" });
  const path = `/wiki/rest/api/content/${page.id}/restriction`;
  const users = async () => (await ask(fake, path)).json.results[0].restrictions.user;
  assertEquals((await users()).size, 0);
  fake.site.hidePage(page.id, [accountId]);
  assertEquals((await users()).results[0].accountId, accountId);
  const byOperation = (await ask(fake, `${path}/byOperation`)).json;
  assertEquals([byOperation.read.restrictions.user.size, byOperation.update.restrictions.user.size], [1, 0]);
  assert((await ask(fake, `${path}/byOperation/read`)).json.operation === "read");
});
