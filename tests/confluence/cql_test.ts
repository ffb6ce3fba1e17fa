import { assertEquals } from "@std/assert";
import fc from "fast-check";

import { quoteCql } from "../../src/confluence/mod.ts";

Deno.test("quoteCql() escapes quotes and backslashes and strips control characters", () => {
  assertEquals(quoteCql("~712020abc.def"), '"~712020abc.def"');
  assertEquals(quoteCql('a" or type=page or title="'), '"a\\" or type=page or title=\\""');
  assertEquals(quoteCql("back\\slash"), '"back\\\\slash"');
  assertEquals(quoteCql("a\u0000b\nc\u001bd\u007f\u0085e"), '"abcde"');
  assertEquals(quoteCql("Grüße 🙂"), '"Grüße 🙂"');
});

Deno.test("quoteCql() never leaves a quote that ends the text early", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "a", " ", "\n") }), (value) => {
    const quoted = quoteCql(value);
    const unescaped = quoted.slice(1, -1).replace(/\\["\\]/g, "");
    assertEquals(/["\\]/.test(unescaped), false, quoted);
  }));
});
