/** The texts that the index holds of pages. @module */
import type { Subject } from "../model/mod.ts";
import { fittingRows } from "./fitting_rows.ts";
import { TABLES } from "./pages.ts";
import type { Readable } from "./readable.ts";

/** The bodies of the newest versions of `ids`, by id. */
export async function heldBodies(
  database: Readable,
  ids: readonly string[],
  subject: Subject = "page",
): Promise<Map<string, string | null>> {
  const bodies = new Map<string, string | null>();
  for (let next = 0; next < ids.length;) {
    next += await fittingRows(database, ids.length - next, async (most) => {
      const some = ids.slice(next, next + most);
      const rows = await database.all<{ id: string; body: string | null }>(
        `SELECT id, body FROM ${
          TABLES[subject]
        } WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(some)],
      );
      for (const { id, body } of rows) bodies.set(id, body);
      return some.length;
    });
  }
  return bodies;
}
