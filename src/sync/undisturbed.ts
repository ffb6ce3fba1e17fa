import { type Database, OvertakenError } from "../database/mod.ts";

/** More than this in a row is no coincidence. */
const ATTEMPTS = 5;

/**
 * Compares and commits alone in this process, and again when a run of another process has written the same rows between
 * the two.
 *
 * @param work Changes nothing but by its commit.
 */
export function undisturbed<T>(database: Database, work: () => Promise<T>): Promise<T> {
  return database.exclusive(async () => {
    for (let attempt = 1;; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof OvertakenError) || attempt === ATTEMPTS) throw error;
      }
    }
  });
}
