import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";

import { absoluteUrl, downloadUrl, humanUrl, queryString, relativeLink } from "../../src/confluence/links.ts";

const SITE = "https://site.atlassian.net/wiki";
const GATEWAY = "https://api.atlassian.com/ex/confluence/11-22/wiki";

Deno.test("absoluteUrl() gives values that start with /wiki/ the root and all others the /wiki base", () => {
  const table: [string, string, string][] = [
    [SITE, "/wiki/api/v2/pages?cursor=a", "https://site.atlassian.net/wiki/api/v2/pages?cursor=a"],
    [GATEWAY, "/wiki/api/v2/pages?cursor=a", `${GATEWAY}/api/v2/pages?cursor=a`],
    [SITE, "/rest/api/content/search?cursor=a", `${SITE}/rest/api/content/search?cursor=a`],
    [GATEWAY, "/rest/api/content/search?cursor=a", `${GATEWAY}/rest/api/content/search?cursor=a`],
    [SITE, "/spaces/KEY/pages/123/Title+Words", `${SITE}/spaces/KEY/pages/123/Title+Words`],
    [SITE, "/spaces/~7120/overview", `${SITE}/spaces/~7120/overview`],
    [SITE, "/x/AbC", `${SITE}/x/AbC`],
    [SITE, "/pages/resumedraft.action?draftId=1", `${SITE}/pages/resumedraft.action?draftId=1`],
    [SITE, "/wiki", SITE],
    [SITE, "/wikipedia/spaces", `${SITE}/wikipedia/spaces`],
    [SITE, "spaces/KEY", `${SITE}/spaces/KEY`],
    [SITE, "/spaces/K/pages/1/Grüße & mehr", `${SITE}/spaces/K/pages/1/Gr%C3%BC%C3%9Fe%20&%20mehr`],
    [SITE, `${SITE}/spaces/KEY`, `${SITE}/spaces/KEY`],
  ];
  for (const [base, value, expected] of table) assertEquals(absoluteUrl(base, value), expected, value);
});

Deno.test("absoluteUrl() refuses other hosts, schemes, ports, folders and smuggled credentials", () => {
  const foreign = [
    "https://evil.example/wiki/spaces",
    "//evil.example/wiki/spaces",
    "https://site.atlassian.net.evil.example/wiki/x",
    "https://site.atlassian.net@evil.example/wiki/x",
    "https://me:secret@site.atlassian.net/wiki/x",
    "http://site.atlassian.net/wiki/x",
    "https://site.atlassian.net:8443/wiki/x",
    "https://site.atlassian.net/admin",
    "/wiki/../admin",
    "/spaces/../../admin",
    "/spaces/%2e%2e/%2e%2e/admin",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
  ];
  for (const value of foreign) assertEquals(absoluteUrl(SITE, value), null, value);
  assertEquals(absoluteUrl(GATEWAY, "/wiki/../../other/wiki/api"), null);
  assertEquals(absoluteUrl(GATEWAY, "https://api.atlassian.com/ex/confluence/33/wiki/api"), null);
});

Deno.test("absoluteUrl() keeps backslash and control character tricks on the host", () => {
  for (
    const value of [
      "/\\evil.example/x",
      "\\\\evil.example",
      "/\t/evil.example",
      " https://evil.example",
      "\u001b[31m",
    ]
  ) {
    const url = absoluteUrl(SITE, value);
    assert(url === null || url.startsWith(`${SITE}/`), `${value} became ${url}`);
    // deno-lint-ignore no-control-regex -- control characters must be gone
    assert(!/[\u0000-\u001f]/.test(url ?? ""), value);
  }
});

Deno.test("absoluteUrl() changes nothing the second time and never leaves the base", () => {
  const parts = fc.constantFrom(
    "/",
    "wiki",
    "..",
    ".",
    "%2e%2e",
    "spaces",
    "?a=b",
    "#x",
    "\\",
    "//",
    ":",
    "@",
    "é",
    " ",
    "https:",
  );
  const values = fc.oneof(
    fc.array(parts, { maxLength: 8 }).map((all) => all.join("")),
    fc.string(),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(fc.constantFrom(SITE, GATEWAY), values, (base, value) => {
      const once = absoluteUrl(base, value);
      if (once === null) return;
      assertEquals(absoluteUrl(base, once), once);
      const url = new URL(once);
      assertEquals(url.origin, new URL(base).origin);
      assert(once === base || /^[/?#]/.test(once.slice(base.length)), once);
      assert(once.startsWith(base), once);
      assertEquals(url.href, once, "the result is in normal form");
    }),
    { numRuns: 2000 },
  );
});

Deno.test("relativeLink() brings v1 and v2 links of site and gateway to one form", () => {
  const site = { siteUrl: SITE, requestBase: SITE };
  const gateway = { siteUrl: SITE, requestBase: GATEWAY };
  for (const bases of [site, gateway]) {
    const v1 = "/rest/api/content/search?next=true&cursor=_f_NTA%3D_sa_x&limit=25";
    assertEquals(relativeLink(bases, v1), `/wiki${v1}`);
    assertEquals(relativeLink(bases, `/wiki${v1}`), `/wiki${v1}`);
    const v2 = "/wiki/api/v2/spaces/1/pages?cursor=eyJ9&limit=2";
    assertEquals(relativeLink(bases, v2), v2);
    assertEquals(relativeLink(bases, `https://site.atlassian.net${v2}`), v2);
    assertEquals(relativeLink(bases, "https://evil.example/wiki/api/v2/pages"), null);
    assertEquals(relativeLink(bases, "//evil.example/wiki/api/v2/pages"), null);
    assertEquals(relativeLink(bases, "/wiki/../../../etc"), null);
  }
  assertEquals(relativeLink(gateway, `${GATEWAY}/api/v2/pages?cursor=1`), "/wiki/api/v2/pages?cursor=1");
  assertEquals(
    relativeLink(gateway, "/ex/confluence/11-22/wiki/api/v2/pages?cursor=1"),
    "/wiki/api/v2/pages?cursor=1",
  );
  assertEquals(relativeLink(gateway, "https://api.atlassian.com/ex/confluence/99/wiki/api/v2/pages"), null);
});

Deno.test("humanUrl() falls back to a link that always works", () => {
  const fallback = "/pages/viewpage.action?pageId=7";
  for (const webui of [null, undefined, "", "https://evil.example/", "javascript:x"]) {
    assertEquals(humanUrl(SITE, webui, fallback), SITE + fallback);
  }
  assertEquals(humanUrl(SITE, "/spaces/A/pages/7/T", fallback), `${SITE}/spaces/A/pages/7/T`);
});

Deno.test("downloadUrl() is the v1 route with everything percent-encoded", () => {
  assertEquals(downloadUrl(SITE, "12", "att7"), `${SITE}/rest/api/content/12/child/attachment/att7/download`);
  assertEquals(
    downloadUrl(SITE, "../a", "b c"),
    `${SITE}/rest/api/content/..%2Fa/child/attachment/b%20c/download`,
  );
});

Deno.test("queryString() percent-encodes, repeats lists and leaves out what is absent", () => {
  assertEquals(
    queryString({
      cql: 'title = "a&b" + c',
      limit: 250,
      status: ["current", "archived"],
      x: undefined,
      y: null,
    }),
    "?cql=title%20%3D%20%22a%26b%22%20%2B%20c&limit=250&status=current&status=archived",
  );
  assertEquals(queryString({ x: undefined }), "");
});
