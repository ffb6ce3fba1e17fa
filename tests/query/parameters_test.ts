import { assertEquals } from "@std/assert";
import { parametersOf } from "../../src/query/parameters.ts";

const names = (sql: string) => [...parametersOf(sql).names];

Deno.test("parametersOf finds names in all three forms, once each", () => {
  assertEquals(names("SELECT :a, @b, $c, :a, :größe WHERE x=:d_1"), ["a", "b", "c", "größe", "d_1"]);
});

Deno.test("parametersOf steps over strings, quoted names, comments and words", () => {
  assertEquals(
    names(`SELECT ':a', ":b", \`:c\`, [:d], 'it''s :e' -- :f\n /* :g */ , x$h, "a""b:i", :j /* :k`),
    ["j"],
  );
  assertEquals(names("SELECT '10:30', a.b, 5 'open :x"), []);
});

Deno.test("parametersOf sees a ? with and without a number, outside of strings only", () => {
  assertEquals(parametersOf("SELECT ?").anonymous, true);
  assertEquals(parametersOf("SELECT ?12").anonymous, true);
  assertEquals(parametersOf("SELECT 'what?' -- ?").anonymous, false);
});
