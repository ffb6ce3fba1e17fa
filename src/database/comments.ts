/** Saving and reading comments. @module */
import { sql } from "drizzle-orm";
import type { Comment } from "../model/mod.ts";
import type { Database, Statement } from "./database.ts";
import { inParts, readAmong, readById } from "./in_parts.ts";
import type { Readable } from "./readable.ts";
import { comments } from "./schema.ts";
import { Upsert } from "./upsert.ts";

/** What the index holds of a comment's newest version, as far as comparing needs. */
export interface KnownComment {
  readonly id: string;
  readonly version: number;
  readonly kind: "footer" | "inline";
  readonly pageId: string;
  readonly spaceId: string;
  readonly resolution: string | null;
  readonly bodyFormat: string | null;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
}

/** A comment together with what the API's row does not say. */
export interface CommentToSave {
  readonly comment: Comment;
  readonly spaceId: string;
  /** The version the index holds as current, when it is another one. */
  readonly replaces: number | null;
  /** The body as plain text. */
  readonly bodyText: string | null;
}

const KNOWN =
  `id, version, kind, page_id AS pageId, space_id AS spaceId, resolution, body_format AS bodyFormat,
  updated_at AS updatedAt, deleted_at AS deletedAt`;

/** The newest version of each of `ids` that the index holds, deleted ones included. */
export async function knownComments(
  database: Readable,
  ids: readonly string[],
): Promise<Map<string, KnownComment>> {
  const rows = await readAmong(ids, (json) =>
    database.all<KnownComment>(
      `SELECT ${KNOWN} FROM comments WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))`,
      [json],
    ));
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Comments of a space that the index holds and the listing in progress has not seen, by id. What is on pages that this listing has not
 * seen either is left out: it goes with its page, or not at all; and what is on archived pages, for no search shows it.
 */
export function unlistedComments(database: Readable, spaceId: string): Promise<KnownComment[]> {
  return readById((after, most) =>
    database.all<KnownComment>(
      `SELECT ${KNOWN} FROM comments c WHERE space_id = ?1 AND is_current = 1 AND deleted_at IS NULL
         AND id NOT IN (SELECT id FROM listed_ids WHERE space_id = ?1 AND kind = 'comment')
         AND (page_id IN (SELECT id FROM listed_ids WHERE space_id = ?1 AND kind = 'page')
             AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.id = c.page_id AND p.is_current = 1 AND p.status = 'archived')
           OR EXISTS (SELECT 1 FROM blog_posts b WHERE b.id = c.page_id AND b.is_current = 1 AND b.deleted_at IS NULL))
         AND id > ?2 ORDER BY id LIMIT ?3`,
      [spaceId, after, most],
    )
  );
}

/** Every comment of a space that is current and not deleted. */
export function commentsHeld(
  database: Readable,
  spaceId: string,
): Promise<(KnownComment & { readonly pageType: string })[]> {
  return readById((after, most) =>
    database.all<KnownComment & { readonly pageType: string }>(
      `SELECT ${KNOWN}, page_type AS pageType FROM comments
       WHERE space_id = ? AND is_current = 1 AND deleted_at IS NULL AND id > ? ORDER BY id LIMIT ?`,
      [spaceId, after, most],
    )
  );
}

/** How many comments of a space are current and not deleted. */
export async function commentCount(database: Readable, spaceId: string): Promise<number> {
  const row = await database.first<{ n: number }>(
    "SELECT count(*) AS n FROM comments WHERE space_id = ? AND is_current = 1 AND deleted_at IS NULL",
    [spaceId],
  );
  return row?.n ?? 0;
}

/** Upserts comments by (id, version), each as the current one. */
export function saveComments(
  database: Database,
  rows: readonly CommentToSave[],
  stamp: { readonly runId: string; readonly fetchedAt: string },
): Statement[] {
  if (rows.length === 0) return [];
  const replaced = rows.filter((row) => row.replaces !== null && row.replaces !== row.comment.version.number);
  return [
    ...(replaced.length === 0 ? [] : [{
      sql:
        "UPDATE comments SET is_current = 0 WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))",
      args: [JSON.stringify(replaced.map((row) => row.comment.id))],
    }]),
    ...UPSERT.statements(database.orm, rows.map((row) => toRow(row, stamp))),
  ];
}

/** Marks the current rows of `ids` as deleted. */
export function tombstoneComments(
  ids: readonly string[],
  tombstone: { readonly deletedAt: string; readonly reason: string; readonly runId: string },
): Statement[] {
  return inParts(ids, (json) => ({
    sql: `UPDATE comments SET deleted_at = ?, deletion_reason = ?, run_id = ?
      WHERE is_current = 1 AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
    args: [tombstone.deletedAt, tombstone.reason, tombstone.runId, json],
  }));
}

/** Lets what is on moved pages follow them into another space. */
export function moveComments(pageIds: readonly string[], spaceId: string): Statement[] {
  if (pageIds.length === 0) return [];
  return [{
    sql: `UPDATE comments SET space_id = ?1 WHERE is_current = 1 AND space_id <> ?1
      AND page_id IN (SELECT value FROM json_each(?2))`,
    args: [spaceId, JSON.stringify(pageIds)],
  }];
}

/** Marks the comments of pages or blog posts as deleted together with them. */
export function tombstoneCommentsOf(
  pageIds: readonly string[],
  tombstone: { readonly deletedAt: string; readonly reason: string; readonly runId: string },
): Statement[] {
  return inParts(pageIds, (json) => ({
    sql: `UPDATE comments SET deleted_at = ?, deletion_reason = ?, run_id = ?
      WHERE is_current = 1 AND deleted_at IS NULL AND page_id IN (SELECT value FROM json_each(?))`,
    args: [tombstone.deletedAt, tombstone.reason, tombstone.runId, json],
  }));
}

/**
 * Brings back the comments that were deleted together with pages or blog posts that are seen again: those with the very time of what
 * they are on. It must come before the pages are written.
 */
export function restoreCommentsOf(
  table: "pages" | "blog_posts",
  pageIds: readonly string[],
  runId: string,
): Statement[] {
  if (pageIds.length === 0) return [];
  return [{
    sql: `UPDATE comments SET deleted_at = NULL, deletion_reason = NULL, run_id = ?1
      WHERE is_current = 1 AND page_id IN (SELECT value FROM json_each(?2))
        AND deleted_at = (SELECT p.deleted_at FROM ${table} p WHERE p.id = comments.page_id AND p.is_current = 1)`,
    args: [runId, JSON.stringify(pageIds)],
  }];
}

const UPSERT = new Upsert(comments, [comments.id, comments.version], {
  isCurrent: sql`excluded.is_current`,
  kind: sql`excluded.kind`,
  status: sql`excluded.status`,
  pageId: sql`excluded.page_id`,
  pageType: sql`excluded.page_type`,
  spaceId: sql`excluded.space_id`,
  parentId: sql`excluded.parent_id`,
  resolution: sql`excluded.resolution`,
  selection: sql`excluded.selection`,
  authorId: sql`coalesce(excluded.author_id, author_id)`,
  createdAt: sql`coalesce(excluded.created_at, created_at)`,
  updatedAt: sql`excluded.updated_at`,
  versionAuthorId: sql`excluded.version_author_id`,
  url: sql`excluded.url`,
  deletedAt: sql`NULL`,
  deletionReason: sql`NULL`,
  runId: sql`excluded.run_id`,
  fetchedAt: sql`excluded.fetched_at`,
  bodyFormat: sql`excluded.body_format`,
  bodyText: sql`excluded.body_text`,
  body: sql`excluded.body`,
});

function toRow(
  { comment, spaceId, bodyText }: CommentToSave,
  stamp: { readonly runId: string; readonly fetchedAt: string },
) {
  return {
    id: comment.id,
    version: comment.version.number,
    isCurrent: true,
    kind: comment.kind,
    status: comment.status,
    pageId: comment.containerId,
    pageType: comment.containerType,
    spaceId,
    parentId: comment.parentId,
    resolution: comment.resolution,
    selection: comment.selection,
    authorId: comment.authorId,
    createdAt: comment.createdAt,
    updatedAt: comment.version.createdAt,
    versionAuthorId: comment.version.authorId,
    url: comment.url,
    runId: stamp.runId,
    fetchedAt: stamp.fetchedAt,
    bodyFormat: comment.body?.format ?? null,
    bodyText,
    body: comment.body?.value ?? null,
  };
}
