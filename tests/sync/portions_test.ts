import { assertEquals } from "@std/assert";
import { portions } from "../../src/sync/portions.ts";
import { test } from "../support/each_database.ts";
import { page } from "../support/samples.ts";
import { DOCS, withBench } from "./setup.ts";

const sized = (...sizes: number[]) =>
  sizes.map((size, n) => page({ id: String(n), body: { format: "storage", value: "x".repeat(size) } }));
const sizes = (most: number, ...given: number[]) =>
  portions(sized(...given), most).map((part) => part.map(({ body }) => body!.value.length));

Deno.test("portions() end with the page that fills them, in order, and none is empty", () => {
  assertEquals(sizes(10, 3, 3, 3), [[3, 3, 3]]);
  assertEquals(sizes(10, 5, 5, 1), [[5, 5], [1]]);
  assertEquals(sizes(10, 5, 5), [[5, 5]]);
  assertEquals(sizes(10, 40, 1, 40), [[40], [1, 40]]);
  assertEquals(portions([], 10), [[]]);
  assertEquals(portions([page({ body: null }), page({ body: null })], 10).map((part) => part.length), [2]);
});

test("ingest of large pages writes a listing in several transactions, and goes on from its end", () =>
  withBench(async ({ site, database, ingest, rows }) => {
    for (let n = 1; n <= 7; n++) {
      site.addPage({ spaceKey: "DOCS", title: `P ${n}`, body: `<p>${"x".repeat(1_500_000)}</p>` });
    }
    const written: number[] = [];
    const { commit } = database;
    database.commit = (statements) => {
      const texts = statements.map((one) => typeof one === "string" ? one : "sql" in one ? one.sql : one[0]);
      if (texts.some((sql) => /insert into \W*pages\b/i.test(sql))) written.push(statements.length);
      return commit.call(database, statements);
    };
    const { status, metrics } = await ingest(DOCS);
    assertEquals([status, metrics.added, written.length], ["complete", 7, 3]);
    assertEquals(await rows("SELECT count(*) AS n FROM current_pages"), [{ n: 7 }]);
    assertEquals((await ingest()).metrics.added, 0);
  }));
