import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { errorText } from "../../src/cli/error_text.ts";
import { ConfluenceIndexError, type ErrorCode } from "../../src/errors.ts";

const PLAIN = { color: false, trace: false };

Deno.test("errorText says code, message and hint, and the exit code that goes with the code", () => {
  const said = errorText(new ConfluenceIndexError("usage", "Cannot do it: no", { hint: "Do that." }), PLAIN);
  assertEquals(said, { text: "error[usage]: Cannot do it: no\nhint: Do that.\n", exitCode: 2 });
  const codes: Record<ErrorCode, number> = {
    usage: 2,
    configuration: 2,
    authentication: 2,
    not_found: 2,
    rate_limit: 2,
    response: 2,
    network: 2,
    database: 2,
    locked: 2,
    files: 1,
    incomplete: 1,
    interrupted: 130,
  };
  for (const [code, exitCode] of Object.entries(codes)) {
    assertEquals(errorText(new ConfluenceIndexError(code as ErrorCode, "x"), PLAIN).exitCode, exitCode, code);
  }
});

Deno.test("errorText makes remote text in errors harmless", () => {
  const { text } = errorText(
    new ConfluenceIndexError("response", "x\x1b]0;evil\x07", { hint: "\x9b2J" }),
    PLAIN,
  );
  assertEquals(text, "error[response]: x\\x1b]0;evil\\x07\nhint: \\x9b2J\n");
});

Deno.test("errorText shows what is a bug without its trace, and tells how to get it", () => {
  const bug = new TypeError("x is undefined", { cause: new Error("the cause") });
  const brief = errorText(bug, PLAIN);
  assertEquals(brief.exitCode, 1);
  assertStringIncludes(brief.text, "error[bug]: Cannot go on: TypeError: x is undefined\n");
  assertStringIncludes(brief.text, "--log-level debug");
  assertEquals(brief.text.split("\n").length, 3);
  const full = errorText(bug, { color: false, trace: true });
  assertStringIncludes(full.text, "error_text_test.ts");
  assertStringIncludes(full.text, "caused by Error: the cause");
  assertEquals(errorText("thrown text", PLAIN).text.split("\n")[0], "error[bug]: Cannot go on: thrown text");
});

Deno.test("errorText explains Deno's refusals in words of this program", () => {
  const refused = new Deno.errors.NotCapable(
    'Requires read access to "/etc/passwd", run again with the --allow-read flag',
  );
  const { text, exitCode } = errorText(refused, PLAIN);
  assertEquals(exitCode, 2);
  assertStringIncludes(
    text,
    'error[configuration]: Cannot go on: read access to "/etc/passwd" was refused\n',
  );
  assert(!text.includes("--allow-read"));
  const escalation = errorText(new Deno.errors.NotCapable("Can't escalate parent thread permissions"), PLAIN);
  assertStringIncludes(escalation.text, "beyond the permissions Deno was started with");
  assertStringIncludes(escalation.text, "-P=cli");
});

Deno.test("errorText uses colors only when told", () => {
  const error = new ConfluenceIndexError("usage", "x", { hint: "y" });
  assert(errorText(error, { color: true, trace: false }).text.startsWith("\x1b[31m"));
  assert(!errorText(error, PLAIN).text.includes("\x1b"));
});
