/** What changed last in a space. @module */
import type { CommentKind } from "../model/mod.ts";
import type { Readable } from "./readable.ts";

/** Something that a search for changes must show. */
export type Newest =
  & { readonly id: string; readonly updatedAt: string }
  & (
    | { readonly type: "page" | "blogpost" | "attachment"; readonly kind: null }
    | { readonly type: "comment"; readonly kind: CommentKind }
  );

const CURRENT = "is_current = 1 AND deleted_at IS NULL";
const LAST = "AND space_id = ?1 AND updated_at >= ?2 ORDER BY updated_at DESC LIMIT 1";
/** The search never finds what hangs on archived pages. */
const ON_CURRENT =
  `EXISTS (SELECT 1 FROM pages p WHERE p.id = page_id AND p.${CURRENT} AND p.status = 'current')`;

/**
 * Of each kind what changed last in a space, if there is anything; what the search does not find left out.
 *
 * @param since Nothing that changed before.
 */
export function newestOfEachKind(database: Readable, spaceId: string, since = ""): Promise<Newest[]> {
  return database.all<Newest>(
    `SELECT * FROM (SELECT 'page' AS type, id, updated_at AS updatedAt, NULL AS kind FROM pages WHERE ${CURRENT} AND status = 'current' ${LAST})
     UNION ALL SELECT * FROM (SELECT 'blogpost', id, updated_at, NULL FROM blog_posts WHERE ${CURRENT} ${LAST})
     UNION ALL SELECT * FROM (SELECT 'attachment', id, updated_at, NULL FROM attachments WHERE ${CURRENT} AND ${ON_CURRENT} ${LAST})
     UNION ALL SELECT * FROM (SELECT 'comment', id, updated_at, kind FROM comments WHERE ${CURRENT} AND (page_type <> 'page' OR ${ON_CURRENT}) ${LAST})`,
    [spaceId, since],
  );
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
