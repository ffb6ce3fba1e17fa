/** Adds the items at the end. `push(...items)` puts them all on the stack, which a long body overflows. */
export function append<T>(into: T[], items: readonly T[]): void {
  for (const item of items) into.push(item);
}
