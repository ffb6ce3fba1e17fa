/**
 * The known word somebody probably meant.
 *
 * @param word What was typed.
 * @param known What there is.
 * @returns The word, or undefined where nothing is near.
 */
export async function suggest(word: string, known: readonly string[]): Promise<string | undefined> {
  if (word === "" || known.length === 0) return undefined;
  // Loaded here because only mistakes need them, and help must start fast.
  const [{ closestString }, { levenshteinDistance }] = await Promise.all([
    import("@std/text/closest-string"),
    import("@std/text/levenshtein-distance"),
  ]);
  const typed = word.toLowerCase();
  const closest = closestString(typed, known, { caseSensitive: false });
  if (levenshteinDistance(typed, closest.toLowerCase()) <= Math.ceil(typed.length / 3)) {
    return closest;
  }
  return typed.length < 3 ? undefined : known.find((candidate) => candidate.toLowerCase().startsWith(typed));
}
