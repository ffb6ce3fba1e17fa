import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readOptionValue } from "../../src/cli/option_value.ts";
import type { Option } from "../../src/cli/command.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

const origin = { name: "--x", code: "usage" } as const;
const option = (rest: Partial<Option> & Pick<Option, "type">): Option => ({
  name: "x",
  summary: "",
  ...rest,
});

async function refused(one: Option, text: string): Promise<ConfluenceIndexError> {
  const error = await assertRejects(() => readOptionValue(one, text, origin), ConfluenceIndexError);
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, "Cannot read --x: ");
  return error;
}

Deno.test("readOptionValue reads times as UTC with milliseconds", async () => {
  const time = option({ type: "time" });
  const read: [string, string][] = [
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2026-01-31T12:00Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:05.25Z", "2026-01-31T12:00:05.250Z"],
    ["2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000Z"],
    ["2026-01-31 12:00:00-0530", "2026-01-31T17:30:00.000Z"],
    ["2026-01-31t12:00:00z", "2026-01-31T12:00:00.000Z"],
  ];
  for (const [text, expected] of read) {
    assertEquals(await readOptionValue(time, text, origin), expected, text);
  }
});

Deno.test("readOptionValue refuses what is no time, or two", async () => {
  const time = option({ type: "time" });
  for (
    const text of ["", "yesterday", "2026-1-3", "31.01.2026", "1700000000", "2026-01-31T", "2026-01-31T12Z"]
  ) {
    assertStringIncludes((await refused(time, text)).message, "is not a time");
  }
  for (const text of ["2026-02-30", "2026-13-01", "2026-01-31T25:00Z", "2025-02-29T10:00Z", "2026-00-10"]) {
    assertStringIncludes((await refused(time, text)).message, "is not a time that exists");
  }
  const local = await refused(time, "2026-01-31T12:00:00");
  assertStringIncludes(local.message, "has no time zone");
  assertStringIncludes(local.hint!, "2026-01-31T12:00:00Z");
});

Deno.test("readOptionValue reads numbers within their range", async () => {
  const whole = option({ type: "integer", min: 1, max: 100 });
  assertEquals(await readOptionValue(whole, "1", origin), 1);
  assertEquals(await readOptionValue(whole, "100", origin), 100);
  for (const text of ["0", "101", "1.5", "1e1", "0x10", "", " 5", "-3", "abc", "99999999999999999999"]) {
    assertStringIncludes((await refused(whole, text)).hint!, "whole number from 1 to 100");
  }
  const decimal = option({ type: "number", min: 0.1 });
  assertEquals(await readOptionValue(decimal, "0.5", origin), 0.5);
  assertEquals((await refused(decimal, "0")).hint, "Write a number, 0.1 or more.");
  await refused(option({ type: "integer" }), "9007199254740992");
});

Deno.test("readOptionValue reads spans of time as milliseconds, within limits", async () => {
  const span = option({ type: "duration" });
  const read = async (text: string) => await readOptionValue(span, text, origin);
  assertEquals(
    [
      await read("90s"),
      await read("15m"),
      await read("12h"),
      await read("30d"),
      await read("8w"),
      await read("2y"),
    ],
    [90_000, 900_000, 43_200_000, 2_592_000_000, 4_838_400_000, 63_072_000_000],
  );
  for (const text of ["15", "m", "", "1.5h", "-1d", "1 d", "1D", "1month", "9999999d"]) {
    await refused(span, text);
  }
  assertEquals(
    (await refused(span, "15")).hint,
    "Write a number and its unit: 90s, 15m (minutes), 12h, 30d, 8w, 2y.",
  );
  const limited = option({ type: "duration", min: 60_000, max: 86_400_000 });
  assertEquals((await refused(limited, "59s")).message, 'Cannot read --x: "59s" is less than 1m');
  assertEquals((await refused(limited, "25h")).message, 'Cannot read --x: "25h" is more than 1d');
  assertEquals(await readOptionValue(limited, "60s", origin), 60_000);
});

Deno.test("readOptionValue names the choices and the one that was probably meant", async () => {
  const choice = option({ type: "choice", choices: ["table", "json", "csv"] });
  assertEquals(await readOptionValue(choice, "csv", origin), "csv");
  assertEquals((await refused(choice, "tabel")).hint, "It takes table, json or csv. Did you mean table?");
  assertEquals((await refused(choice, "parquet")).hint, "It takes table, json or csv.");
});

Deno.test("readOptionValue splits a repeated choice at commas", async () => {
  const phases = option({ type: "choice", choices: ["ingest", "export"], repeat: true });
  assertEquals(await readOptionValue(phases, "ingest,export", origin), ["ingest", "export"]);
  assertEquals(await readOptionValue(phases, "ingest, export", origin), ["ingest", "export"]);
  await refused(phases, "ingest,,export");
  await refused(phases, "");
});

Deno.test("readOptionValue refuses empty text and shows control characters in messages", async () => {
  assertEquals((await refused(option({ type: "string" }), "")).message, "Cannot read --x: it is empty");
  assertStringIncludes((await refused(option({ type: "time" }), "\x1b[2J")).message, "\\x1b[2J");
});
