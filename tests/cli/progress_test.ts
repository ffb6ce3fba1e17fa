import { assertEquals } from "@std/assert";
import { createProgress } from "../../src/cli/progress.ts";
import { cutToWidth } from "../../src/cli/text_width.ts";

function progress(isTerminal: boolean, columns = 80) {
  const written: string[] = [];
  const clock = { now: 0 };
  const line = createProgress({
    write: (text) => written.push(text),
    now: () => clock.now,
    isTerminal,
    columns: () => columns,
    fit: cutToWidth,
  });
  return { line, written, clock };
}

Deno.test("progress on a terminal rewrites one line at most ten times a second and erases it at the end", () => {
  const { line, written, clock } = progress(true);
  line.update("1 page");
  line.update("2 pages");
  clock.now = 99;
  line.update("3 pages");
  clock.now = 100;
  line.update("4 pages");
  line.end();
  line.end();
  assertEquals(written, ["\r\x1b[2K1 page", "\r\x1b[2K4 pages", "\r\x1b[2K"]);
});

Deno.test("progress on a terminal leaves the last column free", () => {
  const { line, written } = progress(true, 10);
  line.update("a status longer than the line");
  assertEquals(written, ["\r\x1b[2Ka status…"]);
});

Deno.test("progress elsewhere prints plain lines every five seconds, and the last state", () => {
  const { line, written, clock } = progress(false);
  line.update("1 page");
  clock.now = 4_999;
  line.update("2 pages");
  clock.now = 5_000;
  line.update("3 pages");
  clock.now = 5_001;
  line.update("4 pages");
  line.end();
  line.end();
  assertEquals(written, ["1 page\n", "3 pages\n", "4 pages\n"]);
});

Deno.test("progress says nothing at the end that it has said already", () => {
  const { line, written } = progress(false);
  line.update("1 page");
  line.end();
  assertEquals(written, ["1 page\n"]);
});

Deno.test("progress.log puts its line above the status, which comes back", () => {
  const { line, written } = progress(true);
  line.log("before");
  line.update("1 page");
  line.log("a page failed");
  assertEquals(written, ["before\n", "\r\x1b[2K1 page", "\r\x1b[2Ka page failed\n", "\r\x1b[2K1 page"]);
});
