import { assertEquals } from "@std/assert";
import { readSiteAddress } from "../../../src/cli/configure/site_address.ts";

const TABLE: readonly [typed: string, url: string, expected: boolean][] = [
  ["acme", "https://acme.atlassian.net/wiki", true],
  ["acme.atlassian.net", "https://acme.atlassian.net/wiki", true],
  ["  https://ACME.atlassian.net/wiki/  ", "https://acme.atlassian.net/wiki", true],
  ["http://acme.atlassian.net", "https://acme.atlassian.net/wiki", true],
  [
    "acme.atlassian.net/wiki/spaces/DOCS/pages/123/A+Page?focus=1#top",
    "https://acme.atlassian.net/wiki",
    true,
  ],
  ["https://acme.atlassian.net/jira/software", "https://acme.atlassian.net/wiki", true],
  ["127.0.0.1:9000", "http://127.0.0.1:9000/wiki", true],
  ["http://localhost:80/wiki", "http://localhost/wiki", true],
  ["https://wiki.example.org", "https://wiki.example.org/wiki", false],
  ["https://acme.atlassian.net.example.org", "https://acme.atlassian.net.example.org/wiki", false],
  ["https://acme-atlassian.net", "https://acme-atlassian.net/wiki", false],
  ["https://аcme.atlassian.net.evil.example", "https://xn--cme-5cd.atlassian.net.evil.example/wiki", false],
];

for (const [typed, url, expected] of TABLE) {
  Deno.test(`readSiteAddress() finds the site in ${JSON.stringify(typed)}`, () => {
    assertEquals(readSiteAddress(typed), { ok: true, url, expected });
  });
}

Deno.test("readSiteAddress() refuses what is no site, and repeats no password", () => {
  for (
    const typed of [
      "",
      "ftp://acme.atlassian.net",
      "acme .atlassian.net",
      "http://[",
      "https://ana:hunter2@x.atlassian.net",
    ]
  ) {
    const address = readSiteAddress(typed);
    assertEquals(address.ok, false, typed);
    assertEquals(JSON.stringify(address).includes("hunter2"), false);
  }
});
