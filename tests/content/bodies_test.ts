import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Nodes } from "mdast";
import { parseBody, type ParsedBody, toChunks, toMarkdown, toText } from "../../src/content/mod.ts";
import { hasPassedMarkdown, readMarkdown, structureOf } from "./structure.ts";
import { coverage, seenInAdf, seenInStorage, wordsOf, wordsOfMarkdown } from "./visible_words.ts";

/** Real bodies stand beside the repository where it is developed; they are not ours to copy. */
const FOLDER = new URL("../../../shared/bodies/", import.meta.url);
const absent = !exists(FOLDER);
const suffix = absent ? " (skipped: ../shared/bodies is not here)" : "";

interface RealBody {
  readonly name: string;
  readonly format: "storage" | "atlas_doc_format";
  readonly value: string;
  readonly parsed: ParsedBody;
}

function* realBodies(): Generator<RealBody> {
  for (const [folder, format] of [["storage/", "storage"], ["adf/", "atlas_doc_format"]] as const) {
    const names = [...Deno.readDirSync(new URL(folder, FOLDER))].map((entry) => entry.name).sort();
    for (const name of names) {
      const value = Deno.readTextFileSync(new URL(folder + name, FOLDER));
      yield { name, format, value, parsed: parseBody({ format, value }) };
    }
  }
}

Deno.test({
  name: `parseBody() reads every real body without falling back to bare text${suffix}`,
  ignore: absent,
  fn() {
    let count = 0;
    for (const { name, parsed } of realBodies()) {
      count++;
      assertEquals(parsed.notes.filter((note) => note.kind === "fallback" && note.name === "body"), [], name);
    }
    assertGreaterOrEqual(count, 400);
  },
});

Deno.test({
  name: `toMarkdown() and toText() keep 99 % of the visible words of every real body${suffix}`,
  ignore: absent,
  fn() {
    let all = 0;
    let lostInMarkdown = 0;
    let lostInText = 0;
    for (const { name, format, value, parsed } of realBodies()) {
      const expected = format === "storage" ? seenInStorage(value).words : seenInAdf(value);
      const markdown = coverage(expected, wordsOfMarkdown(toMarkdown(parsed)));
      const text = coverage(expected, wordsOf(toText(parsed)));
      for (const { share, missing } of [markdown, text]) {
        // In a short body one word that the scan cuts differently is more than a percent.
        assert(
          share >= 0.99 || missing.length <= 1,
          `${name}: ${share} without ${missing.slice(0, 20).join(" ")}`,
        );
      }
      all += expected.length;
      lostInMarkdown += markdown.missing.length;
      lostInText += text.missing.length;
    }
    assertGreaterOrEqual(all, 45_000);
    assertGreaterOrEqual(1 - lostInMarkdown / all, 0.998);
    assertGreaterOrEqual(1 - lostInText / all, 0.998);
  },
});

Deno.test({
  name: `toMarkdown() keeps the code of every real body byte for byte${suffix}`,
  ignore: absent,
  fn() {
    let count = 0;
    for (const { name, format, value, parsed } of realBodies()) {
      if (format !== "storage") continue;
      const found = codeIn(readMarkdown(toMarkdown(parsed)));
      for (const code of seenInStorage(value).code) {
        const index = found.indexOf(code);
        assert(index >= 0, `${name}: ${JSON.stringify(code.slice(0, 200))}`);
        found.splice(index, 1);
        count++;
      }
    }
    assertGreaterOrEqual(count, 120);
  },
});

Deno.test({
  name: `toMarkdown() of every real body reads back as the same structure${suffix}`,
  ignore: absent,
  fn() {
    let count = 0;
    for (const { name, parsed } of realBodies()) {
      if (hasPassedMarkdown(parsed.tree)) continue;
      assertEquals(structureOf(readMarkdown(toMarkdown(parsed))), structureOf(parsed.tree), name);
      count++;
    }
    assertGreaterOrEqual(count, 400);
  },
});

Deno.test({
  name: `toChunks() of every real body holds all its words within the size${suffix}`,
  ignore: absent,
  fn() {
    for (const { name, parsed } of realBodies()) {
      const chunks = [...toChunks(parsed, { maxLength: 300 })];
      for (const chunk of chunks) assert(chunk.text.length <= 300, `${name}: ${chunk.text.length}`);
      const { share, missing } = coverage(
        wordsOf(toText(parsed)),
        chunks.flatMap((chunk) => wordsOf(chunk.text)),
      );
      // A run without a space that is longer than a chunk is cut anywhere.
      assert(share >= 0.99 || missing.length <= 2, `${name}: ${missing.slice(0, 20).join(" ")}`);
    }
  },
});

function codeIn(node: Nodes): string[] {
  if (node.type === "code") return [node.value];
  return "children" in node ? node.children.flatMap(codeIn) : [];
}

function exists(path: URL): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
