/** Saving and reading pages. @module */
import { type SQL, sql } from "drizzle-orm";
import type { Page, Space, Subject } from "../model/mod.ts";
import { tombstoneCommentsOf } from "./comments.ts";
import type { Database, Statement } from "./database.ts";
import { inParts, readAmong, readById } from "./in_parts.ts";
import { repointLinks } from "./links.ts";
import type { Readable } from "./readable.ts";
import { blogPosts, pages } from "./schema.ts";
import { Upsert } from "./upsert.ts";

/** Where what is written stands. */
export const TABLES = { page: "pages", blogpost: "blog_posts" } as const satisfies Record<Subject, string>;

/** What the index holds of a page's newest version, as far as comparing needs. */
export interface KnownPage {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly title: string;
  readonly spaceId: string;
  readonly spaceKey: string;
  readonly parentId: string | null;
  readonly parentType: string | null;
  readonly position: number | null;
  readonly ownerId: string | null;
  /** `live` for live docs. */
  readonly subtype: string | null;
  readonly updatedAt: string;
  readonly bodyFormat: string | null;
  readonly deletedAt: string | null;
  readonly deletionReason: string | null;
  /** A JSON list; null where they were never read. */
  readonly labels: string | null;
  /** When it was asked for, ISO 8601 UTC: it is no older than that. */
  readonly fetchedAt: string;
  /** Left out where bodies are not compared. */
  readonly body?: string | null;
}

/** A page together with what the API's row does not say. */
export interface PageToSave {
  readonly page: Page;
  readonly spaceKey: string;
  /** The version the index holds as current, when it is another one. */
  readonly replaces: number | null;
  /** The title as search has it, where that is not the title itself. */
  readonly searchTitle?: string | null;
  /** What was made of the body; to be given wherever there is one. */
  readonly text?: PageText | null;
  /** A JSON list; a row without keeps the labels it had. */
  readonly labels?: string | null;
}

/** A body as text. */
export interface PageText {
  /** Plain text. */
  readonly bodyText: string;
  /** The text as search has it, where that is not the text itself. */
  readonly searchText: string | null;
  /** The converter that made it. */
  readonly converterVersion: number;
}

const KNOWN =
  `id, version, status, title, space_id AS spaceId, space_key AS spaceKey, parent_id AS parentId, parent_type AS parentType, position, owner_id AS ownerId, subtype,
  updated_at AS updatedAt, body_format AS bodyFormat, deleted_at AS deletedAt, deletion_reason AS deletionReason, labels,
  fetched_at AS fetchedAt`;

/** The newest version of each of `ids` that the index holds, deleted ones included. */
export async function knownPages(
  database: Readable,
  ids: readonly string[],
  subject: Subject = "page",
): Promise<Map<string, KnownPage>> {
  const rows = await readAmong(ids, (json) =>
    database.all<KnownPage>(
      `SELECT ${KNOWN} FROM ${
        TABLES[subject]
      } WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))`,
      [json],
    ));
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Pages of a space that the index holds and a listing has not seen, ordered by id.
 *
 * @param listed What the listing saw; without it, what the listing in progress has saved.
 */
export function unlistedPages(
  database: Readable,
  spaceId: string,
  listed?: ReadonlySet<string>,
  subject: Subject = "page",
): Promise<KnownPage[]> {
  const unseen = listed === undefined
    ? `AND id NOT IN (SELECT id FROM listed_ids WHERE space_id = ?1 AND kind = '${subject}')`
    : "";
  return readById(
    (after, most) =>
      database.all<KnownPage>(
        `SELECT ${KNOWN} FROM ${TABLES[subject]}
         WHERE space_id = ?1 AND is_current = 1 AND deleted_at IS NULL ${unseen} AND id > ?2 ORDER BY id LIMIT ?3`,
        [spaceId, after, most],
      ),
    ({ id }) => listed?.has(id) !== true,
  );
}

/** Upserts pages by (id, version), each as the current one. A row without a body keeps the body it had. */
export function savePages(
  database: Database,
  rows: readonly PageToSave[],
  stamp: { readonly runId: string },
  subject: Subject = "page",
): Statement[] {
  if (rows.length === 0) return [];
  const statements: Statement[] = [];
  const replaced = rows.filter((row) => row.replaces !== null && row.replaces !== row.page.version.number);
  if (replaced.length > 0) {
    statements.push({
      sql: `UPDATE ${
        TABLES[subject]
      } SET is_current = 0 WHERE is_current = 1 AND id IN (SELECT value FROM json_each(?))`,
      args: [JSON.stringify(replaced.map((row) => row.page.id))],
    });
  }
  statements.push(...UPSERTS[subject].statements(database.orm, rows.map((row) => toRow(row, stamp))));
  return statements;
}

/** Marks the current rows of `ids` as deleted, with the status the API showed (null leaves it). */
export function tombstonePages(
  ids: readonly string[],
  tombstone: {
    readonly deletedAt: string;
    readonly reason: string;
    readonly status: string | null;
    readonly runId: string;
  },
  subject: Subject = "page",
): Statement[] {
  const { deletedAt, reason, status, runId } = tombstone;
  const buried = inParts(ids, (json) => ({
    sql: `UPDATE ${
      TABLES[subject]
    } SET deleted_at = ?, deletion_reason = ?, status = coalesce(?, status), run_id = ?
        WHERE is_current = 1 AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
    args: [deletedAt, reason, status, runId, json],
  }));
  const comments = tombstoneCommentsOf(ids, { deletedAt, reason, runId });
  if (subject === "blogpost") return [...buried, ...comments];
  const attachments = inParts(ids, (json) => ({
    sql: `UPDATE attachments SET deleted_at = ?, deletion_reason = ?, run_id = ?
        WHERE is_current = 1 AND deleted_at IS NULL AND page_id IN (SELECT value FROM json_each(?))`,
    args: [deletedAt, reason, runId, json],
  }));
  return [...buried, ...attachments, ...comments, ...repointLinks(ids)];
}

/** What belongs to a body stays where the row comes without one. */
function ofBody(column: string): SQL {
  return sql.raw(`CASE WHEN excluded.body IS NULL THEN ${column} ELSE excluded.${column} END`);
}

const SET = {
  isCurrent: sql`excluded.is_current`,
  status: sql`excluded.status`,
  title: sql`excluded.title`,
  spaceId: sql`excluded.space_id`,
  spaceKey: sql`excluded.space_key`,
  parentId: sql`excluded.parent_id`,
  parentType: sql`excluded.parent_type`,
  position: sql`excluded.position`,
  authorId: sql`excluded.author_id`,
  ownerId: sql`excluded.owner_id`,
  subtype: sql`excluded.subtype`,
  createdAt: sql`excluded.created_at`,
  updatedAt: sql`excluded.updated_at`,
  versionMessage: sql`excluded.version_message`,
  versionAuthorId: sql`excluded.version_author_id`,
  minorEdit: sql`excluded.minor_edit`,
  url: sql`excluded.url`,
  labels: sql`coalesce(excluded.labels, labels)`,
  deletedAt: sql`NULL`,
  deletionReason: sql`NULL`,
  runId: sql`excluded.run_id`,
  fetchedAt: sql`excluded.fetched_at`,
  bodyFormat: ofBody("body_format"),
  converterVersion: ofBody("converter_version"),
  searchTitle: sql`excluded.search_title`,
  bodyText: ofBody("body_text"),
  searchText: ofBody("search_text"),
  body: sql`coalesce(excluded.body, body)`,
};

const UPSERTS = {
  page: new Upsert(pages, [pages.id, pages.version], SET),
  blogpost: new Upsert(blogPosts, [blogPosts.id, blogPosts.version], SET),
};

function toRow(
  { page, spaceKey, searchTitle = null, text = null, labels = null }: PageToSave,
  stamp: { readonly runId: string },
) {
  return {
    id: page.id,
    version: page.version.number,
    isCurrent: true,
    status: page.status,
    title: page.title,
    spaceId: page.spaceId,
    spaceKey,
    parentId: page.parentId,
    parentType: page.parentType,
    position: page.position,
    authorId: page.authorId,
    ownerId: page.ownerId,
    subtype: page.subtype,
    createdAt: page.createdAt,
    updatedAt: page.version.createdAt,
    versionMessage: page.version.message,
    versionAuthorId: page.version.authorId,
    minorEdit: page.version.minorEdit,
    url: page.url,
    labels,
    runId: stamp.runId,
    fetchedAt: page.askedAt,
    bodyFormat: page.body?.format ?? null,
    converterVersion: text?.converterVersion ?? null,
    searchTitle,
    bodyText: text?.bodyText ?? null,
    searchText: text?.searchText ?? null,
    body: page.body?.value ?? null,
  };
}

/**
 * Ids of the space's pages in the index after `after`, in order, at most 500. By its key they come in order; by its id they are not those of
 * a space that had the key before.
 */
export async function pagesAfter(
  database: Readable,
  { id, key }: Pick<Space, "id" | "key">,
  after: string,
  which: "all" | "archived",
): Promise<string[]> {
  const condition = which === "archived" ? "AND status = 'archived'" : "";
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM pages WHERE space_key = ? AND space_id = ? AND is_current = 1 AND deleted_at IS NULL AND id > ? ${condition}
     ORDER BY id LIMIT 500`,
    [key, id, after],
  );
  return rows.map((row) => row.id);
}
