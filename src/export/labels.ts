/** The labels of a page from the JSON of its `labels` column, in a fixed order; none where it has none or they were never read. */
export function labelsOf(json: string | null): string[] {
  if (json === null) return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter((label) => typeof label === "string").sort() : [];
}
