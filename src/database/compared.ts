/**
 * Rows that were compared must still be what they were when the outcome is committed: on a shared database another run
 * may have written them meanwhile, for pages move between the spaces that two runs hold.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import type { Statement } from "./database.ts";
import { inParts } from "./in_parts.ts";

/** Another run was faster; comparing again settles it. Nothing was changed. */
export class OvertakenError extends ConfluenceIndexError {
  override name = "OvertakenError";
}

/** What the index said of a row when it was compared. */
export interface Compared {
  readonly version: number;
  readonly spaceId: string;
  readonly deletedAt: string | null;
}

/**
 * Makes the transaction fail with {@linkcode OvertakenError} when a row is not what it was.
 *
 * @param table Which rows.
 * @param ids The rows that are about to be written.
 * @param known What was read of them; those without an entry must still be missing.
 */
export function asCompared(
  table: "pages" | "blog_posts" | "attachments" | "comments",
  ids: readonly string[],
  known: ReadonlyMap<string, Compared>,
): Statement[] {
  const rows = ids.map((id) => {
    const row = known.get(id);
    return [id, row?.version ?? null, row?.spaceId ?? null, row?.deletedAt ?? null];
  });
  // The column takes no NULL, which is what makes the transaction fail.
  return inParts(rows, (json) => ({
    sql: `INSERT INTO leases (name, owner, run_id, acquired_at, expires_at)
      SELECT 'overtaken', '', NULL, '', '' FROM json_each(?) AS e
      LEFT JOIN ${table} AS t ON t.id = e.value ->> 0 AND t.is_current = 1
      WHERE t.version IS NOT e.value ->> 1 OR t.space_id IS NOT e.value ->> 2 OR t.deleted_at IS NOT e.value ->> 3
      LIMIT 1`,
    args: [json],
  }));
}
