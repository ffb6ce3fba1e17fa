-- Search: the newest version of each page that is not deleted, kept in step by triggers, so that every program that writes to the
-- tables keeps it right. An id is a number that SQLite can hold, and serves as the row's number; another kind of id is not searched.
CREATE INDEX page_search_source ON pages (CAST(id AS INTEGER))
  WHERE is_current = 1 AND deleted_at IS NULL AND id GLOB '[1-9]*' AND id NOT GLOB '*[^0-9]*' AND length(id) < 19;
--> statement-breakpoint
CREATE VIEW page_search_content AS
  SELECT CAST(id AS INTEGER) AS page_number, coalesce(search_title, title) AS title,
    coalesce(search_text, body_text, '') AS text, coalesce(nullif(labels, '[]'), '') AS labels
  FROM pages
  WHERE is_current = 1 AND deleted_at IS NULL AND id GLOB '[1-9]*' AND id NOT GLOB '*[^0-9]*' AND length(id) < 19;
--> statement-breakpoint
CREATE VIRTUAL TABLE page_search USING fts5(title, text, labels,
  content = 'page_search_content', content_rowid = 'page_number', tokenize = 'unicode61 remove_diacritics 2');
--> statement-breakpoint
INSERT INTO page_search (page_search, rank) VALUES ('rank', 'bm25(10.0, 1.0, 4.0)');
--> statement-breakpoint
CREATE TRIGGER page_search_added AFTER INSERT ON pages
WHEN new.is_current = 1 AND new.deleted_at IS NULL
  AND new.id GLOB '[1-9]*' AND new.id NOT GLOB '*[^0-9]*' AND length(new.id) < 19
BEGIN
  INSERT INTO page_search (rowid, title, text, labels) VALUES (CAST(new.id AS INTEGER), coalesce(new.search_title, new.title),
    coalesce(new.search_text, new.body_text, ''), coalesce(nullif(new.labels, '[]'), ''));
END;
--> statement-breakpoint
CREATE TRIGGER page_search_changed
AFTER UPDATE OF id, is_current, deleted_at, title, search_title, body_text, search_text, labels ON pages
WHEN old.id IS NOT new.id OR old.is_current IS NOT new.is_current
  OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL)
  OR coalesce(old.search_title, old.title) IS NOT coalesce(new.search_title, new.title)
  OR coalesce(old.search_text, old.body_text, '') IS NOT coalesce(new.search_text, new.body_text, '')
  OR coalesce(nullif(old.labels, '[]'), '') <> coalesce(nullif(new.labels, '[]'), '')
BEGIN
  INSERT INTO page_search (page_search, rowid, title, text, labels)
    SELECT 'delete', CAST(old.id AS INTEGER), coalesce(old.search_title, old.title),
      coalesce(old.search_text, old.body_text, ''), coalesce(nullif(old.labels, '[]'), '')
    WHERE old.is_current = 1 AND old.deleted_at IS NULL
      AND old.id GLOB '[1-9]*' AND old.id NOT GLOB '*[^0-9]*' AND length(old.id) < 19;
  INSERT INTO page_search (rowid, title, text, labels)
    SELECT CAST(new.id AS INTEGER), coalesce(new.search_title, new.title),
      coalesce(new.search_text, new.body_text, ''), coalesce(nullif(new.labels, '[]'), '')
    WHERE new.is_current = 1 AND new.deleted_at IS NULL
      AND new.id GLOB '[1-9]*' AND new.id NOT GLOB '*[^0-9]*' AND length(new.id) < 19;
END;
--> statement-breakpoint
CREATE TRIGGER page_search_removed AFTER DELETE ON pages
WHEN old.is_current = 1 AND old.deleted_at IS NULL
  AND old.id GLOB '[1-9]*' AND old.id NOT GLOB '*[^0-9]*' AND length(old.id) < 19
BEGIN
  INSERT INTO page_search (page_search, rowid, title, text, labels)
    VALUES ('delete', CAST(old.id AS INTEGER), coalesce(old.search_title, old.title),
      coalesce(old.search_text, old.body_text, ''), coalesce(nullif(old.labels, '[]'), ''));
END;
--> statement-breakpoint
-- A label stands in pages.labels as its name; with its prefix before a colon, which no name has, unless everyone sees it.
CREATE TRIGGER page_labels_added AFTER INSERT ON pages
WHEN new.is_current = 1 AND new.deleted_at IS NULL AND new.labels <> '[]'
BEGIN
  INSERT OR IGNORE INTO page_labels (page_id, label, prefix)
    SELECT new.id, substr(value, instr(value, ':') + 1), iif(instr(value, ':') = 0, 'global', substr(value, 1, instr(value, ':') - 1))
    FROM json_each(new.labels);
END;
--> statement-breakpoint
CREATE TRIGGER page_labels_changed AFTER UPDATE OF id, is_current, deleted_at, labels ON pages
WHEN (old.is_current = 1 OR new.is_current = 1)
  AND (old.id IS NOT new.id OR old.is_current IS NOT new.is_current
    OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) OR coalesce(old.labels, '[]') <> coalesce(new.labels, '[]'))
BEGIN
  DELETE FROM page_labels WHERE old.is_current = 1 AND page_id = old.id;
  INSERT OR IGNORE INTO page_labels (page_id, label, prefix)
    SELECT new.id, substr(value, instr(value, ':') + 1), iif(instr(value, ':') = 0, 'global', substr(value, 1, instr(value, ':') - 1))
    FROM json_each(coalesce(new.labels, '[]')) WHERE new.is_current = 1 AND new.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER page_labels_removed AFTER DELETE ON pages WHEN old.is_current = 1
BEGIN
  DELETE FROM page_labels WHERE page_id = old.id;
END;
--> statement-breakpoint
CREATE VIEW current_links AS
  SELECT l.from_page_id, f.title AS from_title, f.space_key AS from_space_key, f.url AS from_url, l.position, l.kind, l.used_as, l.text,
    l.to_page_id, l.to_space_key, coalesce(t.title, l.to_title) AS to_title, l.anchor, l.filename, l.user_id, l.url,
    CASE WHEN l.kind = 'page' THEN t.id IS NOT NULL
      WHEN l.kind = 'attachment' AND l.filename IS NOT NULL AND t.id IS NOT NULL THEN EXISTS (
        SELECT 1 FROM attachments a WHERE a.page_id = l.to_page_id AND a.filename = l.filename
          AND a.is_current = 1 AND a.deleted_at IS NULL)
    END AS resolved
  FROM pages f
    JOIN links l ON l.from_page_id = f.id AND l.from_version = f.version
    LEFT JOIN pages t ON t.id = l.to_page_id AND t.is_current = 1 AND t.deleted_at IS NULL
  WHERE f.is_current = 1 AND f.deleted_at IS NULL;
--> statement-breakpoint
CREATE VIEW backlinks AS
  SELECT l.to_page_id AS page_id, t.title, t.space_key, l.from_page_id, f.title AS from_title, f.space_key AS from_space_key,
    f.url AS from_url, l.used_as, l.text, l.anchor
  FROM links l
    JOIN pages t ON t.id = l.to_page_id AND t.is_current = 1 AND t.deleted_at IS NULL
    JOIN pages f ON f.id = l.from_page_id AND f.version = l.from_version AND f.is_current = 1 AND f.deleted_at IS NULL
  WHERE l.kind = 'page' AND l.to_page_id IS NOT NULL;
--> statement-breakpoint
CREATE VIEW broken_links AS
  SELECT l.from_page_id, l.from_title, l.from_space_key, l.from_url, l.kind, l.text, l.to_page_id, l.to_space_key,
    coalesce(g.title, l.to_title) AS to_title, l.filename, l.url,
    CASE WHEN g.id IS NOT NULL THEN 'deleted: ' || g.deletion_reason
      WHEN l.kind = 'attachment' THEN 'no such file on the page'
      WHEN l.to_page_id IS NULL THEN 'no page of that title'
      ELSE 'not in the index'
    END AS reason
  FROM current_links l
    LEFT JOIN pages g ON g.id = l.to_page_id AND g.is_current = 1 AND g.deleted_at IS NOT NULL
  WHERE l.resolved = 0 AND coalesce(g.deletion_reason, '') <> 'moved'
    AND (g.id IS NOT NULL OR l.kind = 'attachment' OR l.to_space_key IN (SELECT key FROM spaces));
--> statement-breakpoint
CREATE VIRTUAL TABLE page_search_words USING fts5vocab(page_search, row);
--> statement-breakpoint
-- Each page and container with its way from the top, climbed by its parents; a way that comes round again ends there.
CREATE VIEW page_tree AS
  SELECT id, type, title, space_key, parent_id, parent_type,
    CAST(substr(way, 1, instr(way, ':') - 1) AS INTEGER) AS depth, substr(way, instr(way, ':') + 1) AS path, url
  FROM (
    SELECT n.id, n.type, n.title, n.space_key, n.parent_id, n.parent_type, n.url, (
      WITH RECURSIVE up(next, depth, path, seen) AS (
        SELECT n.parent_id, 0, n.title, '/' || n.id || '/'
        UNION ALL
        SELECT iif(q.id IS NOT NULL, q.parent_id, c.parent_id), depth + 1,
          coalesce(q.title, c.title, c.type || ' ' || c.id) || ' / ' || path, seen || next || '/'
        FROM up LEFT JOIN pages q ON q.id = next AND q.is_current = 1 AND q.deleted_at IS NULL
          LEFT JOIN containers c ON c.id = next
        WHERE next IS NOT NULL AND (q.id IS NOT NULL OR c.id IS NOT NULL) AND instr(seen, '/' || next || '/') = 0
      )
      SELECT depth || ':' || path FROM up ORDER BY depth DESC LIMIT 1
    ) AS way
    FROM (
      SELECT id, 'page' AS type, title, space_key, parent_id, parent_type, url FROM pages
        WHERE is_current = 1 AND deleted_at IS NULL
      UNION ALL
      SELECT c.id, c.type, coalesce(c.title, c.type || ' ' || c.id), s.key, c.parent_id, c.parent_type, c.url
        FROM containers c JOIN spaces s ON s.id = c.space_id
    ) n
  );
