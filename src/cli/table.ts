/**
 * Small aligned tables of our own words and numbers, for summaries on stderr.
 *
 * @module
 */
import { printable } from "./printable.ts";
import { textWidth } from "./text_width.ts";

/**
 * Lays out rows; numbers stand to the right.
 *
 * @param header One title for each column.
 * @param rows Cells; text from elsewhere is made safe.
 */
export function layOut(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(String(cell))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ""))));
  const numeric = header.map((_, column) =>
    rows.length > 0 && rows.every((row) => typeof row[column] === "number")
  );
  return cells.map((row) =>
    row.map((cell, column) => {
      const padding = " ".repeat(widths[column]! - textWidth(cell));
      return numeric[column] ? padding + cell : cell + padding;
    }).join("  ").trimEnd() + "\n"
  ).join("");
}
