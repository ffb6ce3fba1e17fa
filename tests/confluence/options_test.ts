import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";

import { ConfluenceClient, type ConfluenceClientOptions } from "../../src/confluence/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

const OPTIONS: ConfluenceClientOptions = {
  baseUrl: "https://site.atlassian.net/wiki",
  email: "ana@example.com",
  apiToken: "test-token-ana",
};

Deno.test("ConfluenceClient tolerates a missing /wiki, trailing slashes, spaces and upper case hosts", () => {
  for (
    const baseUrl of [
      "https://site.atlassian.net",
      "https://site.atlassian.net/",
      "https://site.atlassian.net/wiki",
      "https://site.atlassian.net/wiki//",
      " https://Site.Atlassian.NET/wiki/ ",
      "https://site.atlassian.net:443/wiki",
    ]
  ) {
    assertEquals(
      new ConfluenceClient({ ...OPTIONS, baseUrl }).siteUrl,
      "https://site.atlassian.net/wiki",
      baseUrl,
    );
  }
});

Deno.test("ConfluenceClient accepts http for loopback hosts only", () => {
  for (const host of ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:80", "app.localhost"]) {
    assertEquals(
      new ConfluenceClient({ ...OPTIONS, baseUrl: `http://${host}` }).siteUrl,
      new URL(`http://${host}/wiki`).href,
    );
  }
  for (
    const baseUrl of [
      "http://site.atlassian.net/wiki",
      "http://localhost.evil.example",
      "http://127.0.0.1.evil.example",
      "http://127.evil.example",
      "http://[::2]",
      "http://0.0.0.0",
    ]
  ) {
    const error = assertThrows(
      () => new ConfluenceClient({ ...OPTIONS, baseUrl }),
      ConfluenceIndexError,
      "plain http:",
    );
    assertEquals(error.code, "configuration", baseUrl);
  }
});

Deno.test("ConfluenceClient refuses URLs that are no Confluence Cloud base, and does not repeat them", () => {
  for (
    const baseUrl of [
      "",
      "site.atlassian.net",
      "https://site.atlassian.net/wiki/spaces/KEY",
      "https://site.atlassian.net/confluence",
      "https://site.atlassian.net/wiki?x=1",
      "https://site.atlassian.net/wiki#x",
      "https://me:hidden-password@site.atlassian.net/wiki",
      "ftp://site.atlassian.net/wiki",
      "file:///wiki",
    ]
  ) {
    const error = assertThrows(() => new ConfluenceClient({ ...OPTIONS, baseUrl }), ConfluenceIndexError);
    assertEquals(error.code, "configuration", baseUrl);
    assertStringIncludes(error.message, "Cannot use the Confluence base URL: ");
    assertEquals(Deno.inspect(error).includes("hidden-password"), false);
  }
});

Deno.test("ConfluenceClient refuses cloud ids and gateways that would lead elsewhere", () => {
  for (const cloudId of ["../x", "a/b", "a?b", "a b", "%2e%2e"]) {
    const error = assertThrows(
      () => new ConfluenceClient({ ...OPTIONS, cloudId }),
      ConfluenceIndexError,
      "cloud id",
    );
    assertEquals(error.code, "configuration");
  }
  const gatewayUrl = "http://gateway.example";
  const error = assertThrows(
    () => new ConfluenceClient({ ...OPTIONS, cloudId: "1-2", gatewayUrl }),
    ConfluenceIndexError,
  );
  assertStringIncludes(error.message, "the gateway URL: plain http:");
});

Deno.test("ConfluenceClient refuses empty credentials and an e-mail address with a colon", () => {
  for (const wrong of [{ email: " " }, { apiToken: "" }, { email: "a:b@example.com" }]) {
    const error = assertThrows(
      () => new ConfluenceClient({ ...OPTIONS, ...wrong }),
      ConfluenceIndexError,
      "Cannot sign in",
    );
    assertEquals(error.code, "configuration");
  }
});

Deno.test("ConfluenceClient refuses limits that cannot hold and takes undefined for the default", () => {
  for (
    const limits of [
      { requestsPerSecond: 0 },
      { requestsPerSecond: NaN },
      { requestsPerSecond: Infinity },
      { concurrency: 1.5 },
      { concurrency: 0 },
      { timeoutMs: -1 },
      { maxAttempts: 0 },
      { maxBodyBytes: 0 },
    ]
  ) {
    const error = assertThrows(
      () => new ConfluenceClient({ ...OPTIONS, limits }),
      ConfluenceIndexError,
      "the limit",
    );
    assertEquals(error.code, "configuration", JSON.stringify(limits));
  }
  // deno-lint-ignore no-explicit-any -- what JavaScript callers may do
  new ConfluenceClient({ ...OPTIONS, limits: { concurrency: undefined } as any });
});

Deno.test("ConfluenceClient signs requests with UTF-8 Basic credentials and trims what people paste", async () => {
  const seen: (string | null)[] = [];
  const fetch = (_url: unknown, init?: RequestInit) => {
    seen.push(new Headers(init?.headers).get("authorization"));
    return Promise.resolve(Response.json({ type: "known" }));
  };
  await new ConfluenceClient({ ...OPTIONS, email: " ana@example.com", apiToken: "tökén\n", fetch })
    .getCurrentUser();
  const bytes = Uint8Array.from(
    atob(seen[0]?.slice("Basic ".length) ?? ""),
    (character) => character.charCodeAt(0),
  );
  assertEquals(new TextDecoder().decode(bytes), "ana@example.com:tökén");
});
