import type { BlockContent, Table } from "mdast";
import type { BodyProperty } from "../parsed_body.ts";
import { textOf } from "../tree/text_of.ts";

/** The pairs of a page properties table: names in the first column, or in a header row of their own. */
export function readProperties(blocks: readonly BlockContent[]): BodyProperty[] {
  return blocks.flatMap((block) => block.type === "table" ? pairsOf(block) : []);
}

function pairsOf(table: Table): BodyProperty[] {
  const [header, ...rows] = table.children.map((row) =>
    row.children.map((cell) => textOf(cell.children).trim())
  );
  const pairs = header?.some((name) => name !== "")
    ? header.map((name, column) => ({ key: name, value: rows[0]?.[column] ?? "" }))
    : rows.map(([key = "", ...values]) => ({ key, value: values.filter((value) => value !== "").join(" ") }));
  return pairs.filter(({ key }) => key !== "");
}
