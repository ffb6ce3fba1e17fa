import { ConfluenceIndexError } from "../../errors.ts";
import { printable } from "../printable.ts";

/**
 * Reads the number of a version, `3` or `v3`.
 *
 * @returns Undefined for `latest`.
 * @throws {ConfluenceIndexError} `usage`.
 */
export function versionNumber(text: string): number | undefined {
  if (text === "latest") return undefined;
  const number = Number(/^v?([1-9]\d{0,8})$/i.exec(text)?.[1]);
  if (!Number.isNaN(number)) return number;
  throw new ConfluenceIndexError(
    "usage",
    `Cannot compare: ${printable(text)} is not the number of a version`,
    {
      hint: "Write confluence-index diff PAGE 3 5, or latest for the current one.",
    },
  );
}
