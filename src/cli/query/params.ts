import type { SqlValue } from "../../query/mod.ts";
import { ConfluenceIndexError } from "../../errors.ts";
import { printable } from "../printable.ts";

/**
 * Reads `--param` values: `name=text` stays text, `name:=json` is a number, null, true (1), false (0), or JSON as text.
 *
 * @param texts What was given.
 * @throws {ConfluenceIndexError} `usage`.
 */
export function readParams(texts: readonly string[]): Record<string, SqlValue> {
  const params: Record<string, SqlValue> = {};
  for (const text of texts) {
    const [, name, colon, value] = /^[:@$]?([\p{L}_][\p{L}\p{N}_$]*)(:?)=(.*)$/su.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw refusal(
        text,
        "it is not NAME=TEXT",
        "Write --param since=2026-01-31, or --param limit:=10 for a number.",
      );
    }
    if (Object.hasOwn(params, name)) throw refusal(name, "it was given twice", "Keep one of them.");
    params[name] = colon === "" ? value : readJson(name, value);
  }
  return params;
}

function readJson(name: string, text: string): SqlValue {
  // Digits beyond what a double holds must not be rounded.
  if (/^-?\d+$/.test(text)) {
    const whole = BigInt(text);
    if (BigInt.asIntN(64, whole) !== whole) {
      throw refusal(name, "the number is too great", "SQLite has 64 bits.");
    }
    return whole;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(name, "what follows := is not JSON", `Write --param ${name}=TEXT for text.`);
  }
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  return JSON.stringify(value);
}

function refusal(name: string, finding: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `Cannot read --param ${printable(name)}: ${finding}`, { hint });
}
