import { assertEquals } from "@std/assert";
import { Account } from "../../src/sync/account.ts";

Deno.test("Account adds up when every listed page is in one column and the index has what it should", () => {
  const account = new Account();
  Object.assign(account, { listed: 12, unchanged: 3, added: 4, updated: 2, restored: 1, deleted: 2 });
  Object.assign(account, { movedIn: 1, movedOut: 3, countBefore: 10, countAfter: 11 });
  account.skip("vanished", 2);
  account.fail("body");
  assertEquals(account.discrepancies(), []);
});

Deno.test("Account names a listed page that is in no column, and a page too few in the index", () => {
  const account = new Account();
  Object.assign(account, { listed: 3, unchanged: 1, added: 1, countBefore: 5, countAfter: 5 });
  assertEquals(account.discrepancies(), [
    "listed 3 pages: 2 are accounted for",
    "the index should hold 6 pages: it holds 5",
  ]);
});

Deno.test("Account keeps reasons apart, and leaves none behind that did not occur", () => {
  const account = new Account();
  account.skip("vanished");
  account.skip("vanished", 2);
  account.skip("moved out of scope", 0);
  account.fail("body", 4);
  assertEquals([account.skippedTotal, account.failedTotal], [3, 4]);
  const { detail, ...row } = account.toRow("7", "delta", "complete", ["a note"]);
  assertEquals([row.spaceId, row.mode, row.status, row.skipped, row.failed], [
    "7",
    "delta",
    "complete",
    3,
    4,
  ]);
  const { skipped, failed, notes } = JSON.parse(detail!);
  assertEquals([skipped, failed, notes], [{ vanished: 3 }, { body: 4 }, ["a note"]]);
});
