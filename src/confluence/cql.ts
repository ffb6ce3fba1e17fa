/**
 * Quotes a value for CQL, so that it cannot become part of the query.
 *
 * Source: api.md 6.2.
 *
 * @example Usage
 * ```ts
 * import { quoteCql } from "@confluence-index/confluence-index";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`title = ${quoteCql('5" nails')}`, 'title = "5\\" nails"');
 * ```
 *
 * @param value Any text: a title, a space key.
 * @returns The text in double quotes, `\` and `"` escaped, control characters left out.
 */
export function quoteCql(value: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is left out
  const clean = value.replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
  return `"${clean.replace(/["\\]/g, "\\$&")}"`;
}
