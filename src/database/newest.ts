/** What changed last in a space. @module */
import type { Readable } from "./readable.ts";

const CURRENT = "is_current = 1 AND deleted_at IS NULL";
/** The search never finds what hangs on archived pages. */
const ON_CURRENT =
  `EXISTS (SELECT 1 FROM pages p WHERE p.id = page_id AND p.${CURRENT} AND p.status = 'current')`;

/** What the search finds of each type. */
const FINDABLE = {
  page: `pages WHERE ${CURRENT} AND status = 'current'`,
  blogpost: `blog_posts WHERE ${CURRENT}`,
  attachment: `attachments WHERE ${CURRENT} AND ${ON_CURRENT}`,
  comment: `comments WHERE ${CURRENT} AND (page_type <> 'page' OR ${ON_CURRENT})`,
} as const;

/** What a search may be asked for. */
export type Findable = keyof typeof FINDABLE;

/** When that was changed last in a space which a search for these types finds, ISO 8601 UTC; null where there is nothing. */
export async function lastFindable(
  database: Readable,
  spaceId: string,
  types: readonly Findable[],
): Promise<string | null> {
  const each = types.map((type) =>
    `SELECT * FROM (SELECT updated_at FROM ${
      FINDABLE[type]
    } AND space_id = ?1 ORDER BY updated_at DESC LIMIT 1)`
  );
  const row = await database.first<{ last: string | null }>(
    `SELECT max(updated_at) AS last FROM (${each.join(" UNION ALL ")})`,
    [spaceId],
  );
  return row?.last ?? null;
}

/** Ids of the pages of a space that were changed last, the newest first; archived ones left out. */
export async function newestPages(database: Readable, spaceId: string, limit: number): Promise<string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM ${FINDABLE.page} AND space_id = ? ORDER BY updated_at DESC, id LIMIT ?`,
    [spaceId, limit],
  );
  return rows.map(({ id }) => id);
}

/** The newest version time of the space's pages, blog posts, comments and attachments, deleted ones left out; null for an empty space. */
export async function newestChange(database: Readable, spaceId: string): Promise<string | null> {
  const row = await database.first<{ newest: string | null }>(
    `SELECT max(newest) AS newest FROM (
       SELECT max(updated_at) AS newest FROM pages WHERE space_id = ?1 AND ${CURRENT}
       UNION ALL SELECT max(updated_at) FROM blog_posts WHERE space_id = ?1 AND ${CURRENT}
       UNION ALL SELECT max(updated_at) FROM comments WHERE space_id = ?1 AND ${CURRENT}
       UNION ALL SELECT max(updated_at) FROM attachments WHERE space_id = ?1 AND ${CURRENT})`,
    [spaceId],
  );
  return row?.newest ?? null;
}
