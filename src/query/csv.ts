import type { SqlValue } from "../database/reader.ts";
import { toBase64 } from "./json.ts";

/** Spreadsheets run text that starts so; line feeds and full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * One line of CSV, as RFC 4180 quotes it but ended by a line feed alone, which spreadsheets and command lines both read.
 * Text that a spreadsheet would run gets a `'` in front; numbers stay, NULL is an empty cell, bytes are Base64.
 *
 * @param values The cells; for the first line, the names of the columns.
 */
export function csvLine(values: readonly SqlValue[]): string {
  return `${values.map(cell).join(",")}\n`;
}

function cell(value: SqlValue): string {
  if (value === null) return "";
  if (value instanceof Uint8Array) return toBase64(value);
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  // An empty text is quoted, so that it differs from NULL.
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
