import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseBody, toMarkdown } from "../../src/content/mod.ts";
import { adfDocument } from "./arbitrary_adf.ts";
import { hasPassedMarkdown, readMarkdown, structureOf } from "./structure.ts";

Deno.test("toMarkdown() of any document reads back as the same structure", () => {
  fc.assert(
    fc.property(adfDocument, (value) => {
      const parsed = parseBody({ format: "atlas_doc_format", value });
      fc.pre(!hasPassedMarkdown(parsed.tree));
      const markdown = toMarkdown(parsed);
      assertEquals(structureOf(readMarkdown(markdown)), structureOf(parsed.tree), markdown);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("toMarkdown() makes no table of a line that looks like the rule of one", () => {
  for (const [first, second] of [["*", "-|"], ["a|b", "-|-"], ["a|b", "-:|-"], ["a", ":-|"], ["a", "|-|"]]) {
    const content = [{ type: "text", text: first }, { type: "hardBreak" }, { type: "text", text: second }];
    const value = JSON.stringify({ type: "doc", version: 1, content: [{ type: "paragraph", content }] });
    const parsed = parseBody({ format: "atlas_doc_format", value });
    const markdown = toMarkdown(parsed);
    assertEquals(structureOf(readMarkdown(markdown)), structureOf(parsed.tree), markdown);
  }
});
