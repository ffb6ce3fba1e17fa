import { assertEquals, assertRejects } from "@std/assert";
import { readStatement, type StatementSources } from "../../../src/cli/query/statement.ts";
import { ConfluenceIndexError } from "../../../src/errors.ts";

const read = (sources: Partial<StatementSources>) =>
  readStatement({
    argument: undefined,
    file: undefined,
    stdinIsTerminal: false,
    readFile: (path) =>
      path === "q.sql" ? Promise.resolve("\ufeffSELECT 'file'") : Promise.reject(new Deno.errors.NotFound()),
    readStdin: () => Promise.resolve("SELECT 'stdin'"),
    ...sources,
  });

async function refused(sources: Partial<StatementSources>): Promise<string> {
  const error = await assertRejects(() => read(sources), ConfluenceIndexError);
  assertEquals(error.code, "usage");
  return error.message;
}

Deno.test("readStatement takes the argument, the file, or what is piped in", async () => {
  assertEquals(await read({ argument: "SELECT 1" }), "SELECT 1");
  assertEquals(await read({ file: "q.sql" }), "SELECT 'file'");
  assertEquals(await read({}), "SELECT 'stdin'");
  assertEquals(await read({ argument: "-" }), "SELECT 'stdin'");
  assertEquals(await read({ argument: "-", stdinIsTerminal: true }), "SELECT 'stdin'");
});

Deno.test("readStatement does not wait for a keyboard nobody was told to use", async () => {
  assertEquals(await refused({ stdinIsTerminal: true }), "Cannot find the statement: there is none");
});

Deno.test("readStatement refuses two sources, an empty one, and a file that is not there", async () => {
  assertEquals(
    await refused({ argument: "SELECT 1", file: "q.sql" }),
    "Cannot find the statement: there is one as argument and one in --file",
  );
  assertEquals(await refused({ argument: "  " }), "Cannot find the statement: it is empty");
  assertEquals(
    await refused({ readStdin: () => Promise.resolve("") }),
    "Cannot find the statement: there is none, and nothing was piped in",
  );
  assertEquals(await refused({ file: "none.sql" }), "Cannot read none.sql: there is no such file");
});
