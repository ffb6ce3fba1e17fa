import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { getLogger, reset } from "@logtape/logtape";
import { configureLogging, type LoggingOptions } from "../../src/cli/logging.ts";
import { redactor } from "../../src/cli/secrets.ts";

async function logged(options: Partial<LoggingOptions>, act: () => void): Promise<string[]> {
  const lines: string[] = [];
  await configureLogging({
    level: "info",
    format: "text",
    write: (line) => lines.push(line),
    redact: redactor({ email: "ana@example.com", apiToken: "hunter2-token", databaseToken: null }),
    ...options,
  });
  try {
    act();
  } finally {
    await reset();
  }
  return lines;
}

const log = getLogger(["confluence-index", "confluence"]);

Deno.test("configureLogging writes one text line for each record at its level and above", async () => {
  const lines = await logged({}, () => {
    log.debug("hidden");
    log.info("read {count} pages", { count: 3, space: "DOCS" });
    log.error("failed");
  });
  assertEquals(lines.length, 2);
  assert(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info {4}confluence-index\.confluence: read 3 pages space=DOCS\n$/.test(
      lines[0]!,
    ),
    lines[0],
  );
  assertStringIncludes(lines[1]!, "error   confluence-index.confluence: failed\n");
});

Deno.test("configureLogging writes JSON lines with the properties apart", async () => {
  const [line] = await logged(
    { format: "json" },
    () => log.warn("slow {ms}", { ms: 5, big: 10n, why: new Error("x") }),
  );
  const { time, properties, ...rest } = JSON.parse(line!);
  assert(!Number.isNaN(Date.parse(time)));
  assertEquals(rest, { level: "warning", category: "confluence-index.confluence", message: "slow 5" });
  assertEquals([properties.ms, properties.big, properties.why.message], [5, "10", "x"]);
});

Deno.test("configureLogging keeps secrets out of messages, properties and headers, in both formats", async () => {
  const basic = btoa("ana@example.com:hunter2-token");
  for (const format of ["text", "json"] as const) {
    const lines = await logged({ format }, () => {
      log.info("token hunter2-token");
      log.info("request", {
        headers: { authorization: `Basic ${basic}` },
        deep: [{ token: "hunter2-token" }],
      });
      log.error("failed", { error: new Error("with hunter2-token") });
    });
    assertEquals(lines.length, 3);
    assert(!lines.join("").includes("hunter2-token") && !lines.join("").includes(basic), lines.join(""));
    assertStringIncludes(lines.join(""), "[redacted]");
  }
});

Deno.test("configureLogging sends no terminal control, and keeps a record on one line", async () => {
  for (const format of ["text", "json"] as const) {
    const [line] = await logged(
      { format },
      () => log.info("title {title}", { title: "a\x1b[2J\u202e\x9b\nb" }),
    );
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    assertEquals(/[\u0000-\u001f\u007f-\u009f\u202e]/.test(line!.slice(0, -1)), false);
    assert(line!.endsWith("\n"));
  }
});

Deno.test("configureLogging can be done again, and the last one counts", async () => {
  const lines = await logged({}, () => {});
  assertEquals((await logged({}, () => log.info("x"))).length, 1);
  assertEquals(lines, []);
});
