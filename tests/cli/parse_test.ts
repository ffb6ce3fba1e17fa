import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { parse } from "../../src/cli/parse.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

async function parsedRun(...argv: string[]) {
  const parsed = await parse(argv, COMMANDS);
  assert(parsed.kind === "run", `${parsed.kind} for ${argv.join(" ")}`);
  return { name: parsed.command.name, flags: Object.fromEntries(parsed.flags), args: parsed.args };
}

async function refusal(...argv: string[]): Promise<ConfluenceIndexError> {
  const error = await assertRejects(() => parse(argv, COMMANDS), ConfluenceIndexError);
  assertEquals(error.code, "usage");
  return error;
}

Deno.test("parse reads options in both forms, in camel case, repeated ones as lists", async () => {
  const { name, flags, args } = await parsedRun(
    "ingest",
    "--space",
    "DOCS",
    "--space=~ana",
    "--max-pages",
    "5",
    "--full",
    "--rps=2.5",
    "-q",
  );
  assertEquals(name, "ingest");
  assertEquals(flags, { space: ["DOCS", "~ana"], maxPages: 5, full: true, rps: 2.5, quiet: true });
  assertEquals(args, []);
});

Deno.test("parse takes global options before the command too", async () => {
  const { name, flags } = await parsedRun("--db", "x.db", "--quiet", "ingest", "--log-level=debug");
  assertEquals(name, "ingest");
  assertEquals(flags, { db: "x.db", quiet: true, logLevel: "debug" });
});

Deno.test("parse keeps what follows --, a lone dash, and statements that begin with a comment", async () => {
  assertEquals((await parsedRun("query", "--", "--odd")).args, ["--odd"]);
  assertEquals((await parsedRun("query", "-")).args, ["-"]);
  assertEquals((await parsedRun("query", "-- how many\nSELECT 1")).args, ["-- how many\nSELECT 1"]);
});

Deno.test("parse takes a value with an equals sign and a negative number as they are", async () => {
  assertEquals((await parsedRun("query", "--param=a=b=c", "x")).flags, { param: ["a=b=c"] });
  assertEquals((await parsedRun("query", "--param", "-1=x", "x")).flags, { param: ["-1=x"] });
});

Deno.test("parse knows help in all its forms", async () => {
  const helpOf = async (...argv: string[]) => {
    const parsed = await parse(argv, COMMANDS);
    assert(parsed.kind === "help");
    return [parsed.command?.name, parsed.asked];
  };
  assertEquals(await helpOf(), [undefined, false]);
  assertEquals(await helpOf("--quiet"), [undefined, false]);
  assertEquals(await helpOf("help"), [undefined, true]);
  assertEquals(await helpOf("--help"), [undefined, true]);
  assertEquals(await helpOf("-h"), [undefined, true]);
  assertEquals(await helpOf("help", "ingest"), ["ingest", true]);
  assertEquals(await helpOf("ingest", "--help"), ["ingest", true]);
  assertEquals(await helpOf("--help", "ingest"), ["ingest", true]);
  assertEquals(await helpOf("query", "-h"), ["query", true]);
});

Deno.test("parse knows --version", async () => {
  assertEquals((await parse(["--version"], COMMANDS)).kind, "version");
  assertEquals((await parse(["ingest", "--version"], COMMANDS)).kind, "version");
});

Deno.test("parse says which command was probably meant", async () => {
  assertEquals((await refusal("ingset")).hint, "Did you mean ingest? See confluence-index --help.");
  assertEquals((await refusal("help", "exprot")).hint, "Did you mean export? See confluence-index --help.");
  assertEquals((await refusal("quer")).hint, "Did you mean query? See confluence-index --help.");
  assertEquals((await refusal("frobnicate")).hint, "See confluence-index --help.");
});

Deno.test("parse says which option was probably meant", async () => {
  const typo = await refusal("ingest", "--max-page", "5");
  assertEquals(typo.message, "Cannot read the command line: --max-page is not an option of ingest");
  assertEquals(typo.hint, "Did you mean --max-pages?");
  assertEquals((await refusal("ingest", "--allow-mass")).hint, "Did you mean --allow-mass-deletion?");
  assertEquals((await refusal("ingest", "--frobnicate")).hint, "See confluence-index ingest --help.");
});

Deno.test("parse refuses a token on the command line without repeating it, and says where it goes", async () => {
  for (
    const argv of [["--token", "s3cret"], ["--token=s3cret"], ["--api-token=s3cret"], ["--password=s3cret"]]
  ) {
    const error = await refusal("ingest", ...argv);
    assertStringIncludes(error.hint!, "CONFLUENCE_API_TOKEN");
    assert(!`${error.message}${error.hint}`.includes("s3cret"));
  }
});

Deno.test("parse refuses a missing value, a needless one, and two that differ", async () => {
  assertEquals(
    (await refusal("ingest", "--space")).message,
    "Cannot read the command line: --space needs a value",
  );
  assertEquals((await refusal("ingest", "--space", "--full")).hint, "Write --space KEY, or --space=KEY.");
  assertStringIncludes((await refusal("ingest", "--full=yes")).message, "--full takes no value");
  assertStringIncludes(
    (await refusal("ingest", "--since=2026-01-01", "--since=2026-01-02")).message,
    "given twice",
  );
  assertEquals((await parsedRun("ingest", "--rps=2", "--rps=2")).flags, { rps: 2 });
});

Deno.test("parse refuses words that belong to no option", async () => {
  const space = await refusal("ingest", "DOCS");
  assertEquals(space.message, 'Cannot read the command line: "DOCS" is not expected after ingest');
  assertEquals(space.hint, "A space is given as --space KEY.");
  assertEquals((await refusal("ingest", "full")).hint, "Did you mean --full?");
  const words = await refusal("query", "SELECT", "1");
  assertStringIncludes(words.message, "query takes one SQL|NAME, 2 were given");
  assertStringIncludes(words.hint!, "quotes");
});

Deno.test("every command's declaration is consistent", () => {
  for (const command of COMMANDS) {
    const names = command.options.map(({ name }) => name);
    assertEquals(new Set(names).size, names.length, command.name);
    for (const option of command.options) {
      assert(/^[a-z]+(-[a-z]+)*$/.test(option.name), option.name);
      assert(!option.summary.endsWith("."), option.summary);
      assertEquals(option.type === "choice", option.choices !== undefined, option.name);
      if (option.default !== undefined && option.choices !== undefined) {
        assert(option.choices.includes(String(option.default)), option.name);
      }
    }
    assert(command.examples.length > 0, command.name);
  }
});

Deno.test("every example of every command parses", async () => {
  for (const { examples } of COMMANDS) {
    for (const { command } of examples) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
      // What follows is the shell's.
      const end = words.findIndex((word) => ["|", ">", "&&"].includes(word));
      if (end >= 0) words.length = end;
      const parsed = await parse(words.slice(1), COMMANDS);
      assertEquals(parsed.kind, "run", command);
    }
  }
});
