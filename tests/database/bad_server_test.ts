/** Bad days of a database server: each has a name, and none loses anything. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Database, openDatabase, openIndex, saveMeta } from "../../src/database/mod.ts";
import { openReader } from "../../src/database/reader.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { startProxy } from "../support/database_proxy.ts";
import { noSqld, startSqld } from "../support/sqld.ts";

const ignore = noSqld !== undefined;
const why = ignore ? ` (${noSqld})` : "";

async function refusal(work: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(work, ConfluenceIndexError);
  assertEquals(error.code, "database");
  assert(error.hint !== undefined);
  return error.message.split(": ").at(-1)!;
}

/** A wait that ends when it is told to. */
function waiting() {
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      waits.push({ ms, end: resolve });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  return { waits, sleep };
}

const keys = async (database: Database) =>
  (await database.all("SELECT key FROM meta ORDER BY key")).map(({ key }) => key);

Deno.test(`a database server that hangs is given up after the time-out, and not before${why}`, {
  ignore,
}, async () => {
  await using server = await startSqld();
  await using proxy = await startProxy(server.url);
  const { waits, sleep } = waiting();
  await using database = await openDatabase(proxy.url, { timeoutMs: 7_000, sleep });
  proxy.weather = "hangs";
  const asked = Promise.withResolvers<void>();
  proxy.onRequest = () => asked.resolve();
  const writing = refusal(() => database.commit(saveMeta("site", "x")));
  await asked.promise;
  assertEquals(waits.at(-1)!.ms, 7_000);
  waits.at(-1)!.end();
  assertEquals(await writing, "the database server did not answer in time");
  proxy.weather = "fair";
  assertEquals(await keys(database), []);
  await database.commit(saveMeta("site", "x"));
  assertEquals(await keys(database), ["site"]);
});

Deno.test(`readers give up a database server that hangs${why}`, { ignore }, async () => {
  await using server = await startSqld();
  await using proxy = await startProxy(server.url);
  (await openDatabase(server.url)).close();
  proxy.weather = "hangs";
  // The wait is over at once: nobody waits for a test.
  const sleep = () => Promise.resolve();
  for (const open of [openDatabase, openIndex, openReader]) {
    assertEquals(
      await refusal(() => open(proxy.url, { sleep })),
      "the database server did not answer in time",
    );
  }
});

Deno.test(`a database server that is started again is waited for, and asked only once${why}`, {
  ignore,
}, async () => {
  await using server = await startSqld();
  const { waits, sleep } = waiting();
  await using database = await openDatabase(server.url, { sleep });
  await database.commit(saveMeta("before", "x"));
  await server.stop();
  const known = waits.length;
  const writing = database.commit(saveMeta("after", "x"));
  // One wait is the deadline, the next the pause before it is asked again.
  while (waits.length < known + 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.start();
  waits.at(-1)!.end();
  assertEquals(await writing, [1]);
  assertEquals(await keys(database), ["after", "before"]);
});

Deno.test(`a database server that stays away is named after the time-out, one that never was at once${why}`, {
  ignore,
}, async () => {
  await using server = await startSqld();
  const { waits, sleep } = waiting();
  await using database = await openDatabase(server.url, { sleep });
  await server.stop();
  const known = waits.length;
  const reading = refusal(() => database.all("SELECT 1"));
  while (waits.length < known + 2) await new Promise((resolve) => setTimeout(resolve, 1));
  waits[known]!.end();
  assertEquals(await reading, "the database server did not answer");
  assertEquals(await refusal(() => openDatabase(server.url)), "the database server did not answer");
});

Deno.test(`an answer that is lost is not asked for again: what was written cannot be told${why}`, {
  ignore,
}, async () => {
  await using server = await startSqld();
  await using proxy = await startProxy(server.url);
  await using database = await openDatabase(proxy.url);
  proxy.weather = "loses answers";
  const before = proxy.requests;
  assertEquals(
    await refusal(() => database.commit(saveMeta("site", "x"))),
    "the database server did not answer",
  );
  assertEquals(proxy.requests, before + 1);
  proxy.weather = "fair";
  assertEquals(await keys(database), ["site"]);
});

Deno.test(`a database server that takes no writes says so, and still reads${why}`, { ignore }, async () => {
  await using server = await startSqld();
  await using database = await openDatabase(server.url);
  await server.block(true);
  const message = "the database server has been closed for this by its operator";
  assertEquals(await refusal(() => database.commit(saveMeta("site", "x"))), message);
  assertEquals(await keys(database), []);
  await server.block(false);
  await database.commit(saveMeta("site", "x"));
  assertEquals(await keys(database), ["site"]);
});

Deno.test(`an answer larger than the server gives is named${why}`, { ignore }, async () => {
  await using server = await startSqld();
  await using database = await openDatabase(server.url);
  const error = await assertRejects(
    () =>
      database.all(
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30) SELECT hex(zeroblob(500000)) FROM n",
      ),
    ConfluenceIndexError,
  );
  assertStringIncludes(error.message, "the answer is larger than the database server gives");
});

Deno.test(`texts that are not Unicode are written as on a file${why}`, { ignore }, async () => {
  await using server = await startSqld();
  for (const url of [":memory:", server.url]) {
    await using database = await openDatabase(url);
    await database.commit(saveMeta("site", "a\ud800b\0c"));
    assertEquals(await database.all("SELECT hex(value) AS h FROM meta"), [{
      h: "61EFBFBD620063",
    }]);
    assertEquals(await database.all("SELECT ? AS text", ["\udfff"]), [{ text: "\ufffd" }]);
  }
});

Deno.test("a web server that is no database server is told from one", async () => {
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("<h1>Not here</h1>", { status: 404 }),
  );
  const url = `http://127.0.0.1:${other.addr.port}`;
  assertEquals(
    await refusal(() => openDatabase(url)),
    "the server does not answer as a database server does",
  );
});
