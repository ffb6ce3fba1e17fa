/**
 * The tables of the index: the source of `migrations/` (`deno task db:generate`) and a public contract, since people write SQL on
 * these names. Ids are text, times ISO 8601 UTC text. Bodies stand last, so that reading the columns before them touches no
 * overflow page of the file.
 *
 * @module
 */
import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  sqliteView,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/** One row per space ever ingested. */
export const spaces = sqliteTable("spaces", {
  id: text("id").primaryKey(),
  key: text("key").notNull(),
  name: text("name").notNull(),
  type: text("type").notNull(),
  status: text("status").notNull(),
  homepageId: text("homepage_id"),
  createdAt: text("created_at"),
  url: text("url").notNull(),
  fetchedAt: text("fetched_at").notNull(),
});

/** What pages and blog posts have. Bodies stand last. */
function writtenColumns() {
  return {
    id: text("id").notNull(),
    version: integer("version").notNull(),
    isCurrent: integer("is_current", { mode: "boolean" }).notNull(),
    status: text("status").notNull(),
    title: text("title").notNull(),
    spaceId: text("space_id").notNull(),
    spaceKey: text("space_key").notNull(),
    parentId: text("parent_id"),
    parentType: text("parent_type"),
    position: integer("position"),
    authorId: text("author_id"),
    ownerId: text("owner_id"),
    subtype: text("subtype"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    versionMessage: text("version_message").notNull(),
    versionAuthorId: text("version_author_id"),
    minorEdit: integer("minor_edit", { mode: "boolean" }).notNull(),
    url: text("url").notNull(),
    labels: text("labels"),
    deletedAt: text("deleted_at"),
    deletionReason: text("deletion_reason"),
    runId: text("run_id").notNull(),
    fetchedAt: text("fetched_at").notNull(),
    bodyFormat: text("body_format"),
    converterVersion: integer("converter_version"),
    searchTitle: text("search_title"),
    bodyText: text("body_text"),
    searchText: text("search_text"),
    body: text("body"),
  };
}

/** One row per page and version ever ingested. A deletion is a tombstone on the current row, never a DELETE. */
export const pages = sqliteTable("pages", writtenColumns(), (table) => [
  primaryKey({ columns: [table.id, table.version] }),
  uniqueIndex("pages_one_current").on(table.id).where(sql`is_current = 1`),
  index("pages_title").on(table.spaceKey, sql`title COLLATE NOCASE`).where(
    sql`is_current = 1 AND deleted_at IS NULL`,
  ),
  index("pages_space").on(table.spaceId, table.updatedAt).where(sql`is_current = 1 AND deleted_at IS NULL`),
  index("pages_order").on(table.spaceKey, table.id).where(sql`is_current = 1 AND deleted_at IS NULL`),
  index("pages_converter").on(table.converterVersion).where(sql`body IS NOT NULL`),
  index("pages_container").on(table.spaceId, table.parentType, table.parentId).where(
    sql`is_current = 1 AND deleted_at IS NULL AND parent_type <> 'page'`,
  ),
  index("pages_run").on(table.runId, table.spaceKey, table.id),
]);

/** One row per blog post and version ever ingested, like pages; it hangs nowhere. */
export const blogPosts = sqliteTable("blog_posts", writtenColumns(), (table) => [
  primaryKey({ columns: [table.id, table.version] }),
  uniqueIndex("blog_posts_one_current").on(table.id).where(sql`is_current = 1`),
  index("blog_posts_space").on(table.spaceId, table.updatedAt).where(
    sql`is_current = 1 AND deleted_at IS NULL`,
  ),
  index("blog_posts_converter").on(table.converterVersion).where(sql`body IS NOT NULL`),
]);

/** One row per comment and version ever ingested, replies among them. */
export const comments = sqliteTable("comments", {
  id: text("id").notNull(),
  version: integer("version").notNull(),
  isCurrent: integer("is_current", { mode: "boolean" }).notNull(),
  kind: text("kind").notNull(),
  status: text("status").notNull(),
  pageId: text("page_id").notNull(),
  pageType: text("page_type").notNull(),
  spaceId: text("space_id").notNull(),
  parentId: text("parent_id"),
  resolution: text("resolution"),
  selection: text("selection"),
  authorId: text("author_id"),
  createdAt: text("created_at"),
  updatedAt: text("updated_at").notNull(),
  versionAuthorId: text("version_author_id"),
  url: text("url").notNull(),
  deletedAt: text("deleted_at"),
  deletionReason: text("deletion_reason"),
  runId: text("run_id").notNull(),
  fetchedAt: text("fetched_at").notNull(),
  bodyFormat: text("body_format"),
  bodyText: text("body_text"),
  body: text("body"),
}, (table) => [
  primaryKey({ columns: [table.id, table.version] }),
  uniqueIndex("comments_one_current").on(table.id).where(sql`is_current = 1`),
  index("comments_page").on(table.pageId, table.id).where(sql`is_current = 1 AND deleted_at IS NULL`),
  index("comments_space").on(table.spaceId, table.updatedAt).where(
    sql`is_current = 1 AND deleted_at IS NULL`,
  ),
]);

/** Folders, whiteboards, databases and embeds that pages hang under. */
export const containers = sqliteTable("containers", {
  id: text("id").primaryKey(),
  type: text("type").notNull(),
  status: text("status"),
  title: text("title"),
  spaceId: text("space_id").notNull(),
  parentId: text("parent_id"),
  parentType: text("parent_type"),
  position: integer("position"),
  authorId: text("author_id"),
  createdAt: text("created_at"),
  updatedAt: text("updated_at"),
  url: text("url"),
  note: text("note"),
  runId: text("run_id").notNull(),
  fetchedAt: text("fetched_at").notNull(),
}, (table) => [index("containers_space").on(table.spaceId)]);

/** Which numbers of a page's versions were asked for: one of them that is not in `pages` is not in Confluence either. */
export const pageHistories = sqliteTable("page_histories", {
  pageId: text("page_id").primaryKey(),
  firstVersion: integer("first_version").notNull(),
  lastVersion: integer("last_version").notNull(),
  runId: text("run_id").notNull(),
  fetchedAt: text("fetched_at").notNull(),
});

/** The labels of every current page that is not deleted, kept in step with `pages.labels` by triggers. */
export const pageLabels = sqliteTable("page_labels", {
  pageId: text("page_id").notNull(),
  label: text("label").notNull(),
  prefix: text("prefix").notNull(),
}, (table) => [
  primaryKey({ columns: [table.pageId, table.prefix, table.label] }),
  index("page_labels_label").on(table.label, table.pageId),
]);

/** What of a page's version did not come through as it is when its body was turned into text. */
export const conversionNotes = sqliteTable("conversion_notes", {
  pageId: text("page_id").notNull(),
  version: integer("version").notNull(),
  kind: text("kind").notNull(),
  name: text("name").notNull(),
  count: integer("count").notNull(),
  detail: text("detail"),
}, (table) => [primaryKey({ columns: [table.pageId, table.version, table.kind, table.name] })]);

/** What a page's version points at, one row for each place in its body. Titles are as written; the page id is looked up. */
export const links = sqliteTable("links", {
  fromPageId: text("from_page_id").notNull(),
  fromVersion: integer("from_version").notNull(),
  position: integer("position").notNull(),
  kind: text("kind").notNull(),
  usedAs: text("used_as").notNull(),
  text: text("text").notNull(),
  toPageId: text("to_page_id"),
  toSpaceKey: text("to_space_key"),
  toTitle: text("to_title"),
  anchor: text("anchor"),
  filename: text("filename"),
  userId: text("user_id"),
  url: text("url"),
}, (table) => [
  primaryKey({ columns: [table.fromPageId, table.fromVersion, table.position] }),
  index("links_page").on(table.toPageId).where(sql`to_page_id IS NOT NULL`),
  index("links_title").on(table.toSpaceKey, sql`to_title COLLATE NOCASE`).where(sql`to_title IS NOT NULL`),
]);

/** One row per attachment and version ever ingested; the bytes are not in the database, `sha256` names their file where they are kept. */
export const attachments = sqliteTable("attachments", {
  id: text("id").notNull(),
  version: integer("version").notNull(),
  isCurrent: integer("is_current", { mode: "boolean" }).notNull(),
  status: text("status").notNull(),
  pageId: text("page_id").notNull(),
  spaceId: text("space_id").notNull(),
  filename: text("filename").notNull(),
  mediaType: text("media_type"),
  fileSize: integer("file_size"),
  fileId: text("file_id"),
  downloadUrl: text("download_url").notNull(),
  comment: text("comment"),
  createdAt: text("created_at"),
  updatedAt: text("updated_at").notNull(),
  versionAuthorId: text("version_author_id"),
  deletedAt: text("deleted_at"),
  deletionReason: text("deletion_reason"),
  runId: text("run_id").notNull(),
  fetchedAt: text("fetched_at").notNull(),
  sha256: text("sha256"),
  storedBytes: integer("stored_bytes"),
  storedAt: text("stored_at"),
}, (table) => [
  primaryKey({ columns: [table.id, table.version] }),
  uniqueIndex("attachments_one_current").on(table.id).where(sql`is_current = 1`),
  index("attachments_page").on(table.pageId, table.id).where(sql`is_current = 1 AND deleted_at IS NULL`),
  index("attachments_space").on(table.spaceId, table.updatedAt).where(
    sql`is_current = 1 AND deleted_at IS NULL`,
  ),
  index("attachments_run").on(table.runId),
  index("attachments_file").on(table.sha256).where(sql`sha256 IS NOT NULL`),
]);

/** One row per run of a command that writes. `args` and `metrics` are JSON; neither holds a secret. */
export const runs = sqliteTable("runs", {
  id: text("id").primaryKey(),
  command: text("command").notNull(),
  startedAt: text("started_at").notNull(),
  completedAt: text("completed_at"),
  status: text("status").notNull(),
  args: text("args").notNull(),
  metrics: text("metrics"),
  toolVersion: text("tool_version").notNull(),
}, (table) => [index("runs_started").on(table.startedAt, table.id)]);

/** The accounting of one space in one run: listed = unchanged + added + updated + skipped + failed. */
export const runSpaces = sqliteTable("run_spaces", {
  runId: text("run_id").notNull(),
  spaceId: text("space_id").notNull(),
  mode: text("mode").notNull(),
  status: text("status").notNull(),
  listed: integer("listed").notNull(),
  unchanged: integer("unchanged").notNull(),
  added: integer("added").notNull(),
  updated: integer("updated").notNull(),
  restored: integer("restored").notNull(),
  skipped: integer("skipped").notNull(),
  failed: integer("failed").notNull(),
  deleted: integer("deleted").notNull(),
  movedIn: integer("moved_in").notNull(),
  movedOut: integer("moved_out").notNull(),
  countBefore: integer("count_before").notNull(),
  countAfter: integer("count_after").notNull(),
  detail: text("detail"),
}, (table) => [primaryKey({ columns: [table.runId, table.spaceId] })]);

/** The quarantine: what could not be read, why, how often, and when it is tried again. */
export const failures = sqliteTable("failures", {
  kind: text("kind").notNull(),
  id: text("id").notNull(),
  spaceId: text("space_id"),
  reason: text("reason").notNull(),
  message: text("message").notNull(),
  attempts: integer("attempts").notNull(),
  firstFailedAt: text("first_failed_at").notNull(),
  lastFailedAt: text("last_failed_at").notNull(),
  nextTryAt: text("next_try_at").notNull(),
  runId: text("run_id").notNull(),
  shownVersion: integer("shown_version"),
  shownAt: text("shown_at"),
}, (table) => [primaryKey({ columns: [table.kind, table.id] }), index("failures_space").on(table.spaceId)]);

/** Where the sync of each space stands: its mark, where to resume, when it was last reconciled. */
export const syncState = sqliteTable("sync_state", {
  spaceId: text("space_id").primaryKey(),
  mark: text("mark"),
  bodyFormat: text("body_format").notNull(),
  scope: text("scope").notNull(),
  kinds: text("kinds").notNull(),
  deletions: text("deletions").notNull(),
  reconciledAt: text("reconciled_at"),
  resumeLink: text("resume_link"),
  resumeSince: text("resume_since"),
  syncedAt: text("synced_at"),
  unprovenSince: text("unproven_since"),
  unprovenBy: text("unproven_by"),
});

/** Spaces that a run must compare, since what belongs to their pages was not all read: who owes it is in `owed_by`. */
export const owedComparisons = sqliteTable("owed_comparisons", {
  spaceId: text("space_id").notNull(),
  owedBy: text("owed_by").notNull(),
  runId: text("run_id").notNull(),
}, (table) => [primaryKey({ columns: [table.spaceId, table.owedBy, table.runId] })]);

/** One row per change that a run saw: the change feed. */
export const events = sqliteTable(
  "events",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    runId: text("run_id").notNull(),
    kind: text("kind").notNull(),
    subject: text("subject").notNull(),
    subjectId: text("subject_id").notNull(),
    version: integer("version"),
    spaceId: text("space_id").notNull(),
    oldValue: text("old_value"),
    newValue: text("new_value"),
    createdAt: text("created_at").notNull(),
  },
  (
    table,
  ) => [index("events_run").on(table.runId), index("events_subject").on(table.subject, table.subjectId)],
);

/** Ids that the listing in progress has seen; emptied when it ends. */
export const listedIds = sqliteTable("listed_ids", {
  spaceId: text("space_id").notNull(),
  kind: text("kind").notNull(),
  id: text("id").notNull(),
}, (table) => [primaryKey({ columns: [table.spaceId, table.kind, table.id] })]);

/** Labels that the reading in progress has seen, a JSON list for each page, with the version they came with; emptied when it ends. */
export const listedLabels = sqliteTable("listed_labels", {
  spaceId: text("space_id").notNull(),
  pageId: text("page_id").notNull(),
  labels: text("labels").notNull(),
  version: integer("version"),
  updatedAt: text("updated_at"),
}, (table) => [primaryKey({ columns: [table.spaceId, table.pageId] })]);

/** Who may write just now; taken over when stale. */
export const leases = sqliteTable("leases", {
  name: text("name").primaryKey(),
  owner: text("owner").notNull(),
  runId: text("run_id").notNull(),
  acquiredAt: text("acquired_at").notNull(),
  expiresAt: text("expires_at").notNull(),
});

/** Facts about the whole index, such as the site it mirrors. */
export const meta = sqliteTable("meta", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
});

/** The newest version of each page that is not deleted. */
export const currentPages = sqliteView("current_pages").as((query) =>
  query.select().from(pages).where(sql`is_current = 1 AND deleted_at IS NULL`)
);

/** The newest version of each attachment that is not deleted. */
export const currentAttachments = sqliteView("current_attachments").as((query) =>
  query.select().from(attachments).where(sql`is_current = 1 AND deleted_at IS NULL`)
);

/** The tombstones: pages that are gone, as last seen, with the reason. */
export const deletedPages = sqliteView("deleted_pages").as((query) =>
  query.select().from(pages).where(sql`is_current = 1 AND deleted_at IS NOT NULL`)
);

/** The newest version of each blog post that is not deleted. */
export const currentBlogPosts = sqliteView("current_blog_posts").as((query) =>
  query.select().from(blogPosts).where(sql`is_current = 1 AND deleted_at IS NULL`)
);

/** The newest version of each comment that is not deleted. */
export const currentComments = sqliteView("current_comments").as((query) =>
  query.select().from(comments).where(sql`is_current = 1 AND deleted_at IS NULL`)
);
