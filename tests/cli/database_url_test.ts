import { assert, assertEquals, assertThrows } from "@std/assert";
import { readDatabaseUrl } from "../../src/cli/database_url.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

Deno.test("readDatabaseUrl takes paths and file: URLs", () => {
  const paths: [string, string, string][] = [
    ["my.db", "file:my.db", "my.db"],
    ["/a b/my.db", "file:/a b/my.db", "/a b/my.db"],
    ["100%?#.db", "file:100%25%3F%23.db", "100%?#.db"],
    ["C:\\data\\my.db", "file:C:\\data\\my.db", "C:\\data\\my.db"],
    ["file:var/my.db", "file:var/my.db", "var/my.db"],
    ["file:/abs/my%20db", "file:/abs/my%20db", "/abs/my db"],
    ["file:///abs/my.db", "file:/abs/my.db", "/abs/my.db"],
    ["file://localhost/abs/my.db", "file:/abs/my.db", "/abs/my.db"],
  ];
  for (const [text, url, path] of paths) {
    assertEquals(readDatabaseUrl(text, "--db"), { kind: "file", url, path });
    // What comes out goes in again unchanged.
    assertEquals(readDatabaseUrl(url, "--db"), { kind: "file", url, path });
  }
  assertEquals(readDatabaseUrl(":memory:", "--db").kind, "memory");
});

Deno.test("readDatabaseUrl names the host and port of a server", () => {
  const hosts: [string, string][] = [
    ["libsql://db.example.org", "db.example.org:443"],
    ["libsql://localhost:8080?tls=0", "localhost:8080"],
    ["libsql://localhost?tls=0", "localhost:80"],
    ["https://db.example.org/path", "db.example.org:443"],
    ["http://127.0.0.1:8080", "127.0.0.1:8080"],
    ["http://[::1]:8080", "[::1]:8080"],
    ["wss://db.example.org", "db.example.org:443"],
    ["ws://db.example.org", "db.example.org:80"],
  ];
  for (const [url, host] of hosts) assertEquals(readDatabaseUrl(url, "--db"), { kind: "server", url, host });
});

Deno.test("readDatabaseUrl refuses other kinds, and never repeats a secret", () => {
  for (
    const text of [
      "postgres://db.example.org",
      "file:",
      "file://other.example.org/x.db",
      "file:%zz",
      "http://",
      "https://user:hunter2@db.example.org",
      "libsql://db.example.org?authToken=hunter2",
    ]
  ) {
    const error = assertThrows(
      () => readDatabaseUrl(text, "--db"),
      ConfluenceIndexError,
      "Cannot use --db: ",
    );
    assertEquals(error.code, "configuration");
    assert(!`${error.message}${error.hint}`.includes("hunter2"));
  }
});
