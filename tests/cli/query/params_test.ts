import { assert, assertEquals, assertThrows } from "@std/assert";
import { readParams } from "../../../src/cli/query/params.ts";
import { ConfluenceIndexError } from "../../../src/errors.ts";

Deno.test("readParams keeps text text, and reads JSON after :=", () => {
  assertEquals(
    readParams([
      "a=5",
      "b:=5",
      "c:=1.5",
      "d:=null",
      "e:=true",
      "f:=false",
      'g:="x"',
      "h:=[1]",
      "i=",
      "j=a=b",
      ":k=x",
    ]),
    { a: "5", b: 5n, c: 1.5, d: null, e: 1n, f: 0n, g: "x", h: "[1]", i: "", j: "a=b", k: "x" },
  );
  assertEquals(readParams(["n:=9223372036854775807", "t=two\nlines", "größe=1"]), {
    n: 9223372036854775807n,
    t: "two\nlines",
    größe: "1",
  });
});

Deno.test("readParams refuses what it cannot read, without guessing", () => {
  for (const text of ["novalue", "=x", "a b=1", "a:=tru", "a:=", "a:=99999999999999999999", "1=x"]) {
    const error = assertThrows(() => readParams([text]), ConfluenceIndexError, "Cannot read --param ");
    assertEquals(error.code, "usage");
    assert(error.hint !== undefined);
  }
  assertThrows(() => readParams(["a=1", "a=2"]), ConfluenceIndexError, "it was given twice");
});
