/** ISO 8601 UTC text of a time in milliseconds, as v2 writes it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
