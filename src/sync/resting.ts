/**
 * Which pages rest in quarantine just now.
 *
 * @module
 */
import { failuresAmong } from "../database/mod.ts";
import { now, type SpaceContext } from "./context.ts";

/** Of pages that rested when the run began, those whose pause goes on: another space may have brought them in since. */
export async function stillResting(
  space: SpaceContext,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rested = ids.filter((id) => space.resting.has(id));
  if (rested.length === 0) return new Set();
  const failures = await failuresAmong(space.database, space.subject, rested);
  return new Set(failures.filter(({ nextTryAt }) => nextTryAt > now(space)).map(({ id }) => id));
}
