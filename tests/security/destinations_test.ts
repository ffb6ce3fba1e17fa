/** Credentials go to the configured site and nowhere else, whatever the site says. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfluenceClient, ConfluenceError } from "../../src/confluence/mod.ts";
import { withWorld } from "./world.ts";

const SITE = "https://acme.atlassian.net";
const ELSEWHERE: readonly [what: string, address: string][] = [
  ["a foreign host", "https://evil.example/wiki/api/v2/spaces?cursor=x"],
  ["a look-alike that ends otherwise", "https://acme.atlassian.net.evil.example/wiki/api/v2/spaces?cursor=x"],
  ["a look-alike that begins otherwise", "https://evilacme.atlassian.net/wiki/api/v2/spaces?cursor=x"],
  ["a look-alike letter", "https://аcme.atlassian.net/wiki/api/v2/spaces?cursor=x"],
  ["the site's name as a user name", "https://acme.atlassian.net@evil.example/wiki/api/v2/spaces?cursor=x"],
  ["a user name on the site", "https://x:y@acme.atlassian.net/wiki/api/v2/spaces?cursor=x"],
  ["plain http", "http://acme.atlassian.net/wiki/api/v2/spaces?cursor=x"],
  ["another port", "https://acme.atlassian.net:8443/wiki/api/v2/spaces?cursor=x"],
  ["another host without a scheme", "//evil.example/wiki/api/v2/spaces?cursor=x"],
  ["another host behind backslashes", "\\\\evil.example\\wiki\\api\\v2\\spaces?cursor=x"],
  ["a folder above", "https://acme.atlassian.net/wiki/../admin?cursor=x"],
  ["another scheme", "ftp://acme.atlassian.net/wiki/api/v2/spaces?cursor=x"],
];

/** A client of a site whose first answer is `answer`, and the addresses that were given credentials. */
function watched(answer: () => Response) {
  const trusted: string[] = [];
  const client = new ConfluenceClient({
    baseUrl: `${SITE}/wiki`,
    email: "ana@example.com",
    apiToken: "secret-token-1",
    fetch: (url, init) => {
      if (new Headers(init?.headers).has("authorization")) trusted.push(new URL(String(url)).origin);
      return Promise.resolve(trusted.length > 1 ? Response.json({ results: [] }) : answer());
    },
    limits: { maxAttempts: 1 },
  });
  return { client, trusted };
}

for (const [what, address] of ELSEWHERE) {
  Deno.test(`credentials do not follow a next link to ${what}`, async () => {
    const { client, trusted } = watched(() => Response.json({ results: [], _links: { next: address } }));
    // Backslashes and the like may be read as a path on the site itself, which is harmless.
    const error = await Array.fromAsync(client.getSpaces()).then(() => null, (error: unknown) => error);
    assert(error === null || error instanceof ConfluenceError);
    assertEquals(trusted.filter((origin) => origin !== SITE), []);
    if (/^(https?|ftp):|^\/\//.test(address)) assert(error !== null, "the link is refused");
  });

  Deno.test(`credentials do not follow a redirect to ${what}`, async () => {
    const { client, trusted } = watched(() =>
      new Response(null, { status: 302, headers: { location: encodeURI(address).replaceAll("%5C", "\\") } })
    );
    await assertRejects(() => client.getCurrentUser(), ConfluenceError);
    assertEquals(trusted.filter((origin) => origin !== SITE), []);
  });
}

Deno.test("a worker could not reach another host even if the client were fooled", () =>
  withWorld(async ({ fake, run }) => {
    const seen: (string | null)[] = [];
    await using foreign = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      seen.push(request.headers.get("authorization"));
      return Response.json({ results: [] });
    });
    const origin = `http://127.0.0.1:${foreign.addr.port}`;
    fake.site.addSpace({ key: "DOCS", name: "Docs" });
    fake.site.fill({ spaceKey: "DOCS", pages: 300 });
    fake.faults.add({ kind: "foreign-next", origin, times: Infinity });
    const next = await run(["ingest", "--space", "DOCS"]);
    assert(next.code !== 0, next.stdout);
    fake.faults.clear();
    fake.faults.add({ kind: "redirect", location: `${origin}/wiki/x`, times: Infinity });
    const redirect = await run(["ingest", "--space", "DOCS"]);
    assertEquals(redirect.code, 2, redirect.stderr);
    assertEquals(seen, []);
  }));
