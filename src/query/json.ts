import type { SqlValue } from "../database/reader.ts";

/**
 * Makes the writer of rows as JSON objects.
 *
 * @param columns The columns; a name that comes twice gets a number, so that no value is lost.
 * @returns Writes one row, in one line without its end. Whole numbers keep all digits; bytes are Base64.
 */
export function jsonRow(columns: readonly string[]): (row: readonly SqlValue[]) => string {
  const keys = uniqueNames(columns).map((name) => JSON.stringify(name));
  return (row) => `{${row.map((value, i) => `${keys[i]}:${jsonValue(value)}`).join(",")}}`;
}

function jsonValue(value: SqlValue): string {
  if (typeof value === "bigint") return value.toString();
  // SQLite has infinities, JSON has not; a number too great for a double reads as one again.
  if (typeof value === "number" && !Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
  return value instanceof Uint8Array ? JSON.stringify(toBase64(value)) : JSON.stringify(value);
}

/** `id`, `id`, `title` → `id`, `id:1`, `title`, as SQLite itself does it in views. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    if (seen.has(name)) {
      for (let n = 1; taken.has(unique); n++) unique = `${name}:${n}`;
      taken.add(unique);
    }
    seen.add(unique);
    return unique;
  });
}

/** Bytes as Base64, of any length. */
export function toBase64(bytes: Uint8Array): string {
  const CHUNK = 0x8000;
  let binary = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(binary);
}
