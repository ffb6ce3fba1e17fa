import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ask } from "../../../src/cli/configure/ask.ts";
import type { Terminal } from "../../../src/cli/configure/terminal.ts";
import { ConfluenceIndexError } from "../../../src/errors.ts";

/** Somebody who gives these answers, one after the other, and then leaves. */
function somebody(...answers: readonly string[]) {
  const screen: string[] = [];
  const left = [...answers];
  const ask = (question: string) => {
    screen.push(question);
    return left.shift() ?? null;
  };
  const terminal: Terminal = { tell: (text) => screen.push(text), ask, askSecret: ask };
  return { terminal, screen, left };
}

const KNOWN = {
  CONFLUENCE_BASE_URL: "https://acme.atlassian.net/wiki",
  CONFLUENCE_EMAIL: "ana@example.com",
  CONFLUENCE_API_TOKEN: "old-token-1",
};

Deno.test("ask() takes three answers, and asks again for what cannot be one", () => {
  const { terminal, screen } = somebody(
    "ftp://x",
    "acme",
    "nobody",
    "ana@example.com",
    "short",
    "new-token-1",
  );
  assertEquals(ask(terminal, {}), { ...KNOWN, CONFLUENCE_API_TOKEN: "new-token-1" });
  for (const said of ["ftp: is not https:", "this is no e-mail address", "this is no API token"]) {
    assertStringIncludes(screen.join("\n"), said);
  }
});

Deno.test("ask() offers what .env has, without showing the token, and asks nothing more when all stays", () => {
  const { terminal, screen } = somebody("", "", "");
  assertEquals(ask(terminal, KNOWN), KNOWN);
  assertStringIncludes(screen.join("\n"), "[ana@example.com]");
  assertEquals(screen.join("\n").includes("old-token-1"), false);
});

Deno.test("ask() replaces values of .env only with consent, naming them and showing none", () => {
  const { terminal, screen } = somebody("", "", "new-token-1", "yes");
  assertEquals(ask(terminal, KNOWN).CONFLUENCE_API_TOKEN, "new-token-1");
  assertEquals(screen.at(-1), "Replace CONFLUENCE_API_TOKEN in .env? [y/N]");
  for (const answer of ["", "n", "no", "yeah"]) {
    assertThrows(
      () => ask(somebody("", "", "new-token-1", answer).terminal, KNOWN),
      ConfluenceIndexError,
      "you did not agree",
    );
  }
});

Deno.test("ask() sends no token to a look-alike without a second question", () => {
  const { terminal, screen } = somebody("acme.atlassian.net.example.org", "n");
  assertThrows(() => ask(terminal, {}), ConfluenceIndexError, "you did not agree");
  assertStringIncludes(screen.at(-1)!, "acme.atlassian.net.example.org is no atlassian.net site");
});

Deno.test("ask() gives up when nobody answers, or nobody answers well", () => {
  assertThrows(() => ask(somebody().terminal, {}), ConfluenceIndexError, "without a usable answer");
  assertThrows(
    () => ask(somebody("ftp://a", "ftp://b", "ftp://c").terminal, {}),
    ConfluenceIndexError,
    "without a usable answer",
  );
});
