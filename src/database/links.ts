/**
 * What pages point at. A link by title is looked up when it is saved, and again when a page of that title comes; once found, the page's
 * id stays with the link, so that renaming or moving the page leaves it resolved.
 *
 * @module
 */
import type { Statement } from "./database.ts";
import { inParts } from "./in_parts.ts";

/** One place in a body that points at something. */
export interface LinkToSave {
  /** `page`, `blogpost`, `attachment`, `url`, `user`, `space`, `issue`, `shortcut` or `anchor`. */
  readonly kind: string;
  /** `link`, `image`, `include` or `mention`. */
  readonly use: string;
  readonly text: string;
  /** Where the body itself names an id. */
  readonly toPageId: string | null;
  readonly toSpaceKey: string | null;
  /** Where the body names a title instead. */
  readonly toTitle: string | null;
  readonly anchor: string | null;
  readonly filename: string | null;
  readonly userId: string | null;
  readonly url: string | null;
}

const LIVE = "is_current = 1 AND deleted_at IS NULL";

/** The live page of a title, which Confluence keeps unique in its space whatever the case. */
function pageOf(spaceKey: string, title: string): string {
  return `SELECT p.id FROM pages p WHERE p.space_key = ${spaceKey} AND p.title = ${title} COLLATE NOCASE
    AND p.is_current = 1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT 1`;
}

// A body that is saved again at the same version keeps what its titles were resolved to: the pages may have other titles by now.
const INSERT = `WITH held AS MATERIALIZED (
    SELECT DISTINCT from_page_id, from_version, to_space_key, to_title, to_page_id FROM links WHERE kind = 'page' AND to_page_id IS NOT NULL
      AND to_title IS NOT NULL AND (from_page_id, from_version) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1)))
  INSERT INTO links (from_page_id, from_version, position, kind, used_as, text, to_page_id, to_space_key, to_title,
    anchor, filename, user_id, url)
  SELECT n.id, n.version, n.position, n.kind, n.used_as, n.text,
    CASE WHEN n.to_title IS NULL OR n.kind <> 'page' THEN n.to_page_id ELSE coalesce(
      (SELECT o.to_page_id FROM held o WHERE o.from_page_id = n.id AND o.from_version = n.version
        AND o.to_space_key IS n.to_space_key AND o.to_title = n.to_title LIMIT 1),
      (${pageOf("n.to_space_key", "n.to_title")})) END,
    n.to_space_key, n.to_title, n.anchor, n.filename, n.user_id, n.url
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS version, value ->> 2 AS position, value ->> 3 AS kind, value ->> 4 AS used_as,
      value ->> 5 AS text, value ->> 6 AS to_page_id, value ->> 7 AS to_space_key, value ->> 8 AS to_title, value ->> 9 AS anchor,
      value ->> 10 AS filename, value ->> 11 AS user_id, value ->> 12 AS url FROM json_each(?1)) AS n WHERE true
  ON CONFLICT (from_page_id, from_version, position) DO UPDATE SET kind = excluded.kind, used_as = excluded.used_as,
    text = excluded.text, to_page_id = excluded.to_page_id, to_space_key = excluded.to_space_key, to_title = excluded.to_title,
    anchor = excluded.anchor, filename = excluded.filename, user_id = excluded.user_id, url = excluded.url`;

/** Puts the links of some page versions in place of those they had. To be committed after the pages themselves. */
export function saveLinks(
  rows: readonly {
    readonly pageId: string;
    readonly version: number;
    readonly links: readonly LinkToSave[];
  }[],
): Statement[] {
  if (rows.length === 0) return [];
  const links = rows.flatMap(({ pageId, version, links }) =>
    links.map((link, position) => [
      pageId,
      version,
      position,
      link.kind,
      link.use,
      link.text,
      link.toPageId,
      link.toSpaceKey,
      link.toTitle,
      link.anchor,
      link.filename,
      link.userId,
      link.url,
    ])
  );
  return [
    ...inParts(links, (json) => ({ sql: INSERT, args: [json] })),
    {
      sql: `DELETE FROM links WHERE rowid IN (SELECT l.rowid FROM json_each(?) AS n JOIN links AS l
        ON l.from_page_id = n.value ->> 0 AND l.from_version = n.value ->> 1 AND l.position >= n.value ->> 2)`,
      args: [JSON.stringify(rows.map(({ pageId, version, links }) => [pageId, version, links.length]))],
    },
  ];
}

/** Resolves links by title to pages that came, came back, or changed title or space. To be committed after the pages. */
export function resolveLinksTo(pageIds: readonly string[]): Statement[] {
  if (pageIds.length === 0) return [];
  return [{
    sql: `UPDATE links SET to_page_id = p.id
      FROM (SELECT id, space_key, title FROM pages WHERE ${LIVE} AND id IN (SELECT value FROM json_each(?))) AS p
      WHERE links.to_title IS NOT NULL AND links.kind = 'page' AND links.to_space_key = p.space_key
        AND links.to_title = p.title COLLATE NOCASE
        AND NOT EXISTS (SELECT 1 FROM pages AS t WHERE t.id = links.to_page_id AND t.is_current = 1 AND t.deleted_at IS NULL)`,
    args: [JSON.stringify(pageIds)],
  }];
}

/** Links by title to pages that go now lead to another page of that title, where there is one; else they stay as they are. */
export function repointLinks(goneIds: readonly string[]): Statement[] {
  const target = pageOf("links.to_space_key", "links.to_title");
  return inParts(goneIds, (json) => ({
    sql: `UPDATE links SET to_page_id = coalesce((${target}), to_page_id)
      WHERE to_page_id IN (SELECT value FROM json_each(?)) AND to_title IS NOT NULL AND kind = 'page'`,
    args: [json],
  }));
}
