import { printable, printableJson } from "../printable.ts";
import { type Check, healthOf } from "./check.ts";

/** One line for each check, safe for a terminal. */
export function reportText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.map(({ name, status, finding, remedy }) =>
    printable(
      `${status.padEnd(7)}  ${name.padEnd(width)}  ${finding}${remedy === null ? "" : ` → ${remedy}`}`,
    ) + "\n"
  ).join("");
}

/** The same for programs, as one line of JSON. */
export function reportJson(checks: readonly Check[]): string {
  return `${printableJson(JSON.stringify({ status: healthOf(checks), checks }))}\n`;
}
