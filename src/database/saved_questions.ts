/** Questions that come with the program: data, in the order of their names. @module */

/** A question with a name. */
export interface SavedQuestion {
  readonly name: string;
  /** One line, no full stop. */
  readonly meaning: string;
  readonly sql: string;
  /** Values that parameters have where none is given. */
  readonly defaults: Readonly<Record<string, string | bigint>>;
}

/** The questions that come with the program. */
export const SAVED_QUESTIONS: readonly SavedQuestion[] = [
  {
    name: "activity-per-month",
    meaning: "Page versions in the index by the month they were made",
    defaults: {},
    sql: `SELECT substr(updated_at, 1, 7) AS month, count(*) AS versions, count(DISTINCT id) AS pages,
  count(DISTINCT version_author_id) AS authors
FROM pages GROUP BY month ORDER BY month DESC`,
  },
  {
    // By time: where an earlier version was deleted on the site, the numbers of later ones go down.
    name: "as-of",
    meaning:
      "Pages as they were at :time (2026-01-31 or 2026-01-31T12:00:00Z); exact is 0 where versions are missing: ingest --history",
    defaults: {},
    sql: `WITH asked AS (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', :time) AS time),
known AS (
  SELECT c.id,
    (SELECT v.version FROM pages AS v WHERE v.id = c.id AND v.updated_at <= asked.time
      ORDER BY v.updated_at DESC, v.is_current DESC, v.version DESC LIMIT 1) AS version,
    (SELECT v.version FROM pages AS v WHERE v.id = c.id AND v.updated_at > asked.time
      ORDER BY v.updated_at, v.is_current DESC, v.version LIMIT 1) AS next
  FROM pages AS c, asked
  WHERE c.is_current = 1 AND c.created_at <= asked.time AND (c.deleted_at IS NULL OR c.deleted_at > asked.time))
SELECT p.space_key, p.title, k.version,
  k.version IS NOT NULL AND (k.next IS NULL OR k.next = k.version + 1 OR EXISTS (SELECT 1 FROM page_histories AS h
    WHERE h.page_id = k.id AND h.first_version <= k.version + 1 AND h.last_version >= k.next - 1)) AS exact,
  CASE WHEN k.version IS NOT NULL THEN p.updated_at END AS updated_at, k.id
FROM known AS k JOIN pages AS p ON p.id = k.id AND p.version = coalesce(k.version, k.next)
ORDER BY p.space_key, p.title, k.id`,
  },
  {
    name: "attachments-by-size",
    meaning: "The largest attachments, in bytes",
    defaults: { limit: 50n },
    sql: `SELECT a.file_size, a.filename, a.media_type, p.space_key, p.title AS page_title, a.download_url
FROM current_attachments AS a LEFT JOIN current_pages AS p ON p.id = a.page_id
ORDER BY a.file_size DESC, a.id LIMIT :limit`,
  },
  {
    name: "backlinks",
    meaning: "Pages that link to the page with the id :page",
    defaults: {},
    sql: `SELECT from_space_key, from_title, text, used_as, from_url FROM backlinks WHERE page_id = :page
ORDER BY from_space_key, from_title`,
  },
  {
    name: "broken-links",
    meaning: "Links that lead to no page or file of the index, with the reason",
    defaults: {},
    sql:
      `SELECT from_space_key, from_title, reason, kind, text, coalesce(to_title, url, to_page_id) AS target, filename, from_url
FROM broken_links ORDER BY from_space_key, from_title, target`,
  },
  {
    name: "conversion-losses",
    meaning: "Macros and elements that did not come through as they are, by pages",
    defaults: {},
    sql: `SELECT n.kind, n.name, count(*) AS pages, sum(n.count) AS times, min(n.detail) AS detail
FROM conversion_notes AS n JOIN current_pages AS p ON p.id = n.page_id AND p.version = n.version
GROUP BY n.kind, n.name ORDER BY pages DESC, n.kind, n.name`,
  },
  {
    name: "duplicate-titles",
    meaning: "Titles that several pages have, in whatever spaces",
    defaults: {},
    sql:
      `SELECT min(title) AS title, count(*) AS pages, group_concat(DISTINCT space_key) AS spaces, group_concat(id) AS ids
FROM current_pages GROUP BY lower(trim(title)) HAVING count(*) > 1 ORDER BY pages DESC, title`,
  },
  {
    name: "largest-pages",
    meaning: "The pages with the longest bodies, in characters",
    defaults: { limit: 50n },
    sql: `SELECT length(body) AS characters, length(body_text) AS text_characters, space_key, title, url
FROM current_pages ORDER BY characters DESC, id LIMIT :limit`,
  },
  {
    name: "most-linked",
    meaning: "The pages that most other pages link to",
    defaults: { limit: 50n },
    sql:
      `SELECT count(DISTINCT from_page_id) AS pages, count(*) AS links, space_key, title, page_id FROM backlinks
WHERE from_page_id <> page_id GROUP BY page_id ORDER BY pages DESC, links DESC, page_id LIMIT :limit`,
  },
  {
    name: "orphans",
    meaning: "Pages without pages below them that no other page links to",
    defaults: {},
    sql: `SELECT p.space_key, p.title, p.updated_at, p.url FROM current_pages AS p
WHERE NOT EXISTS (SELECT 1 FROM backlinks AS b WHERE b.page_id = p.id AND b.from_page_id <> p.id)
  AND p.id NOT IN (SELECT parent_id FROM current_pages WHERE parent_id IS NOT NULL)
  AND p.id NOT IN (SELECT homepage_id FROM spaces WHERE homepage_id IS NOT NULL)
ORDER BY p.space_key, p.title, p.id`,
  },
  {
    name: "pages-without-labels",
    meaning: "Pages that have no label",
    defaults: {},
    sql: `SELECT space_key, title, updated_at, url FROM current_pages WHERE coalesce(labels, '[]') = '[]'
ORDER BY space_key, title, id`,
  },
  {
    name: "stale-pages",
    meaning: "Pages that nobody changed for :days days, the oldest first",
    defaults: { days: 365n },
    sql: `SELECT date(updated_at) AS changed, space_key, title, version_author_id, url FROM current_pages
WHERE updated_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || :days || ' days') ORDER BY updated_at, id`,
  },
];
