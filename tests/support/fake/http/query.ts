/** Reading query parameters the way v2 does: lists by comma or repetition, 400 for what does not fit. */
import { halt, v2BadParameter, v2Error } from "./problems.ts";
import type { Exchange } from "./exchange.ts";

/** A list parameter: `a,b` and `name=a&name=b` mean the same. Null where it is absent. */
export function listOf(x: Exchange, name: string): string[] | null {
  const values = x.query.getAll(name);
  if (values.length === 0) return null;
  return values.flatMap((value) => value.split(",")).map((value) => value.trim()).filter((value) =>
    value !== ""
  );
}

/** A list of numeric ids of at most `max`. */
export function idsOf(x: Exchange, name: string, max: number): string[] | null {
  const ids = listOf(x, name);
  if (ids === null) return null;
  for (const id of ids) if (!isNumeric(id)) halt(v2BadParameter(name, id, "long"));
  if (ids.length > max) {
    halt(
      v2Error(400, "INVALID_REQUEST_PARAMETER", `Provided list for '${name}' has more than ${max} values`),
    );
  }
  return ids;
}

/** A list whose values must be among the allowed ones. */
export function choicesOf(x: Exchange, name: string, allowed: readonly string[]): string[] | null {
  const values = listOf(x, name);
  for (const value of values ?? []) {
    if (!allowed.includes(value)) halt(v2BadParameter(name, value, `one of ${allowed.join(", ")}`));
  }
  return values;
}

/** One value among the allowed ones. */
export function choiceOf(x: Exchange, name: string, allowed: readonly string[]): string | null {
  const value = x.query.get(name);
  if (value === null || value === "") return null;
  if (!allowed.includes(value)) halt(v2BadParameter(name, value, `one of ${allowed.join(", ")}`));
  return value;
}

/** A whole number between bounds. */
export function numberOf(x: Exchange, name: string, bounds: { min: number; max: number }): number | null {
  const value = x.query.get(name);
  if (value === null) return null;
  const number = Number(value);
  if (!/^-?\d+$/.test(value)) halt(v2BadParameter(name, value, "int"));
  if (number < bounds.min || number > bounds.max) {
    halt(v2Error(
      400,
      "INVALID_REQUEST_PARAMETER",
      `Provided value {${value}} for '${name}' must be between ${bounds.min} and ${bounds.max}`,
    ));
  }
  return number;
}

/** A flag; anything but `true` is false. */
export function flagOf(x: Exchange, name: string, otherwise = false): boolean {
  const value = x.query.get(name);
  return value === null ? otherwise : value === "true";
}

/** A numeric id in the path. */
export function pathId(x: Exchange, name = "id"): string {
  const id = x.param(name);
  if (!isNumeric(id)) halt(v2BadParameter(name, id, "long"));
  return id;
}

function isNumeric(id: string): boolean {
  return /^\d{1,19}$/.test(id);
}
