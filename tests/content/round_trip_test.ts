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
